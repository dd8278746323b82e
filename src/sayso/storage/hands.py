"""Numbers that changed hands, or may have (R6.8): consent that ends, and what waits for a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from psycopg.types.json import Jsonb

from sayso.core.hands import Signs
from sayso.storage.pool import Connection
from sayso.storage.queries import load
from sayso.storage.statements import many, one, run

SQL = load("hands")


@dataclass(frozen=True, slots=True)
class Gone:
    """A number that is somebody else's since `at`: who says so (`source`), how (`method`), in which words."""

    phone: int
    at: datetime
    source: str
    method: str
    reason: str
    evidence: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class Until:
    """A number whose question is closed where it was asked before `at`; None: whenever it was."""

    phone: int
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Asked:
    """A number of which a text says that it is the wrong one, and since when that waits for a person."""

    phone: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Failing:
    """A number to which nothing arrives any more: on how many days messages failed for good."""

    workspace_id: int
    phone: int
    days: int
    first_at: datetime
    last_at: datetime
    last_message: int


async def hold(conn: Connection, phones: Sequence[int]) -> None:
    """Until the transaction ends, nothing that is said of consent of these numbers passes an end of it.

    Before any row is locked, so that the two cannot wait for each other.
    """
    if phones:
        await run(conn, SQL["hold"], {"phones": sorted(set(phones))})


async def hold_for_yes(conn: Connection, phones: Sequence[int], names: Sequence[str] = ()) -> None:
    """The same for a yes of these numbers, or of contacts by external id; one yes may pass another."""
    if phones or names:
        await run(conn, SQL["hold_for_yes"], {"phones": sorted(set(phones)), "names": sorted(set(names))})


async def end(conn: Connection, gone: Sequence[Gone], now: datetime) -> int:
    """End consent for these numbers, each once, and write it to the ledger; for how many that is news.

    In the order of tables of every opt-out. A later yes stands, and what a no says stands as well.
    """
    ordered = sorted(gone, key=lambda each: each.phone)
    if not ordered:
        return 0
    await hold(conn, [one.phone for one in ordered])
    said: dict[str, object] = {
        "phones": [one.phone for one in ordered],
        "ats": [one.at for one in ordered],
        "sources": [one.source for one in ordered],
    }
    new = {row[0] for row in await (await conn.execute(SQL["end"], said)).fetchall()}
    news = [one for one in ordered if one.phone in new]
    if not news:
        return 0
    told: dict[str, object] = {
        "phones": [one.phone for one in news],
        "ats": [one.at for one in news],
        "sources": [one.source for one in news],
        "methods": [one.method for one in news],
        "reasons": [one.reason for one in news],
        "evidences": [None if one.evidence is None else Jsonb(one.evidence) for one in news],
        "now": now,
    }
    await run(conn, SQL["prove"], told)
    await _settle(conn, news, news[0].source, now)
    await run(conn, SQL["unsay"], told)
    return len(news)


async def settle(conn: Connection, phones: Sequence[int], source: str, now: datetime) -> int:
    """Somebody decided whose these numbers are; for how many that was asked."""
    return await _settle(conn, [Until(phone, None) for phone in sorted(phones)], source, now)


async def _settle(conn: Connection, told: Sequence[Gone | Until], source: str, now: datetime) -> int:
    """Close what was asked until that moment: an older list says nothing about a text that came since."""
    said = {
        "phones": [one.phone for one in told],
        "untils": [one.at for one in told],
        "source": source,
        "now": now,
    }
    return await run(conn, SQL["settle"], said)


async def asked(conn: Connection, after: Asked, limit: int) -> list[Asked]:
    """Numbers that wait for a person, the longest waiting first."""
    said = {"after": after.since, "after_phone": after.phone, "limit": limit}
    return await many(conn, Asked, SQL["asked"], said)


async def asked_of(conn: Connection, phone: int) -> Asked | None:
    """What waits for a person about this number, locked until the end of the transaction."""
    return await one(conn, Asked, SQL["asked_of"], {"phone": phone})


async def waits(conn: Connection, phone: int) -> datetime | None:
    """Since when this number waits for a person; None where it does not."""
    row = await (await conn.execute(SQL["waits"], {"phone": phone})).fetchone()
    return row[0] if row else None


async def held(conn: Connection, pairs: Sequence[tuple[int, int]]) -> set[tuple[int, int]]:
    """Of these (workspace, number) those of whose contacts somebody holds one just now. As the engine."""
    said = {
        "workspaces": [workspace for workspace, _ in pairs],
        "phones": [phone for _, phone in pairs],
    }
    rows = await (await conn.execute(SQL["held"], said)).fetchall()
    return {(workspace, phone) for workspace, phone in rows}


async def be_impatient(conn: Connection, patience: timedelta) -> None:
    """Give up, in this transaction, where a row is held for longer."""
    said = {"patience": f"{patience.total_seconds() * 1000:.0f}ms"}
    await conn.execute(SQL["be_impatient"], said)


async def failing(
    conn: Connection, pairs: Sequence[tuple[int, int]], signs: Signs, now: datetime
) -> list[Failing]:
    """Of these (workspace, number) those that are gone, by these signs. As the engine."""
    said = {
        "workspaces": [workspace for workspace, _ in pairs],
        "phones": [phone for _, phone in pairs],
        "since": now - signs.within,
        "days": signs.days,
        "reasons": sorted(signs.reasons),
    }
    return await many(conn, Failing, SQL["failing"], said)
