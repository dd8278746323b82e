"""Pictures that texts carry: kept once, served to whoever has the address (R9.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sayso.core.pictures import Picture
from sayso.storage.pool import Connection
from sayso.storage.queries import load
from sayso.storage.statements import many, number, one, run

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


async def hold(conn: Connection, tokens: Sequence[str]) -> list[Kept]:
    """The same, and nobody removes them before the transaction has ended."""
    return await many(conn, Kept, SQL["hold"], {"tokens": sorted(set(tokens))})


async def use(conn: Connection, tokens: Sequence[str], now: datetime) -> None:
    """Note that a message takes them, to the day."""
    await run(conn, SQL["use"], {"tokens": sorted(set(tokens)), "now": now})


async def taken(conn: Connection, but: bytes = b"") -> int:
    """How many bytes all pictures take, but the one of this digest."""
    return await number(conn, SQL["taken"], {"digest": but}) or 0


async def lock(conn: Connection, token: str) -> bool:
    """Wait for whoever holds a picture, and keep others from referring to it; False where there is none."""
    return bool(await number(conn, SQL["lock"], {"token": token}))


async def remove(conn: Connection, token: str, since: datetime) -> bool:
    """Remove a picture; False where a campaign uses it, or a message took it since then."""
    return await run(conn, SQL["remove"], {"token": token, "since": since}) == 1


async def unused(conn: Connection, since: datetime, limit: int) -> list[Kept]:
    """Those that no campaign uses, that are older than this, and that no message took since; oldest first."""
    return await many(conn, Kept, SQL["unused"], {"since": since, "limit": limit})


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
