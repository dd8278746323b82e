"""The plans behind the proof of one number and a replay, as the app, under its policies."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import psycopg
import pytest

from sayso.storage.databases import Databases
from sayso.storage.pool import APP, url_as
from sayso.storage.queries import load

ROWS = 15_000
NOW = datetime.now(UTC)
FILL = (
    "INSERT INTO workspaces (name, country) VALUES ('Bakery', 'US'), ('Florist', 'US')",
    "INSERT INTO blocks (workspace_id, phone, written, scope, since, source, reason) "
    "SELECT 1 + n % 2, n, n, 'channel', now(), 'keyword', 'STOP' FROM generate_series(1, {rows}) n",
    "INSERT INTO consents (workspace_id, phone, action, category, source, identification, timestamp, "
    "imported_timestamp) SELECT 1 + n % 2, n, 'reject', '*', 'sms_reply', n, now(), now() "
    "FROM generate_series(1, {rows}) n",
    "INSERT INTO audit (workspace_id, id, action, object_type, object_id) "
    "SELECT 1 + n % 2, id_at(now()) + n * 1000000::bigint, 'created', 'block', n "
    "FROM generate_series(1, {rows}) n",
    "INSERT INTO inbound_messages (workspace_id, id, line_id, phone, sender, recipient, body, provider_at, "
    "received_at, outcome, because) SELECT 1 + n % 2, id_at(now()) + n, 1, n, n, '1', 'hello', now(), now(), "
    "'inbox', '[]' FROM generate_series(1, {rows}) n",
    "INSERT INTO messages (workspace_id, id, phone, recipient, connection_id, line_id, sender, class, "
    "purpose, body, encoding, parts) SELECT 1 + n % 2, id_at(now()) + n, n, n, 1, 1, '1', 'advertising', "
    "'api', 'hello', 'GSM-7', 1 FROM generate_series(1, {rows}) n",
    "INSERT INTO message_events (workspace_id, message_id, status, at) "
    "SELECT workspace_id, id, 'sent', now() FROM messages",
    "ANALYZE",
)
SAID: dict[str, object] = {
    "phone": 41,
    "before_id": 2**63 - 1,
    "from_id": 0,
    "limit": 50,
    "lifted_too": True,
    "line_id": 1,
    "moments": [NOW],
    "object_types": ["block"],
    "object_id": "41",
    "since": NOW,
    "never_left": ["queued"],
    "message_ids": [(int(NOW.timestamp() * 1000) - 1767225600000) << 20],
    "inbound_ids": [(int(NOW.timestamp() * 1000) - 1767225600000) << 20],
}


@pytest.fixture
def app(database: Databases) -> Iterator[psycopg.Connection]:
    """A transaction of the first workspace over a filled database."""
    with psycopg.connect(database.owner_url, autocommit=True, options="-c search_path=sayso") as owner:
        for statement in FILL:
            owner.execute(statement.format(rows=ROWS))  # type: ignore[arg-type]
    with psycopg.connect(url_as(database.url, APP)) as conn:
        conn.execute("SELECT set_config('sayso.workspace_id', '1', true)")
        yield conn


@pytest.mark.parametrize(
    ("area", "name", "condition"),
    [
        ("blocks", "newest_of_phone", "(phone = "),
        ("consents", "newest_of_phone", "(phone = "),
        ("audit", "hands", "(id >= "),
        ("inbound_messages", "slice", "(id >= "),
        ("messages", "became_since", "(phone = "),
        ("messages", "events_of", "(message_id = ANY ("),
        ("inbound_messages", "of_ids", "(id = ANY ("),
    ],
)
def test_each_is_read_by_its_key(app: psycopg.Connection, area: str, name: str, condition: str) -> None:
    query = b"EXPLAIN (COSTS OFF) " + load(area)[name]
    plan = "\n".join(str(row[0]) for row in app.execute(query, SAID).fetchall())
    conditions = [line for line in plan.splitlines() if "Index Cond" in line]
    assert any(condition in line for line in conditions), plan


def test_the_newest_opt_outs_walk_their_index(app: psycopg.Connection) -> None:
    """As Django asks for them: filtered by source and date, in the order of the ids."""
    query = (
        "EXPLAIN (COSTS OFF) SELECT * FROM blocks WHERE lifted_at IS NULL AND source = 'keyword' "
        "AND since >= now() - interval '1 day' AND id < 9e18::bigint ORDER BY id DESC LIMIT 51"
    )
    plan = "\n".join(str(row[0]) for row in app.execute(query).fetchall())
    assert "using blocks_newest" in plan, plan
    assert "Sort" not in plan, plan
