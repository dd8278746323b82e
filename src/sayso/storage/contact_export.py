"""Contacts for a file that is handed out: in short slices by id, never one long transaction (R8.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sayso.storage.audience_sql import Audience, sliced
from sayso.storage.contacts import Contact
from sayso.storage.pool import Connection
from sayso.storage.queries import load
from sayso.storage.statements import many, number

SQL = load("contact_export")
# Behind every letter: what begins with a word stands between it and this.
_LAST = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Slice:
    """The contacts after an id; `until` is the id behind which the next slice begins, None at the end."""

    contacts: list[Contact]
    until: int | None


@dataclass(frozen=True, slots=True)
class Search:
    """Words as the console searches by them, and the number that they are, if any."""

    words: str
    phone: int | None


async def everybody(conn: Connection, after: int, limit: int) -> Slice:
    """The next of all contacts."""
    return await _slice(conn, "everybody", {"after": after, "limit": limit})


async def on_list(conn: Connection, list_id: int, after: int, limit: int) -> Slice:
    """The next who are on a list."""
    return await _slice(conn, "on_list", {"list_id": list_id, "after": after, "limit": limit})


async def who_meet(conn: Connection, asked: Audience, after: int, limit: int) -> Slice:
    """Those of the next contacts who meet conditions: perhaps none, where others still follow."""
    until = await number(conn, SQL["everybody_until"], {"after": after, "limit": limit})
    if until is None:
        return Slice([], None)
    query, said = sliced("between", asked)
    return Slice(await many(conn, Contact, query, said | {"after_contact": after, "until": until}), until)


async def found(conn: Connection, by: Search, limit: int) -> list[Contact]:
    """Whom a search finds, at most so many."""
    folded = by.words.lower()
    said = {"words": by.words, "beyond": by.words + _LAST, "folded": folded, "folded_beyond": folded + _LAST}
    return await many(conn, Contact, SQL["found"], said | {"phone": by.phone, "limit": limit})


async def at_most(conn: Connection, list_id: int | None, limit: int) -> int:
    """How many all of them are, or those on a list; counted no further than `limit`."""
    query = SQL["count_everybody" if list_id is None else "count_list"]
    return await number(conn, query, {"list_id": list_id, "limit": limit}) or 0


_UNTIL = {"everybody": "everybody_until", "on_list": "list_until"}


async def _slice(conn: Connection, query: str, said: Mapping[str, object]) -> Slice:
    until = await number(conn, SQL[_UNTIL[query]], said)
    if until is None:
        return Slice([], None)
    return Slice(await many(conn, Contact, SQL[query], {**said, "until": until}), until)
