"""Connections by which nothing leaves until somebody says so (R2.5)."""

from __future__ import annotations

from sayso.storage.pool import Connection
from sayso.storage.queries import load
from sayso.storage.sending_rules import Halted
from sayso.storage.statements import one, run

SQL = load("connection_stops")


async def of(conn: Connection, connection_id: int) -> Halted | None:
    """Who stopped a connection, since when, and why; None: it goes on."""
    return await one(conn, Halted, SQL["of"], {"resource": _resource(connection_id)})


async def stop(conn: Connection, connection_id: int, why: str, who: tuple[int | None, int | None]) -> bool:
    """Let nothing leave by it; False where nothing does already. `who`: a person, or a key."""
    said = {"resource": _resource(connection_id), "why": why, "user_id": who[0], "key_id": who[1]}
    return await run(conn, SQL["stop"], said) == 1


async def go_on(conn: Connection, connection_id: int) -> bool:
    """Let it go on; False where it was not stopped."""
    return await run(conn, SQL["go_on"], {"resource": _resource(connection_id)}) == 1


def _resource(connection_id: int) -> str:
    return f"connection:{connection_id}"
