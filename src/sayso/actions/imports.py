"""Contacts from a file: brought in pieces, looked at, started, stopped (R8.2). The engine reads it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from sayso.actions import people
from sayso.actions.actor import Actor, needs, record, transaction
from sayso.actions.refusal import Refused, conflict, fault, invalid, missing
from sayso.actions.still import still_may
from sayso.core import importing
from sayso.core.contact_record import COUNTRY, Read
from sayso.core.formulas import disarmed
from sayso.core.import_files import Place, Record, rows
from sayso.core.import_shapes import SNIFFED_BYTES, Shape, Unreadable, sniff
from sayso.core.importing import Columns
from sayso.core.phones import possible_mobile
from sayso.core.problems import Problem
from sayso.core.spreadsheets import MOST_PACKED, SIGNATURE, TOO_LARGE
from sayso.storage import audit, imports, spreadsheets
from sayso.storage.imports import CHUNK, File, Import, Maker, Refusal
from sayso.storage.pool import Connection, Pool

MOST_BYTES = 300 * 1024 * 1024
PREVIEWED = 20
LONGEST_NAME = 200
REFUSED_AT_ONCE = 2_000
TRIED = (
    "A test key takes no yes for numbers that somebody may have, and a file may hold some: they might take "
    "back a no. Leave out the column that becomes sms_consent, or use another key."
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """By what a file is to be read; None: as suggested, and as the workspace's country dials."""

    mapping: tuple[str, ...] | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """One row as it would be understood; `landline`: its number takes no texts."""

    record: Record
    read: Read
    landline: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """How a file is read: its shape, what each column becomes, what is wrong with that, its first rows."""

    of: Import
    shape: Shape
    mapping: tuple[str, ...]
    country: str
    problems: Sequence[Problem]
    rows: Sequence[Seen]


@needs("contacts:write")
async def begin_import(pool: Pool, actor: Actor, file: File, now: datetime) -> Import | Refused:
    """Announce a file; its bytes follow by `add_piece`."""
    name = " ".join(file.name.replace("\0", " ").split())[-LONGEST_NAME:]
    if not name:
        return fault("file_name", "missing", "Say what the file is called.")
    if file.size <= 0:
        return fault("file", "empty", "The file is empty. Export it again, with a row for each contact.")
    if file.size > MOST_BYTES:
        sentence = (
            f"The file has {file.size >> 20:,} MB, and at most 300 MB are taken. Split it, or leave "
            "out columns that nobody needs."
        )
        return fault("file", "too_large", sentence)
    async with transaction(pool, actor) as conn:
        made = await imports.begin(conn, File(name, file.size), Maker(actor.user_id, actor.key_id), now)
        return await imports.get(conn, made) or missing("id", "import")


@needs("contacts:write")
async def add_piece(pool: Pool, actor: Actor, import_id: int, at_byte: int, data: bytes) -> Import | Refused:
    """Bring the bytes of the file from a place on; what is here already is not taken again.

    After a broken line the import says by its size where to go on.
    """
    async with transaction(pool, actor) as conn:
        stands = await imports.get(conn, import_id)
        if stands is None:
            return missing("id", "import")
        if at_byte + len(data) > stands.whole_size:
            return fault("data", "too_large", f"The file was announced with {stands.whole_size:,} bytes.")
        if not at_byte and data.startswith(SIGNATURE) and stands.whole_size > MOST_PACKED:
            return fault("file", "too_large", TOO_LARGE)
        for start in range(0, len(data), CHUNK):
            if not await imports.add_piece(conn, import_id, at_byte + start, data[start : start + CHUNK]):
                sentence = f"{stands.size:,} bytes of the file are here. Go on from byte {stands.size}."
                return conflict("at_byte", "out_of_turn", sentence)
        return await _brought(conn, import_id)


@needs("contacts:read")
async def preview_import(pool: Pool, actor: Actor, import_id: int, wanted: Wanted) -> Preview | Refused:
    """How the file would be read, with its first rows as contacts or with what is wrong with them."""
    async with transaction(pool, actor) as conn:
        stands = await imports.get(conn, import_id)
        if stands is None:
            return missing("id", "import")
        return await _preview(conn, stands, wanted)


@needs("contacts:write")
async def start_import(
    pool: Pool, actor: Actor, import_id: int, wanted: Wanted, now: datetime
) -> Import | Refused:
    """Hand the file to the engine. What was stopped goes on where it ended, as it was begun."""
    async with transaction(pool, actor) as conn:
        stands = await imports.get(conn, import_id)
        if stands is None:
            return missing("id", "import")
        if stands.size < stands.whole_size and stands.state == "draft":
            sentence = f"{stands.size:,} of {stands.whole_size:,} bytes are here. Send the rest first."
            return conflict("id", "not_whole", sentence)
        if stands.state not in {"draft", "stopped", "failed"}:
            return conflict("id", "not_waiting", f"This import is {stands.state}; it cannot be started.")
        begun = stands.mapping is not None
        seen = await _preview(conn, stands, Wanted() if begun else wanted)
        if isinstance(seen, Refused):
            return seen
        if seen.problems:
            return invalid(*seen.problems)
        if actor.test_mode and "sms_consent" in seen.mapping:
            return fault("key", "test_mode", TRIED)
        await imports.start(conn, import_id, imports.Start(seen.shape, seen.mapping, seen.country), now)
        after = {"file_name": stands.file_name, "country": seen.country, "mapping": list(seen.mapping)}
        await record(conn, actor, _change("continued" if begun else "started", import_id, after))
        return await imports.get(conn, import_id) or missing("id", "import")


