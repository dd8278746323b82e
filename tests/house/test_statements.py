"""What statements must do together, because nothing but they themselves sees to it."""

import re
from pathlib import Path

from sayso.storage import queries

FOLDER = Path(queries.__file__).parent / "sql"
STORES = re.compile(r"INSERT INTO (?:sayso\.)?messages \(([^)]*)\)")


def test_messages_of_campaigns_are_counted_by_the_statement_that_stores_them() -> None:
    """Where they stand is counted from then on by moves alone (0091)."""
    counts = {}
    for file in sorted(FOLDER.glob("*.sql")):
        for name, query in queries.load(file.stem).items():
            stores = STORES.search(query.decode())
            if stores and "campaign_id" in stores[1]:
                counts[file.stem, name] = b"INSERT INTO sayso.standing_deltas" in query
    assert counts == {("planning", "store"): True}
