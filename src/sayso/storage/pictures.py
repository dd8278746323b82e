"""Pictures that texts carry: kept once, served to whoever has the address (R9.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sayso.core.pictures import Picture
from sayso.storage.pool import Connection
from sayso.storage.queries import load
from sayso.storage.statements import many, number, one

SQL = load("pictures")


@dataclass(frozen=True, slots=True)
class Kept:
    """A picture that is here, by the token of its address."""

    token: str
    content_type: str
    width: int
    height: int
    bytes: int
    description: str


@dataclass(frozen=True, slots=True)
class Served:
    """A picture as it is sent to a telephone."""

    content_type: str
    content: bytes


async def add(conn: Connection, token: str, picture: Picture, description: str, now: datetime) -> Kept:
    """Keep a picture; one that is here already keeps its address."""
    said = {
        "token": token,
        "digest": picture.digest,
        "content_type": picture.content_type,
        "width": picture.width,
        "height": picture.height,
        "bytes": len(picture.content),
        "description": description,
        "content": picture.content,
        "now": now,
    }
    kept = await one(conn, Kept, SQL["add"], said)
    assert kept is not None  # noqa: S101 - an INSERT without a condition returns its row
    return kept


async def some(conn: Connection, tokens: Sequence[str]) -> list[Kept]:
    """Those of these that the workspace has."""
    return await many(conn, Kept, SQL["some"], {"tokens": sorted(set(tokens))})


async def served(conn: Connection, token: str) -> Served | None:
    """A picture, whoever asks."""
    return await one(conn, Served, SQL["served"], {"token": token})


async def total_bytes(conn: Connection, workspace_id: int, tokens: Sequence[str]) -> int:
    """What these weigh together."""
    said = {"workspace_id": workspace_id, "tokens": sorted(set(tokens))}
    return await number(conn, SQL["total_bytes"], said) or 0


async def kinds(conn: Connection, workspace_id: int) -> Mapping[int, str]:
    """The kind of provider behind each connection that a workspace has a line on."""
    rows = await (await conn.execute(SQL["kinds"], {"workspace_id": workspace_id})).fetchall()
    return {int(row[0]): str(row[1]) for row in rows}
