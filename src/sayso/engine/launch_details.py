"""What a slice of a campaign must mind beside the gate: whose turn it is, which text, when it leaves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from msgspec.structs import replace

from sayso.core import rendering, trials
from sayso.core.campaigns import Addressed, Campaign, Planned, Recipient, not_planned
from sayso.core.departures import Departures, begins
from sayso.core.trials import CONTROL, CONTROL_REASON, CONTROL_TOLD, OTHERS, Trial
from sayso.storage import launch_details
from sayso.storage import trials as stored
from sayso.storage.changed_numbers import walked_before
from sayso.storage.planning import Plan
from sayso.storage.pool import Connection
from sayso.storage.statements import Cursor

Write = Callable[[rendering.Text], Campaign]
TWICE = "They were planned by the number that they had when this campaign began to be planned."


@dataclass(frozen=True, slots=True)
class Slice:
    """The details of a slice; `texts` are the campaign by variant, `before` the places taken before it."""

    plan: Plan
    walk: int
    departures: Departures
    trial: Trial | None
    texts: Mapping[int, Campaign]
    before: Mapping[datetime, int] = field(default_factory=dict)

    async def by_another(
        self, conn: Connection, people: Sequence[Recipient], asked: Cursor
    ) -> frozenset[int]:
        """Which of these get the campaign by a number of before; `asked`: whether anybody's has changed."""
        return frozenset() if self.plan.rehearsal else await walked_before(conn, self.plan, people, asked)

    def turn(self, people: Sequence[Recipient]) -> list[Recipient]:
        """Who is decided on in this walk: first those who are tried on, then those who waited."""
        if self.trial is None or self.plan.rehearsal or self.trial.tested == trials.EVERYBODY:
            return list(people)
        return [one for one in people if (self._group(one) == OTHERS) == (self.walk > 1)]

    def for_all(self) -> tuple[Campaign, datetime] | None:
        """The text and the moment of everybody, as most campaigns have them; None: it depends on whom."""
        pace = self.departures.pace
        if self.trial is not None or pace.most is not None or pace.local_clock is not None:
            return None
        return self.texts[0], self.departures.now

    def decide(
        self, to: Addressed, ask: Callable[[Campaign, datetime], Planned], *, is_twice: bool
    ) -> Planned:
        """Have a recipient planned with their text, for their moment; `ask` plans a text for a moment.

        `is_twice`: they get the campaign by another number.
        """
        if is_twice:
            return not_planned(to, "duplicate_number", TWICE, self.departures.now)
        if self.trial is None:
            return self.departures.decide(to, lambda moment: ask(self.texts[0], moment))
        group = self._group(to.recipient)
        if group == CONTROL:
            return not_planned(to, CONTROL_REASON, CONTROL_TOLD, self.departures.now)
        if group == OTHERS and self.trial.winner is None:
            return self.departures.decide(to, lambda moment: self._dearest(ask, moment))
        variant = (self.trial.winner or 1) if group == OTHERS else group
        planned = self.departures.decide(to, lambda moment: ask(self.texts[variant], moment))
        return replace(planned, variant=variant)

    def _dearest(self, ask: Callable[[Campaign, datetime], Planned], moment: datetime) -> Planned:
        """In a rehearsal nobody knows yet which text wins: what is set aside must pay for any of them."""
        return max(
            (ask(text, moment) for text in self.texts.values()),
            key=lambda one: (one.price or 0, one.segments.parts),
        )

    async def store(self, conn: Connection) -> None:
        """Store which places of the throttle are taken."""
        if self.departures.windows is not None:
            taken = launch_details.changed(self.before, self.departures.windows.taken)
            await launch_details.take(conn, self.plan, taken)

    def _group(self, recipient: Recipient) -> int:
        assert self.trial is not None  # noqa: S101 - asked of a trial alone
        return self.trial.group_of(self.plan.campaign_id, recipient, per_profile=self.plan.per_profile)


async def of_slice(conn: Connection, plan: Plan, write: Callable[[str], Campaign], now: datetime) -> Slice:
    """What a slice must mind; `write` makes the campaign with one of its texts."""
    details = await launch_details.of_plan(conn, plan)
    free = await launch_details.taken(conn, plan, details.pace, now)
    trial = await stored.of_plan(conn, plan.workspace_id, plan.campaign_id)
    bodies = {one.variant: one.body for one in trial.variants} if trial else {0: plan.body}
    began = details.began_at
    if plan.rehearsal:
        # What is rehearsed begins when its launch would, and is judged by then.
        began = begins(details.pace, details.starts_at, began)
        now = max(now, began)
    departures = Departures(details.pace, details.home_zone, began, now, free)
    texts = {variant: write(body) for variant, body in bodies.items()}
    before = dict(free.taken) if free else {}
    return Slice(plan, details.walk, departures, trial, texts, before)
