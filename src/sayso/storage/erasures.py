"""Erasing a person: at once what keeps them known and blocked, then their words, slice by slice (R8.4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sayso.storage.pool import Connection
from sayso.storage.queries import load
from sayso.storage.statements import many, number, one, run

SQL = load("erasures")


@dataclass(frozen=True, slots=True)
class Person:
    """Whom to erase: profiles that share a number, if they have one, and what stands for it from now on."""

    phone: int | None
    key: int | None
    mark: int
    contact_ids: Sequence[int]
    terms: Sequence[str]


@dataclass(frozen=True, slots=True)
class Erasure:
    """One erasure on its way: the step it is at, and the id up to which that step has read."""

    workspace_id: int
    id: int
    phone: int | None
    step: str
    after: int


@dataclass(frozen=True, slots=True)
class Former:
    """A number that somebody had before, and the profile that had it then."""

    phone: int
    was: int


async def former(conn: Connection, contact_ids: Sequence[int], phone: int | None) -> list[Former]:
    """Which other numbers than this one these contacts had before, and as which profile."""
    said = {"contact_ids": list(contact_ids), "phone": phone}
    return await many(conn, Former, SQL["former"], said)


async def begin_former(
    conn: Connection, person: Person, sharing: Sequence[int], keys: Mapping[int, int], now: datetime
) -> None:
    """Take away what is theirs at numbers of before, each hidden by its key; ahead of `begin`.

    `person` names the profiles that went into `sharing` too.
    """
    said = {
        "contact_ids": list(sharing),
        "everybody": list(person.contact_ids),
        "phones": sorted(keys),
        "keys": [keys[phone] for phone in sorted(keys)],
        "now": now,
    }
    begun = await (await conn.execute(SQL["begin_former"], said)).fetchall()
    await run(conn, SQL["erase_former"], {"ids": [row[0] for row in begun], "mark": person.mark})


async def begin(conn: Connection, person: Person, now: datetime) -> int:
    """Take away the profiles, keep the no, hand the rest to the engine; how many blocks and rejects stay."""
    said = {
        "phone": person.phone,
        "key": person.key,
        "mark": person.mark,
        "contact_ids": list(person.contact_ids),
        "terms": list(person.terms),
        "now": now,
    }
    kept = await number(conn, SQL["person"], said) or 0
    await run(conn, SQL["traces"], said)
    await run(conn, SQL["begin"], said)
    return kept


async def keep(conn: Connection, key: int, mark: int, now: datetime) -> None:
    """Find a number by what stands for it from now on: its person was erased, and says no after that."""
    await run(conn, SQL["keep"], {"key": key, "mark": mark, "now": now})


async def due(conn: Connection, now: datetime) -> Erasure | None:
    """The erasure that waits longest, held until the transaction ends; as the engine."""
    return await one(conn, Erasure, SQL["due"], {"now": now})


async def erase(conn: Connection, of: Erasure, most: int) -> int | None:
    """Do the next slice of its step: how many rows it found (by number), or where it ended (by ledger).

    None at the end of a ledger.
    """
    said = {"workspace_id": of.workspace_id, "id": of.id, "most": most}
    row = await (await conn.execute(SQL[of.step], said)).fetchone()
    return None if row is None or row[0] is None else int(row[0])


async def messages_left(conn: Connection, of: Erasure) -> bool:
    """Whether a message to the number has not come to its end yet."""
    return bool(await number(conn, SQL["left"], {"workspace_id": of.workspace_id, "id": of.id}))


async def move(conn: Connection, of: Erasure, step: str, after: int, due: datetime) -> None:
    """Say where it goes on, and when."""
    said = {"workspace_id": of.workspace_id, "id": of.id, "step": step, "after": after, "due": due}
    await run(conn, SQL["move"], said)


async def end(conn: Connection, of: Erasure, now: datetime) -> None:
    """It is done: what was looked for is forgotten too."""
    await run(conn, SQL["end"], {"workspace_id": of.workspace_id, "id": of.id, "now": now})
