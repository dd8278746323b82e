"""Openings of links: where each leads, what the door heard, what the engine made of it (R9.4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg.types.json import Jsonb

from sayso.core.because import as_plain
from sayso.core.clicks import Click, Verdict
from sayso.storage.pool import Connection
from sayso.storage.queries import load
from sayso.storage.statements import many, one, run

SQL = load("clicks")
Key = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Waiting:
    """An opening in the queue."""

    ctid: str
    message_id: int
    link: int
    at: datetime
    times: int
    method: str
    agent: str
    purpose: str
    mode: str

    def said(self) -> Click:
        """As core judges it."""
        return Click(
            self.message_id, self.link, self.at, self.times, self.method, self.agent, self.purpose, self.mode
        )


@dataclass(frozen=True, slots=True)
class About:
    """A message of a campaign, and when it left; None: nobody says."""

    workspace_id: int
    message_id: int
    campaign_id: int
    contact_id: int | None
    phone: int
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class Opened:
    """Another opening of a message; `kept`: it stands in the ledger already."""

    message_id: int
    link: int
    at: datetime
    kept: bool


@dataclass(frozen=True, slots=True)
class Judged:
    """An opening with its message, and what was made of it."""

    about: About
    click: Click
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Target:
    """Where a link leads, and whose it is."""

    workspace_id: int
    address: str


async def target(conn: Connection, message_id: int, link: int) -> Target | None:
    """Where a message's link leads, whoever asks; None: it has no such link (any more)."""
    return await one(conn, Target, SQL["target"], {"message_id": message_id, "link": link})


async def hosts(conn: Connection) -> dict[str, int]:
    """Which workspace each host name of links belongs to, whoever asks."""
    return dict(await (await conn.execute(SQL["hosts"])).fetchall())


async def hear(conn: Connection, clicks: Sequence[Click]) -> None:
    """Store openings as they were heard."""
    names = ("at", "message_id", "link", "times", "method", "agent", "purpose", "mode")
    await run(conn, SQL["hear"], {name: [getattr(one, name) for one in clicks] for name in names})


async def waiting(conn: Connection, before: datetime, limit: int) -> list[Waiting]:
    """Openings that were heard before a moment, oldest first."""
    return await many(conn, Waiting, SQL["waiting"], {"before": before, "limit": limit})


async def take(conn: Connection, rows: Sequence[Waiting]) -> set[str]:
    """Take openings out of the queue, in this transaction; the `ctid` of those still there."""
    said = {"ctids": [row.ctid for row in rows], "ats": sorted({row.at for row in rows})}
    taken = await conn.execute(SQL["take"], said, prepare=True)
    return {row[0] for row in await taken.fetchall()}


async def about(conn: Connection, message_ids: Sequence[int]) -> dict[int, About]:
    """The campaign messages among these, by id."""
    found = await many(conn, About, SQL["about"], {"message_ids": list(message_ids)})
    return {row.message_id: row for row in found}


async def opened(conn: Connection, messages: Sequence[About]) -> list[Opened]:
    """What else was opened of these messages."""
    if not messages:
        return []
    ids = sorted(row.message_id for row in messages)
    said = {
        "workspace_ids": sorted({row.workspace_id for row in messages}),
        "message_ids": ids,
        "first_id": ids[0],
    }
    return await many(conn, Opened, SQL["opened"], said)


async def store(conn: Connection, judged: Sequence[Judged]) -> None:
    """Append openings to the ledger, and raise `link.clicked` for those by people."""
    if not judged:
        return
    said = {
        "workspace_id": [one.about.workspace_id for one in judged],
        "campaign_id": [one.about.campaign_id for one in judged],
        "link": [one.click.link for one in judged],
        "message_id": [one.about.message_id for one in judged],
        "contact_id": [one.about.contact_id for one in judged],
        "phone": [one.about.phone for one in judged],
        "kind": [one.verdict.kind for one in judged],
        "times": [one.click.times for one in judged],
        "at": [one.click.at for one in judged],
        "agent": [one.click.agent for one in judged],
        "because": [Jsonb(as_plain(one.verdict.because)) for one in judged],
    }
    await run(conn, SQL["store"], said)
    await run(conn, SQL["raise"], said)


async def count(conn: Connection, more: Mapping[Key, tuple[int, int]]) -> None:
    """Count openings that are not kept: (people, machines) by (workspace, campaign, message, link)."""
    if not more:
        return
    columns = list(zip(*(key + counted for key, counted in sorted(more.items())), strict=True))
    names = ("workspace_id", "campaign_id", "message_id", "link", "people", "machines")
    await run(conn, SQL["count"], {name: list(told) for name, told in zip(names, columns, strict=True)})
