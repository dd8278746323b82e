"""What freeing a number reads: what left by its connection lately, not all that ever failed over."""

from __future__ import annotations

import psycopg
import pytest

from sayso.storage.databases import Databases
from sayso.storage.pool import APP, url_as

ROWS = 20_000
FILL = (
    "INSERT INTO workspaces (name, country) VALUES ('Bakery', 'US')",
    "INSERT INTO connections (name, kind, hook_token, parts_per_second) "
    "SELECT 'Test ' || n, 'simulator', repeat(n::text, 32), 100 FROM generate_series(1, 3) n",
    "INSERT INTO inbound_numbers (connection_id, number, kind, country) "
    "SELECT n, '15550001111', 'long_code', 'US' FROM generate_series(1, 2) n",
    "INSERT INTO lines (workspace_id, inbound_number_id) VALUES (1, 1)",
    "INSERT INTO stood_in (other_number_id, number_id) VALUES (2, 1)",
    "INSERT INTO messages (workspace_id, phone, recipient, connection_id, line_id, sender, class, purpose, "
    f"body, encoding, parts) SELECT 1, n, '+' || n, 1, 1, 'us', 'advertising', 'api', 'Hello', 'GSM-7', 1 "
    f"FROM generate_series(1, {ROWS}) n",
    # Long ago by this connection, lately by another; twenty lately by this one.
    "INSERT INTO failed_over SELECT 1, id, 2, now() - interval '1 year' FROM messages ORDER BY id OFFSET 20",
    "INSERT INTO failed_over SELECT 1, id, 3, now() FROM messages",
    "INSERT INTO failed_over SELECT 1, id, 2, now() FROM messages ORDER BY id LIMIT 20",
    "INSERT INTO outcomes SELECT workspace_id, id, 'sent', '', 120, now() FROM messages",
    "ANALYZE",
)


@pytest.mark.rule("R9.10")
def test_whether_a_number_may_be_freed_reads_what_left_by_its_connection_lately(database: Databases) -> None:
    with psycopg.connect(database.owner_url, autocommit=True, options="-c search_path=sayso") as owner:
        for statement in FILL:
            owner.execute(statement.encode())
    with psycopg.connect(url_as(database.url, APP)) as conn:
        conn.execute("SELECT set_config('sayso.operator', 'yes', true)")
        ((name, today, waits, last_at, freed_at),) = conn.execute("SELECT * FROM sayso.stood_in_of(2)")
        assert (name, today, waits, freed_at) == ("Test 1", False, False, None)
        assert last_at is not None
        read = "SELECT seq_scan, seq_tup_read + idx_tup_fetch FROM pg_stat_xact_all_tables WHERE relname = %s"
        ((scans, rows),) = conn.execute(read, ("failed_over",)).fetchall()
        # The planner itself looks at the ends of an index.
        assert scans == 0
        assert 20 <= rows < 100
