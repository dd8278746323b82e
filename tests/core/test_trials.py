"""Several texts: who is tried on, who waits, who gets nothing, and which text wins."""

from __future__ import annotations

from collections import Counter

import pytest

from sayso.core.campaigns import Recipient
from sayso.core.guarding import Watched, judge
from sayso.core.trials import CONTROL, OTHERS, Counted, Trial, Variant, faults, winner

TWO = (Variant(1, "A", 50), Variant(2, "B", 50))


def person(contact: int, phone: int) -> Recipient:
    return Recipient(contact, phone, None, None, None, None, None, {})


@pytest.mark.rule("R9.5")
def test_groups_are_of_the_size_that_was_asked_for_and_the_same_each_time() -> None:
    trial = Trial(20, 10, "replies", 4, (Variant(1, "A", 75), Variant(2, "B", 25)))
    groups = Counter(trial.group(7, 447700900000 + n) for n in range(20_000))
    assert groups == Counter(trial.group(7, 447700900000 + n) for n in range(20_000))
    for group, share in ((CONTROL, 0.1), (OTHERS, 0.72), (1, 0.135), (2, 0.045)):
        assert abs(groups[group] / 20_000 - share) < 0.01, group
    assert trial.group(7, 447700900000) in (CONTROL, OTHERS, 1, 2)


@pytest.mark.rule("R9.5")
def test_all_profiles_of_a_number_are_in_one_group_unless_each_gets_its_own_text() -> None:
    trial = Trial(50, 20, "replies", 4, TWO)
    together = {trial.group_of(7, person(n, 447700900318), per_profile=False) for n in range(50)}
    apart = {trial.group_of(7, person(n, 447700900318), per_profile=True) for n in range(50)}
    assert len(together) == 1
    assert len(apart) > 1


@pytest.mark.rule("R9.5")
def test_the_best_text_wins_and_it_is_said_why() -> None:
    counted = [Counted(1, 100, 3), Counted(2, 50, 2)]
    assert winner("replies", counted) == (2, "B had the most replies: A 3 of 100, B 2 of 50.")
    assert winner("opt_outs", counted)[0] == 1
    assert winner("replies", [Counted(1, 10, 1), Counted(2, 10, 1)])[0] == 1
    assert winner("replies", [])[0] == 1


def test_a_trial_that_does_not_add_up_is_refused_by_field() -> None:
    assert faults(Trial(20, 0, "replies", 4, TWO)) == []
    wrong = Trial(0, 60, "likes", 0, (Variant(1, "A", 30),))
    assert [one.field for one in faults(wrong)] == [
        "variants", "shares", "tested", "control", "measure", "hours",
    ]  # fmt: skip


@pytest.mark.rule("R9.5")
def test_a_campaign_is_paused_by_itself_over_a_limit_and_never_on_a_handful() -> None:
    def seen(departed: int, failed: int, opted_out: int) -> str:
        hold = judge(Watched(1, 1, departed, failed, opted_out, 200, 30, 200))
        return hold.reason if hold else ""

    assert seen(199, 199, 199) == ""
    assert seen(1_000, 200, 30) == ""
    assert seen(1_000, 201, 0) == "failures"
    assert seen(1_000, 201, 31) == "opt_outs"
    assert judge(Watched(1, 1, 1_000, 1_000, 1_000, 200, 0, 0)) is None
