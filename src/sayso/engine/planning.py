"""The planning stage: walks a campaign's audience in slices and decides on every recipient (R9.*).

A slice is one transaction: read, decide, store (`planning_slice`), move the checkpoint. A crash loses at most
the slice, and repeats nothing; a second planner finds the plan locked, or moved on, and plans nothing twice.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from types import MappingProxyType

from sayso.core import campaigns
from sayso.core.alike import alike
from sayso.core.campaign_text import Links
from sayso.core.campaigns import Addressed, Planned, Recipient
from sayso.engine import campaign_care, planning_money, planning_rehearsed, planning_slice
from sayso.engine.planning_slice import Reading, Walked
from sayso.engine.stage import TakenOverError
from sayso.engine.supervisor import Maker, Works
from sayso.observe.trouble import Said, Trouble
from sayso.storage import campaign_money, changed_numbers, crowding, planning, rehearsed, trials, walking
from sayso.storage.faults import is_away, is_outage
from sayso.storage.planning import Checkpoint, Plan
from sayso.storage.pool import Connection

SLICE = 48_000
AT_ONCE = 5_000
"""So many that were planned are looked at in one transaction."""
SOON = 1.0
"""Seconds that a slice waits, with its plan locked, for a connection to read by."""
LEFT_OUT = Said()
log = logging.getLogger(__name__)
NOTHING, BETWEEN_LOOKS = timedelta(), timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Means:
    """What a slice may use: how many more of a workspace there is `rooms` for, and a connection to read by.

    `beside` None: the one of the transaction.
    """

    rooms: Mapping[int, int] = field(default_factory=lambda: MappingProxyType({}))
    beside: Reading | None = None


ALONE = Means()


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
        self._seen = self._ended = (0, 0)
        self._seen_after: datetime | None = None
        self._crowded = Trouble("no second connection is free: what is planned is read and stored in turn")

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
                means = Means(rooms, partial(self._beside, conn))
                planned = await plan_slice(conn, self._links, self._limit, now, means)
        except TakenOverError:
            raise
        except Exception as error:
            if is_outage(error) or self._limit == 1:
                raise
            self._limit //= 2
            return 1
        self._limit = min(SLICE, self._limit * 2)
        return planned

    @asynccontextmanager
    async def _beside(self, conn: Connection) -> AsyncIterator[Connection]:
        """A connection to read by; else, where none is free soon, the transaction’s own."""
        async with AsyncExitStack() as lent:
            try:
                reader = await lent.enter_async_context(self._works.pool.connection(timeout=SOON))
            except Exception as error:
                if not is_away(error):
                    raise
                self._crowded.note(self.name, error)
                reader = conn
            else:
                self._crowded.over(self.name)
            yield reader

    async def _see_after(self) -> int:
        """Parked messages of campaigns that go on; then how far those that go out have come."""
        done = await campaign_care.decide_trial(self._works)
        done += await campaign_care.place_again(self._works, AT_ONCE)
        await campaign_care.watch(self._works)
        async with self._works.counted() as conn:
            done += await planning.unpark(conn, AT_ONCE)
            if done:
                await planning.wake_senders(conn)
        taken_back, self._ended = await campaign_care.take_back(self._works, self._ended, AT_ONCE)
        done += taken_back
        async with self._works.counted() as conn:
            await campaign_money.release(conn)
            going_out = await planning.unsettled(conn, self._seen)
        self._seen = (going_out[-1].workspace_id, going_out[-1].campaign_id) if going_out else (0, 0)
        for campaign in going_out:
            # One transaction each, and few of them: a campaign that is far along waits for nobody.
            async with self._works.counted() as conn:
                done += await planning.settle(conn, campaign, AT_ONCE, self._works.clock())
        return done


async def plan_slice(conn: Connection, links: Links, limit: int, now: datetime, means: Means = ALONE) -> int:
    """Plan the next slice of one campaign in this transaction; 0: there is nothing to plan.

    Of a slice of one, who cannot be planned is left out, and it says so.
    """
    rooms = means.rooms
    plan = await planning.open_plan(conn, [workspace for workspace, room in rooms.items() if room <= 0])
    if plan is None:
        return 0
    if not plan.rehearsal:
        limit = min(limit, rooms.get(plan.workspace_id, limit))
        if plan.room is not None:
            if plan.room < 0:
                return await campaign_care.hold_unapproved(conn, plan, now)
            limit = min(limit, plan.room + 1)
    walked = await _walk(conn, (plan, links, means), limit, now)
    held = walked.held
    is_last = held is None and walked.people < limit and not await trials.wait(conn, plan, now)
    if held is not None:
        await campaign_care.hold_capped(conn, plan, held.told, now)
    phone, contact = walked.last
    to = Checkpoint(phone, contact, walked.addressed, now if is_last else None)
    if not await planning.advance(conn, plan, to):
        raise TakenOverError(f"campaign {plan.campaign_id} is planned by somebody else")
    without = await walking.without_number(conn, plan) if is_last else 0
    await planning_rehearsed.keep(conn, plan, walked.planned, without)
    await planning.tally(conn, plan, walked.parts, without)
    await planning_money.count(conn, plan, walked.planned)
    if is_last and not plan.rehearsal:
        await planning.planned_whole(conn, plan)
        await rehearsed.forget(conn, plan)
        await changed_numbers.forget(conn, plan.workspace_id)
    return max(walked.people, 1)


async def _walk(conn: Connection, what: tuple[Plan, Links, Means], limit: int, now: datetime) -> Walked:
    """Plan up to so many, and say what became of them."""
    plan, links, means = what
    first = await walking.meet(conn, plan, min(limit, planning_slice.FIRST))
    people = first.people
    if not people:
        return Walked((plan.after_phone, plan.after_contact), plan.addressed)
    try:
        async with conn.transaction():
            of = await planning_slice.opened(conn, plan, links, now)
            beside = means.beside or (lambda: nullcontext(conn))
            walked = await planning_slice.walk(conn, of, first, limit, beside)
            await _leave(conn, plan, walked.planned)
            return walked
    except Exception as error:
        if len(people) != 1 or is_outage(error):
            raise
        if LEFT_OUT.is_news(str(plan.campaign_id)):  # a fault of the text meets a million
            log.exception("recipients of campaign %s cannot be planned and are left out", plan.campaign_id)
        await campaign_care.ring_left_out(conn, plan, error, now)
    return await _left_out(conn, plan, people[0], now)


async def _left_out(conn: Connection, plan: Plan, person: Recipient, now: datetime) -> Walked:
    (message_id,) = await walking.new_ids(conn, 1)
    why = "The log of the server says why."
    planned = [campaigns.left_out(Addressed(person, None, message_id), why, now)]
    walked = Walked((plan.after_phone, plan.after_contact), plan.addressed)
    walked.walk([person])
    walked.decided(person.phone, leaves=False)
    found = alike(planned)
    walked.parts.append((planned, found))
    if not plan.rehearsal:
        await planning.store(conn, plan, planned, found, now)
        await _leave(conn, plan, planned)
    return walked


async def _leave(conn: Connection, plan: Plan, planned: Sequence[Planned]) -> None:
    """What leaves is paid for, and whoever sends is woken."""
    if planned and not plan.rehearsal:
        await planning_money.spend(conn, plan, planned)
        await planning.wake_senders(conn)
