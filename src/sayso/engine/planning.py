"""The planning stage: walks a campaign's audience in slices and decides on every recipient (R9.*).

A slice is one transaction: read, decide, store, move the checkpoint. A crash loses at most the slice, and
repeats nothing; a second planner finds the plan locked, or moved on, and plans nothing twice.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from types import MappingProxyType

from msgspec.structs import replace

from sayso.core import campaigns, unsubscribe_links
from sayso.core.campaign_text import Links, compiled
from sayso.core.campaigns import Addressed, Planned, Recipient
from sayso.core.credit import Purse, paid
from sayso.core.gate_asked import Facts
from sayso.core.gate_memo import Answers
from sayso.engine import campaign_care, launch_details, planning_money, planning_rehearsed, planning_text
from sayso.engine.planning_money import Held
from sayso.engine.stage import TakenOverError
from sayso.engine.supervisor import Maker, Works
from sayso.observe.trouble import Said
from sayso.storage import campaign_money, changed_numbers, crowding, gate_facts, planning, rehearsed, trials
from sayso.storage import links as storage_of_links
from sayso.storage.faults import is_outage
from sayso.storage.planning import Checkpoint, Plan
from sayso.storage.pool import Connection

SLICE = 5_000
LEFT_OUT = Said()
log = logging.getLogger(__name__)
NOTHING, BETWEEN_LOOKS = timedelta(), timedelta(seconds=1)
LEAVES = frozenset({"queued", "deferred"})


def planning_stage(secret: str, public_url: str) -> Maker:
    """The stage for the supervisor; `secret` is the server's key, `public_url` where recipients reach it."""
    links = Links.of(secret, public_url)

    def make(works: Works) -> Planning:
        return Planning(works, links)

    return make


class Planning:
    """Begins what is due, plans slices, brings back what was parked, and ends what has come to its end."""

    name = "planning"
    channel = "campaigns"
    full = 1
    rest = 0.0

    def __init__(self, works: Works, links: Links) -> None:
        self._works = works
        self._links = links
        self._limit = SLICE
        self._seen = (0, 0)
        self._seen_after: datetime | None = None

    async def step(self) -> int:
        """Plan one slice of one campaign, or do what is left to do about those that are planned."""
        await campaign_care.hold_overdue(self._works)
        async with self._works.counted() as conn:
            await planning.begin(conn, self._works.clock())
        planned = await self._plan()
        now = self._works.clock()
        # Not before it either: a clock that was set back must not keep campaigns from being minded.
        if planned and self._seen_after is not None and NOTHING <= now - self._seen_after < BETWEEN_LOOKS:
            return planned
        self._seen_after = now
        return await self._see_after() + planned

    async def close(self) -> None:
        """Nothing is held between two steps."""

    async def _plan(self) -> int:
        """Plan a slice; where that fails smaller ones, until who cannot be planned is alone."""
        try:
            async with self._works.counted() as conn:
                now = self._works.clock()
                rooms = await crowding.rooms(conn, now)
                planned = await plan_slice(conn, self._links, self._limit, now, rooms)
        except TakenOverError:
            raise
        except Exception as error:
            if is_outage(error) or self._limit == 1:
                raise
            self._limit //= 2
            return 1
        self._limit = min(SLICE, self._limit * 2)
        return planned

    async def _see_after(self) -> int:
        """Parked messages of campaigns that go on; then how far those that go out have come."""
        done = await campaign_care.decide_trial(self._works)
        done += await campaign_care.place_again(self._works, SLICE)
        await campaign_care.watch(self._works)
        async with self._works.counted() as conn:
            done += await planning.unpark(conn, SLICE)
            if done:
                await planning.wake_senders(conn)
        async with self._works.counted() as conn:
            await campaign_money.release(conn)
            going_out = await planning.unsettled(conn, self._seen)
        self._seen = (going_out[-1].workspace_id, going_out[-1].campaign_id) if going_out else (0, 0)
        for campaign in going_out:
            # One transaction each, and few of them: a campaign that is far along waits for nobody.
            async with self._works.counted() as conn:
                done += await planning.settle(conn, campaign, SLICE, self._works.clock())
        return done


async def plan_slice(
    conn: Connection, links: Links, limit: int, now: datetime, rooms: Mapping[int, int] = MappingProxyType({})
) -> int:
    """Plan the next slice of one campaign in this transaction; 0: there is nothing to plan.

    `rooms`: how many more of a workspace there is room for. Of a slice of one, who cannot be planned is left
    out, and it says so.
    """
    plan = await planning.open_plan(conn, [workspace for workspace, room in rooms.items() if room <= 0])
    if plan is None:
        return 0
    if not plan.rehearsal:
        limit = min(limit, rooms.get(plan.workspace_id, limit))
        if plan.room is not None:
            if plan.room < 0:
                return await campaign_care.hold_unapproved(conn, plan, now)
            limit = min(limit, plan.room + 1)
    people = await planning.recipients(conn, plan, limit)
    planned, addressed, held = await _planned(conn, (plan, links), people, now)
    is_last = held is None and len(people) < limit and not await trials.wait(conn, plan, now)
    if held is not None:
        people = held.before(people)
        await campaign_care.hold_capped(conn, plan, held.told, now)
    last = (people[-1].phone, people[-1].contact_id) if people else (plan.after_phone, plan.after_contact)
    if not await planning.advance(conn, plan, Checkpoint(*last, addressed, now if is_last else None)):
        raise TakenOverError(f"campaign {plan.campaign_id} is planned by somebody else")
    without = await planning.without_number(conn, plan) if is_last else 0
    await planning_rehearsed.keep(conn, plan, planned, without)
    await planning.tally(conn, plan, planned, without)
    await planning_money.count(conn, plan, planned)
    if is_last and not plan.rehearsal:
        await planning.planned_whole(conn, plan)
        await rehearsed.forget(conn, plan)
        await changed_numbers.forget(conn, plan.workspace_id)
    return max(len(people), 1)


