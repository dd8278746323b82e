"""How the simulated carrier decides: by settings and seed alone (R15.1)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from sayso.carrier.behaviour import Behaviour, BehaviourError, changed, fate
from sayso.providers.contract import Accepted, Later, Refused, Unsure


@given(some.integers(), some.text(), some.floats(0, 1))
@settings(max_examples=50)
def test_the_same_seed_and_message_have_the_same_fate(seed: int, key: str, loss: float) -> None:
    behaviour = Behaviour(loss=loss, seed=seed)
    assert fate(behaviour, key, "ref") == fate(behaviour, key, "ref")


@pytest.mark.rule("R15.1")
def test_the_share_that_is_lost_is_the_share_that_was_asked_for() -> None:
    lost = sum(not fate(Behaviour(loss=0.25), str(key), "ref").arrives for key in range(4_000))
    assert 900 < lost < 1_100


def test_a_lost_message_is_accepted_and_reported_as_failed() -> None:
    decided = fate(Behaviour(loss=1), "m", "ref")
    assert decided.outcome == Accepted("ref")
    assert (decided.arrives, decided.receipt) == (False, "failed")


def test_without_receipts_a_message_still_arrives() -> None:
    decided = fate(Behaviour(receipts="off"), "m", "ref")
    assert (decided.arrives, decided.receipt) == (True, None)


@pytest.mark.parametrize(
    ("reject", "kind"), [("refuse", Refused), ("opted_out", Refused), ("throttle", Later), ("break", Unsure)]
)
def test_a_rejected_message_never_arrives_and_has_no_receipt(reject: str, kind: type) -> None:
    decided = fate(changed(Behaviour(), {"reject": reject}), "m", "ref")
    assert isinstance(decided.outcome, kind)
    assert (decided.arrives, decided.receipt) == (False, None)


@pytest.mark.parametrize(
    "told",
    [
        {"loss": 1.1},
        {"loss": "much"},
        {"loss": True},
        {"delay_ms": -1},
        {"receipts": "maybe"},
        {"reject": None},
        {"reason": "no such reason"},
        {"seed": "x"},
    ],
)
def test_a_setting_that_cannot_be_is_refused_by_name(told: dict[str, object]) -> None:
    with pytest.raises(BehaviourError, match=next(iter(told))):
        changed(Behaviour(), told)
