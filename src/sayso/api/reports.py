"""`reports/usage`: what went out and came in, from a day to a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Annotated, Literal, TypeVar

import msgspec
from litestar import Router, get
from litestar.params import FromQuery, QueryParameter

from sayso.actions import reporting
from sayso.actions.reporting import cost_of, counted
from sayso.api.problems import settled
from sayso.api.services import Asker, Given
from sayso.core.money import plain
from sayso.storage.usage import OfCountry, OfTime

Key = TypeVar("Key", str, datetime)
Sum = TypeVar("Sum", OfTime, OfCountry)
Told = tuple[int, int, int, int, int, str | None, int]


class Figures(msgspec.Struct, frozen=True):
    """What went out, what came in, and what it cost."""

    messages: int
    parts: int
    delivered: int
    received: int
    opted_out: int
    cost: str | None
    unpriced: int


class UsageOfCountry(Figures, frozen=True, kw_only=True):
    """What went out to a country's numbers and came in from them; `country` is empty where unknown."""

    country: str


class UsageOfTime(Figures, frozen=True, kw_only=True):
    """What went out and came in during a day, or an hour, that begins `at` by the workspace's clock."""

    at: datetime


class UsageOut(msgspec.Struct, frozen=True):
    """`messages` and `parts` are what left: each counts in the minute in which it did. `tests`: tests of
    campaigns that left, which count in the cost alone.

    `cost` is what credit was charged when providers took them, less refunds; null where no price is known,
    and at least so much where `unpriced` of what was taken have none. `currency` null: the workspace knows no
    money.
    """

    first: date
    last: date
    time_zone: str
    unit: str
    messages: int
    parts: int
    tests: int
    currency: str | None
    cost: str | None
    unpriced: int
    by_country: list[UsageOfCountry] | None = None
    by_day: list[UsageOfTime] | None = None


@get("/reports/usage")
async def show_usage(
    services: Given,
    actor: Asker,
    first: Annotated[date | None, QueryParameter(name="from")] = None,
    last: Annotated[date | None, QueryParameter(name="to")] = None,
    by: FromQuery[Literal["country", "day"]] = "country",
) -> UsageOut:
    """Messages, parts and cost by country, or by day (of one or two days by hour), both days included.

    Without days the last 30. Scope: campaigns:read.
    """
    found = settled(await reporting.show_usage(services.pool, actor, first, last, services.now()))
    sums = counted(found.summed.times)
    return UsageOut(
        found.first,
        found.last,
        found.zone,
        found.unit,
        sums["left"],
        sums["parts"],
        sums["tested"],
        found.currency or None,
        *_cost(found.summed.times, found.currency),
        _by_country(found) if by == "country" else None,
        _by_time(found) if by == "day" else None,
    )


def _by_country(found: reporting.Usage) -> list[UsageOfCountry]:
    told = _told(found.summed.countries, lambda one: one.country, found.currency)
    return [UsageOfCountry(*told[country], country=country) for country in sorted(told)]


def _by_time(found: reporting.Usage) -> list[UsageOfTime]:
    told = _told(found.summed.times, lambda one: one.at, found.currency)
    return [UsageOfTime(*told[at], at=at) for at in sorted(told)]


def _told(found: Iterable[Sum], key: Callable[[Sum], Key], currency: str) -> dict[Key, Told]:
    """Messages, parts, delivered, received, opted out and the cost of each country or time."""
    groups: defaultdict[Key, list[Sum]] = defaultdict(list)
    for one in found:
        groups[key(one)].append(one)
    return {each: _counted(of_it, currency) for each, of_it in groups.items()}


def _counted(found: Sequence[OfTime | OfCountry], currency: str) -> Told:
    sums = counted(found)
    return (
        sums["left"], sums["parts"], sums["delivered"], sums["received"], sums["opted_out"],
        *_cost(found, currency),
    )  # fmt: skip


def _cost(found: Iterable[OfTime | OfCountry], currency: str) -> tuple[str | None, int]:
    cost = cost_of(found)
    known = currency and (cost.known or not cost.messages)
    return plain(cost.price) if known else None, cost.unpriced


router = Router("", tags=["Reports"], route_handlers=[show_usage])
