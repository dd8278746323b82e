"""What `/metrics` asks is cheap on a full database: queues are walked by index, and never to their end."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta

import psycopg

from sayso.storage import figures
from sayso.storage.databases import Databases
from sayso.storage.pool import ENGINE, url_as
from sayso.storage.queries import load

ROWS = 120_000
NOW = datetime.now(UTC)
_FILL = (
    "INSERT INTO connections (name, kind, hook_token, parts_per_second) "
    "VALUES ('Test', 'simulator', repeat('t', 32), 100)",
    "INSERT INTO inbound_queue (lane, id, connection_id, phone, sender, recipient, body, provider_at, "
    "received_at) SELECT n %% 16, n, 1, n, n, '1', 'Hello', %(now)s, %(now)s - (%(rows)s - n) * interval "
    "'1 ms' FROM generate_series(1, %(rows)s) n",
    "INSERT INTO receipt_queue (id, connection_id, provider_ref, status, received_at) "
    "SELECT n, 1, n, 'delivered', %(now)s - interval '7 s' FROM generate_series(1, 10) n",
    "INSERT INTO outbox SELECT 1, n %% 3, %(now)s - n * interval '1 ms', 1, n, 0 FROM generate_series(1, "
    "%(rows)s) n",
    "INSERT INTO outbox SELECT 1, 2, %(now)s + interval '1 day', 1, n, 0 FROM generate_series(1, %(rows)s) n",
    "INSERT INTO claims SELECT 1, 1, 1, %(now)s, 1, n, 0, 7 FROM generate_series(1, 40) n",
)


def fill(database: Databases) -> None:
    with psycopg.connect(database.owner_url, autocommit=True, options="-c search_path=sayso") as owner:
        for statement in _FILL:
            owner.execute(statement, {"rows": ROWS, "now": NOW})


def test_queues_are_counted_up_to_a_limit_with_the_age_of_the_oldest(database: Databases) -> None:
    fill(database)
    began = time.monotonic()
    seen = asyncio.run(figures.look(database.url, NOW + timedelta(seconds=1)))
    assert time.monotonic() - began < figures.PATIENCE_SECONDS
    assert seen is not None
    found = {each.queue: (each.waiting, round(each.oldest_seconds)) for each in seen.queues}
    assert found == {
        "inbound": (100_000, 121),
        "receipts": (10, 8),
        "outbox": (100_000, 121),
        "claims": (40, 1),
        "intents": (0, 0),
        "quarantine": (0, 0),
        "clicks": (0, 0),
        "planning": (0, 0),
        "erasures": (0, 0),
    }


def test_many_connections_are_counted_no_further_than_one(database: Databases) -> None:
    fill(database)
    with psycopg.connect(database.owner_url, autocommit=True, options="-c search_path=sayso") as owner:
        owner.execute(
            "INSERT INTO connections (name, kind, hook_token, parts_per_second) "
            "SELECT 'Test', 'simulator', repeat('u', 30) || n, 100 FROM generate_series(10, 29) n"
        )
        owner.execute(
            "INSERT INTO outbox SELECT 2, 0, %s - interval '1 hour', 1, n, 0 FROM generate_series(1, 9) n",
            (NOW,),
        )
        owner.execute(
            "INSERT INTO outbox SELECT c, 1, %s, 1, n, 0 "
            "FROM generate_series(3, 8) c, generate_series(1, 20000) n",
            (NOW,),
        )
    seen = asyncio.run(figures.look(database.url, NOW))
    assert seen is not None
    outbox = next(each for each in seen.queues if each.queue == "outbox")
    assert (outbox.waiting, round(outbox.oldest_seconds)) == (100_000, 3600)


def test_no_queue_is_read_from_end_to_end(database: Databases) -> None:
    fill(database)
    with psycopg.connect(url_as(database.url, ENGINE)) as conn:
        conn.execute(load("figures")["bounded"])
        asked = b"EXPLAIN (ANALYZE, FORMAT JSON) " + load("figures")["queues"]
        row = conn.execute(asked, {"now": NOW}).fetchone()
    assert row is not None
    assert _scans(row[0][0]["Plan"]) == []


def _scans(node: dict[str, object]) -> list[object]:
    """The queues that are read without an index."""
    here = [node["Relation Name"]] if node["Node Type"] == "Seq Scan" else []
    below = [each for plan in node.get("Plans", []) for each in _scans(plan)]  # type: ignore[attr-defined]
    return [name for name in here + below if name != "connections"]


def test_a_database_that_is_away_has_no_figures() -> None:
    assert asyncio.run(figures.look("postgresql://nobody@127.0.0.1:1/none", NOW)) is None


def test_rows_of_one_flush_are_counted_together(database: Databases) -> None:
    with psycopg.connect(database.owner_url, autocommit=True, options="-c search_path=sayso") as owner:
        for rows in (2, 4):
            owner.execute(
                "INSERT INTO callbacks (connection_id, kind, headers, body) "
                "SELECT 1, 'inbound', '', '' FROM generate_series(1, %s)",
                (rows,),
            )
    seen = asyncio.run(figures.look(database.url, NOW))
    assert seen is not None
    assert seen.flush_rows == 3
