"""A campaign under way, killed again and again while its recipients text STOP: nobody is texted twice, and
nobody after their stop. Counted at the carrier, by client reference."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from bench.killed import Aftermath, Story, play

from sayso.core.pacing import WINDOW
from tests.faults.killing import Victim
from tests.running import Sayso, serving

RECIPIENTS, STOPS = 2_400, 300
VICTIMS: tuple[Victim, ...] = ("engine", "postmaster", "engine", "tree", "engine")

pytestmark = [pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def sayso() -> Iterator[Sayso]:
    with serving() as running:
        yield running


@pytest.fixture(scope="module")
def aftermath(sayso: Sayso) -> Aftermath:
    """A campaign, three hundred STOPs of its recipients, and five kills at seeded moments among them."""
    return play(sayso, Story(RECIPIENTS, STOPS, VICTIMS, seed=20_261_126))


@pytest.mark.rule("R9.7")
def test_nobody_was_texted_twice(aftermath: Aftermath) -> None:
    assert aftermath.sent_twice == []
    assert aftermath.texted_twice == []
    assert len(aftermath.sends) > RECIPIENTS / 2


@pytest.mark.rule("R13.2")
def test_what_was_planned_is_what_left_and_what_did_not(aftermath: Aftermath) -> None:
    assert aftermath.planned.total() == aftermath.became.total() == RECIPIENTS
    unsure = aftermath.became["unconfirmed"]
    assert aftermath.left - unsure <= len(aftermath.sends) <= aftermath.left
    assert unsure <= len(VICTIMS) * WINDOW


@pytest.mark.rule("R9.10")
def test_nobody_was_advertised_to_after_their_stop(aftermath: Aftermath) -> None:
    assert len(aftermath.since) == STOPS
    assert aftermath.late(timedelta(seconds=1)) == []
    assert aftermath.became["cancelled"] > 0, "no STOP came before its message left: nothing was tested"
