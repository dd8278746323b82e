"""The ceiling of `send.loopback`: the same rows through the bare shape, with no fence, gate or pace.

A chunk is deleted from a narrow outbox and its messages are read in one statement; outcomes, history and the
provider's names are appended by one more while the next chunk is claimed. Every commit is durable.
"""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from typing import Any

import psycopg

CHUNK = 500
TABLES = """
CREATE TABLE ceiling_outbox (LIKE outbox INCLUDING ALL);
CREATE TABLE ceiling_outcomes (LIKE outcomes INCLUDING ALL);
CREATE TABLE ceiling_events (LIKE message_events INCLUDING ALL);
CREATE TABLE ceiling_provider_ids (LIKE provider_ids INCLUDING ALL);
INSERT INTO ceiling_outbox SELECT * FROM outbox
"""
CLAIM = """
WITH taken AS (
    DELETE FROM ceiling_outbox WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM ceiling_outbox WHERE connection_id = 1 AND lane = 2 AND due <= now()
        ORDER BY due LIMIT %s FOR UPDATE SKIP LOCKED))
    RETURNING workspace_id, message_id
)
SELECT m.* FROM taken CROSS JOIN LATERAL (
    SELECT id, workspace_id, recipient, sender, body FROM messages w
    WHERE w.workspace_id = taken.workspace_id AND w.id = taken.message_id LIMIT 1
) AS m ORDER BY id
"""
RECORD = """
WITH said AS MATERIALIZED (
    SELECT * FROM unnest(%(ids)b::bigint[], %(workspaces)b::int[], %(refs)b::text[])
        AS s (id, workspace_id, ref)
),
told AS (
    INSERT INTO ceiling_events (workspace_id, message_id, status, at)
    SELECT workspace_id, id, 'sent', %(now)b FROM said
),
named AS (INSERT INTO ceiling_provider_ids SELECT 1, ref, workspace_id, id FROM said)
INSERT INTO ceiling_outcomes (workspace_id, message_id, status, rank, at)
SELECT workspace_id, id, 'sent', 120, %(now)b FROM said
"""


async def per_second(url: str, count: int) -> float:
    """Messages a second from the outbox to the record of what became of them."""
    claiming, recording = [
        await psycopg.AsyncConnection.connect(
            url,
            autocommit=True,
            options="-c search_path=sayso -c enable_seqscan=off -c plan_cache_mode=force_generic_plan",
        )
        for _ in range(2)
    ]
    async with claiming, recording:
        await claiming.execute(TABLES)
        began, recorded = time.perf_counter(), asyncio.create_task(asyncio.sleep(0))
        while rows := await (await claiming.execute(CLAIM, (CHUNK,), prepare=True)).fetchall():
            await recorded
            recorded = asyncio.create_task(_record(recording, rows))
        await recorded
        took = time.perf_counter() - began
        await claiming.execute(
            "DROP TABLE ceiling_outbox, ceiling_outcomes, ceiling_events, ceiling_provider_ids"
        )
    return count / took


async def _record(conn: psycopg.AsyncConnection[Any], rows: list[tuple[Any, ...]]) -> None:
    said = {
        "ids": [row[0] for row in rows],
        "workspaces": [row[1] for row in rows],
        "refs": [f"ref-{row[0]}" for row in rows],
        "now": datetime.now(UTC),
    }
    await conn.execute(RECORD, said, prepare=True)
