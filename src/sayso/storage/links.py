"""Tracked links: what a campaign shortens, what short addresses begin with, and what was counted of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sayso.core.tracked_links import Link
from sayso.storage.pool import Connection
from sayso.storage.queries import load
from sayso.storage.statements import many, number, one, run

SQL = load("links")


@dataclass(frozen=True, slots=True)
class Tracked:
    """The addresses of a campaign as they are written, in their order, and the workspace's own host."""

    host: str
    written: list[str]


@dataclass(frozen=True, slots=True)
class LinkCount:
    """A link of a campaign: openings by people and by machines, and by how many numbers the former were."""

    link: int
    written: str
    target: str
    people: int
    machines: int
    numbers: int


async def replace(conn: Connection, campaign_id: int, links: Sequence[Link]) -> None:
    """Make a draft's tracked links exactly these."""
    await run(conn, SQL["forget"], {"campaign_id": campaign_id})
    if links:
        said = {"written": [one.written for one in links], "targets": [one.target for one in links]}
        await run(conn, SQL["keep"], said | {"campaign_id": campaign_id})


async def of_plan(conn: Connection, workspace_id: int, campaign_id: int) -> Tracked:
    """What planning shortens in a campaign's text."""
    said = {"workspace_id": workspace_id, "campaign_id": campaign_id}
    return await one(conn, Tracked, SQL["of_plan"], said) or Tracked("", [])


async def counted(conn: Connection, campaign_id: int) -> list[LinkCount]:
    """Each link of a campaign with who opened it, in the order of the text."""
    return await many(conn, LinkCount, SQL["counted"], {"campaign_id": campaign_id})


async def numbers(conn: Connection, campaign_id: int) -> int:
    """How many people opened any link of a campaign."""
    return await number(conn, SQL["numbers"], {"campaign_id": campaign_id}) or 0


async def host(conn: Connection, *, for_update: bool = False) -> str:
    """The host name that the workspace's links begin with; empty: the server's."""
    query = SQL["host_for_update" if for_update else "host"]
    row = await (await conn.execute(query)).fetchone()
    return "" if row is None else str(row[0])


async def claim(conn: Connection, wanted: str) -> bool:
    """Keep a name for this workspace, for good; False where another's links begin or began with it."""
    return bool(await number(conn, SQL["claim"], {"host": wanted}))


async def set_host(conn: Connection, wanted: str) -> None:
    """Store that host name."""
    await run(conn, SQL["set_host"], {"host": wanted})


async def names(conn: Connection, workspace_id: int) -> list[str]:
    """The names that are a workspace's for good, as the engine's role."""
    cursor = await conn.execute(SQL["names"], {"workspace_id": workspace_id})
    return [str(name) for (name,) in await cursor.fetchall()]


async def host_of(conn: Connection, workspace_id: int) -> str | None:
    """What a workspace's links begin with, held until the transaction ends; None: no such workspace."""
    row = await (await conn.execute(SQL["host_of"], {"workspace_id": workspace_id})).fetchone()
    return None if row is None else str(row[0])


async def name_waits(conn: Connection, workspace_id: int, wanted: str) -> bool:
    """Whether a text of the workspace with this name in it waits to leave."""
    return bool(await number(conn, SQL["name_waits"], {"workspace_id": workspace_id, "host": wanted}))


async def free_name(conn: Connection, workspace_id: int, wanted: str) -> None:
    """Let any workspace take a name that was this one's."""
    await run(conn, SQL["free_name"], {"workspace_id": workspace_id, "host": wanted})
