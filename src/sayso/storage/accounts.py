"""Connections as sending needs them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sayso.storage.pool import Connection
from sayso.storage.queries import load

SQL = load("accounts")


@dataclass(frozen=True, slots=True)
class Account:
    """A connection as sending needs it; `secrets` are still sealed."""

    id: int
    name: str
    kind: str
    settings: dict[str, Any]
    secrets: bytes
    hook_token: str
    parts_per_second: int
    fallback_connection_id: int | None
    fallback_after: int


async def every(conn: Connection) -> tuple[int, list[Account]]:
    """Every connection, and the version of the setup that they were read at."""
    rows = await (await conn.execute(SQL["every"])).fetchall()
    return (rows[0][0], [Account(*row[1:]) for row in rows if row[1] is not None]) if rows else (0, [])


async def version(conn: Connection) -> int:
    """The number that every change to a connection raises."""
    row = await (await conn.execute(SQL["version"])).fetchone()
    return 0 if row is None else int(row[0])
