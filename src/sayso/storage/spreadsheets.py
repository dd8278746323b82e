"""Spreadsheets on their way to become rows of text: which wait, and what they became (R8.2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import msgspec
from psycopg.types.json import Jsonb

from sayso.core.import_shapes import Shape
from sayso.storage.imports import Due
from sayso.storage.pool import Connection
from sayso.storage.queries import load
from sayso.storage.statements import many, run

SQL = load("spreadsheets")


@dataclass(frozen=True, slots=True)
class Turned:
    """What a spreadsheet became: so many bytes of CSV in this shape, of the sheet of this name."""

    size: int
    shape: Shape
    sheet: str


async def begin(conn: Connection, import_id: int) -> bool:
    """Hand a spreadsheet that is whole to the engine; False where it is there already."""
    return bool(await run(conn, SQL["begin"], {"import_id": import_id}))


async def due(conn: Connection) -> list[Due]:
    """The spreadsheets of all workspaces that wait, oldest first; as the engine."""
    return await many(conn, Due, SQL["due"], {})


async def add(conn: Connection, import_id: int, at_byte: int, data: bytes) -> None:
    """Store a piece of the rows, of at most a mebibyte; nobody reads it before `turned`."""
    await run(conn, SQL["add"], {"import_id": import_id, "at_byte": at_byte, "data": data})


async def begin_anew(conn: Connection, import_id: int) -> None:
    """Forget rows that were stored before this beginning."""
    await run(conn, SQL["forget_rows"], {"import_id": import_id})


async def turned(conn: Connection, import_id: int, into: Turned) -> bool:
    """Let the rows take the place of the spreadsheet; False where it no longer waits for them."""
    said = {"import_id": import_id, "size": into.size}
    if not await run(conn, SQL["is_draft"], said):
        return False
    await run(conn, SQL["forget_spreadsheet"], said)
    await run(conn, SQL["take_place"], said)
    shape = Jsonb(msgspec.to_builtins(into.shape))
    await run(conn, SQL["turned"], said | {"shape": shape, "sheet": into.sheet})
    return True


async def fail(conn: Connection, import_id: int, because: str, now: datetime) -> bool:
    """Say why it cannot be read, and forget it; False where it no longer waits."""
    failed = await run(conn, SQL["fail"], {"import_id": import_id, "failure": because, "now": now})
    await run(conn, SQL["forget_rows"], {"import_id": import_id})
    await run(conn, SQL["forget_spreadsheet"], {"import_id": import_id})
    return bool(failed)
