"""Segments asked of the database: who meets a tree of conditions (R8.3).

What a tree means is said by `core.audience.matches`, and a test holds both together.
"""

from __future__ import annotations

from dataclasses import dataclass

from sayso.core.audience import Tree, conditions
from sayso.storage.audience_sql import SQL, Audience, sliced, whole
from sayso.storage.pool import Connection
from sayso.storage.statements import Cursor, many, number, one

MANY = 10_000
"""From so many contacts on, a workspace is read at once: fewer are looked up one by one."""
# Decision 28: what stands in an index in the order of numbers, or is a set that is put into it.
_IN_ORDER = frozenset(
    {"consent", "number", "sms_consent", "block", "texted", "wrote", "opted_out", "clicked", "list"}
)


@dataclass(frozen=True, slots=True)
class Counted:
    """How many contacts, and how many of them have a number."""

    contacts: int
    with_number: int


@dataclass(frozen=True, slots=True)
class Met:
    """One of those who meet conditions, as far as people tell each other apart."""

    id: int
    external_id: str | None
    phone: int | None
    email: str | None


async def count(conn: Connection, asked: Audience) -> Counted:
    """How many contacts meet the conditions; reads the workspace's contacts once."""
    query, said = await _asked_at_once(conn, "count", asked, hashes=not is_ordered(asked.tree))
    found = await one(conn, Counted, query, said)
    assert found is not None  # noqa: S101 - a count returns its row
    return found


async def first(conn: Connection, asked: Audience, limit: int) -> list[Met]:
    """The first few contacts that meet the conditions, oldest first."""
    query, said = await _asked_at_once(conn, "first", asked, hashes=True)
    return await many(conn, Met, query, said | {"limit": limit})


async def ask_recipients(conn: Connection, asked: Audience, after: tuple[int, int], limit: int) -> Cursor:
    """Ask for the next who meet the conditions and have a number, after these two, in that order."""
    query, said = sliced("recipients", asked)
    more = {"after_phone": after[0], "after_contact": after[1], "limit": limit}
    return await conn.execute(query, said | more)


async def without_number(conn: Connection, asked: Audience) -> int:
    """How many meet the conditions and have no number at all."""
    query, said = sliced("without_number", asked)
    return await number(conn, query, said) or 0


async def unnumbered(conn: Connection, asked: Audience, limit: int) -> list[int]:
    """Some of those: contacts."""
    query, said = sliced("unnumbered", asked)
    return [row[0] for row in await (await conn.execute(query, said | {"limit": limit})).fetchall()]


def is_ordered(tree: Tree) -> bool:
    """Whether a count is cheaper in the order of numbers: consent is asked for, and nothing of a wide row."""
    asked = {one.about for one in conditions(tree)}
    return "consent" in asked and asked <= _IN_ORDER


async def _asked_at_once(
    conn: Connection, query: str, asked: Audience, *, hashes: bool
) -> tuple[bytes, dict[str, object]]:
    """A statement over all contacts, many or few; makes room for it, for the rest of this transaction."""
    said = {"workspace_id": asked.workspace_id, "many": MANY, "hashes": "on" if hashes else "off"}
    is_large = await number(conn, SQL["room"], said)
    return (whole if is_large else sliced)(query, asked)
