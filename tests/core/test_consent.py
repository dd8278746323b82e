"""The way back by record: what a reported yes lifts, and that doubt stays blocked."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sayso.core import consent
from sayso.core.consent import Accept, Given, Lifted, Nothing, Pending, Record, StoppedCode
from sayso.core.gate_asked import ConsentState
from sayso.core.messages import Block

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
LATER = NOON + timedelta(seconds=1)


def block(scope: str = "channel", at: datetime = NOON, number: int = 1, category: str = "") -> Block:
    return Block(1, number, scope, 9 if scope == "line" else 0, category, at, "keyword")


def proven(category: str = "*", at: datetime = LATER) -> Accept:
    return Accept(category, at, evidence=True, may_override=True)


@pytest.mark.rule("R6.5")
def test_a_proven_yes_lifts_every_scope_when_it_is_for_every_category() -> None:
    blocks = (
        block(),
        block("line", number=2),
        block("category", number=3, category="news"),
        block("all", number=4),
    )
    told = consent.accept(proven(), blocks, ())
    assert isinstance(told, Lifted)
    assert told.block_ids == (1, 2, 3, 4)


@pytest.mark.rule("R6.5")
def test_a_yes_to_one_category_lifts_that_category_alone() -> None:
    blocks = (block("category", number=1, category="news"), block("category", number=2, category="offers"))
    told = consent.accept(proven("news"), blocks, ())
    assert isinstance(told, Lifted)
    assert told.block_ids == (1,)
    assert isinstance(consent.accept(proven("news"), (block(),), ()), Pending)


@pytest.mark.rule("R6.5")
def test_without_evidence_or_right_a_yes_is_pending() -> None:
    for word in (Accept("*", LATER, False, True), Accept("*", LATER, True, False)):
        assert isinstance(consent.accept(word, (block(),), ()), Pending)


@pytest.mark.rule("R6.5")
def test_what_the_person_refused_by_text_needs_evidence_too() -> None:
    refused = (ConsentState("*", "reject", NOON, "sms_reply"),)
    assert isinstance(consent.accept(Accept("*", LATER, False, True), (), refused), Pending)
    assert isinstance(consent.accept(proven(), (), refused), Lifted)
    corrected = (ConsentState("*", "reject", NOON, "api"),)
    assert isinstance(consent.accept(Accept("*", LATER, False, False), (), corrected), Given)


@pytest.mark.rule("R6.5")
@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["channel", "line", "category", "all"]), st.integers(-3, 3)),
        min_size=1,
        max_size=5,
    ),
    st.sampled_from(["*", "news"]),
    st.booleans(),
    st.booleans(),
)
def test_a_yes_never_lifts_a_block_that_is_not_older(
    said: list[tuple[str, int]], category: str, evidence: bool, may_override: bool
) -> None:
    blocks = tuple(
        block(scope, NOON + timedelta(seconds=offset), place, "news" if scope == "category" else "")
        for place, (scope, offset) in enumerate(said)
    )
    told = consent.accept(Accept(category, NOON, evidence, may_override), blocks, ())
    lifted = {found for found in blocks if isinstance(told, Lifted) and found.id in told.block_ids}
    assert all(found.since < NOON for found in lifted)
    if not (evidence and may_override):
        assert not lifted
    if category == "news":
        assert all(found.scope == "category" for found in lifted)
    assert told.because


@pytest.mark.rule("R6.5")
def test_a_tie_stays_blocked() -> None:
    assert isinstance(consent.accept(proven(at=NOON), (block(),), ()), Nothing)


@pytest.mark.rule("R6.5")
@pytest.mark.parametrize("source", ["sms_reply", "api"])
def test_the_newest_no_decides_not_the_oldest(source: str) -> None:
    long_ago = NOON - timedelta(days=30)
    between = proven(at=NOON - timedelta(days=10))
    refused = (ConsentState("*", "reject", NOON, source),)
    assert isinstance(consent.accept(between, (block(at=long_ago),), refused), Nothing)
    assert isinstance(consent.accept(between, (block(at=long_ago), block("all", number=2)), ()), Nothing)


@pytest.mark.rule("R6.5")
def test_a_stop_that_was_said_again_is_as_late_as_its_last_time() -> None:
    again = Block(1, 1, "channel", 0, "", NOON - timedelta(days=30), "keyword", last=NOON)
    assert isinstance(consent.accept(proven(at=NOON - timedelta(days=10)), (again,), ()), Nothing)
    assert isinstance(consent.accept(proven(), (again,), ()), Lifted)


@pytest.mark.rule("R6.3")
@pytest.mark.parametrize("evidence", [True, False])
def test_a_record_never_says_yes_over_a_block(evidence: bool) -> None:
    for stood in ("yes", "no", "unknown"):
        word = consent.recorded("yes", evidence, Record(stood, False, (block(),)))
        assert (word.sms_consent, word.action) != ("yes", "accept")
        assert word.action == "pending"


@pytest.mark.rule("R6.4")
def test_a_changed_number_starts_unknown() -> None:
    moved = Record("yes", number_changed=True)
    assert consent.recorded(None, False, moved).sms_consent == "unknown"
    assert consent.recorded("yes", False, moved).sms_consent == "unknown"
    assert consent.recorded("yes", True, moved) == consent.Word("yes", "accept")
    assert consent.recorded("no", False, moved) == consent.Word("no", "reject")
    refused = Record("no", number_changed=True)
    assert consent.recorded(None, False, refused).sms_consent == "no"
    again = consent.recorded("yes", False, refused)
    assert (again.sms_consent, again.action) == ("no", "pending")
    erased = Record("unknown", False, (), (ConsentState("*", "reject", NOON, "erasure"),))
    assert consent.recorded("yes", True, erased).action == "pending"


@pytest.mark.rule("R3.3")
@pytest.mark.parametrize(
    ("said_yes", "stands"),
    [
        ((), True),
        ((ConsentState("*", "accept", LATER, "sms_reply"),), False),
        ((ConsentState("*", "accept", LATER, "api"),), True),
        ((ConsentState("*", "accept", NOON, "sms_reply"),), True),
        ((ConsentState("news", "accept", LATER, "sms_reply"),), True),
        (tuple(ConsentState(name, "accept", LATER, "sms_reply") for name in ("news", "offers")), False),
    ],
)
def test_a_stop_on_a_code_stands_until_the_number_said_yes_to_all_that_it_holds_back(
    said_yes: tuple[ConsentState, ...], stands: bool
) -> None:
    code = StoppedCode("11221", NOON)
    assert consent.standing_codes((code,), ("news", "offers"), said_yes) == ((code,) if stands else ())
