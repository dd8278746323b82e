"""Whoever is alike in all that the gate looks at gets the answer that asking for each one gives."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers.tzdata import TIMEZONE_DATA

from sayso.core import campaigns
from sayso.core.answering import Reply
from sayso.core.campaigns import Addressed, Campaign, Recipient
from sayso.core.gate import may_send
from sayso.core.gate_asked import Candidate, ConsentState, Facts
from sayso.core.gate_memo import Answers, WindowAnswers
from sayso.core.messages import Block, CodeBlock
from sayso.core.phones import country_of
from sayso.core.places import place_of
from sayso.core.rendering import as_written
from sayso.core.sending_rules import Halt, SendingRules

NOW = datetime(2026, 11, 26, 1, tzinfo=UTC)
SALE = Campaign(1, 2, "sale", as_written("Sale."), reply_service=True, per_profile=False)
# Of every kind: states with rules of their own, shared codes, landlines, fiction, no number at all.
BEGINS = (
    1212555,
    1813555,
    1204555,
    1512555,
    1242555,
    4479123,
    4477810,
    4477009,
    491713,
    33612,
    39066,
    7701,
    99,
    8,
)


@dataclass(frozen=True)
class Line:
    """A line as planning knows it."""

    id: int
    inbound_number_id: int
    connection_id: int
    country: str


LINES = (None, Line(10, 100, 1, "US"), Line(11, 101, 1, "GB"))
phones = st.one_of(
    st.just(0),
    st.just(-5),
    st.builds(lambda begins, rest: begins * 10_000 + rest, st.sampled_from(BEGINS), st.integers(0, 9_999)),
    st.builds(lambda begins, rest: begins * 10**6 + rest, st.sampled_from(BEGINS), st.integers(0, 10**6 - 1)),
)
truths = st.sampled_from((None, True, False))
moments = st.sampled_from((NOW, NOW + timedelta(hours=17), NOW - timedelta(days=2)))
known = st.builds(
    Facts,
    blocks=st.sampled_from(((), (Block(1, 5, "channel", 0, "", NOW, "keyword", "STOP"),))),
    code_blocks=st.sampled_from(((), (CodeBlock(100, NOW),))),
    consents=st.sampled_from(
        ((), (ConsentState("*", "accept", NOW, "api"),), (ConsentState("sale", "reject", NOW, "api"),))
    ),
    sms_consent=st.sampled_from(("yes", "yes", "yes", "unknown", "no")),
    sms_valid=truths,
    waiting_since=st.sampled_from((None, None, NOW)),
    addressed=st.sampled_from((False, False, True)),
    rules=st.sampled_from(
        (None, SendingRules("US"), SendingRules("GB", countries=frozenset({"US", "GB", "FR"})))
    ),
    line_country=st.sampled_from(("US", "GB")),
    time_zone=st.sampled_from((None, "America/Los_Angeles", "nowhere")),
    advertised=st.sampled_from(((), (NOW - timedelta(hours=3),))),
    halt=st.sampled_from((None, None, Halt(NOW, "fire"))),
)


@pytest.mark.rule("R9.7", "R9.8")
@given(
    facts=st.lists(known, min_size=1, max_size=3),
    asked=st.lists(
        st.tuples(phones, truths, st.sampled_from(LINES), st.integers(0, 2), moments), min_size=1, max_size=40
    ),
)
def test_an_answer_that_is_kept_is_the_one_that_the_gate_would_give(
    facts: list[Facts], asked: list[tuple[int, bool | None, Line | None, int, datetime]]
) -> None:
    answers = Answers()
    for phone, computed, line, which, moment in asked:
        whom = Recipient(7, phone, None, None, None, None, None, {}, computed)
        to, of = Addressed(whom, line), facts[which % len(facts)]
        assert answers.ask(SALE, to, of, moment) == campaigns.asked(SALE, to, of, moment)


wanted = st.builds(
    Candidate,
    workspace_id=st.just(5),
    phone=phones,
    advertising=st.booleans(),
    category=st.sampled_from(("", "sale")),
    purpose=st.sampled_from(("api", "campaign", "test", "confirmation", "reply")),
    line_id=st.sampled_from((0, 10, 11)),
    number_id=st.sampled_from((0, 100)),
    reply=st.sampled_from((None, None, None, Reply(None, message_id=9))),
    made=st.sampled_from((None, None, NOW - timedelta(hours=30))),
)


@pytest.mark.rule("R9.7", "R9.8")
@given(
    facts=st.lists(known, min_size=1, max_size=3),
    asked=st.lists(st.tuples(wanted, st.integers(0, 2), moments), min_size=1, max_size=40),
)
def test_a_last_looks_answer_that_is_kept_is_the_one_that_the_gate_would_give(
    facts: list[Facts], asked: list[tuple[Candidate, int, datetime]]
) -> None:
    answers = WindowAnswers()
    for message, which, moment in asked:
        of = facts[which % len(facts)]
        assert answers.ask(message, of, moment) == may_send(message, of, moment)


def test_who_is_alike_is_asked_once_and_answers_are_one_object() -> None:
    answers, facts = Answers(), Facts(sms_consent="yes", rules=SendingRules("US"), line_country="US")
    people = [Recipient(n, 12065550200 + n, None, None, None, None, None, {}, True) for n in range(50)]
    told = {id(answers.ask(SALE, Addressed(one, LINES[1]), facts, NOW)) for one in people}
    assert len(told) == 1


@given(phones)
def test_the_digits_that_a_place_is_remembered_by_tell_what_the_whole_number_does(phone: int) -> None:
    place, digits = place_of(phone), str(phone)
    assert place.country == (country_of(phone) or "")
    if digits[0] == "1":
        every = (TIMEZONE_DATA.get(digits[:size]) for size in range(len(digits), 0, -1))
        assert place.zones == tuple(next(found for found in every if found))
