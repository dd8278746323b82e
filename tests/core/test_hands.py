"""A number that changed hands: what was consented to before is over, and nobody is blocked (R6.8)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from sayso.core import consent, hands
from sayso.core.audience import standing
from sayso.core.consent import Accept, Given, Nothing, Record
from sayso.core.consent import Pending as Waits
from sayso.core.effects import AddBlock, AskWhose, File, Ledger, LiftBlocks
from sayso.core.gate import Defer, Send, Skip, may_send
from sayso.core.gate_asked import TEST, Candidate, ConsentState, Facts
from sayso.core.messages import Known, Pending
from sayso.core.text import fold
from tests.core.house import AMIRA, NOON, every, heard, shared_code

pytestmark = pytest.mark.rule("R6.8")
ADVERT = Candidate(1, AMIRA, True, "promotions", line_id=10)
HOUR = timedelta(hours=1)


def said(state: str, hours: float, category: str = "*", source: str = "api") -> ConsentState:
    return ConsentState(category, state, NOON + timedelta(hours=hours), source)


OVER = said("ended", 0, hands.HANDS)
ASKED = said("review", 0, hands.REVIEW, "sms_reply")


@pytest.mark.parametrize(
    ("states", "sms_consent", "legitimate"),
    [
        ((), "yes", False),
        ((), "unknown", True),
        ((said("accept", -1),), "yes", False),
        ((said("accept", 0),), "yes", False),
        ((said("accept", -1, "promotions"),), "unknown", True),
    ],
)
def test_no_yes_that_was_said_before_lets_advertising_out(
    states: tuple[ConsentState, ...], sms_consent: str, legitimate: bool
) -> None:
    known = Facts(consents=(*states, OVER), sms_consent=sms_consent, legitimate_interest=legitimate)
    for purpose in ("api", TEST):
        answer = may_send(Candidate(1, AMIRA, True, "promotions", purpose), known, NOON + HOUR)
        assert isinstance(answer, Skip)
        assert answer.reason == "consent_ended"
        assert (answer.because[-1].rule, answer.because[-1].since) == ("R6.8", NOON)
    assert standing(known.consents, sms_consent, "promotions") == "never"


@pytest.mark.parametrize("category", ["*", "promotions"])
def test_a_later_yes_begins_anew_and_a_later_no_is_told_as_a_no(category: str) -> None:
    anew = Facts(consents=(OVER, said("accept", 1, category)))
    assert isinstance(may_send(ADVERT, anew, NOON + 2 * HOUR), Send)
    refused = may_send(ADVERT, Facts(consents=(OVER, said("reject", 1, category))), NOON + 2 * HOUR)
    assert isinstance(refused, Skip)
    assert refused.reason == "consent_rejected"


def test_what_is_no_advertising_still_goes_out() -> None:
    order = Candidate(1, AMIRA, False, purpose="api", line_id=10)
    assert isinstance(may_send(order, Facts(consents=(OVER, ASKED)), NOON), Send)


def test_a_question_holds_advertising_whatever_else_was_said_and_for_a_day_at_most() -> None:
    known = Facts(consents=(ASKED, said("accept", 5)), sms_consent="yes")
    planned = may_send(ADVERT, known, NOON + HOUR)
    assert isinstance(planned, Defer)
    assert planned.reason == "in_review"
    waited = Candidate(1, AMIRA, True, "promotions", line_id=10, made=NOON - timedelta(hours=24))
    late = may_send(waited, known, NOON)
    assert isinstance(late, Skip)
    assert late.reason == "in_review"
    settled = Facts(consents=(said("settled", 1, hands.REVIEW), said("accept", 5)))
    assert isinstance(may_send(ADVERT, settled, NOON + HOUR), Send)


def test_a_reported_yes_counts_only_if_it_is_later_and_shown() -> None:
    def told(hours: float, *, evidence: bool = True) -> consent.Outcome:
        return consent.accept(Accept("*", NOON + hours * HOUR, evidence, may_override=False), (), (OVER,))

    assert isinstance(told(-1), Nothing)
    assert isinstance(told(0), Nothing)
    assert isinstance(told(1, evidence=False), Waits)
    assert isinstance(told(1), Given)


@pytest.mark.parametrize(
    ("proven", "comes_to"),
    [(None, "unknown"), (NOON - HOUR, "unknown"), (NOON, "unknown"), (NOON + HOUR, "yes")],
)
def test_an_older_list_gives_no_consent_back(proven: datetime | None, comes_to: str) -> None:
    """Attack: the file of last year, with its yes, is imported once more."""
    for stood in ("yes", "unknown"):
        record = Record(stood, number_changed=False, states=(said("accept", -9), OVER), proven=proven)
        word = consent.recorded("yes", proven is not None, record)
        assert word.sms_consent == comes_to
        assert word.action == ("accept" if comes_to == "yes" else "pending") or stood == comes_to


def test_start_of_whoever_has_it_now_begins_anew_and_older_or_doubtful_ones_do_not() -> None:
    def started(body: str, since: datetime, **more: object) -> list[object]:
        known = Known(pending=(Pending(1, 0, hands.HANDS, since),))
        return list(every(heard(body, known=known, **more), Ledger))

    (anew,) = started("start", NOON - HOUR)
    assert isinstance(anew, Ledger)
    assert (anew.contact_id, anew.action, anew.category, anew.at) == (None, "accept", "*", NOON)
    assert started("start", NOON) == []
    assert started("start", NOON + HOUR) == []
    assert started("start", NOON - HOUR, stale=True) == []
    assert started("yes", NOON - HOUR) == []


@pytest.mark.parametrize(
    "body",
    ["Wrong number", "sorry, you have the WRONG NUMBER!", "this is no longer her number", "Falsche Nummer",
     "C'est un faux numéro", "número equivocado", "не тот номер"],
)  # fmt: skip
def test_a_wrong_number_blocks_nobody_and_waits_for_a_person(body: str) -> None:
    told = heard(body)
    assert every(told, AskWhose) == [AskWhose(1)]
    assert [filed.needs_answer for filed in every(told, File) if isinstance(filed, File)] == [True]
    assert every(told, AddBlock) + every(told, Ledger) + every(told, LiftBlocks) == []
    assert "R6.8" in {step.rule for step in told.because}


def test_a_stop_that_names_a_wrong_number_is_a_stop() -> None:
    told = heard("STOP wrong number")
    assert every(told, AddBlock)
    assert every(told, AskWhose) == []


def test_on_a_shared_code_the_workspace_that_was_named_is_asked() -> None:
    assert every(heard("kids wrong number", shared_code()), AskWhose) == [AskWhose(2)]


def test_an_ordinary_question_about_numbers_asks_nobody() -> None:
    for body in ("What is the number of your shop?", "wrong size", "my number is 5", ""):
        assert hands.asks(fold(body)) is None
