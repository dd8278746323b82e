"""`reports/usage`: what went out and came in, from a day to a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated, Literal, TypeVar

import msgspec
from litestar import Router, get
from litestar.params import Parameter

from sayso.actions import reporting
from sayso.api.problems import settled
from sayso.api.services import Asker, Given

Key = TypeVar("Key", str, datetime)
KINDS = ("left", "delivered", "received", "opted_out")


class UsageOfCountry(msgspec.Struct, frozen=True):
    """What went out to a country's numbers and came in from them; `country` is empty where unknown."""

    country: str
    messages: int
    parts: int
    delivered: int
    received: int
    opted_out: int


class UsageOfTime(msgspec.Struct, frozen=True):
    """What went out and came in during a day, or an hour, that begins `at` by the workspace's clock."""

    at: datetime
    messages: int
    parts: int
    delivered: int
    received: int
    opted_out: int


class UsageOut(msgspec.Struct, frozen=True):
    """`messages` and `parts` are what left: each counts in the minute in which it did."""

    first: date
    last: date
    time_zone: str
    unit: str
    messages: int
    parts: int
    by_country: list[UsageOfCountry] | None = None
    by_day: list[UsageOfTime] | None = None


@get("/reports/usage")
async def show_usage(
    services: Given,
    actor: Asker,
    first: Annotated[date | None, Parameter(query="from")] = None,
    last: Annotated[date | None, Parameter(query="to")] = None,
    by: Literal["country", "day"] = "country",
) -> UsageOut:
    """Messages and parts by country, or by day (of one or two days by hour), both days included.

    Without days the last 30. Scope: campaigns:read.
    """
    found = settled(await reporting.show_usage(services.pool, actor, first, last, services.now()))
    left = [one for one in found.times if one.kind == "left"]
    return UsageOut(
        found.first,
        found.last,
        found.zone,
        found.unit,
        sum(one.messages for one in left),
        sum(one.parts for one in left),
        _by_country(found) if by == "country" else None,
        _by_time(found) if by == "day" else None,
    )


def _by_country(found: reporting.Usage) -> list[UsageOfCountry]:
    told = _told((one.country, one.kind, one.messages, one.parts) for one in found.times)
    return [UsageOfCountry(country, *told[country]) for country in sorted(told)]


def _by_time(found: reporting.Usage) -> list[UsageOfTime]:
    told = _told((one.at, one.kind, one.messages, one.parts) for one in found.times)
    return [UsageOfTime(at, *told[at]) for at in sorted(told)]


def _told(counted: Iterable[tuple[Key, str, int, int]]) -> dict[Key, tuple[int, int, int, int, int]]:
    """Messages, parts, delivered, received and opted out of each country or time."""
    found: defaultdict[Key, dict[str, int]] = defaultdict(lambda: dict.fromkeys((*KINDS, "parts"), 0))
    for key, kind, messages, parts in counted:
        found[key][kind] += messages
        found[key]["parts"] += parts if kind == "left" else 0
    return {
        key: (one["left"], one["parts"], one["delivered"], one["received"], one["opted_out"])
        for key, one in found.items()
    }


router = Router("", tags=["Reports"], route_handlers=[show_usage])
