"""R9.11: which cap counts, on which day, and what is said of it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from sayso.core.spending import Budget, Cap

LONDON = "Europe/London"
KINGSTON, LEEDS = 18_765_550_100, 441_134_960_100
NOON, LATE = datetime(2026, 7, 1, 12, tzinfo=UTC), datetime(2026, 7, 1, 23, 30, tzinfo=UTC)
TODAY, TOMORROW = date(2026, 7, 1), date(2026, 7, 2)


def budget(**most: int) -> Budget:
    """Caps of cents a day: `all`, or by the digits after an underscore."""
    caps = (Cap("" if name == "all" else name[1:], cents * 10_000) for name, cents in most.items())
    return Budget(LONDON, "GBP", tuple(caps))


@pytest.mark.rule("R9.11")
def test_every_cap_that_covers_a_number_counts() -> None:
    here = budget(all=10, _1=100, _1876=3)
    assert here.passed(KINGSTON, 30_000, NOON) is None
    here.take(KINGSTON, 30_000, NOON)
    full = here.passed(KINGSTON, 1, NOON)
    assert full is not None and full.cap.prefix == "1876"
    # The other numbers have what all leave, to the millionth.
    assert here.passed(LEEDS, 70_000, NOON) is None
    over = here.passed(LEEDS, 70_001, NOON)
    assert over is not None and (over.cap.prefix, over.spent) == ("", 30_000)
    assert here.taken == {("", TODAY): 30_000, ("1", TODAY): 30_000, ("1876", TODAY): 30_000}


@pytest.mark.rule("R9.11")
def test_a_text_counts_on_the_day_of_the_workspace_on_which_it_is_to_leave() -> None:
    here = budget(all=1)
    here.take(LEEDS, 10_000, NOON)
    assert here.passed(LEEDS, 10_000, NOON) is not None
    # Half past midnight in London.
    assert here.passed(LEEDS, 10_000, LATE) is None
    assert here.day(LATE) == TOMORROW


@pytest.mark.rule("R9.11")
def test_an_unknown_price_passes_no_cap_and_what_is_free_every_one() -> None:
    here = budget(_44=0)
    assert here.passed(LEEDS, 0, NOON) is None
    assert here.passed(KINGSTON, None, NOON) is None
    full = here.passed(LEEDS, None, NOON)
    assert full is not None
    assert here.over(full).because[0].fact == (
        "Nobody knows what it costs, and texts to numbers that begin with +44 may cost £0.00 a day. It needs "
        "a price, or no cap that covers it."
    )
    assert budget().passed(LEEDS, None, NOON) is None
