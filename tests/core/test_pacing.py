"""No provider is handed more than its rate."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sayso.core import pacing

moments = st.lists(st.tuples(st.floats(0.0, 3.0), st.integers(1, 12)), min_size=1, max_size=60)


@pytest.mark.rule("R9.10")
@given(st.integers(1, 2000), moments)
@settings(max_examples=150)
def test_over_any_stretch_no_more_than_the_rate_leaves(rate, wanted):  # type: ignore[no-untyped-def]
    pace, now = pacing.start(rate, 0.0), 0.0
    sent: list[tuple[float, int]] = []
    for passed, parts in wanted:
        now += passed
        pace = pacing.refilled(pace, now)
        if pacing.admits(pace, parts, now):
            pace = pacing.spent(pace, parts)
            sent.append((now, parts))
    for first, (begin, _) in enumerate(sent):
        for last in range(first, len(sent)):
            total = sum(parts for _, parts in sent[first : last + 1])
            assert total <= rate * (sent[last][0] - begin + 1) + 12 + 1e-6


@given(st.integers(1, 2000), st.integers(1, 12))
@settings(max_examples=100)
def test_after_the_wait_it_asks_for_a_message_may_leave(rate, parts):  # type: ignore[no-untyped-def]
    pace = pacing.spent(pacing.start(rate, 0.0), rate + 3)
    pace = pacing.throttled(pace, 0.0, 2.0)
    now = 0.0
    for _ in range(500):
        pause = pacing.wait(pace, parts, now)
        if pause == 0 and pacing.admits(pace, parts, now):
            break
        now += max(pause, 1e-3)
        pace = pacing.refilled(pace, now)
    assert pacing.admits(pace, parts, now)
    assert now >= 2.0


def test_throttling_closes_then_slows_and_recovers() -> None:
    pace = pacing.throttled(pacing.start(100, 0.0), 0.0, 1.0)
    assert not pacing.admits(pacing.refilled(pace, 0.9), 1, 0.9)
    assert pacing.refilled(pace, 1.0).size < 100
    assert pacing.refilled(pace, 60.0).size == 100


def test_many_answers_of_one_slice_slow_it_once() -> None:
    once = pacing.throttled(pacing.start(100, 0.0), 0.0, 1.0)
    assert pacing.throttled(once, 0.1, 1.0).share == once.share


@given(st.integers(1, 2000), st.lists(st.integers(1, 12), max_size=40), st.floats(0.0, 40.0))
@settings(max_examples=100)
def test_what_is_admitted_together_is_what_is_one_after_the_other(rate, wanted, spent):  # type: ignore[no-untyped-def]
    pace = one_by_one = pacing.spent(pacing.start(rate, 0.0), int(spent))
    count = 0
    for parts in wanted:
        if not pacing.admits(one_by_one, parts, 0.0):
            break
        one_by_one = pacing.spent(one_by_one, parts)
        count += 1
    assert pacing.admitted(pace, wanted, 0.0) == count


def test_a_resting_connection_admits_nothing() -> None:
    assert pacing.admitted(pacing.throttled(pacing.start(100, 0.0), 0.0, 1.0), [1, 1], 0.5) == 0


@pytest.mark.rule("R9.10")
@pytest.mark.parametrize(("rate", "claimed"), [(1, 1), (19, 1), (100, 5), (1_000, 50), (100_000, 500)])
def test_an_urgent_message_waits_for_no_more_than_a_twentieth_of_a_second_was_claimed(
    rate: int, claimed: int
) -> None:
    assert pacing.chunk(rate) == claimed <= max(1, rate / 20)


@pytest.mark.parametrize(("rate", "window"), [(1, 64), (1_000, 64), (10_000, 500), (100_000, 1_024)])
def test_no_kill_leaves_more_unconfirmed_than_a_twentieth_of_a_second_or_a_few(
    rate: int, window: int
) -> None:
    assert pacing.window(rate) == window <= max(64, rate / 20)
