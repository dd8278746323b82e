"""When each text of a campaign leaves: hours on people's walls, gaps of the clock, and throttles."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.core import wall_clock
from sayso.core.campaigns import Recipient
from sayso.core.departures import Departures, Pace, Windows, begins, too_far, zones_for

NINE = datetime(2026, 11, 27, 9, 0)  # noqa: DTZ001 - an hour on a wall
NOW = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)


def at(*said: int) -> datetime:
    return datetime(*said, tzinfo=UTC)  # type: ignore[misc]


def recipient(phone: int = 0, zone: str | None = None) -> Recipient:
    return Recipient(1, phone, None, None, None, zone, None, {})


@pytest.mark.rule("R9.5")
@pytest.mark.parametrize(
    ("clock", "zone", "moment"),
    [
        ((2026, 11, 27, 9, 0), "Europe/London", at(2026, 11, 27, 9, 0)),
        (
            (2026, 3, 29, 1, 30),
            "Europe/London",
            at(2026, 3, 29, 1, 0),
        ),  # skipped: 02:00 is the first after it
        ((2026, 3, 8, 2, 45), "America/New_York", at(2026, 3, 8, 7, 0)),
        ((2026, 10, 25, 1, 30), "Europe/London", at(2026, 10, 25, 0, 30)),  # shown twice: the first
        ((2026, 4, 5, 1, 45), "Australia/Lord_Howe", at(2026, 4, 4, 14, 45)),  # half an hour twice
        ((2026, 10, 4, 2, 15), "Australia/Lord_Howe", at(2026, 10, 3, 15, 30)),
        ((2011, 12, 30, 12, 0), "Pacific/Apia", at(2011, 12, 30, 10, 0)),  # a day that never was
        ((2026, 11, 27, 9, 0), "Nowhere/Land", at(2026, 11, 27, 9, 0)),
    ],
)
def test_an_hour_on_the_wall_is_one_moment(clock: tuple[int, ...], zone: str, moment: datetime) -> None:
    naive = at(*clock).replace(tzinfo=None)
    assert wall_clock.moment(naive, zone) == moment


@pytest.mark.rule("R9.5")
@pytest.mark.rule("R9.5")
@pytest.mark.parametrize("year", [1, 2016, 2036, 9999])
def test_a_launch_in_a_year_that_is_a_slip_is_too_far(year: int) -> None:
    meant = NOW.replace(year=year)
    far = year not in (2016, 2036)
    assert (too_far(Pace(), meant, NOW) is not None) is far
    assert (too_far(Pace(local_clock=meant.replace(tzinfo=None)), None, NOW) is not None) is far


def test_a_person_is_where_the_contact_says_else_where_the_number_may_be_else_here() -> None:
    assert zones_for("Asia/Tokyo", 442079460000, "Europe/Paris") == ("Asia/Tokyo",)
    assert "Europe/London" in zones_for("nonsense", 442079460000, "Europe/Paris")
    assert zones_for(None, 12065550100, "Europe/Paris") == ("America/Los_Angeles",)
    assert len(zones_for(None, 61491570156, "Europe/Paris")) > 3
    assert zones_for(None, -4, "Europe/Paris") == ("Europe/Paris",)


@pytest.mark.rule("R9.5")
def test_nobody_is_texted_before_their_hour_and_who_missed_it_by_far_gets_nothing() -> None:
    pace = Departures(Pace(NINE), "Europe/London", NOW, NOW, None)
    assert pace.moment(recipient(zone="Europe/London")) == at(2026, 11, 27, 9, 0)
    assert pace.moment(recipient(zone="America/New_York")) == at(2026, 11, 27, 14, 0)
    assert pace.moment(recipient(zone="Europe/Paris")) == NOW  # this very minute
    assert pace.moment(recipient(zone="Europe/Helsinki")) == NOW  # an hour ago
    assert pace.moment(recipient(zone="Asia/Tokyo")) is None
    # A number that may be in five zones or more: nine in the last of them.
    early = Departures(Pace(NINE), "Europe/London", at(2026, 11, 26), at(2026, 11, 26), None)
    assert (early.moment(recipient(phone=61491570156)) or NOW) >= wall_clock.moment(NINE, "Australia/Perth")


@pytest.mark.rule("R9.5")
def test_planning_begins_with_the_first_zone_of_the_world() -> None:
    assert begins(Pace(NINE), None, at(2026, 11, 20)) == at(2026, 11, 26, 19, 0)
    assert begins(Pace(NINE), None, NOW) == NOW
    assert begins(Pace(), at(2026, 12, 1), NOW) == at(2026, 12, 1)
    assert begins(Pace(), None, NOW) == NOW


@pytest.mark.rule("R9.5")
@given(
    st.integers(1, 40),
    st.sampled_from([60, 3_600]),
    st.lists(st.integers(0, 600), min_size=1, max_size=120),
)
def test_no_more_than_so_many_leave_in_any_window(most: int, seconds: int, wanted: list[int]) -> None:
    windows = Windows(most, seconds)
    moments = [NOW + timedelta(seconds=moment) for moment in wanted]
    dues = [windows.take(moment) for moment in moments]
    assert all(due >= moment for due, moment in zip(dues, moments, strict=True))
    ordered = sorted(dues)
    for first, later in zip(ordered, ordered[most:], strict=False):
        # In any stretch of a window's length, wherever it begins; timedelta rounds to a microsecond.
        assert later - first >= timedelta(seconds=seconds) - timedelta(microseconds=most)


def test_what_is_planned_later_finds_room_behind_what_was() -> None:
    first = Windows(2, 60)
    dues = [first.take(NOW) for _ in range(5)]
    assert dues == [NOW + timedelta(seconds=30 * n) for n in range(5)]
    again = Windows(2, 60, dict(first.taken))
    assert again.take(NOW) == NOW + timedelta(seconds=150)
