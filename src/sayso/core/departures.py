"""When a text of a campaign leaves: at an hour of the recipient's own, and so many at once (R9.5)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from sayso.core import campaigns, places, wall_clock
from sayso.core.campaigns import Addressed, Planned, Recipient
from sayso.core.problems import Problem

AT_ONCE_WITHIN = timedelta(hours=2)
"""Whose hour was over for no longer than this when the campaign began gets it at once; else not at all."""
OVERDUE = timedelta(hours=1)
"""What is to begin later than this after its moment waits for a person."""
FARTHEST_YEARS = 10
"""Nobody means a launch that is further away than so many years."""
NEVER = "local_hour_past"
PAST = "Where they are this hour had been over for more than two hours when the campaign began."


@dataclass(frozen=True, slots=True)
class Pace:
    """How a launch goes out. `local_clock` (naive): each at this hour of their own. `most`: so many in each
    `window_seconds`; None: as many as the line takes."""

    local_clock: datetime | None = None
    most: int | None = None
    window_seconds: int = 60


def too_far(pace: Pace, at: datetime | None, now: datetime) -> Problem | None:
    """Whether a launch is meant for a year that is a slip, at some of which no clock can be read any more."""
    if all(when is None or abs(when.year - now.year) <= FARTHEST_YEARS for when in (at, pace.local_clock)):
        return None
    told = f"This is more than {FARTHEST_YEARS} years away. Check the year."
    return Problem("at", "too_far", told)


@dataclass(slots=True)
class Windows:
    """Which places are taken in the windows of a throttle; places of a window stand evenly apart."""

    most: int
    seconds: int
    taken: dict[datetime, int] = field(default_factory=dict)
    _after: dict[datetime, datetime] = field(default_factory=dict)

    def next(self, moment: datetime) -> datetime:
        """The first free place at a moment or after it."""
        first = self._window(moment)
        gap = timedelta(seconds=self.seconds / self.most)
        at = first
        while True:
            at = self._not_full(at)
            place = self._place(at, moment, gap)
            if place < self.most:
                return max(moment, at + place * gap)
            at += timedelta(seconds=self.seconds)

    def take(self, moment: datetime) -> datetime:
        """The same, and it is taken."""
        due = self.next(moment)
        window = self._window(due)
        gap = timedelta(seconds=self.seconds / self.most)
        self.taken[window] = self._place(window, due, gap) + 1
        return due

    def _place(self, window: datetime, moment: datetime, gap: timedelta) -> int:
        behind = -((window - moment) // gap) if moment > window else 0
        return max(self.taken.get(window, 0), behind)

    def _not_full(self, window: datetime) -> datetime:
        """The next window with room, and every one on the way knows it from now on."""
        passed = []
        while self.taken.get(window, 0) >= self.most:
            passed.append(window)
            window = self._after.get(window, window + timedelta(seconds=self.seconds))
        self._after.update(dict.fromkeys(passed, window))
        return window

    def _window(self, moment: datetime) -> datetime:
        seconds = int(moment.timestamp())
        return datetime.fromtimestamp(seconds - seconds % self.seconds, UTC)


@dataclass(frozen=True, slots=True)
class Departures:
    """The moments of one slice: `began` when the campaign began, `now` that of the slice."""

    pace: Pace
    home_zone: str
    began: datetime
    now: datetime
    windows: Windows | None

    def decide(self, to: Addressed, ask: Callable[[datetime], Planned]) -> Planned:
        """Have a recipient planned for their moment; `ask` plans for a given one.

        The gate is asked for the moment at which it would leave, and what it defers finds room there.
        """
        moment = self.moment(to.recipient)
        if moment is None:
            return campaigns.not_planned(to, NEVER, PAST, self.now)
        if self.windows is None:
            return ask(moment)
        planned = ask(self.windows.next(moment))
        if planned.status not in ("queued", "deferred"):
            return planned
        return replace(planned, due=self.windows.take(planned.due))

    def moment(self, recipient: Recipient) -> datetime | None:
        """When a recipient is to get it at the earliest; None: their hour is over for too long."""
        if self.pace.local_clock is None:
            return self.now
        zones = zones_for(recipient.time_zone, recipient.phone, self.home_zone)
        found = wall_clock.earliest(self.pace.local_clock, tuple(zones))
        return None if self.began - found > AT_ONCE_WITHIN else max(found, self.now)


def zones_for(own: str | None, phone: int, home: str) -> tuple[str, ...]:
    """Where somebody is: the contact's own zone, else those of the number, else the workspace's."""
    if own and places.zone(own):
        return (own,)
    known = tuple(zone for zone in places.place_of(phone).zones if places.zone(zone))
    return known or (home,)


def begins(pace: Pace, at: datetime | None, soonest: datetime) -> datetime:
    """When planning may begin: at its moment, or when the first zone of the world comes to the hour."""
    if pace.local_clock is not None:
        at = wall_clock.moment(pace.local_clock, wall_clock.FIRST)
    return soonest if at is None else max(at, soonest)


def windows(pace: Pace, taken: Mapping[datetime, int]) -> Windows | None:
    """The windows of a throttle as far as they are taken; None: there is no throttle."""
    return None if pace.most is None else Windows(pace.most, pace.window_seconds, dict(taken))
