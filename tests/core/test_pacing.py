"""No provider is handed more than its rate."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from sayso.core import pacing

moments = st.lists(st.tuples(st.floats(0.0, 3.0), st.integers(1, 12)), min_size=1, max_size=60)


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
