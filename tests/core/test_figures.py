"""Charts stand on whole steps from zero, and time is cut as a clock cuts it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.console.components.charts import LINES, MOST_LINES, Chart, Point, Series, short, step_of
from sayso.core.figures import MOST_STEPS, WATCHED, begins, grain_of, slots, unit_of, watched

BEGAN = datetime(2026, 11, 14, 18, 0, 40, tzinfo=UTC)


@given(st.integers(0, 10**9))
def test_the_grid_has_at_most_four_lines_above_zero_and_reaches_the_highest_figure(highest: int) -> None:
    step = step_of(highest)
    assert step * MOST_LINES >= highest
    assert str(step).strip("0") in ("1", "2", "5")


def test_figures_are_short_on_the_axis() -> None:
    assert [short(one) for one in (0, 950, 5_000, 12_500, 1_500_000)] == ["0", "950", "5k", "12.5k", "1.5M"]


def test_bars_stand_on_each_other_with_a_gap_and_say_their_figures() -> None:
    points = tuple(Point(f"{day} Nov", str(day)) for day in (1, 2))
    found = Chart("s", points, (Series("Campaigns", (8, 0), "c1"), Series("Others", (2, 0), "c2")))
    wide = found.drawings[0]
    ((words, (below, above)),) = wide.groups
    assert words == "1 Nov: 8 campaigns, 2 others"
    assert float(below.y) + float(below.height) == wide.floor
    assert float(above.y) + float(above.height) == pytest.approx(float(below.y) - 1, abs=0.11)
    assert [word for _, _, word in wide.lines] == ["0", "5", "10"]


def test_a_line_begins_at_the_left_and_ends_at_the_right() -> None:
    points = tuple(Point(str(n), str(n)) for n in range(3))
    found = Chart("s", points, (Series("Sent", (0, 5, 10), "l1"),), LINES)
    assert found.drawings[0].paths == [("l1", "M44.0 174.0 L398.0 91.0 L752.0 8.0")]
    assert [name for _, _, name in found.drawings[1].names] == ["0", "1", "2"]


def test_a_day_begins_by_the_workspaces_clock_also_when_the_clock_changes() -> None:
    assert begins(date(2026, 3, 29), "Europe/London").astimezone(UTC).hour == 0
    assert begins(date(2026, 3, 30), "Europe/London").astimezone(UTC).hour == 23
    assert grain_of(date(2026, 3, 1), date(2026, 3, 31), "Europe/London") == 60
    assert grain_of(date(2026, 3, 1), date(2026, 3, 31), "Asia/Kathmandu") == 15
    assert grain_of(date(2026, 3, 1), date(2026, 4, 30), "Australia/Lord_Howe") == 15
    assert unit_of(date(2026, 3, 29), date(2026, 3, 30)) == "hour"
    assert len(list(slots(date(2026, 3, 1), date(2026, 3, 31)))) == 31
    assert len(list(slots(date(2026, 3, 29), date(2026, 3, 29)))) == 24


@given(st.timedeltas(timedelta(0), timedelta(days=90)))
def test_a_campaigns_first_two_days_take_at_most_a_hundred_steps(gone: timedelta) -> None:
    since, until, minutes = watched(BEGAN, BEGAN + gone)
    assert since <= BEGAN
    assert (until - since) / timedelta(minutes=minutes) < MOST_STEPS
    assert until - since <= WATCHED
    assert (
        since + WATCHED <= until + timedelta(minutes=minutes)
        or until + timedelta(minutes=minutes) >= BEGAN + gone
    )
