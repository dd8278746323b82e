"""A provider's "opted out", as core decides it."""

from __future__ import annotations

import pytest

from sayso.core.effects import Cancel, Ledger, Raise, SetConsent
from sayso.core.lines import WorkspaceWords
from sayso.core.messages import Known
from sayso.core.provider_opt_out import OptedOut, decide, every
from sayso.core.provider_opt_out import block as made_of
from tests.core.house import AMIRA, NOON, only, people, texted
from tests.core.house import every as all_of

OWN = OptedOut(1, AMIRA, f"+{AMIRA}", NOON, line_id=10, sender="12025550100", message_id=77)
SHARED = OptedOut(1, AMIRA, f"+{AMIRA}", NOON, line_id=11, shared=True, sender="11221")
WORDS = WorkspaceWords(event_name="sms", event_properties={"message": "text"})


@pytest.mark.rule("R6.6")
@pytest.mark.parametrize(
    ("said", "reach"),
    [
        (OWN, ("channel", 0)),
        (SHARED, ("line", 11)),
        (OptedOut(1, AMIRA, "x", NOON, shared=True), ("channel", 0)),
    ],
)
def test_it_blocks_the_channel_or_the_line_of_a_shared_code(said: OptedOut, reach: tuple[str, int]) -> None:
    decision = decide(said, Known(), WORDS, anew=True)
    made = made_of(said)
    assert (made.scope, made.line_id, made.source, made.since) == (*reach, "provider", NOON)
    assert only(decision, Cancel) == Cancel(1, reach[1], "", transactional=False)
    assert decision.because[0].rule == "R6.6"


@pytest.mark.rule("R6.6", "R5.5")
def test_the_ledger_holds_ten_profiles_last_texted_first_and_five_categories() -> None:
    known = Known(people(*range(1, 13)), texted=(texted(10, contact_id=12),))
    words = WorkspaceWords(rejects=tuple("abcdef"))
    decision = decide(OWN, known, words, anew=True)
    entries = all_of(decision, Ledger)
    assert [entry.contact_id for entry in entries[::5]] == [12, *range(1, 10)]
    assert [entry.category for entry in entries[:5]] == list("abcde")
    assert len(entries) == 50
    assert all(entry.moves_state and entry.source == "provider" for entry in entries)
    assert only(decision, SetConsent) == SetConsent(1, "no")


@pytest.mark.rule("R6.6", "R5.5")
def test_a_shared_codes_line_moves_no_consent() -> None:
    decision = decide(SHARED, Known(people(1)), WORDS, anew=True)
    (entry,) = all_of(decision, Ledger)
    assert (entry.contact_id, entry.category, entry.moves_state) == (1, "*", False)
    assert all_of(decision, SetConsent) == []


@pytest.mark.rule("R6.6", "R5.6")
def test_it_raises_the_event_of_a_stop_where_a_profile_is_known() -> None:
    sent = (texted(99, contact_id=1, message_id=900), texted(10, contact_id=2, message_id=800))
    raised = only(decide(OWN, Known(people(1, 2, 3), texted=sent), WORDS, anew=True), Raise)
    assert raised == Raise(1, 2, "sms", {"message": "text"}, 77, "provider_reference")
    assert all_of(decide(OWN, Known(), WORDS, anew=True), Raise) == []
    unknown = only(decide(SHARED, Known(people(4)), WORDS, anew=True), Raise)
    assert unknown == Raise(1, 4, "sms", {"message": "text"}, None, "unknown")


@pytest.mark.rule("R6.6", "R6.3")
def test_a_block_that_stands_stays_and_only_takes_back_what_waits() -> None:
    (cancel,) = decide(OWN, Known(people(1)), WORDS, anew=False).effects
    assert cancel == Cancel(1, 0, "", transactional=False)


def test_of_the_same_word_twice_the_first_counts() -> None:
    again = OptedOut(1, AMIRA, "later", NOON, line_id=12)
    elsewhere = OptedOut(2, AMIRA, "other", NOON)
    assert every([OWN, again, elsewhere, SHARED, SHARED]) == [OWN, SHARED, elsewhere]
