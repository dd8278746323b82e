"""When advertising may arrive: boundaries, states, holidays, clocks that are put forward and back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.core.countries.rules import EVERY_DAY, Window
from sayso.core.departures import zones_for
from sayso.core.fiction import RANGES, is_fiction
from sayso.core.places import place_of
from sayso.core.public_holidays import is_holiday
from sayso.core.quiet_hours import Hours, hours_of, next_open, quiet
from sayso.core.sending_rules import DEFAULT_WINDOW

ALWAYS = Window(EVERY_DAY, "00:00", "24:00")
NEW_YORK, TAMPA, TULSA, PROVIDENCE, DALLAS, EL_PASO = (
    12125557000, 18135557000, 19185557000, 14015557000, 12145557000, 19155557000,
)  # fmt: skip
LONDON, PARIS, BERLIN, MADRID, TORONTO, AUSTRALIA, TOKYO, LIMA = (
    447912345678, 33612345678, 4915112345678, 34612345678, 14165557000, 61412345678, 819012345678,
    51912345678,
)  # fmt: skip


def hours(phone: int, own: Window = ALWAYS, own_zone: str | None = None) -> Hours:
    return hours_of(place_of(phone), own_zone, own)


def at(zone: str, *moment: int) -> datetime:
    return datetime(*moment, tzinfo=ZoneInfo(zone))  # type: ignore[arg-type, misc]


@pytest.mark.rule("R9.5", "R9.8")
def test_where_a_mobile_tells_no_area_every_zone_of_the_country_is_meant_by_each_rule() -> None:
    """Of Indonesia the first digits of a mobile look like those of a landline; in Brazil they tell it."""
    for jakarta in (628112345678, 622112345678):
        assert set(place_of(jakarta).zones) == {"Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"}
        assert zones_for(None, jakarta, "UTC") == place_of(jakarta).zones
    assert place_of(5568912345678).zones == zones_for(None, 5568912345678, "UTC") == ("America/Rio_Branco",)


# A Thursday in November, in the recipient's zone: when it opens and closes, the workspace's window wide open.
@pytest.mark.rule("R9.8")
@pytest.mark.parametrize(
    ("phone", "zone", "day", "opens", "closes"),
    [
        (NEW_YORK, "America/New_York", 26, 8, 21),
        (TAMPA, "America/New_York", 26, 8, 20),
        (TULSA, "America/Chicago", 26, 8, 20),
        (PROVIDENCE, "America/New_York", 26, 9, 18),
        (PROVIDENCE, "America/New_York", 28, 10, 17),
        (DALLAS, "America/Chicago", 26, 9, 21),
        (DALLAS, "America/Chicago", 29, 12, 21),
        (TORONTO, "America/Toronto", 26, 9, 20),
        (LONDON, "Europe/London", 26, 9, 20),
        (PARIS, "Europe/Paris", 26, 8, 20),
        (PARIS, "Europe/Paris", 28, 10, 18),
        (BERLIN, "Europe/Berlin", 26, 9, 20),
        (TOKYO, "Asia/Tokyo", 26, 9, 20),
        (LIMA, "America/Lima", 26, 9, 20),
    ],
)
def test_hours_open_and_close_to_the_second(phone: int, zone: str, day: int, opens: int, closes: int) -> None:
    found = hours(phone)
    moment, second = at(zone, 2026, 11, day), timedelta(seconds=1)
    first, last = moment.replace(hour=opens), moment.replace(hour=closes)
    assert quiet(found, first) is None
    assert quiet(found, last - second) is None
    before, after = quiet(found, first - second), quiet(found, last)
    assert before is not None and before.until == first
    assert after is not None and after.until is not None and after.until > last


@pytest.mark.rule("R9.8")
def test_the_strictest_zone_of_a_number_and_of_its_contact_holds() -> None:
    # Spain: Madrid closes an hour before the Canary Islands, and opens an hour before them.
    spain = hours(MADRID)
    assert set(spain.zones) == {"Europe/Madrid", "Atlantic/Canary"}
    assert next_open(spain, at("Europe/Madrid", 2026, 11, 26, 9)) == at("Atlantic/Canary", 2026, 11, 26, 9)
    assert quiet(spain, at("Atlantic/Canary", 2026, 11, 26, 19, 30)) is not None
    # Texas: El Paso keeps Mountain Time, and its state Central Time.
    paso = hours(EL_PASO)
    assert quiet(paso, at("America/Denver", 2026, 11, 26, 20, 30)) is not None
    assert quiet(paso, at("America/Denver", 2026, 11, 26, 9)) is None
    # Somebody with a number of New York who lives in Los Angeles.
    moved = hours(NEW_YORK, own_zone="America/Los_Angeles")
    assert next_open(moved, at("America/New_York", 2026, 11, 26, 8)) == at(
        "America/Los_Angeles", 2026, 11, 26, 8
    )
    assert quiet(moved, at("America/Los_Angeles", 2026, 11, 26, 18)) is not None
    # Australia's mobiles tell no zone: four and a half hours suit all of them in its summer.
    first = next_open(hours(AUSTRALIA), at("UTC", 2026, 11, 26))
    assert first == at("Indian/Cocos", 2026, 11, 26, 11)
    assert quiet(hours(AUSTRALIA), at("Australia/Lord_Howe", 2026, 11, 26, 20)) is not None
    # What is stored as a zone and is none says nothing.
    assert hours(NEW_YORK, own_zone="Mars/Olympus").zones == ("America/New_York",)


@pytest.mark.rule("R9.8")
def test_the_workspaces_window_narrows_and_never_widens() -> None:
    mornings = Window((0, 1, 2, 3, 4), "06:00", "12:00", holidays=False)
    found = hours(LONDON, mornings)
    assert next_open(found, at("Europe/London", 2026, 11, 26, 6)) == at("Europe/London", 2026, 11, 26, 9)
    # Friday noon: the week is over; and after Christmas and Boxing Day, moved to Monday, it is Tuesday.
    assert next_open(found, at("Europe/London", 2026, 12, 24, 12)) == at("Europe/London", 2026, 12, 29, 9)
    assert quiet(hours(TOKYO, ALWAYS), at("Asia/Tokyo", 2026, 11, 26, 21)) is not None
    waits = quiet(hours(NEW_YORK, DEFAULT_WINDOW), at("America/New_York", 2026, 11, 26, 8, 30))
    assert waits is not None and waits.row.whose == "this workspace"


@pytest.mark.rule("R9.8")
def test_a_chain_of_sunday_and_holidays_is_waited_out() -> None:
    # Friday 25 December 2026 is one, Saturday is one where Alsace counts, Sunday is closed.
    waits = quiet(hours(PARIS), at("Europe/Paris", 2026, 12, 24, 20))
    assert waits is not None
    assert (waits.until, waits.row.whose) == (at("Europe/Paris", 2026, 12, 28, 8), "France")
    assert is_holiday(date(2026, 7, 14), "FR", ())
    assert is_holiday(date(2026, 11, 27), "US", ("TX",)) and not is_holiday(date(2026, 11, 27), "US", ("NJ",))
    assert not is_holiday(date(2026, 12, 25), "XX", ())


@pytest.mark.rule("R9.8")
def test_where_no_hour_suits_everybody_there_is_none_and_nothing_loops() -> None:
    toll_free = quiet(hours(18005557000), at("UTC", 2026, 11, 26, 17))
    assert toll_free is not None and toll_free.until is None
    nowhere = quiet(hours(-5), at("UTC", 2026, 11, 26, 12))
    assert nowhere is not None and (nowhere.until, nowhere.zone) == (None, "")
    only_sundays = hours(PARIS, Window((6,), "09:00", "20:00"))
    assert next_open(only_sundays, at("UTC", 2026, 11, 26, 12)) is None


@pytest.mark.rule("R9.8")
def test_where_the_clock_jumps_the_later_opening_and_the_earlier_closing_hold() -> None:
    # 8 March 2026, New York: 02:00 is followed by 03:00; 1 November: 01:00 to 02:00 comes twice.
    place = Hours(
        "US", (), hours(NEW_YORK, Window(EVERY_DAY, "02:30", "03:30")).rows[-1:], ("America/New_York",)
    )
    night = at("America/New_York", 2026, 3, 8, 0)
    assert quiet(place, night).until == at("UTC", 2026, 3, 9, 6, 30)  # type: ignore[union-attr]
    twice = Hours(
        "US", (), hours(NEW_YORK, Window(EVERY_DAY, "00:30", "01:30")).rows[-1:], ("America/New_York",)
    )
    assert quiet(twice, at("UTC", 2026, 11, 1, 5, 0)) is None
    assert quiet(twice, at("UTC", 2026, 11, 1, 5, 45)) is not None
    assert quiet(twice, at("UTC", 2026, 11, 1, 6, 0)) is not None


PHONES = (
    NEW_YORK,
    TAMPA,
    DALLAS,
    EL_PASO,
    LONDON,
    PARIS,
    MADRID,
    AUSTRALIA,
    TORONTO,
    TOKYO,
    LIMA,
    79161234567,
)
WINDOWS = st.builds(
    Window,
    st.sets(st.integers(0, 6), min_size=1).map(lambda days: tuple(sorted(days))),
    st.sampled_from(["00:00", "02:30", "08:15", "11:00"]),
    st.sampled_from(["12:00", "19:45", "24:00"]),
    st.booleans(),
)
MOMENTS = st.integers(0, 3 * 365 * 24 * 60).map(
    lambda n: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=n)
)


def allowed(found: Hours, moment: datetime) -> bool:
    """By the clock on every wall, without any reckoning of spans."""
    for name in found.zones:
        wall = moment.astimezone(ZoneInfo(name))
        clock = f"{wall:%H:%M}"
        for row in found.rows:
            if not any(
                wall.weekday() in window.days
                and window.opens <= clock < window.closes
                and (window.holidays or not is_holiday(wall.date(), found.country, found.parts))
                for window in row.windows
            ):
                return False
    return bool(found.zones)


@pytest.mark.rule("R9.8")
@given(st.sampled_from(PHONES), WINDOWS, MOMENTS)
def test_nothing_goes_out_when_any_clock_forbids_it_and_what_waits_may_then(
    phone: int, own: Window, moment: datetime
) -> None:
    found = hours(phone, own)
    waits = quiet(found, moment)
    if waits is None:
        assert allowed(found, moment)
    elif waits.until is not None:
        assert waits.until > moment
        assert allowed(found, waits.until) and quiet(found, waits.until) is None


@pytest.mark.rule("R9.8")
@given(st.sampled_from((TOKYO, LIMA, PARIS)), WINDOWS, MOMENTS)
def test_no_moment_is_waited_for_longer_than_it_must(phone: int, own: Window, moment: datetime) -> None:
    found = hours(phone, own)
    until = next_open(found, moment) or moment + timedelta(days=21)
    step = timedelta(minutes=15)
    while moment < min(until, moment + timedelta(days=3)):
        # On the two nights a year when Paris moves its clock the strict side is taken.
        doubtful = phone == PARIS and moment.month in (3, 10) and moment.weekday() in (5, 6)
        assert doubtful or not allowed(found, moment)
        moment += step


def test_who_has_a_number_of_fiction_is_nobody() -> None:
    for country, found in RANGES.items():
        assert is_fiction(found.number(0)) and is_fiction(found.number(found.room - 1)), country
    assert is_fiction(15125550123) and is_fiction(12135550199)
    for phone in (*PHONES, 12025550243, 447700901123, 44770090012, -7, 0):
        assert not is_fiction(phone)
