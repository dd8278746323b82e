"""What `/metrics` shows of the database: the same whichever process looks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

import psycopg
from psycopg import AsyncConnection

from sayso.storage.pool import ENGINE, Connection, url_as
from sayso.storage.queries import load
from sayso.storage.statements import many, one

SQL = load("figures")
PATIENCE_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Queue:
    """How many wait (counted up to a limit), and since when the oldest does; 0 where none does."""

    queue: str
    waiting: int
    oldest_seconds: float


@dataclass(frozen=True, slots=True)
class Ringing:
    """Alarms of one code: about how many things, and how often they rang."""

    code: str
    ringing: int
    times: int


@dataclass(frozen=True, slots=True)
class Figures:
    """All that is shown; `flush_rows` is the mean of the newest thousand callbacks' flushes."""

    queues: tuple[Queue, ...]
    alarms: tuple[Ringing, ...]
    pauses: int
    flush_rows: float


@dataclass(frozen=True, slots=True)
class _Flush:
    rows: float


@dataclass(frozen=True, slots=True)
class _Pauses:
    standing: int


@dataclass(frozen=True, slots=True)
class _Provider:
    token: str
    provider: str


async def look(url: str, now: datetime) -> Figures | None:
    """Everything, by bounded queries over a connection of its own; None where the database can't be asked."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS), _asked(url) as conn:
            flush = await one(conn, _Flush, SQL["flush"], {})
            pauses = await one(conn, _Pauses, SQL["pauses"], {})
            return Figures(
                tuple(await many(conn, Queue, SQL["queues"], {"now": now})),
                tuple(await many(conn, Ringing, SQL["alarms"], {})),
                pauses.standing if pauses else 0,
                flush.rows if flush else 0.0,
            )
    except (psycopg.Error, OSError):  # a TimeoutError is an OSError
        return None


async def providers(url: str) -> Mapping[str, str] | None:
    """The kind of provider by hook token; None where the database can't be asked."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS), _asked(url) as conn:
            return {row.token: row.provider for row in await many(conn, _Provider, SQL["providers"], {})}
    except (psycopg.Error, OSError):
        return None


@asynccontextmanager
async def _asked(url: str) -> AsyncIterator[Connection]:
    async with (
        await AsyncConnection.connect(url_as(url, ENGINE), connect_timeout=2) as conn,
        conn.transaction(),
    ):
        await conn.execute(SQL["bounded"])
        yield conn
