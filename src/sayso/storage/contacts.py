"""Contacts of a workspace, written in bulk by their external id."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from msgspec import json
from psycopg import AsyncCursor
from psycopg.rows import TupleRow

from sayso.core.contact_record import ContactRow
from sayso.core.phones import possible_mobile
from sayso.storage.pool import Connection
from sayso.storage.queries import load
from sayso.storage.statements import many, number, one, run

SQL = load("contacts")
_PUT = b"\n".join([SQL["bring"], SQL["over"], SQL["ids"]])
_ADD = b"\n".join([SQL["bring"], SQL["ids"]])


@dataclass(frozen=True, slots=True)
class Contact:
    """One contact; `phone` is the one key of core.phones.

    `import_id` is the import that brought it last; below zero where that took over no more of it than a no.
    """

    id: int
    external_id: str | None
    phone: int | None
    email: str | None
    language: str | None
    time_zone: str | None
    country: str | None
    attributes: Mapping[str, object]
    sms_consent: str
    sms_valid: bool | None
    created_at: datetime
    updated_at: datetime
    import_id: int | None


async def lock_by_external_ids(conn: Connection, external_ids: Sequence[str]) -> dict[str, Contact]:
    """The contacts of these external ids that exist, locked."""
    rows = await many(conn, Contact, SQL["lock_by_external_ids"], {"external_ids": sorted(external_ids)})
    return {row.external_id: row for row in rows if row.external_id is not None}


async def put(
    conn: Connection, rows: Sequence[ContactRow], now: datetime, import_id: int | None = None
) -> dict[str, int]:
    """Store contacts whole, new and known ones, in one statement; their ids by external id.

    `import_id` is the import that brings them, as Contact has it; None leaves word of the one that brought
    them last.
    """
    return _ids(await (await _write(conn, _PUT, rows, now, import_id)).fetchall())


async def add(
    conn: Connection, rows: Sequence[ContactRow], now: datetime, import_id: int | None, *, ids: bool
) -> dict[str, int]:
    """Store contacts whole of whom none was known, in one statement; where asked for, their ids.

    Raises psycopg.errors.UniqueViolation where somebody else brought one of them meanwhile.
    """
    stored = await _write(conn, _ADD, rows, now, import_id)
    return _ids(await stored.fetchall()) if ids else {}


async def _write(
    conn: Connection, query: bytes, rows: Sequence[ContactRow], now: datetime, import_id: int | None
) -> AsyncCursor[TupleRow]:
    wanted = sorted(rows, key=lambda row: row.external_id)
    said = {
        "external_ids": [row.external_id for row in wanted],
        "phones": [row.phone for row in wanted],
        "emails": [row.email for row in wanted],
        "languages": [row.language for row in wanted],
        "time_zones": [row.time_zone for row in wanted],
        "countries": [row.country for row in wanted],
        "attributes": [json.encode(row.attributes).decode() for row in wanted],
        "sms_consents": [row.sms_consent for row in wanted],
        "sms_valids": [row.sms_valid for row in wanted],
        "sms_computeds": [None if row.phone is None else possible_mobile(row.phone) for row in wanted],
        "now": now,
        "import_id": import_id,
    }
    return await conn.execute(query, said)


def _ids(stored: Iterable[TupleRow]) -> dict[str, int]:
    return {external_id: contact_id for contact_id, external_id in stored}


async def by_external_id(conn: Connection, external_id: str) -> Contact | None:
    """The contact of an external id."""
    return await one(conn, Contact, SQL["by_external_id"], {"external_id": external_id})


async def get(conn: Connection, contact_id: int) -> Contact | None:
    """The contact of an id."""
    return await one(conn, Contact, SQL["get"], {"contact_id": contact_id})


async def external_id(conn: Connection, contact_id: int) -> str | None:
    """The external id of a contact, which is given one where it has none; None where there is no contact."""
    found = await get(conn, contact_id)
    if found is None or found.external_id is not None:
        return None if found is None else found.external_id
    made = f"sayso-{contact_id}"
    await run(conn, SQL["name"], {"contact_id": contact_id, "external_id": made})
    return made


async def delete(conn: Connection, contact_id: int) -> bool:
    """Remove a contact; False where there is none."""
    return bool(await run(conn, SQL["delete"], {"contact_id": contact_id}))


async def merge(conn: Connection, kept: int, gone: int) -> bool:
    """Let one profile go into another: its consent, its places on lists; False where there is none."""
    return bool(await number(conn, SQL["merge"], {"kept": kept, "gone": gone}))


async def by_phone(conn: Connection, phone: int, limit: int) -> list[Contact]:
    """Contacts with a number, oldest first."""
    return await many(conn, Contact, SQL["by_phone"], {"phone": phone, "limit": limit})


async def page(conn: Connection, after: int, limit: int) -> list[Contact]:
    """A page of contacts by id."""
    return await many(conn, Contact, SQL["page"], {"after": after, "limit": limit})


async def newest_attributes(conn: Connection, limit: int) -> list[Mapping[str, object]]:
    """The attributes of the newest contacts."""
    return [
        row[0] for row in await (await conn.execute(SQL["newest_attributes"], {"limit": limit})).fetchall()
    ]


@dataclass(frozen=True, slots=True)
class ConsentWord:
    """`sms_consent` for every contact of a number, or for one of them."""

    phone: int
    contact_id: int | None
    sms_consent: str


async def set_consent(conn: Connection, word: ConsentWord, now: datetime) -> None:
    """Store `sms_consent`."""
    said = {"phone": word.phone, "contact_id": word.contact_id, "sms_consent": word.sms_consent, "now": now}
    await run(conn, SQL["set_consent"], said)
