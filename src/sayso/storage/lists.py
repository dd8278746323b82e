"""Lists of contacts (R8.3)."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import datetime

from sayso.storage.pool import Connection
from sayso.storage.queries import load
from sayso.storage.statements import many, number, one, run

SQL = load("lists")


@dataclass(frozen=True, slots=True)
class ContactList:
    """A list, and how many contacts are on it."""

    id: int
    name: str
    created_at: datetime
    contacts: int


async def create(conn: Connection, name: str) -> int | None:
    """Store a list; None where there is one of that name."""
    return await number(conn, SQL["create"], {"name": name})


async def every(conn: Connection, after: int, limit: int) -> list[ContactList]:
    """A page of lists by id."""
    return await many(conn, ContactList, SQL["every"], {"after": after, "limit": limit})


async def get(conn: Connection, list_id: int) -> ContactList | None:
    """One list."""
    return await one(conn, ContactList, SQL["get"], {"list_id": list_id})


async def hold(conn: Connection, list_id: int) -> bool:
    """Keep a list from being removed until this transaction ends; False: there is none."""
    return await number(conn, SQL["hold"], {"list_id": list_id}) is not None


async def add(conn: Connection, list_id: int, external_ids: Set[str], phones: Set[int]) -> int:
    """Put contacts on a list, by id or number; how many were not on it. Unknown ones are left out."""
    return await run(conn, SQL["add"], _people(list_id, external_ids, phones))


async def remove(conn: Connection, list_id: int, external_ids: Set[str], phones: Set[int]) -> int:
    """Take contacts off a list, by id or number; how many were on it."""
    return await run(conn, SQL["remove"], _people(list_id, external_ids, phones))


async def known(conn: Connection, external_ids: Sequence[str]) -> frozenset[str]:
    """Which of these are contacts."""
    rows = await (await conn.execute(SQL["known"], {"external_ids": sorted(external_ids)})).fetchall()
    return frozenset(row[0] for row in rows)


async def known_phones(conn: Connection, phones: Set[int]) -> frozenset[int]:
    """Which of these numbers a contact has."""
    rows = await (await conn.execute(SQL["known_phones"], {"phones": sorted(phones)})).fetchall()
    return frozenset(row[0] for row in rows)


async def delete(conn: Connection, list_id: int) -> bool:
    """Remove a list; False where a campaign goes to it, or a segment speaks of it."""
    await run(conn, SQL["lock"], {"list_id": list_id})
    return await run(conn, SQL["delete"], {"list_id": list_id}) > 0


def _people(list_id: int, external_ids: Set[str], phones: Set[int]) -> dict[str, object]:
    return {"list_id": list_id, "external_ids": sorted(external_ids), "phones": sorted(phones)}
