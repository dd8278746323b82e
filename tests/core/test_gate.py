"""May this go out? The order of reasons, and properties that hold for every combination."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from sayso.core.gate import BLACKLISTED, Defer, Send, Skip, may_send
from sayso.core.gate_asked import Candidate, ConsentState, Facts
from sayso.core.messages import CodeBlock
from tests.core.house import AMIRA, NOON, block

ADVERT = Candidate(1, AMIRA, advertising=True, category="promotions", line_id=10, number_id=100)
RECEIPT = Candidate(1, AMIRA, advertising=False, line_id=10, number_id=100)
SAID_YES = Facts(sms_consent="yes")


def facts(*blocks: object, **more: object) -> Facts:
    return Facts(blocks=blocks, **{"sms_consent": "yes", **more})  # type: ignore[arg-type]


@pytest.mark.rule("R6.7")
def test_advertising_against_a_keyword_block_says_the_words_that_integrators_know() -> None:
    answer = may_send(ADVERT, facts(block()), NOON)
    assert isinstance(answer, Skip)
    assert (answer.status, answer.because[-1].fact) == ("enqueue_failed", BLACKLISTED)
    other = may_send(ADVERT, facts(block(source="provider")), NOON)
    assert isinstance(other, Skip)
    assert (other.status, other.reason) == ("skipped", "blocked_by_provider")


@pytest.mark.rule("R6.1")
@pytest.mark.parametrize(
    ("stop", "advertising", "transactional", "confirmation"),
    [
        (block(), False, True, True),
        (block("line", line_id=10), False, True, True),
        (block("line", line_id=99), True, True, True),
        (block("category", category="promotions"), False, True, True),
        (block("category", category="events"), True, True, True),
        (block("line_transactional", line_id=10), True, False, True),
        (block("all"), False, False, True),
        (block(workspace=2), True, True, True),
    ],
)
def test_a_block_reaches_as_far_as_its_scope(
    stop: object, advertising: bool, transactional: bool, confirmation: bool
) -> None:
    answer = Candidate(1, AMIRA, advertising=False, purpose="confirmation", line_id=10, number_id=100)
    may = [isinstance(may_send(message, facts(stop), NOON), Send) for message in (ADVERT, RECEIPT, answer)]
    assert may == [advertising, transactional, confirmation]


@pytest.mark.rule("R3.3")
def test_a_code_block_holds_until_this_workspace_was_told_yes_after_it() -> None:
    stopped = (CodeBlock(100, NOON),)
    assert isinstance(may_send(ADVERT, facts(code_blocks=stopped), NOON), Skip)
    assert isinstance(may_send(ADVERT, facts(code_blocks=(CodeBlock(999, NOON),)), NOON), Send)
    later = (ConsentState("*", "accept", NOON + timedelta(hours=1), "sms_reply"),)
    assert isinstance(may_send(ADVERT, facts(code_blocks=stopped, consents=later), NOON), Send)
    imported = (ConsentState("*", "accept", NOON + timedelta(hours=1), "api"),)
    assert isinstance(may_send(ADVERT, facts(code_blocks=stopped, consents=imported), NOON), Skip)


@pytest.mark.rule("R6.4")
@pytest.mark.parametrize(
    ("consent", "interest", "may"),
    [
        ("yes", False, True),
        ("unknown", False, False),
        ("no", False, False),
        ("unknown", True, True),
        ("no", True, False),
    ],
)
def test_unknown_is_not_yes_and_silence_allows_only_under_legitimate_interest(
    consent: str, interest: bool, may: bool
) -> None:
    answer = may_send(ADVERT, Facts(sms_consent=consent, legitimate_interest=interest), NOON)
    assert isinstance(answer, Send) is may


@pytest.mark.rule("R6.4", "R6.5")
def test_the_newest_word_counts_and_at_the_same_instant_the_no() -> None:
    def state(said: str, minutes: int) -> ConsentState:
        return ConsentState("promotions", said, NOON + timedelta(minutes=minutes), "api")

    assert isinstance(may_send(ADVERT, Facts(consents=(state("reject", 0), state("accept", 1))), NOON), Send)
    assert isinstance(may_send(ADVERT, Facts(consents=(state("accept", 0), state("reject", 1))), NOON), Skip)
    assert isinstance(may_send(ADVERT, Facts(consents=(state("accept", 0), state("reject", 0))), NOON), Skip)
    assert isinstance(may_send(ADVERT, Facts(consents=(state("pending", 0),)), NOON), Skip)


def waiting(**ago: float) -> Facts:
    return facts(waiting_since=NOON - timedelta(**ago))


@pytest.mark.rule("R9.7")
def test_a_text_that_waits_defers_advertising_and_nothing_else() -> None:
    answer = may_send(ADVERT, waiting(seconds=1), NOON)
    assert isinstance(answer, Defer)
    assert (answer.reason, answer.because[-1].since) == ("undecided_text", NOON - timedelta(seconds=1))
    assert isinstance(may_send(RECEIPT, waiting(seconds=1), NOON), Send)


def made(**ago: float) -> Candidate:
    return replace(ADVERT, made=NOON - timedelta(**ago))


@pytest.mark.rule("R9.7")
@pytest.mark.parametrize(
    ("ago", "again"),
    [({"seconds": -3}, 0.5), ({"seconds": 0}, 0.5), ({"seconds": 8}, 0.8), ({"hours": 5}, 10)],
)
def test_what_waits_for_a_text_is_looked_at_again_soon(ago: dict[str, float], again: float) -> None:
    answer = may_send(ADVERT, waiting(**ago), NOON)
    assert isinstance(answer, Defer)
    assert answer.until == NOON + timedelta(seconds=again)


@pytest.mark.rule("R9.7")
def test_advertising_does_not_wait_for_ever_for_a_text_that_nothing_decides() -> None:
    answer = may_send(made(hours=24), waiting(hours=24), NOON)
    assert isinstance(answer, Skip)
    assert (answer.status, answer.reason) == ("skipped", "undecided_text")


@pytest.mark.rule("R9.7")
def test_an_old_text_that_comes_to_light_only_now_defers_a_message_and_skips_none() -> None:
    for message in (ADVERT, made(seconds=1)):
        assert isinstance(may_send(message, waiting(days=3), NOON), Defer)
    assert isinstance(may_send(made(days=3), waiting(seconds=1), NOON), Defer)


@pytest.mark.rule("R9.7")
def test_a_block_is_told_before_a_text_that_waits_and_that_before_consent() -> None:
    stopped = may_send(ADVERT, facts(block(), waiting_since=NOON), NOON)
    assert isinstance(stopped, Skip)
    assert isinstance(may_send(ADVERT, Facts(sms_consent="no", waiting_since=NOON), NOON), Defer)


@pytest.mark.rule("R3.1", "R9.7")
def test_nothing_leaves_from_a_line_that_was_withdrawn() -> None:
    confirmation = Candidate(1, AMIRA, advertising=False, purpose="confirmation", line_id=10, number_id=100)
    for message in (ADVERT, RECEIPT, confirmation):
        answer = may_send(message, facts(line_withdrawn=True), NOON)
        assert isinstance(answer, Skip)
        assert (answer.status, answer.reason) == ("cancelled", "line_withdrawn")


SCOPES = st.sampled_from(["channel", "line", "category", "all", "line_transactional"])
BLOCKS = st.builds(
    block,
    SCOPES,
    workspace=st.sampled_from([1, 2]),
    line_id=st.sampled_from([10, 99]),
    category=st.sampled_from(["promotions", "events"]),
    source=st.sampled_from(["keyword", "term", "provider", "api", "import"]),
)
CONSENTS = st.sampled_from(["yes", "no", "unknown"])


@given(st.lists(BLOCKS, max_size=4), BLOCKS, CONSENTS, st.booleans())
def test_one_more_block_never_lets_a_message_through(
    standing: list[object], more: object, consent: str, advertising: bool
) -> None:
    message = ADVERT if advertising else RECEIPT
    before = may_send(message, facts(*standing, sms_consent=consent), NOON)
    after = may_send(message, facts(*standing, more, sms_consent=consent), NOON)
    assert not (isinstance(before, Skip) and isinstance(after, Send))


@given(st.lists(BLOCKS, max_size=4), CONSENTS)
def test_nothing_passes_a_channel_block(standing: list[object], consent: str) -> None:
    assert isinstance(may_send(ADVERT, facts(*standing, block(), sms_consent=consent), NOON), Skip)


@given(st.lists(BLOCKS, max_size=4), CONSENTS)
def test_every_answer_gives_a_reason(standing: list[object], consent: str) -> None:
    assert may_send(ADVERT, facts(*standing, sms_consent=consent), NOON).because
