"""Reports in any order mean the same."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from sayso.core.receipts import FINAL, RANKS, Standing, fold, forward, may_still_leave

AT = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
WIRE = ("deferred", "unconfirmed", "unknown", "sent", "delivered", "failed", "expired", "rejected")
standings = st.sampled_from(WIRE).map(lambda status: Standing(status, "", AT))


@given(st.lists(standings, min_size=1, max_size=8), st.randoms(use_true_random=False))
@settings(max_examples=200)
def test_reports_in_any_order_end_in_the_same_state(reports, random):  # type: ignore[no-untyped-def]
    shuffled = list(reports)
    random.shuffle(shuffled)
    assert fold(shuffled) == fold(reports)


@given(st.lists(standings, min_size=1, max_size=8))
@settings(max_examples=100)
def test_reports_that_come_twice_change_nothing(reports):  # type: ignore[no-untyped-def]
    assert fold([*reports, *reports]) == fold(reports)


@given(standings, standings)
@settings(max_examples=100)
def test_state_only_moves_forward(now, reported):  # type: ignore[no-untyped-def]
    assert forward(now, reported).rank >= now.rank


def test_a_late_sent_does_not_undo_delivered() -> None:
    delivered, sent = Standing("delivered", "", AT), Standing("sent", "", AT)
    assert forward(delivered, sent) is delivered


def test_the_true_outcome_outranks_a_cancel_that_came_too_late() -> None:
    assert forward(Standing("cancelled", "opted_out", AT), Standing("sent", "", AT)).status == "sent"


def test_only_what_never_left_may_still_leave() -> None:
    assert may_still_leave(None)
    assert {status for status in RANKS if may_still_leave(status)} == {"queued", "deferred"}
    assert not any(map(may_still_leave, FINAL))
