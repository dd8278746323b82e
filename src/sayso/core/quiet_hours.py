"""When advertising may arrive: the strictest of every row and every zone that may be the recipient's (R9.8).

The times at which all rows are open are worked out once for each place and day, and where a moment stands
among them once for each place and moment: a slice of recipients asks for a handful of answers.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from sayso.core.countries.rules import Window
from sayso.core.countries.us_states import STATES
from sayso.core.places import Place, zone
from sayso.core.policy import rules_for
from sayso.core.public_holidays import is_holiday
from sayso.core.sending_rules import DEFAULT_WINDOW

# No chain of Sundays and holidays is longer; where nothing is open until then, nothing ever is.
HORIZON = 21
Span = tuple[datetime, datetime]
_KNOWN = frozenset({"Europe/London", "Europe/Madrid", "Australia/Sydney"})


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """Hours, and whose they are; `known` False: nobody has found any, so that the default holds.

    The same row of a place is one object.
    """

    whose: str
    windows: tuple[Window, ...]
    source: str = ""
    checked: str = ""
    known: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Hours:
    """All rows that hold at a place, and all zones in which they do; equal ones are one object."""

    country: str
    parts: tuple[str, ...]
    rows: tuple[Row, ...]
    zones: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Quiet:
    """Advertising must wait until a moment, for a row in a zone; None: no moment is allowed by all rows."""

    until: datetime | None
    row: Row
    zone: str


@dataclass(frozen=True, slots=True)
class _Opened:
    """The spans of a time in which everything is open, and those of each row in each zone."""

    free: tuple[Span, ...]
    single: tuple[tuple[Row, str, tuple[Span, ...]], ...]


@lru_cache(maxsize=8_192)
def hours_of(place: Place, own_zone: str | None, own: Window) -> Hours:
    """The hours for advertising to somebody at a place; `own` is the workspace's window.

    `own_zone`, the contact's, joins the zones of the number: either may be true, so both hold.
    """
    states = [STATES[state] for state in place.states]
    zones = [*place.zones, *(name for state in states for name in state.zones)]
    # Who is told why reads the zone that they know of the country.
    zones.sort(key=lambda name: name not in _KNOWN)
    if zone(own_zone) is not None and own_zone is not None:
        zones.insert(0, own_zone)
    country = rules_for(place.country)
    rows = [Row(state.name, state.windows.value, *_read(state)) for state in states if state.windows.value]
    if country.windows.value is not None:
        rows.append(Row(country.name, country.windows.value, *_read(country)))
    else:
        rows.append(Row(country.name, (DEFAULT_WINDOW,), known=False))
    rows.append(Row("this workspace", (own,)))
    return Hours(place.country, place.states, tuple(rows), tuple(dict.fromkeys(filter(zone, zones))))


@lru_cache(maxsize=4_096)
def quiet(hours: Hours, now: datetime) -> Quiet | None:
    """Whether advertising must wait, for what, and until when; None: it may arrive now.

    Where no zone is known at all nothing is open: the strict branch.
    """
    if not hours.zones:
        return Quiet(None, hours.rows[0], "")
    opened = _opened(hours, now.astimezone(UTC).date())
    at = bisect_right(opened.free, now, key=lambda span: span[0])
    if at and now < opened.free[at - 1][1]:
        return None
    until = opened.free[at][0] if at < len(opened.free) else None
    closed = [(row, name) for row, name, spans in opened.single if not _within(spans, now)]
    # What keeps it closed now; where every row is open somewhere in turn, and never all, any tells it.
    row, name = closed[0] if closed else opened.single[0][:2]
    return Quiet(until, row, name)


def next_open(hours: Hours, moment: datetime) -> datetime | None:
    """The first moment from this one on at which advertising may arrive; None: there is none."""
    found = quiet(hours, moment)
    return moment if found is None else found.until


def _within(spans: tuple[Span, ...], now: datetime) -> bool:
    return any(begins <= now < ends for begins, ends in spans)


@lru_cache(maxsize=8_192)
def _opened(hours: Hours, today: date) -> _Opened:
    days = [today + timedelta(days=n) for n in range(-1, HORIZON + 1)]
    single = []
    for name in hours.zones:
        here = zone(name)
        assert here is not None  # noqa: S101 - `hours_of` keeps only zones that there are
        single += [(row, name, tuple(_spans(row, here, hours, days))) for row in hours.rows]
    free = single[0][2]
    for _, _, spans in single[1:]:
        free = tuple(_both(free, spans))
    return _Opened(free, tuple(single))


def _spans(row: Row, here: ZoneInfo, hours: Hours, days: list[date]) -> list[Span]:
    """When a row is open in a zone; two spans that touch are one."""
    spans: list[Span] = []
    for day in days:
        for window in sorted(row.windows, key=lambda window: window.opens):
            if day.weekday() not in window.days:
                continue
            if not window.holidays and is_holiday(day, hours.country, hours.parts):
                continue
            # Where the clock is put forward or back, the later opening and the earlier closing hold.
            begins = max(_moment(day, window.opens, here, fold) for fold in (0, 1))
            ends = min(_moment(day, window.closes, here, fold) for fold in (0, 1))
            if spans and begins <= spans[-1][1]:
                spans[-1] = (spans[-1][0], max(spans[-1][1], ends))
            elif begins < ends:
                spans.append((begins, ends))
    return spans


def _moment(day: date, clock: str, here: ZoneInfo, fold: int) -> datetime:
    hour, minute = int(clock[:2]), int(clock[3:])
    if hour == 24:
        day, hour = day + timedelta(days=1), 0
    local = datetime(day.year, day.month, day.day, hour, minute, tzinfo=here, fold=fold)
    return local.astimezone(UTC)


def _both(first: Iterable[Span], second: Iterable[Span]) -> list[Span]:
    """The times that lie in both of two ordered lists of spans."""
    left, right, found = list(first), list(second), []
    i = j = 0
    while i < len(left) and j < len(right):
        begins, ends = max(left[i][0], right[j][0]), min(left[i][1], right[j][1])
        if begins < ends:
            found.append((begins, ends))
        if left[i][1] < right[j][1]:
            i += 1
        else:
            j += 1
    return found


def _read(rules: object) -> tuple[str, str]:
    fact = rules.windows  # type: ignore[attr-defined]  # a country's or a state's
    return fact.source, fact.checked
