"""Refused callbacks that wait for a mended secret (R5.11)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sayso.core.callbacks import Kind
from sayso.storage.pool import Connection
from sayso.storage.queries import load
from sayso.storage.statements import many, run

SQL = load("quarantined")


@dataclass(frozen=True, slots=True)
class Quarantined:
    """One refused callback; `headers` begin with its request line, `received_at` is when it came."""

    id: int
    connection_id: int
    kind: Kind
    headers: bytes
    body: bytes
    received_at: datetime


async def waiting(conn: Connection, connections: Sequence[int], after: int, limit: int) -> list[Quarantined]:
    """Refused callbacks of these connections after an id, oldest first."""
    said = {"connections": sorted(connections), "after": after, "limit": limit}
    return await many(conn, Quarantined, SQL["waiting"], said)


@dataclass(frozen=True, slots=True)
class Listed:
    """One that waits, for people: why it was refused, and how its body begins."""

    id: int
    connection_id: int
    kind: Kind
    why: str
    size: int
    cut: bool
    beginning: bytes
    received_at: datetime


async def newest(conn: Connection, connection_id: int | None, limit: int) -> list[Listed]:
    """What waits, newest first; of every connection where none is named."""
    return await many(conn, Listed, SQL["newest"], {"connection_id": connection_id, "limit": limit})


async def empty(conn: Connection, connection_id: int, before: datetime) -> int:
    """Throw away what waits of a connection and came before this moment; how many."""
    return await run(conn, SQL["empty"], {"connection_id": connection_id, "before": before})


async def release(conn: Connection, ids: Sequence[int], now: datetime) -> int:
    """Mark them as released; how many were not yet."""
    return await run(conn, SQL["release"], {"ids": sorted(ids), "now": now})
