"""R9.11: what a workspace's texts may cost on a day, in all and to numbers that begin alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from msgspec import Struct

from sayso.core import gate, money
from sayso.core.because import Step

SPEND_CAP = "spend_cap"
RULE = "R9.11"
NEARLY, USED_UP = 80, 100
"""At how many percent of a cap somebody is told."""


class Cap(Struct, frozen=True, gc=False):
    """At most so much a day, in millionths, for numbers that begin with `prefix`; empty: for all."""

    prefix: str
    most: int

    def covers(self, digits: str) -> bool:
        """Whether it counts for this number."""
        return digits.startswith(self.prefix)


@dataclass(frozen=True, slots=True)
class Full:
    """The cap that a text would pass: on this day so much of it is `spent`. `price` None: nobody knows it."""

    cap: Cap
    day: date
    spent: int
    price: int | None

    def told(self, currency: str, zone: str) -> str:
        """What stands in the way, by how much, and until when."""
        if self.price is None:
            return (
                f"Nobody knows what it costs, and {whose(self.cap)} may cost "
                f"{money.written(self.cap.most, currency)} a day. It needs a price, or no cap that covers it."
            )
        return (
            f"It costs {money.written_whole(self.price, currency)} and would pass the cap of the day: "
            f"{whose(self.cap)} may cost {money.written(self.cap.most, currency)}, and "
            f"{money.written(self.spent, currency)} of it is used up on {self.day:%d %B %Y}. "
            f"It begins anew at midnight in {zone}."
        )


@dataclass(slots=True)
class Budget:
    """What one batch may cost by the caps of its workspace; `spent` by prefix and day, `taken` by this batch.

    `full`: the first cap that one of the batch would have passed.
    """

    zone: str
    currency: str
    caps: Sequence[Cap] = ()
    spent: dict[tuple[str, date], int] = field(default_factory=dict)
    taken: dict[tuple[str, date], int] = field(default_factory=dict)
    full: Full | None = None

    def day(self, due: datetime) -> date:
        """The day on which a text counts that is to leave then."""
        return _day(self.zone, due)

    def passed(self, phone: int, price: int | None, due: datetime) -> Full | None:
        """The first cap of those that cover a number which a text would pass; what is free passes none."""
        if not self.caps or price == 0:
            return None
        digits, day = str(phone), self.day(due)
        for cap in self.caps:
            if cap.covers(digits):
                spent = self.spent.get((cap.prefix, day), 0)
                if price is None or spent + price > cap.most:
                    found = Full(cap, day, spent, price)
                    self.full = self.full or found
                    return found
        return None

    def take(self, phone: int, price: int, due: datetime) -> None:
        """Count a text that is set aside for."""
        digits, day = str(phone), self.day(due)
        for cap in self.caps:
            if price and cap.covers(digits):
                key = cap.prefix, day
                self.spent[key] = self.spent.get(key, 0) + price
                self.taken[key] = self.taken.get(key, 0) + price

    def over(self, full: Full) -> gate.Skip:
        """What is not sent because it would pass a cap."""
        step = Step(RULE, full.told(self.currency, self.zone), None, "the workspace’s spend caps")
        return gate.Skip("skipped", SPEND_CAP, (step,))


def whose(cap: Cap) -> str:
    """Which texts a cap is of."""
    return f"texts to numbers that begin with +{cap.prefix}" if cap.prefix else "all texts together"


def anew(day: date) -> date:
    """The day on which what is used up on this one begins anew."""
    return day + timedelta(days=1)


@lru_cache(maxsize=4_096)
def _day(zone: str, due: datetime) -> date:
    return due.astimezone(ZoneInfo(zone)).date()
