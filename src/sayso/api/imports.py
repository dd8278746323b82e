"""`contacts/imports`: a file of contacts, brought in pieces, looked at, started, watched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated

import msgspec
from litestar import Router, get, post, put
from litestar.params import JSONBody

from sayso.actions import imports
from sayso.actions.imports import Seen, Wanted
from sayso.api.problems import FieldError, settled
from sayso.api.services import Asked, Asker, Given, LargeId, Listed, as_id, listed
from sayso.storage.imports import File, Import

FileName = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Targets = Annotated[list[str], msgspec.Meta(max_length=250)]
Bytes = Annotated[int, msgspec.Meta(ge=0)]


class FileIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A CSV file of at most 300 MB, or an XLSX of at most 50 MB; `size` is its bytes."""

    file_name: FileName
    size: Bytes


class PieceIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Bytes of the file in Base64, from `at_byte` on: at most some 2.5 MB at a time."""

    at_byte: Bytes
    data: bytes


class ReadIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How to read it.

    `mapping` says what each column of the file becomes, in its order: `external_id`, `phone`, `email`,
    `language`, `time_zone`, `country`, `sms_consent`, `sms_valid`, `attributes.NAME`, or an empty text to
    leave it out. Without one it is as suggested. National numbers are read by `country`, else by the
    workspace's.
    """

    mapping: Targets | None = None
    country: str | None = None

    def wanted(self) -> Wanted:
        """As the action takes it."""
        return Wanted(None if self.mapping is None else tuple(self.mapping), self.country)


class ImportOut(msgspec.Struct, frozen=True):
    """An import: draft, reading, waiting, running, finished, stopped, failed; `received` bytes are here.

    An XLSX is `reading` until it is rows, and then a draft of the bytes of these; `sheet` names the one read.
    """

    id: str
    file_name: str
    state: str
    size: int
    received: int
    bytes_read: int
    rows_read: int
    created: int
    changed: int
    unchanged: int
    refused: int
    mapping: list[str] | None
    country: str | None
    failure: str
    sheet: str
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None


class SeenOut(msgspec.Struct, frozen=True):
    """One row as it would be understood; with errors it would be refused."""

    line: int
    cells: list[str]
    phone: str | None
    landline: bool
    errors: list[FieldError]


class PreviewOut(msgspec.Struct, frozen=True):
    """How the file is read, and its first 20 rows."""

    columns: list[str]
    header: bool
    delimiter: str
    encoding: str
    mapping: list[str]
    country: str
    errors: list[FieldError]
    rows: list[SeenOut]


class RefusedOut(msgspec.Struct, frozen=True):
    """A row that was not stored: its line in the file, its own words, and what is wrong with it."""

    line: int
    written: str
    errors: list[FieldError]


@post("/contacts/imports")
async def begin_import(services: Given, actor: Asker, data: JSONBody[FileIn]) -> ImportOut:
    """Announce a file; its bytes follow. Scope: contacts:write."""
    file = File(data.file_name, data.size)
    return _import(settled(await imports.begin_import(services.pool, actor, file, services.now())))


@put("/contacts/imports/{import_id:str}/file")
async def add_piece(services: Given, actor: Asker, import_id: LargeId, data: JSONBody[PieceIn]) -> ImportOut:
    """Bring the next bytes; after a broken line, go on from `received`. Scope: contacts:write."""
    done = await imports.add_piece(services.pool, actor, as_id(import_id), data.at_byte, data.data)
    return _import(settled(done))


@post("/contacts/imports/{import_id:str}/preview", status_code=200)
async def preview_import(
    services: Given, actor: Asker, import_id: LargeId, data: JSONBody[ReadIn]
) -> PreviewOut:
    """How the file would be read. Changes nothing. Scope: contacts:read."""
    seen = settled(await imports.preview_import(services.pool, actor, as_id(import_id), data.wanted()))
    return PreviewOut(
        list(seen.shape.columns),
        seen.shape.header,
        seen.shape.delimiter,
        seen.shape.encoding,
        list(seen.mapping),
        seen.country,
        [FieldError(one.field, one.message, one.code) for one in seen.problems],
        [_seen(one) for one in seen.rows],
    )


@post("/contacts/imports/{import_id:str}/start", status_code=200)
async def start_import(
    services: Given, actor: Asker, import_id: LargeId, data: JSONBody[ReadIn]
) -> ImportOut:
    """Start it, or let it go on where it was stopped. Scope: contacts:write."""
    now = services.now()
    done = await imports.start_import(services.pool, actor, as_id(import_id), data.wanted(), now)
    return _import(settled(done))


@post("/contacts/imports/{import_id:str}/stop", status_code=200)
async def stop_import(services: Given, actor: Asker, import_id: LargeId) -> ImportOut:
    """Store no further row; what is stored stays. Scope: contacts:write."""
    return _import(settled(await imports.stop_import(services.pool, actor, as_id(import_id), services.now())))


@get("/contacts/imports")
async def list_imports(services: Given, actor: Asker, page: Asked) -> Listed[ImportOut]:
    """Imports, newest first. Scope: contacts:read."""
    found = settled(await imports.list_imports(services.pool, actor, page.before, page.limit))
    return listed(page, [_import(one) for one in found], found[-1].id if found else None)


@get("/contacts/imports/{import_id:str}")
async def show_import(services: Given, actor: Asker, import_id: LargeId) -> ImportOut:
    """One import and how far it has come. Scope: contacts:read."""
    return _import(settled(await imports.show_import(services.pool, actor, as_id(import_id))))


@get("/contacts/imports/{import_id:str}/refused")
async def list_refused(services: Given, actor: Asker, import_id: LargeId, page: Asked) -> Listed[RefusedOut]:
    """Refused rows in the order of the file, with their reasons. Scope: contacts:read."""
    wanted = (as_id(import_id), page.after, page.limit)
    found = settled(await imports.list_refused(services.pool, actor, *wanted))
    told = [RefusedOut(row.line, row.written, _errors(row.reasons)) for row in found]
    return listed(page, told, found[-1].line if found else None)


def _import(found: Import) -> ImportOut:
    return ImportOut(
        str(found.id),
        found.file_name,
        found.state,
        found.whole_size,
        found.size,
        found.at_byte,
        found.rows_read,
        found.created,
        found.changed,
        found.unchanged,
        found.refused,
        None if found.mapping is None else list(found.mapping),
        found.country,
        found.failure,
        found.sheet,
        found.created_at,
        found.started_at,
        found.ended_at,
    )


def _seen(one: Seen) -> SeenOut:
    phone = f"+{one.read.phone}" if isinstance(one.read.phone, int) else None
    errors = [FieldError(fault.field, fault.message, fault.code) for fault in one.read.problems]
    return SeenOut(one.record.line, list(one.record.cells), phone, one.landline, errors)


def _errors(reasons: Sequence[Mapping[str, str]]) -> list[FieldError]:
    return [FieldError(one["field"], one["message"], one["code"]) for one in reasons]


router = Router(
    "",
    route_handlers=[
        begin_import,
        add_piece,
        preview_import,
        start_import,
        stop_import,
        list_imports,
        show_import,
        list_refused,
    ],
    tags=["Contacts"],
)
