"""What an hour on somebody's wall means: a moment, in one zone or in all that a number may be in (R9.5).

An hour that a clock skips (it is put forward) is the first moment after the gap; of one that it shows twice
(it is put back) the first counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from sayso.core import places

FIRST = "Pacific/Kiritimati"
"""Where every day begins."""
CALENDAR_YEARS = 100
"""So far from now prices are set and days are told; what is farther is a slip of the keys."""


@lru_cache(maxsize=4_096)
def moment(clock: datetime, zone: str) -> datetime:
    """When the clocks of a zone show this (`clock` is naive); UTC where there is no such zone."""
    place = places.zone(zone) or ZoneInfo("UTC")
    first = clock.replace(tzinfo=place, fold=0)
    found = first.astimezone(UTC)
    if found.astimezone(place).replace(tzinfo=None) == clock:
        return found
    return _after_gap(clock, place)


def earliest(clock: datetime, zones: Sequence[str]) -> datetime:
    """The first moment at which it is this hour, or later, in every one of these zones."""
    return max(moment(clock, zone) for zone in zones)


def _after_gap(clock: datetime, place: ZoneInfo) -> datetime:
    """The moment at which the clock was put forward over this hour."""
    before = clock.replace(tzinfo=place, fold=1).astimezone(UTC)
    after = clock.replace(tzinfo=place, fold=0).astimezone(UTC)
    then = after.astimezone(place).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) / 2
        if middle.astimezone(place).utcoffset() == then:
            after = middle
        else:
            before = middle
    return after.replace(microsecond=0)