async def _planned(
    conn: Connection, what: tuple[Plan, Links], people: Sequence[Recipient], now: datetime
) -> tuple[list[Planned], bool, Held | None]:
    """What becomes of a slice, stored; whether its last number gets the text, and who is not planned for want
    of room under a cap."""
    plan, _ = what
    try:
        async with conn.transaction():
            planned, addressed, held = await _decide(conn, what, people, now)
            await _store(conn, plan, planned, now)
    except Exception as error:
        if len(people) != 1 or is_outage(error):
            raise
        if LEFT_OUT.is_news(str(plan.campaign_id)):  # a fault of the text meets a million
            log.exception("recipients of campaign %s cannot be planned and are left out", plan.campaign_id)
        await campaign_care.ring_left_out(conn, plan, error, now)
    else:
        return planned, addressed, held
    (message_id,) = await planning.new_ids(conn, 1)
    why = "The log of the server says why."
    planned = [campaigns.left_out(Addressed(people[0], None, message_id), why, now)]
    await _store(conn, plan, planned, now)
    return planned, plan.addressed and people[0].phone == plan.after_phone, None


async def _store(conn: Connection, plan: Plan, planned: Sequence[Planned], now: datetime) -> None:
    if planned and not plan.rehearsal:
        await planning.store(conn, plan, planned, now)
        await planning_money.spend(conn, plan, planned)
        await planning.wake_senders(conn)


@dataclass(slots=True)
class _Numbers:
    """Which number was walked last, and whether it gets the text already: one text a number (R9.7)."""

    phone: int
    addressed: bool

    def is_addressed(self, phone: int) -> bool:
        """Whether an earlier profile of the number gets it."""
        return self.addressed and phone == self.phone

    def walked(self, phone: int, leaves: bool) -> None:
        """Go on to this one."""
        self.addressed = leaves or self.is_addressed(phone)
        self.phone = phone


async def _decide(
    conn: Connection, what: tuple[Plan, Links], people: Sequence[Recipient], now: datetime
) -> tuple[list[Planned], bool, Held | None]:
    """Decide on each recipient in turn, as far as caps reach; and whether the last number gets it."""
    plan, links = what
    if not people:
        return [], plan.addressed, None
    tracked = await storage_of_links.of_plan(conn, plan.workspace_id, plan.campaign_id)
    write = partial(compiled, plan, links.public_url, links.shortener(tracked.written, tracked.host))
    carried = await planning_text.carried(conn, plan)
    details = await launch_details.of_slice(conn, plan, people, write, now)
    people = details.turn(people)
    campaign = next(iter(details.texts.values()))
    with_link = any(unsubscribe_links.NAME in one.text.names for one in details.texts.values())
    lines = await planning.lines(conn, plan.workspace_id)
    known = await planning.texted_from(conn, plan.workspace_id, [one.phone for one in people])
    chosen = campaigns.lines_for(campaign, people, lines, known)
    numbers, planned, held = _Numbers(plan.after_phone, plan.addressed), [], None
    answers = Answers()
    read = await gate_facts.of_slice(conn, campaign, people, chosen)
    purse = await planning_money.purse(conn, plan, details.departures.now)
    ids = await planning.new_ids(conn, len(people))
    for one, line, facts, message_id in zip(people, chosen, read, ids, strict=True):
        to = Addressed(
            one,
            line,
            message_id,
            links.unsubscribe(message_id, tracked.host) if with_link else "",
            carried(line, one.phone),
        )
        addressed = numbers.is_addressed(one.phone) and not campaign.per_profile
        known_of = replace(facts, addressed=True) if addressed else facts
        decided = details.decide(to, partial(_plan, (to, purse, answers), known_of))
        if held := planning_money.held(purse, one):
            break
        numbers.walked(one.phone, decided.status in LEAVES)
        planned.append(decided)
    await details.store(conn)
    await planning_money.counted(conn, plan, purse)
    return planned, numbers.addressed, held


def _plan(
    whose: tuple[Addressed, Purse | None, Answers],
    facts: Facts,
    campaign: campaigns.Campaign,
    moment: datetime,
) -> Planned:
    to, purse, answers = whose
    answer = answers.ask(campaign, to, facts, moment)
    return paid(purse, campaigns.written(campaign, to, answer, moment))
