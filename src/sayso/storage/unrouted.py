"""The operator's list: texts that no line could be found for, and what could not be read or decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from sayso.core.callbacks import Text
from sayso.storage.pool import Connection
from sayso.storage.queries import load
from sayso.storage.statements import many, one, run

SQL = load("unrouted")


@dataclass(frozen=True, slots=True)
class Unrouted:
    """One entry; `kind` is unrouted, unreadable or poison, and only the first surely has a text."""

    id: int
    connection_id: int
    kind: str
    sender: str
    recipient: str
    body: str
    why: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Raw:
    """The callback of an unrouted text as it came in at `at`, and the connection that it came by."""

    id: int
    connection_id: int
    at: datetime
    stale: bool
    headers: bytes
    body: bytes
    name: str
    kind: str
    settings: Mapping[str, object]


async def waiting(conn: Connection, limit: int) -> Sequence[Unrouted]:
    """What nobody has settled yet, oldest first."""
    return await many(conn, Unrouted, SQL["waiting"], {"limit": limit})


async def settle(conn: Connection, id_: int, now: datetime) -> bool:
    """Take one off the list; whether it was on it."""
    return await run(conn, SQL["settle"], {"id": id_, "now": now}) > 0


async def raw(conn: Connection, id_: int) -> Raw | None:
    """The callback of an unrouted text; None where it is not on the list, or no longer kept."""
    return await one(conn, Raw, SQL["raw"], {"id": id_})


async def again(conn: Connection, found: Raw, text: Text, now: datetime) -> bool:
    """Queue it to be decided once more and take it off the list; whether it was still on it."""
    said = msgspec.structs.asdict(text) | {"id": found.id, "stale": found.stale, "now": now}
    return await run(conn, SQL["again"], said) > 0
