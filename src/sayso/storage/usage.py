"""What was counted of a workspace and its campaigns, equal to the ledgers to the message (R13.1, R13.2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sayso.storage.campaigns import Tally
from sayso.storage.pool import Connection
from sayso.storage.queries import load
from sayso.storage.statements import many, number

SQL = load("usage")


@dataclass(frozen=True, slots=True)
class Span:
    """From a moment to just before another; both begin an hour, a quarter of one, or a day of the
    workspace's own clock (`grain`, in minutes).
    """

    since: datetime
    until: datetime
    grain: int = 60


@dataclass(frozen=True, slots=True)
class OfTime:
    """How many of a kind (left, charged, delivered, received, opted_out) are of a day or an hour that began
    `at`, by the workspace's clock, of campaigns or not. `priced` of them cost `price` together. Tests of
    campaigns are `tested` where others are `left`, and are `charged` with them.
    """

    at: datetime
    campaign: bool
    kind: str
    messages: int
    parts: int
    priced: int
    price: int


@dataclass(frozen=True, slots=True)
class OfCountry:
    """The same of a country; '' where it is not known."""

    country: str
    kind: str
    messages: int
    parts: int
    priced: int
    price: int


@dataclass(frozen=True, slots=True)
class Summed:
    """What went out and came in, summed by time, and once more by country."""

    times: tuple[OfTime, ...]
    countries: tuple[OfCountry, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """How many messages of a campaign left, arrived or were answered in a step of time."""

    at: datetime
    kind: str
    messages: int


@dataclass(frozen=True, slots=True)
class Addressed:
    """One message of a campaign and what became of it."""

    id: int
    recipient: str
    sender: str
    body: str
    parts: int
    external_id: str | None
    status: str
    reason: str
    at: datetime


async def summed(conn: Connection, span: Span, unit: str, zone: str) -> Summed:
    """What went out and came in by `unit` (day or hour) of a time zone's clock, and by country."""
    found = await many(conn, _Sum, SQL["summed"], _said(span) | {"unit": unit, "zone": zone})
    return Summed(
        tuple(
            OfTime(one.at, bool(one.campaign), one.kind, one.messages, one.parts, one.priced, one.price)
            for one in found
            if one.at is not None
        ),
        tuple(
            OfCountry(one.country or "", one.kind, one.messages, one.parts, one.priced, one.price)
            for one in found
            if one.at is None
        ),
    )


async def left_in(conn: Connection, span: Span) -> int:
    """How many messages left, tests of campaigns aside."""
    return await number(conn, SQL["left_in"], _said(span)) or 0


async def standing(conn: Connection, campaign_id: int) -> list[Tally]:
    """Where the messages of a campaign stand now, counted."""
    return await many(conn, Tally, SQL["standing"], {"campaign_id": campaign_id})


async def timeline(conn: Connection, campaign_id: int, span: Span, minutes: int) -> list[Step]:
    """What happened to a campaign's messages, in steps of so many minutes."""
    said = {"campaign_id": campaign_id, "since": span.since, "until": span.until, "step": minutes}
    return await many(conn, Step, SQL["timeline"], said)


async def recipients(conn: Connection, campaign_id: int, after: int, limit: int) -> list[Addressed]:
    """The next messages of a campaign after this id."""
    said = {"campaign_id": campaign_id, "after": after, "limit": limit}
    return await many(conn, Addressed, SQL["recipients"], said)


async def roll_up(conn: Connection, limit: int) -> int:
    """Add one slice of deltas to what is rolled up, as the engine; how many were taken."""
    usage = await number(conn, SQL["roll_usage"], {"limit": limit}) or 0
    return usage + (await number(conn, SQL["roll_standing"], {"limit": limit}) or 0)


@dataclass(frozen=True, slots=True)
class _Sum:
    at: datetime | None
    kind: str
    country: str | None
    campaign: bool | None
    messages: int
    parts: int
    priced: int
    price: int


def _said(span: Span) -> dict[str, object]:
    return {"since": span.since, "until": span.until, "grain": span.grain}
