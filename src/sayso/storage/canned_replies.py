"""Canned replies: words that agents use again (R12.2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sayso.storage.pool import Connection
from sayso.storage.queries import load
from sayso.storage.statements import many, number, one, run

SQL = load("canned_replies")


MOST = 200  # canned replies of a workspace
MOST_TEXTS = 500  # texts of templates that an answer is compared with


@dataclass(frozen=True, slots=True)
class _Words:
    body: str


@dataclass(frozen=True, slots=True)
class CannedReply:
    """Words under a name."""

    id: int
    name: str
    body: str


async def create(conn: Connection, name: str, body: str) -> int | None:
    """Store one; None where the name is taken."""
    return await number(conn, SQL["create"], {"name": name, "body": body})


async def every(conn: Connection) -> list[CannedReply]:
    """All of the workspace's, by name."""
    return await many(conn, CannedReply, SQL["every"], {})


async def how_many(conn: Connection) -> int:
    """How many the workspace has."""
    return await number(conn, SQL["how_many"], {}) or 0


async def stored_words(conn: Connection) -> list[str]:
    """The words of canned replies and of templates, of each only so many."""
    bounds = {"most": MOST, "most_texts": MOST_TEXTS}
    return [row.body for row in await many(conn, _Words, SQL["stored_words"], bounds)]


async def by_name(conn: Connection, name: str) -> CannedReply | None:
    """The one of this name."""
    return await one(conn, CannedReply, SQL["by_name"], {"name": name})


async def get_for_update(conn: Connection, id_: int) -> CannedReply | None:
    """One, locked."""
    return await one(conn, CannedReply, SQL["get_for_update"], {"id": id_})


async def change(conn: Connection, stands: CannedReply, now: datetime) -> None:
    """Store it anew."""
    await run(conn, SQL["change"], {"id": stands.id, "name": stands.name, "body": stands.body, "now": now})


async def delete(conn: Connection, id_: int) -> None:
    """Delete one."""
    await run(conn, SQL["delete"], {"id": id_})