@needs("contacts:write")
async def stop_import(pool: Pool, actor: Actor, import_id: int, now: datetime) -> Import | Refused:
    """Store no further row; what is stored stays, and it may go on later."""
    async with transaction(pool, actor) as conn:
        stopped = await imports.stop(conn, import_id, now)
        stands = await imports.get(conn, import_id)
        if stands is None:
            return missing("id", "import")
        if not stopped:
            return conflict("id", "not_running", f"This import is {stands.state}; there is nothing to stop.")
        after = {"file_name": stands.file_name, "rows_read": stands.rows_read}
        await record(conn, actor, _change("stopped", import_id, after))
        return stands


@needs("contacts:read")
async def show_import(pool: Pool, actor: Actor, import_id: int) -> Import | Refused:
    """One import and how far it has come."""
    async with transaction(pool, actor) as conn:
        return await imports.get(conn, import_id) or missing("id", "import")


@needs("contacts:read")
async def list_imports(pool: Pool, actor: Actor, before_id: int, limit: int) -> list[Import]:
    """A page of imports, newest first."""
    async with transaction(pool, actor) as conn:
        return await imports.newest(conn, before_id, limit)


@needs("contacts:read")
async def list_refused(
    pool: Pool, actor: Actor, import_id: int, after: int, limit: int
) -> list[Refusal] | Refused:
    """Refused rows in the order of the file, behind a line, each with its reasons."""
    async with transaction(pool, actor) as conn:
        await still_may(conn, actor, "contacts:read")
        if await imports.get(conn, import_id) is None:
            return missing("id", "import")
        return await imports.refusals(conn, import_id, after, limit)


async def refused_rows(pool: Pool, actor: Actor, import_id: int) -> AsyncIterator[list[list[str]]]:
    """Every refused row with its line and its reasons, in slices of a transaction each, for a file."""
    yield [["line", "reason", "row"]]
    after = 0
    while rows := await list_refused(pool, actor, import_id, after, REFUSED_AT_ONCE):
        if isinstance(rows, Refused):
            return
        yield [_refused_cells(row) for row in rows]
        after = rows[-1].line


def _refused_cells(row: Refusal) -> list[str]:
    reasons = " ".join(reason["message"] for reason in row.reasons)
    return [str(row.line), disarmed(reasons), disarmed(row.written)]


async def _brought(conn: Connection, import_id: int) -> Import | Refused:
    """The import as it stands now; a whole spreadsheet is handed to the engine, which makes rows of it."""
    stands = await imports.get(conn, import_id)
    if stands is None:
        return missing("id", "import")
    if (
        stands.size < stands.whole_size
        or await imports.stretch(conn, import_id, 0, len(SIGNATURE)) != SIGNATURE
    ):
        return stands
    await spreadsheets.begin(conn, import_id)
    return await imports.get(conn, import_id) or stands


async def _preview(conn: Connection, stands: Import, wanted: Wanted) -> Preview | Refused:
    if stands.state == "reading":
        sentence = "The spreadsheet is being read, which takes some seconds. Look again in a moment."
        return conflict("id", "being_read", sentence)
    beginning = await imports.stretch(conn, stands.id, 0, SNIFFED_BYTES)
    if not beginning:
        return conflict("id", "no_file", stands.failure or "The file is not here any more. Import it again.")
    shape = stands.read_as or sniff(beginning)
    if isinstance(shape, Unreadable):
        return fault("file", "unreadable", shape.because)
    mapping = wanted.mapping or tuple(stands.mapping or ()) or importing.suggest(shape.columns)
    country = wanted.country or stands.country or await people.home(conn)
    problems = importing.faults(mapping, shape.columns)
    if not COUNTRY.fullmatch(country):
        problems.append(Problem("country", "form", "A country is its two letters, such as GB."))
    seen = [] if problems else _seen(beginning, shape, Columns(mapping, country), stands)
    return Preview(stands, shape, mapping, country, problems, seen)


def _seen(beginning: bytes, shape: Shape, columns: Columns, stands: Import) -> list[Seen]:
    place = Place(shape.begins, shape.lines_before)
    whole = len(beginning) >= stands.size
    told = []
    for found in islice(rows(beginning[shape.begins :], shape, place, whole=whole), PREVIEWED):
        if found.fault or found.cells:
            read = importing.understood(found, columns)
            landline = isinstance(read.phone, int) and not possible_mobile(read.phone)
            told.append(Seen(_shown(found), read, landline))
    return told


def _shown(row: Record) -> Record:
    """A row as any page can show it: bytes that are no letters stand in it as halves of some."""
    if row.written.isascii():
        return row
    cells = [cell.encode("utf-8", "replace").decode() for cell in row.cells]
    return Record(cells, row.line, row.written.encode("utf-8", "replace").decode(), row.end, row.fault)


def _change(word: str, import_id: int, after: Mapping[str, object]) -> audit.Change:
    return audit.Change(word, "contact_import", str(import_id), None, after)
