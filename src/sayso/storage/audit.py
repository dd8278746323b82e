"""The audit trail (R2.4): who, when, what, before, after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg.types.json import Jsonb

from sayso.storage.pool import Connection
from sayso.storage.queries import load
from sayso.storage.statements import many, run

SQL = load("audit")
State = Mapping[str, object] | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One change as it is read back."""

    id: int
    at: datetime
    user_id: int | None
    key_id: int | None
    action: str
    object_type: str
    object_id: str
    before: State
    after: State


@dataclass(frozen=True, slots=True)
class Who:
    """A person, a key, or the product itself where both are None."""

    workspace_id: int
    user_id: int | None
    key_id: int | None


@dataclass(frozen=True, slots=True)
class Change:
    """One change to be written down; `before` and `after` are JSON values."""

    action: str
    object_type: str
    object_id: str
    before: State
    after: State


async def append(conn: Connection, who: Who, changes: Sequence[Change]) -> None:
    """Write the changes down, in the transaction that made them, in one statement."""
    if not changes:
        return
    said = {
        "workspace_id": who.workspace_id,
        "user_id": who.user_id,
        "key_id": who.key_id,
        "actions": [change.action for change in changes],
        "object_types": [change.object_type for change in changes],
        "object_ids": [change.object_id for change in changes],
        "befores": [_json(change.before) for change in changes],
        "afters": [_json(change.after) for change in changes],
    }
    await run(conn, SQL["append"], said)


async def newest(conn: Connection, before_id: int, limit: int) -> list[Entry]:
    """A page of the trail, newest first, older than `before_id`."""
    return await many(conn, Entry, SQL["newest"], {"before_id": before_id, "limit": limit})


@dataclass(frozen=True, slots=True)
class Hand:
    """Who did something at a moment: a person, or a key by its name."""

    at: datetime
    user_id: int | None
    key_id: int | None
    key_name: str | None


async def hands(
    conn: Connection, object_types: Sequence[str], object_id: str, moments: Sequence[datetime]
) -> list[Hand]:
    """Who changed this object at these moments, as far as the trail tells."""
    said = {"object_types": sorted(object_types), "object_id": object_id, "moments": sorted(set(moments))}
    return await many(conn, Hand, SQL["hands"], said)


def _json(state: State) -> Jsonb | None:
    return None if state is None else Jsonb(state)
