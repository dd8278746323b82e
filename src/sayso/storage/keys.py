"""API keys, stored hashed (R2.3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sayso.storage.pool import Connection
from sayso.storage.queries import load
from sayso.storage.statements import many, number, one, run

SQL = load("keys")


@dataclass(frozen=True, slots=True)
class Key:
    """A key as it may be shown: its hint, never itself."""

    id: int
    name: str
    hint: str
    scopes: list[str]
    test_mode: bool
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key to be stored; `hash` is the SHA-256 of what its holder is shown."""

    workspace_id: int
    name: str
    hint: str
    hash: bytes
    scopes: Sequence[str]
    test_mode: bool


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose key it is and what it may do."""

    workspace_id: int
    id: int
    scopes: list[str]
    test_mode: bool
    last_used_at: datetime | None


async def create(conn: Connection, key: NewKey) -> int:
    """Store a new key's hash; its id."""
    said = {
        "workspace_id": key.workspace_id,
        "name": key.name,
        "hint": key.hint,
        "hash": key.hash,
        "scopes": list(key.scopes),
        "test_mode": key.test_mode,
    }
    made = await number(conn, SQL["create"], said)
    assert made is not None  # noqa: S101 - an INSERT without a condition returns its row
    return made


async def every(conn: Connection, after: int, limit: int) -> list[Key]:
    """A page of the workspace's keys, revoked ones included."""
    return await many(conn, Key, SQL["every"], {"after": after, "limit": limit})


async def for_update(conn: Connection, key_id: int) -> Key | None:
    """One key, locked."""
    return await one(conn, Key, SQL["for_update"], {"key_id": key_id})


async def stands(conn: Connection, key_id: int) -> bool:
    """Whether a key is there and was not revoked."""
    return bool(await number(conn, SQL["stands"], {"key_id": key_id}))


async def revoke(conn: Connection, key_id: int, now: datetime) -> bool:
    """End a key for good; False where it had ended."""
    return await run(conn, SQL["revoke"], {"key_id": key_id, "now": now}) == 1


async def touch(conn: Connection, key_id: int, now: datetime) -> None:
    """Note that the key was used, at most once a minute."""
    await run(conn, SQL["touch"], {"key_id": key_id, "now": now})


async def by_hash(conn: Connection, digest: bytes) -> Holder | None:
    """Whose key this is, unless it was revoked; needs no workspace set."""
    return await one(conn, Holder, SQL["by_hash"], {"hash": digest})
