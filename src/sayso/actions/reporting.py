"""What was counted: of a campaign, and of a workspace from one day to another (R13.1, R13.2)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sayso.actions.actor import Actor, needs, transaction
from sayso.actions.refusal import Refused, fault, missing
from sayso.actions.still import still_may
from sayso.core.credit import Cost, total
from sayso.core.figures import MOST_DAYS, WATCHED, WHOLE_DAY, begins, grain_of, unit_of, watched
from sayso.core.wall_clock import CALENDAR_YEARS
from sayso.storage import campaigns, credit, usage, workspaces
from sayso.storage.campaigns import Campaign, OptOuts, PlanStanding, Tally
from sayso.storage.pool import Connection, Pool
from sayso.storage.usage import Addressed, OfCountry, OfTime, Span, Step, Summed

RECIPIENTS = 2_000


@dataclass(frozen=True, slots=True)
class Timeline:
    """What happened to a campaign's messages in its first 48 hours, in steps of so many minutes."""

    since: datetime
    until: datetime
    minutes: int
    steps: tuple[Step, ...]

    @property
    def whole(self) -> bool:
        """Whether these are all of the 48 hours."""
        return self.until + timedelta(minutes=self.minutes) - self.since >= WATCHED

    def total(self, kind: str) -> int:
        """How many of a kind there are in all."""
        return sum(step.messages for step in self.steps if step.kind == kind)


@dataclass(frozen=True, slots=True)
class Report:
    """What was planned of a campaign, where every message stands now, and what people did (R13.2)."""

    campaign: Campaign
    plan: PlanStanding | None
    planned: tuple[Tally, ...]
    became: tuple[Tally, ...]
    opt_outs: OptOuts
    timeline: Timeline | None

    @property
    def replies(self) -> int:
        """Texts that answer it, stops left out."""
        return self.timeline.total("replied") if self.timeline else 0


@dataclass(frozen=True, slots=True)
class Usage:
    """What went out and came in from a day to a day, both included, by the workspace's clock (R13.1)."""

    first: date
    last: date
    zone: str
    unit: str
    currency: str
    summed: Summed
    before: int
    """How many messages left in as many days before them; `currency` is empty where no money is known."""


def counted(found: Iterable[OfTime | OfCountry]) -> Counter[str]:
    """Messages of each kind, and the `parts` of those that left."""
    sums: Counter[str] = Counter()
    for one in found:
        sums[one.kind] += one.messages
        if one.kind == "left":
            sums["parts"] += one.parts
    return sums


def cost_of(found: Iterable[OfTime | OfCountry]) -> Cost:
    """Of what the providers took, less what they gave back: as the credit ledger charges it."""
    return total(
        Cost(one.messages, one.parts, one.priced, one.price) for one in found if one.kind == "charged"
    )


@needs("campaigns:read")
async def campaign_report(pool: Pool, actor: Actor, campaign_id: int, now: datetime) -> Report | Refused:
    """What became of a campaign, to the message and of one moment; only what was counted is read."""
    async with transaction(pool, actor, snapshot=True) as conn:
        found = await campaigns.get(conn, campaign_id)
        if found is None:
            return missing("id", "campaign")
        return Report(
            found,
            await campaigns.plan(conn, campaign_id, rehearsal=False),
            tuple(await campaigns.tallies(conn, campaign_id, rehearsal=False)),
            tuple(await usage.standing(conn, campaign_id)),
            await campaigns.opt_outs(conn, campaign_id),
            await _timeline(conn, found, now),
        )


@needs("campaigns:read")
async def campaign_recipients(
    pool: Pool, actor: Actor, campaign_id: int, after: int
) -> list[Addressed] | Refused:
    """The next of a campaign's messages after this id, at most RECIPIENTS; none at the end."""
    async with transaction(pool, actor) as conn:
        await still_may(conn, actor, "campaigns:read")
        if await campaigns.get(conn, campaign_id) is None:
            return missing("id", "campaign")
        return await usage.recipients(conn, campaign_id, after, RECIPIENTS)


@needs("campaigns:read")
async def show_usage(
    pool: Pool, actor: Actor, first: date | None, last: date | None, now: datetime
) -> Usage | Refused:
    """What went out and came in from a day to a day; without days the last 30."""
    async with transaction(pool, actor) as conn:
        own = await workspaces.current(conn)
        money = await credit.account(conn, own.id) if own else None
        zone = own.time_zone if own else "UTC"
        if any(day and abs(day.year - now.year) > CALENDAR_YEARS for day in (first, last)):
            told = f"Days are told of {CALENDAR_YEARS} years before and after today, at most. Check the year."
            return fault("from", "too_far", told)
        last = last or now.astimezone(begins(now.date(), zone).tzinfo).date()
        first = first or last - timedelta(days=29)
        days = (last - first).days + 1
        if days < 1:
            return fault("to", "order", "The last day is before the first. Say them the other way round.")
        if days > MOST_DAYS:
            told = f"At most {MOST_DAYS} days can be told at once. Ask for fewer."
            return fault("from", "too_many", told)
        unit = unit_of(first, last)
        found = await usage.summed(conn, _span(first, last, zone), unit, zone)
        earlier = _span(first - timedelta(days=days), first - timedelta(days=1), zone)
        before = await usage.left_in(conn, earlier)
        return Usage(first, last, zone, unit, money.currency if money else "", found, before)


def _span(first: date, last: date, zone: str) -> Span:
    until = begins(last + timedelta(days=1), zone)
    grain = WHOLE_DAY if unit_of(first, last) == "day" else grain_of(first, last, zone)
    return Span(begins(first, zone), until, grain)


async def _timeline(conn: Connection, campaign: Campaign, now: datetime) -> Timeline | None:
    if campaign.launched_at is None:
        return None
    since, until, minutes = watched(campaign.launched_at, now)
    steps = await usage.timeline(conn, campaign.id, Span(since, until), minutes)
    return Timeline(since, until, minutes, tuple(steps))
