"""The plans of sending's hot statements, as the engine, over tables large enough to tempt the planner."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import psycopg
import pytest

from sayso.core.receipts import RANKS
from sayso.storage.databases import Databases
from sayso.storage.pool import ENGINE, url_as
from sayso.storage.queries import load

ROWS = 15_000


@pytest.fixture
def engine_conn(database: Databases) -> Iterator[psycopg.Connection]:
    """A session of the engine over a filled database."""
    with psycopg.connect(database.owner_url, autocommit=True, options="-c search_path=sayso") as owner:
        owner.execute("INSERT INTO workspaces (name, country) VALUES ('Bakery', 'US')")
        owner.execute(
            "INSERT INTO connections (name, kind, hook_token, parts_per_second) "
            "VALUES ('Test', 'simulator', repeat('t', 32), 100)"
        )
        owner.execute("INSERT INTO leases VALUES ('connection:1', 'us', 1, now() + interval '1 hour')")
        for statement in _FILL:
            owner.execute(statement, {"rows": ROWS})
        owner.execute("ANALYZE")
        with psycopg.connect(url_as(database.url, ENGINE)) as conn:
            yield conn


_FILL = (
    "INSERT INTO messages (workspace_id, phone, recipient, connection_id, sender, class, purpose, body, "
    "encoding, parts) SELECT 1, n, '+' || n, 1, 'us', 'advertising', 'api', 'Hello', 'GSM-7', 1 "
    "FROM generate_series(1, %(rows)s) n",
    "INSERT INTO claims SELECT 1, 1, 1, now(), 1, n, 0, 7 FROM generate_series(1, %(rows)s) n",
    "INSERT INTO outbox SELECT 1, 1 + n %% 2, now() + (n - %(rows)s / 2) * interval '1 second', 1, "
    "(SELECT min(id) FROM messages) + n, 0 FROM generate_series(1, %(rows)s) n",
    "INSERT INTO blocks (workspace_id, phone, written, scope, since, source, reason) "
    "SELECT 1, n, n, 'channel', now(), 'keyword', 'STOP' FROM generate_series(1, %(rows)s) n",
    "INSERT INTO consent_states SELECT 1, n, 0, 'news', 'accept', now(), 'import' "
    "FROM generate_series(1, %(rows)s) n",
    "INSERT INTO contacts (workspace_id, id, phone) SELECT 1, n, n FROM generate_series(1, %(rows)s) n",
    "INSERT INTO outcomes SELECT workspace_id, id, 'sent', '', 120, now() FROM messages",
    "INSERT INTO provider_ids SELECT 1, 'ref-' || id, 1, id FROM messages",
    "INSERT INTO inbound_queue (lane, id, connection_id, phone, sender, recipient, body, provider_at,"
    " received_at) SELECT n %% 16, n, 1, n, '+' || n, '1', 'Hello', now(), now()"
    " FROM generate_series(1, %(rows)s) n",
    "INSERT INTO receipt_queue (id, connection_id, provider_ref, status, received_at) "
    "SELECT id, 1, 'ref-' || id, 'delivered', now() FROM messages",
)


def messages(conn: psycopg.Connection) -> str:
    """The partition that holds the rows; empty ones are scanned in any way."""
    ((name,),) = conn.execute("SELECT DISTINCT tableoid::regclass::text FROM messages").fetchall()
    return str(name)


def explained(conn: psycopg.Connection, query: bytes, said: dict[str, object]) -> str:
    return "\n".join(str(row[0]) for row in conn.execute(b"EXPLAIN (COSTS OFF) " + query, said).fetchall())


def assert_by_key(plan: str, *tables: str) -> None:
    for table in tables:
        assert f"Seq Scan on {table}" not in plan, plan
    assert "hashed SubPlan" not in plan, plan


GRIP = {"connection_id": 1, "holder": "us", "epoch": 1, "resource": "connection:1"}


def test_a_claim_walks_the_one_index_lane_by_lane(engine_conn: psycopg.Connection) -> None:
    plan = explained(engine_conn, load("outbox")["claim"], GRIP | {"limit": 500, "now": datetime.now(UTC)})
    assert_by_key(plan, "outbox", messages(engine_conn), "claims")
    assert "Index Scan using outbox_connection_id_lane_due_idx on outbox o" in plan
    assert " AND (lane = lanes.lane) AND (due <= " in plan
    assert "Tid Scan on outbox" in plan


def test_a_window_that_leaves_at_once_is_taken_by_the_same_index(engine_conn: psycopg.Connection) -> None:
    plan = explained(engine_conn, load("windows")["take"], GRIP | {"limit": 500, "now": datetime.now(UTC)})
    assert_by_key(plan, "outbox", messages(engine_conn), "outcomes")
    assert "Index Scan using outbox_connection_id_lane_due_idx on outbox o" in plan
    assert "Tid Scan on outbox" in plan


def test_what_was_accepted_is_settled_by_key(engine_conn: psycopg.Connection) -> None:
    some = list(range(1, 65))
    columns = {
        "ids": some,
        "claims": some,
        "workspaces": [1] * 64,
        "refs": ["r"] * 64,
        "ats": [datetime.now(UTC)] * 64,
    }
    plan = explained(engine_conn, load("windows")["accepted"], GRIP | columns | {"rank": 120})
    assert_by_key(plan, "outcomes", "intents")


def test_the_gates_facts_are_read_by_key(engine_conn: psycopg.Connection) -> None:
    some = list(range(1, 500))
    ones = [1] * len(some)
    said: dict[str, object] = {
        "waiting_workspaces": ones,
        "waiting_phones": some,
        "lines": [1, 2],
        "workspaces": [1],
        "advertised_workspaces": ones,
        "advertised_phones": some,
        "phones": some,
        "number_workspaces": ones,
        "number_phones": some,
        "people_workspaces": ones,
        "people": some,
        "category_workspaces": [1],
        "categories": ["news"],
        "reply_workspaces": ones,
        "reply_phones": some,
        "reply_lines": ones,
    }
    for name, query in load("gate_facts").items():
        plan = explained(engine_conn, query, said)
        assert_by_key(plan, "blocks", "code_blocks", "consent_states", "contacts", "advertised")
        assert "Index" in plan or name in ("waiting", "lines", "rules", "code_blocks", "legitimate", "wrote")


def test_waiting_texts_are_found_by_number(engine_conn: psycopg.Connection) -> None:
    # Its plan is the function's own, so what counts is what it read.
    engine_conn.execute("SELECT * FROM sayso.waiting_texts(%s)", (list(range(1, 500)),))
    read = "SELECT seq_scan, idx_tup_fetch FROM pg_stat_xact_user_tables WHERE relname = 'inbound_queue'"
    scans, rows = engine_conn.execute(read).fetchone() or (None, None)
    assert scans == 0
    assert rows < 1_000


def test_the_last_look_reads_outcomes_and_claims_by_key(engine_conn: psycopg.Connection) -> None:
    ids = [row[0] for row in engine_conn.execute("SELECT id FROM sayso.messages ORDER BY id LIMIT 64")]
    ctids = [f"(0,{number})" for number in range(1, 65)]
    for name in ("take", "standing", "settle"):
        said = GRIP | {"ids": ids, "ctids": ctids, "claims": [7] * 64}
        plan = explained(engine_conn, load("outbox")[name], said)
        assert_by_key(plan, "outcomes")
        assert "Tid Scan on claims" in plan or name != "take"


def test_receipts_find_their_messages_by_key(engine_conn: psycopg.Connection) -> None:
    plan = explained(engine_conn, load("receipts")["waiting"], {"after": 0, "limit": 500})
    assert_by_key(plan, "receipt_queue", "provider_ids", messages(engine_conn))
    ids = [row[0] for row in engine_conn.execute("SELECT id FROM sayso.receipt_queue LIMIT 64")]
    said: dict[str, object] = {"ctids": [f"(0,{number})" for number in range(1, 65)], "ids": ids}
    assert_by_key(explained(engine_conn, load("receipts")["take"], said), "receipt_queue")


def test_what_moved_is_counted_by_reading_its_own_messages_alone(engine_conn: psycopg.Connection) -> None:
    # Plans of triggers are their own, so what counts is what they read.
    every = "SELECT message_id FROM sayso.outcomes ORDER BY message_id LIMIT 500"
    ids = [row[0] for row in engine_conn.execute(every)]
    many = len(ids)
    said = {
        "ids": ids, "workspaces": [1] * many, "statuses": ["delivered"] * many, "reasons": [""] * many,
        "ranks": [RANKS["delivered"]] * many, "ats": [datetime.now(UTC)] * many, "accepted": [True] * many,
    }  # fmt: skip
    engine_conn.execute(load("outbox")["outcomes"], said)
    read = (
        "SELECT relname, seq_scan, idx_scan, idx_tup_fetch FROM pg_stat_xact_user_tables"
        " WHERE relname LIKE 'messages_%%' AND seq_scan + idx_scan > 0"
    )
    ((name, scans, _, rows),) = engine_conn.execute(read).fetchall()
    assert name == messages(engine_conn).removeprefix("sayso.")
    assert scans == 0
    assert rows <= many
