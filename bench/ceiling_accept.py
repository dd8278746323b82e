"""The ceiling of `accept`: the same payloads through a bare ASGI handler with one grouped insert.

It keeps the promise and drops the product: no framework, no signature, no reading of what is said. A body
and its hash go into one statement that deduplicates, stores raw and queues, as the doors' does, and the
answer comes after the commit.
"""

from __future__ import annotations

import asyncio
import os
from hashlib import blake2b
from typing import Any
from uuid import UUID

import psycopg

# One statement each: the driver's extended protocol takes no more.
TABLES = (
    "CREATE TABLE IF NOT EXISTS ceiling_refs (ref uuid PRIMARY KEY, id bigint NOT NULL)",
    "CREATE TABLE IF NOT EXISTS ceiling_raw (id bigint PRIMARY KEY, body bytea NOT NULL)",
    "CREATE TABLE IF NOT EXISTS ceiling_queue (lane smallint NOT NULL, id bigint NOT NULL)",
    "CREATE INDEX IF NOT EXISTS ceiling_due ON ceiling_queue (lane, id)",
    "CREATE SEQUENCE IF NOT EXISTS ceiling_ids CACHE 32",
)
INSERT = """
    WITH given AS MATERIALIZED (
        SELECT nextval('ceiling_ids') AS id, g.* FROM unnest(%b::uuid[], %b::bytea[]) AS g (ref, body)
    ),
    fresh AS (
        INSERT INTO ceiling_refs SELECT ref, id FROM given ORDER BY ref ON CONFLICT DO NOTHING RETURNING id
    ),
    raw AS (
        INSERT INTO ceiling_raw SELECT id, body FROM given JOIN fresh USING (id)
    )
    INSERT INTO ceiling_queue SELECT 0, id FROM fresh
"""
LANES = 2


class Application:
    """Gathers what arrives during a commit into the next one; answers after the commit."""

    def __init__(self) -> None:
        self.waiting: list[tuple[UUID, bytes, asyncio.Future[None]]] = []
        self.idle: list[psycopg.AsyncConnection[Any]] = []
        self.tasks: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await self.live(receive, send)
            return
        body = (await receive())["body"]
        stored = asyncio.get_running_loop().create_future()
        self.waiting.append((UUID(bytes=blake2b(body, digest_size=16).digest()), body, stored))
        if self.idle:
            task = asyncio.create_task(self.drain(self.idle.pop()))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)
        await stored
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})

    async def drain(self, conn: psycopg.AsyncConnection[Any]) -> None:
        while self.waiting:
            batch, self.waiting = self.waiting[:500], self.waiting[500:]
            await conn.execute(INSERT, ([row[0] for row in batch], [row[1] for row in batch]), prepare=True)
            for _, _, stored in batch:
                stored.set_result(None)
        self.idle.append(conn)

    async def live(self, receive: Any, send: Any) -> None:
        await receive()
        url = os.environ["BENCH_OWNER_URL"]
        self.idle = [await psycopg.AsyncConnection.connect(url, autocommit=True) for _ in range(LANES)]
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})


app = Application()
