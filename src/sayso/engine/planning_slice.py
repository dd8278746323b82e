"""A slice of a plan, part by part: while one part is decided on, the database stores the one before it and
reads those after it, each over a connection of its own (R9.7, decision 31).

What is written belongs to the slice's transaction; what is read beside it sees what was committed, and of
this slice nothing. The parts are stored and decided on in order, so one text a number, the purse and the
places of a throttle are counted as if there were none.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

import msgspec

from sayso.core import campaigns, unsubscribe_links
from sayso.core.alike import Alike, alike
from sayso.core.campaign_text import Carried, Links, compiled
from sayso.core.campaigns import Addressed, Line, Planned, Recipient
from sayso.core.credit import Purse, paid
from sayso.core.gate_asked import Facts
from sayso.core.gate_memo import Answers
from sayso.engine import launch_details, planning_money, planning_text
from sayso.engine.planning_money import Held
from sayso.storage import gate_facts, planning, walking
from sayso.storage import links as storage_of_links
from sayso.storage.planning import Plan
from sayso.storage.pool import Connection
from sayso.storage.walking import Met

PART = 2_500
FIRST = 1_000
"""The first part is smaller: until it is decided on, nothing can be stored."""
AHEAD = 2
"""So many parts are read while one is decided on: deciding takes less long, and reading is mostly waiting."""
AT_ONCE = 100
"""So many are decided on before others of this process have their turn: the part beside this one, too."""
LEAVES = frozenset({"queued", "deferred"})
Reading = Callable[[], AbstractAsyncContextManager[Connection]]
"""Lends a connection to read by, beside that of the transaction."""
Decided = tuple[list[Planned], Alike]
"""What becomes of a part, and what its recipients share."""


@dataclass(slots=True)
class Walked:
    """Whom a slice has walked: the checkpoint `last`, and whether that number gets the text already."""

    last: tuple[int, int]
    addressed: bool
    people: int = 0
    parts: list[Decided] = field(default_factory=list)
    held: Held | None = None
    _phone: int = field(init=False)
    _before: tuple[int, int] = field(init=False)

    def __post_init__(self) -> None:
        """The number that was decided on last, before this slice."""
        self._phone, self._before = self.last[0], self.last

    @property
    def planned(self) -> list[Planned]:
        """What becomes of everybody, in turn."""
        return [one for planned, _ in self.parts for one in planned]

    def is_addressed(self, phone: int) -> bool:
        """Whether an earlier profile of the number gets the text: one text a number (R9.7)."""
        return self.addressed and phone == self._phone

    def decided(self, phone: int, leaves: bool) -> None:
        """Go on to this number."""
        self.addressed = leaves or self.is_addressed(phone)
        self._phone = phone

    def walk(self, people: Sequence[Recipient]) -> None:
        """Move the checkpoint behind these."""
        self.people += len(people)
        self._before, self.last = self.last, (people[-1].phone, people[-1].contact_id)

    def hold(self, held: Held, people: Sequence[Recipient]) -> None:
        """Go no further in these than to whoever would pass a cap (R9.11)."""
        planned = held.before(people)
        self.held = held
        self.people -= len(people) - len(planned)
        self.last = (planned[-1].phone, planned[-1].contact_id) if planned else self._before


@dataclass(frozen=True, slots=True)
class Part:
    """Some recipients up to the `last`; of each in turn what is known: line, facts, the message's id.

    `more`: so many may come after them. `by_another`: who of them gets the campaign by a number of before.
    """

    last: tuple[int, int]
    more: int = 0
    people: Sequence[Recipient] = ()
    by_another: frozenset[int] = frozenset()
    turn: Sequence[Recipient] = ()
    lines: Sequence[Line | None] = ()
    facts: Sequence[Facts] = ()
    ids: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Slice:
    """What holds for every recipient of a slice, read once."""

    plan: Plan
    links: Links
    now: datetime
    details: launch_details.Slice
    lines: Sequence[Line]
    carried: Carried
    purse: Purse | None
    host: str
    with_link: bool
    answers: Answers = field(default_factory=Answers)
    leaving: set[int] = field(default_factory=set)
    """The contacts whose message was decided on in this slice, and leaves."""

    @property
    def campaign(self) -> campaigns.Campaign:
        """The campaign with the first of its texts: for what no text changes."""
        return next(iter(self.details.texts.values()))

    async def read(self, conn: Connection, met: Met, more: int) -> Part:
        """What is known of these, after whom so many may come; whose turn is in another walk is left out."""
        people, workspace = met.people, self.plan.workspace_id
        last = people[-1].phone, people[-1].contact_id
        by_another = await self.details.by_another(conn, people, met.changed)
        turn = self.details.turn(people)
        if not turn:
            return Part(last, more, people)
        texted = await walking.ask_texted(conn, workspace, [one.phone for one in turn])
        found = await gate_facts.of_slice(conn, self.campaign, turn, self.lines, met.erased)
        lines = campaigns.lines_for(self.campaign, turn, self.lines, await walking.texted(texted))
        facts = gate_facts.of_recipients(found, self.campaign, turn, lines)
        ids = await walking.ids(met.ids)
        return Part(last, more, people, by_another, turn, lines, facts, ids[: len(turn)])

    async def decide(self, part: Part, walked: Walked) -> Decided:
        """Decide on each recipient of a part in turn, as far as caps reach."""
        planned: list[Planned] = []
        per_profile = self.campaign.per_profile
        # Whoever reads sees nothing of this slice: who is in it twice, by two numbers, is known here.
        twice = part.by_another | self.leaving.intersection([one.contact_id for one in part.turn])
        for_all = None if twice else self.details.for_all()
        for one, line, known, message_id in zip(part.turn, part.lines, part.facts, part.ids, strict=True):
            if len(planned) % AT_ONCE == 0:
                await asyncio.sleep(0)
            link = self.links.unsubscribe(message_id, self.host) if self.with_link else ""
            to = Addressed(one, line, message_id, link, self.carried(line, one.phone))
            is_second = walked.is_addressed(one.phone) and not per_profile
            facts = msgspec.structs.replace(known, addressed=True) if is_second else known
            if for_all:
                decided = self._plan(to, facts, *for_all)
            else:
                ask = partial(self._plan, to, facts)
                decided = self.details.decide(to, ask, is_twice=one.contact_id in twice)
            if held := planning_money.held(self.purse, one):
                walked.hold(held, part.people)
                break
            walked.decided(one.phone, decided.status in LEAVES)
            planned.append(decided)
        self.leaving.update(one.to.recipient.contact_id for one in planned if one.status in LEAVES)
        return planned, alike(planned)

    def _plan(self, to: Addressed, facts: Facts, campaign: campaigns.Campaign, moment: datetime) -> Planned:
        answer = self.answers.ask(campaign, to, facts, moment)
        return paid(self.purse, campaigns.written(campaign, to, answer, moment))


async def opened(conn: Connection, plan: Plan, links: Links, now: datetime) -> Slice:
    """A slice of a plan, with what holds for all of it."""
    tracked = await storage_of_links.of_plan(conn, plan.workspace_id, plan.campaign_id)
    write = partial(compiled, plan, links.public_url, links.shortener(tracked.written, tracked.host))
    carried = await planning_text.carried(conn, plan)
    details = await launch_details.of_slice(conn, plan, write, now)
    return Slice(
        plan,
        links,
        now,
        details,
        await planning.lines(conn, plan.workspace_id),
        carried,
        await planning_money.purse(conn, plan, details.departures.now),
        tracked.host,
        any(unsubscribe_links.NAME in one.text.names for one in details.texts.values()),
    )


async def walk(conn: Connection, of: Slice, first: Met, limit: int, beside: Reading) -> Walked:
    """Decide on up to so many, of whom these are the first, and store what becomes of them.

    `beside` lends the connection that the others are read by.
    """
    walked = Walked((of.plan.after_phone, of.plan.after_contact), of.plan.addressed)
    async with beside() as reader:
        turns = _Turns(conn, reader)
        turns.begin(of, first, limit)
        try:
            while not walked.held and (part := await turns.next(of)).people:
                walked.walk(part.people)
                decided = await of.decide(part, walked)
                await turns.store(of, decided)
                walked.parts.append(decided)
            await turns.stored()
        except BaseException as error:
            await turns.give_up(at_once=not isinstance(error, Exception))
            raise
        await turns.give_up(at_once=False)
    await of.details.store(conn)
    await planning_money.counted(conn, of.plan, of.purse)
    return walked


class _Turns:
    """What the database does beside: one part is stored, the next are read. Over one connection in turn."""

    def __init__(self, conn: Connection, reader: Connection) -> None:
        self._conn, self._reader = conn, reader
        self._turn = asyncio.Lock() if conn is reader else nullcontext()
        self._storing: asyncio.Task[None] | None = None
        self._reading: deque[asyncio.Task[Part]] = deque()

    def begin(self, of: Slice, first: Met, limit: int) -> None:
        """Begin to read what is known of the first, and who comes after them, up to so many in all."""
        more = limit - len(first.people) if len(first.people) == min(FIRST, limit) else 0
        self._reading.append(asyncio.create_task(self._known(of, first, more)))
        for _ in range(AHEAD - 1):
            self._read_on(of, self._reading[-1])

    async def next(self, of: Slice) -> Part:
        """The next part, once it is read; another is read instead."""
        part = self._reading.popleft()
        self._read_on(of, self._reading[-1] if self._reading else part)
        return await part

    async def store(self, of: Slice, decided: Decided) -> None:
        """Begin to store a part, once the one before it is stored."""
        await self.stored()
        self._storing = asyncio.create_task(self._store(of, decided))

    async def stored(self) -> None:
        """Wait for what is being stored."""
        if self._storing is not None:
            await self._storing

    async def give_up(self, *, at_once: bool) -> None:
        """Leave nothing behind that still uses a connection; what is not ended at once comes to its end."""
        begun = [*self._reading] if self._storing is None else [*self._reading, self._storing]
        for task in begun if at_once else ():
            # Not where the transaction has failed: its connection could not be used any more.
            task.cancel()
        await asyncio.gather(*begun, return_exceptions=True)

    def _read_on(self, of: Slice, before: asyncio.Task[Part]) -> None:
        self._reading.append(asyncio.create_task(self._read(of, before)))

    async def _known(self, of: Slice, met: Met, more: int) -> Part:
        async with self._reads():
            return await of.read(self._reader, met, more)

    async def _read(self, of: Slice, before: asyncio.Task[Part]) -> Part:
        after = await before
        if not after.more:
            return Part(after.last)
        asked = min(PART, after.more)
        plan = replace(of.plan, after_phone=after.last[0], after_contact=after.last[1])
        async with self._reads():
            met = await walking.meet(self._reader, plan, asked)
            if not met.people:
                return Part(after.last)
            more = after.more - asked if len(met.people) == asked else 0
            return await of.read(self._reader, met, more)

    @asynccontextmanager
    async def _reads(self) -> AsyncIterator[None]:
        async with self._turn, self._reader.pipeline():
            yield
            if self._reader is not self._conn:
                await self._reader.commit()  # no lock is kept while others are stored

    async def _store(self, of: Slice, decided: Decided) -> None:
        planned, found = decided
        if planned and not of.plan.rehearsal:
            async with self._turn:
                await planning.store(self._conn, of.plan, planned, found, of.now)
