"""Imports of contacts: the file in pieces, how far it was read, and what was refused of it (R8.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
from psycopg.types.json import Jsonb

from sayso.core.import_files import Place
from sayso.core.import_shapes import Shape
from sayso.core.problems import Problem
from sayso.storage.pool import Connection
from sayso.storage.queries import load
from sayso.storage.statements import many, number, one, run

SQL = load("imports")
CHUNK = 1_048_576
LONGEST_WRITTEN = 2_000
State = str
"""draft (the file is coming, or waits for its mapping), reading (a spreadsheet becomes rows), waiting,
running, finished, stopped or failed."""


@dataclass(frozen=True, slots=True)
class Import:
    """One import and how far it has come. `mapping`: what each column becomes; None: not chosen yet."""

    id: int
    file_name: str
    whole_size: int
    user_id: int | None
    key_id: int | None
    created_at: datetime
    shape: Mapping[str, object] | None
    mapping: Sequence[str] | None
    country: str | None
    state: State
    size: int
    at_byte: int
    at_line: int
    rows_read: int
    created: int
    changed: int
    unchanged: int
    refused: int
    started_at: datetime | None
    ended_at: datetime | None
    failure: str
    sheet: str

    @property
    def place(self) -> Place:
        """The checkpoint."""
        return Place(self.at_byte, self.at_line)

    @property
    def read_as(self) -> Shape | None:
        """How the file is written, once that was settled."""
        return None if self.shape is None else msgspec.convert(self.shape, Shape)


@dataclass(frozen=True, slots=True)
class File:
    """A file as it is announced; `size` in bytes."""

    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Maker:
    """Who asks for an import: a person, or a key."""

    user_id: int | None
    key_id: int | None


@dataclass(frozen=True, slots=True)
class Start:
    """By what a file is read."""

    shape: Shape
    mapping: Sequence[str]
    country: str


@dataclass(frozen=True, slots=True)
class Advance:
    """What a slice did: from one place to another, and what became of its rows."""

    begin: Place
    end: Place
    rows_read: int = 0
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0


@dataclass(frozen=True, slots=True)
class Refusal:
    """One row that was not stored: its first line, its words, and what is wrong with it."""

    line: int
    written: str
    reasons: Sequence[Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Due:
    """An import that waits for an engine, of any workspace."""

    workspace_id: int
    import_id: int


def refusal(line: int, written: str, problems: Sequence[Problem]) -> Refusal:
    """A refused row as it is kept: what no text column holds is left out, and no more than somebody reads."""
    storable = written[:LONGEST_WRITTEN].replace("\0", "�").encode("utf-8", "replace").decode()
    reasons = [{"field": one.field, "code": one.code, "message": one.message} for one in problems]
    return Refusal(line, storable.rstrip("\r\n"), reasons)


async def begin(conn: Connection, file: File, maker: Maker, now: datetime) -> int:
    """A new import, of which no byte is here yet; its id."""
    said = {
        "file_name": file.name,
        "whole_size": file.size,
        "user_id": maker.user_id,
        "key_id": maker.key_id,
        "now": now,
    }
    return await number(conn, SQL["begin"], said) or 0


async def add_piece(conn: Connection, import_id: int, at_byte: int, data: bytes) -> bool:
    """Store the next piece of the file, of at most CHUNK bytes; False where the file doesn't end there."""
    return bool(await run(conn, SQL["add_piece"], {"import_id": import_id, "at_byte": at_byte, "data": data}))


async def get(conn: Connection, import_id: int) -> Import | None:
    """One import."""
    return await one(conn, Import, SQL["get"], {"import_id": import_id})


async def newest(conn: Connection, before_id: int, limit: int) -> list[Import]:
    """A page of imports, newest first."""
    return await many(conn, Import, SQL["newest"], {"before_id": before_id, "limit": limit})


async def stretch(conn: Connection, import_id: int, at_byte: int, size: int) -> bytes:
    """Up to `size` bytes of the file from a place on."""
    said = {"import_id": import_id, "at_byte": at_byte, "size": size}
    # As text each byte would be two digits, written by the one and read by the other.
    async with conn.cursor(binary=True) as cursor:
        await cursor.execute(SQL["stretch"], said)
        return b"".join([bytes(data) for (data,) in await cursor.fetchall()])


async def start(conn: Connection, import_id: int, by: Start, now: datetime) -> bool:
    """Hand it to the engine; False where it runs, or is over."""
    said = {
        "import_id": import_id,
        "shape": Jsonb(msgspec.to_builtins(by.shape)),
        "mapping": Jsonb(list(by.mapping)),
        "country": by.country,
    }
    await run(conn, SQL["start"], said)
    moved = {"import_id": import_id, "now": now, "begins": by.shape.begins}
    return bool(await run(conn, SQL["wait"], moved | {"lines_before": by.shape.lines_before}))


async def stop(conn: Connection, import_id: int, now: datetime) -> bool:
    """Let no further slice be stored; False where it does not run."""
    return bool(await run(conn, SQL["stop"], {"import_id": import_id, "now": now}))


async def due(conn: Connection) -> list[Due]:
    """The imports of all workspaces that wait or run, oldest first; as the engine."""
    return await many(conn, Due, SQL["due"], {})


async def work_in(conn: Connection, workspace_id: int) -> None:
    """From here on, this transaction of the engine is one of the app in this workspace."""
    await conn.execute(SQL["as_app"])
    await conn.execute(SQL["in_workspace"], {"workspace_id": str(workspace_id)})


async def advance(conn: Connection, import_id: int, by: Advance) -> bool:
    """Move the checkpoint with a slice; False where it is no longer where the slice began, or was stopped."""
    said = {
        "import_id": import_id,
        "from_byte": by.begin.byte,
        "to_byte": by.end.byte,
        "to_line": by.end.line,
        "rows_read": by.rows_read,
        "created": by.created,
        "changed": by.changed,
        "unchanged": by.unchanged,
        "refused": by.refused,
    }
    return bool(await run(conn, SQL["advance"], said))


async def refuse(conn: Connection, import_id: int, rows: Sequence[Refusal]) -> None:
    """Keep the refused rows of a slice."""
    if not rows:
        return
    said = {
        "import_id": import_id,
        "lines": [row.line for row in rows],
        "writtens": [row.written for row in rows],
        "reasons": [msgspec.json.encode(row.reasons).decode() for row in rows],
    }
    await run(conn, SQL["refuse"], said)


async def end(conn: Connection, import_id: int, failure: str, now: datetime) -> bool:
    """Say that it is finished, or with a sentence that it failed; a finished one's file is forgotten."""
    state = "failed" if failure else "finished"
    said = {"import_id": import_id, "state": state, "failure": failure, "now": now}
    ended = bool(await run(conn, SQL["end"], said))
    if ended and not failure:
        await run(conn, SQL["forget_file"], {"import_id": import_id})
    return ended


async def refusals(conn: Connection, import_id: int, after: int, limit: int) -> list[Refusal]:
    """Refused rows in the order of the file, behind a line."""
    said = {"import_id": import_id, "after": after, "limit": limit}
    return await many(conn, Refusal, SQL["refusals"], said)
