"""How time is cut for figures: a clock's days, and the steps of a campaign's first two (R13.1, R13.2)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

WATCHED = timedelta(hours=48)
MOST_STEPS = 100
_STEPS = (1, 5, 15, 30)
HOURS_UP_TO = 2
MOST_DAYS = 400
WHOLE_DAY = 1440
"""The grain of days: minutes, whatever the clock does in them."""


def begins(day: date, zone: str) -> datetime:
    """When a day begins by the clock of a time zone."""
    return datetime.combine(day, time.min, ZoneInfo(zone))


def grain_of(first: date, last: date, zone: str) -> int:
    """How many minutes figures of a range are read by: 60 where its days begin with an hour, else 15."""
    days = (first + timedelta(days=n) for n in range((last - first).days + 2))
    offsets = (begins(day, zone).utcoffset() or timedelta() for day in days)
    return 60 if all(offset % timedelta(hours=1) == timedelta() for offset in offsets) else 15


def unit_of(first: date, last: date) -> str:
    """Whether figures from a day to a day, both included, are told by the hour or by the day."""
    return "hour" if (last - first).days < HOURS_UP_TO else "day"


def slots(first: date, last: date) -> Iterator[datetime]:
    """Every hour or day of a range by its own clock, as `unit_of` says; hours that a clock skips included."""
    at, end = datetime.combine(first, time.min), datetime.combine(last, time.min) + timedelta(days=1)
    step = timedelta(hours=1) if unit_of(first, last) == "hour" else timedelta(days=1)
    while at < end:
        yield at
        at += step


def watched(began: datetime, now: datetime) -> tuple[datetime, datetime, int]:
    """From when to when a campaign's timeline is drawn, and in steps of how many minutes."""
    since = began.replace(second=0, microsecond=0)
    gone = max(min(now - since, WATCHED), timedelta(minutes=1))
    minutes = next((step for step in _STEPS if gone / timedelta(minutes=step) <= MOST_STEPS), _STEPS[-1])
    steps = -(-gone // timedelta(minutes=minutes))
    return since, since + (steps - 1) * timedelta(minutes=minutes), minutes
