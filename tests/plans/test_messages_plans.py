"""What pages ask of many messages is found by index: none reads them all, and a report not one (R13.2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from sayso.storage.databases import Databases
from sayso.storage.pool import APP, url_as
from sayso.storage.queries import load

ROWS = 40_000
NOW = datetime.now(UTC)
_FILL = (
    "SELECT make_partitions((now() - interval '2 months')::date, 4)",
    "INSERT INTO workspaces (name, country) VALUES ('Bakery', 'US'), ('Butcher', 'US')",
    "INSERT INTO campaigns (workspace_id, name) SELECT 2 - n %% 2, n FROM generate_series(1, 20) n",
    # Triggers count statement by statement what is of no account here.
    "SET session_replication_role = replica",
    """INSERT INTO messages (workspace_id, id, phone, recipient, connection_id, sender, class, purpose, body,
           encoding, parts, campaign_id)
       SELECT 1 + n %% 2, id_at(now() - n * interval '50 days' / %(rows)s) + n %% 1024,
           12025550000 + n %% 9000, '', 1, '11221', 'advertising', 'campaign', 'Hi', 'GSM-7', 1,
           CASE WHEN n %% 3 > 0 THEN 1 + n %% 2 END
       FROM generate_series(1, %(rows)s) n""",
    "INSERT INTO outcomes SELECT workspace_id, id, 'delivered', '', 300, now() FROM messages",
    """INSERT INTO message_events (workspace_id, message_id, status, reason, detail, at)
       SELECT workspace_id, id, 'sent', '', '', now() FROM messages""",
    """INSERT INTO standing_deltas
       SELECT 1 + n %% 2, 1 + n %% 20, 'sent', '', 1, 1 FROM generate_series(1, 20000) n""",
    """INSERT INTO usage_deltas (workspace_id, campaign_id, minute, kind, country, purpose, messages, parts)
       SELECT 1 + n %% 2, 1 + n %% 20, now(), 'left', 'US', 'campaign', 1, 1
       FROM generate_series(1, 20000) n""",
    "RESET session_replication_role",
    "VACUUM ANALYZE",
)
SPAN = {"since": NOW - timedelta(hours=48), "until": NOW, "step": 60}
ASKED: Mapping[str, tuple[str, Mapping[str, object]]] = {
    "a number’s messages": (
        "messages.newest_of_phone",
        {"phone": 12025550007, "before_id": 2**62, "limit": 50},
    ),
    "the newest messages": ("messages.newest", {"before_id": 2**62, "limit": 50}),
    "what became of a number’s messages": (
        "messages.became_since",
        {"phone": 12025550007, "since": NOW - timedelta(days=30), "never_left": ["queued"]},
    ),
    "what happened to messages": ("messages.events_of", {"message_ids": [1, 2, 3]}),
    "where a campaign stands": ("usage.standing", {"campaign_id": 2}),
    "when it went out": ("usage.timeline", {"campaign_id": 2, **SPAN}),
    "a slice of its recipients": ("usage.recipients", {"campaign_id": 2, "after": 0, "limit": 2_000}),
    "who stopped because of it": ("campaigns.opt_outs", {"campaign_id": 2}),
    "who opened its links": ("links.counted", {"campaign_id": 2}),
    "what it was charged": ("credit.of_campaign", {"campaign_id": 2}),
}
POLLED = ("where a campaign stands", "when it went out", "who stopped because of it", "who opened its links")


@pytest.fixture(scope="module")
def filled(cluster: Databases, template: str) -> Iterator[Databases]:
    from tests.database import clone, named

    with psycopg.connect(cluster.owner_url, autocommit=True) as admin:
        clone(admin, "messages_plans", template)
        databases = named(cluster, "messages_plans")
        with psycopg.connect(databases.owner_url, autocommit=True, options="-c search_path=sayso") as owner:
            for statement in _FILL:
                owner.execute(statement, {"rows": ROWS})
        yield databases
        admin.execute("DROP DATABASE messages_plans WITH (FORCE)")


def scans(databases: Databases, what: str) -> dict[str, float]:
    """How many rows were looked at, by table."""
    named, said = ASKED[what]
    area, _, name = named.partition(".")
    with psycopg.connect(url_as(databases.url, APP)) as conn:
        conn.execute("SELECT set_config('sayso.workspace_id', '2', true)")
        row = conn.execute(b"EXPLAIN (ANALYZE, FORMAT JSON) " + load(area)[name], said).fetchone()
        assert row is not None
        found: dict[str, float] = {}
        for node in _nodes(row[0][0]["Plan"]):
            looked_at = (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
            table = node["Relation Name"].rstrip("0123456789").rstrip("_")
            found[table] = found.get(table, 0) + looked_at
        return found


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if "Relation Name" in node:
        yield node
    for one in node.get("Plans", []):
        yield from _nodes(one)


@pytest.mark.parametrize("what", sorted(ASKED))
def test_no_page_reads_all_messages(filled: Databases, what: str) -> None:
    looked_at = scans(filled, what)
    assert looked_at
    assert max(looked_at.values()) < ROWS / 10, looked_at


@pytest.mark.parametrize("what", POLLED)
def test_a_report_that_is_polled_reads_no_message_at_all(filled: Databases, what: str) -> None:
    """However many recipients a campaign has: what was counted is read, and what people did."""
    assert not {"messages", "outcomes", "message_events"} & set(scans(filled, what))
