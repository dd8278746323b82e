"""What the recipient's place demands, in the order of R9.7, each answer with its rule and its source."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from sayso.core.countries.rules import EVERY_DAY, Cap, Window
from sayso.core.frequency import full
from sayso.core.gate import HALTED, Answer, Defer, Send, Skip, may_send
from sayso.core.gate_asked import Candidate, Facts
from sayso.core.sending_rules import Halt, SendingRules
from tests.core.house import AMIRA

# A Thursday: noon in New York, five in London. Numbers that people may have.
DAY, NIGHT = datetime(2026, 11, 26, 17, tzinfo=UTC), datetime(2026, 11, 26, 3, tzinfo=UTC)
NEW_YORK, TAMPA, LONDON, BERLIN, PARIS = 12125557000, 18135557000, 447912345678, 4915112345678, 33612345678
ALWAYS = Window(EVERY_DAY, "00:00", "24:00")
EVERYWHERE = SendingRules("US", ALWAYS, (Cap(1, 24), Cap(4, 168)), frozenset({"US", "GB", "DE", "FR"}))
COUNTRIES = {NEW_YORK: "US", TAMPA: "US", LONDON: "GB", BERLIN: "DE", PARIS: "FR"}


def advert(phone: int, **more: object) -> Candidate:
    return Candidate(1, phone, advertising=True, category="sale", line_id=10, number_id=100, **more)  # type: ignore[arg-type]


def asked(phone: int, now: datetime = DAY, **more: object) -> Answer:
    facts = Facts(sms_consent="yes", rules=EVERYWHERE, line_country=COUNTRIES.get(phone, "US"))
    return may_send(advert(phone), replace(facts, **more), now)


def told(answer: Answer) -> tuple[str, str]:
    """The kind of answer and its reason."""
    return type(answer).__name__, "" if isinstance(answer, Send) else answer.reason


@pytest.mark.rule("R9.7", "R9.8", "R9.9")
def test_at_night_advertising_waits_for_the_morning_of_the_recipient_and_says_whose_hours() -> None:
    assert told(asked(NEW_YORK)) == ("Send", "")
    waits = asked(TAMPA, NIGHT)
    assert isinstance(waits, Defer)
    assert (waits.reason, waits.until) == ("quiet_hours", datetime(2026, 11, 26, 13, tzinfo=UTC))
    (step,) = waits.because
    assert step.rule == "R9.8" and step.since is not None and step.source.startswith("https://")
    assert step.fact == (
        "It is outside the hours of Florida: 08:00 to 20:00. It waits until Thursday 26 November 2026, 08:00 "
        "in America/New_York."
    )
    receipt = replace(advert(TAMPA), advertising=False)
    facts = Facts(sms_consent="yes", rules=EVERYWHERE, line_country="US")
    assert told(may_send(receipt, facts, NIGHT)) == ("Send", "")


@pytest.mark.rule("R9.8")
def test_nobody_is_asked_of_no_hours_and_real_people_always() -> None:
    """A simulated line, and a number that is set aside for fiction; on a real line a real number waits."""
    assert told(asked(TAMPA, NIGHT, rules=None)) == ("Send", "")
    assert told(asked(AMIRA, NIGHT)) == ("Send", "")
    assert told(asked(AMIRA, NIGHT, rules=SendingRules("GB"))) == ("Skip", "destination_not_allowed")
    assert told(asked(12025557143, NIGHT)) == ("Defer", "quiet_hours")


@pytest.mark.rule("R9.7")
@pytest.mark.parametrize(
    ("phone", "line", "reason"),
    [
        (NEW_YORK, "GB", "no_two_way_sender"),
        (PARIS, "GB", "no_two_way_sender"),
        (BERLIN, "GB", ""),
        (LONDON, "US", ""),
        (NEW_YORK, "US", ""),
    ],
)
def test_where_a_refusal_must_be_texted_the_sender_is_of_that_country(
    phone: int, line: str, reason: str
) -> None:
    answer = asked(phone, line_country=line)
    assert told(answer) == (("Skip", reason) if reason else ("Send", ""))
    if isinstance(answer, Skip):
        assert answer.because[0].source and answer.because[0].since


@pytest.mark.rule("R9.8")
def test_a_number_gets_so_many_texts_in_so_long_and_the_state_is_a_ceiling() -> None:
    hour = timedelta(hours=1)
    once = asked(NEW_YORK, advertised=(DAY - 22 * hour,))
    assert isinstance(once, Defer) and (once.reason, once.until) == ("frequency_cap", DAY + 2 * hour)
    assert told(asked(NEW_YORK, advertised=(DAY - 24 * hour,))) == ("Send", "")
    # The cap frees at night: it is the morning that it waits for.
    late = asked(NEW_YORK, advertised=(DAY - 12 * hour,))
    assert isinstance(late, Defer) and late.until == datetime(2026, 11, 27, 13, tzinfo=UTC)
    # Four in the week, the oldest of them two days from leaving it: that is too long to wait.
    week = tuple(DAY - days * 24 * hour for days in (2, 3, 4, 4))
    assert told(asked(NEW_YORK, advertised=week)) == ("Skip", "frequency_cap")
    lax = replace(EVERYWHERE, caps=())
    three = tuple(DAY - n * hour for n in (1, 2, 3))
    assert told(asked(NEW_YORK, rules=lax, advertised=three)) == ("Send", "")
    florida = asked(TAMPA, rules=lax, advertised=three)
    assert isinstance(florida, Defer)
    assert florida.because[0].fact.startswith("Florida allows 3 advertising texts in 24 hours")
    assert florida.because[0].source


@pytest.mark.rule("R9.8")
@given(
    st.lists(st.integers(0, 200), max_size=12),
    st.lists(st.builds(Cap, st.integers(1, 5), st.sampled_from((24, 168))), max_size=3),
)
def test_no_span_of_a_caps_length_ever_holds_more_than_it_says(ages: list[int], caps: list[Cap]) -> None:
    times = [DAY - timedelta(hours=age) for age in ages]
    found = full(caps, times, DAY)
    at = DAY if found is None else found.until
    for cap in caps:
        assert sum(at - timedelta(hours=cap.hours) < time <= at for time in times) < cap.texts
    if found is not None:
        before = found.until - timedelta(seconds=1)
        within = [time for time in times if time > before - timedelta(hours=found.cap.hours)]
        assert len(within) >= found.cap.texts


@pytest.mark.rule("R9.11")
def test_only_countries_on_the_list_are_texted_at_home_where_there_is_none() -> None:
    assert told(asked(LONDON, rules=replace(EVERYWHERE, countries=frozenset()))) == (
        "Skip", "destination_not_allowed",
    )  # fmt: skip
    assert told(asked(NEW_YORK, rules=replace(EVERYWHERE, countries=frozenset()))) == ("Send", "")
    facts = Facts(rules=SendingRules("US"), line_country="US")
    receipt = replace(advert(LONDON), advertising=False)
    assert told(may_send(receipt, facts, DAY)) == ("Skip", "destination_not_allowed")
    # Whoever texted STOP from there is told all the same.
    assert told(may_send(replace(receipt, purpose="confirmation"), facts, DAY)) == ("Send", "")


@pytest.mark.rule("R9.7")
@pytest.mark.parametrize(
    ("purpose", "advertising", "held"),
    [("campaign", True, True), ("api", True, True), ("api", False, True), ("confirmation", False, False),
     ("help", False, False), ("one_time_code", False, False)],
)  # fmt: skip
def test_while_everything_is_stopped_only_what_was_asked_for_goes_out(
    purpose: str, advertising: bool, held: bool
) -> None:
    facts = Facts(sms_consent="yes", halt=Halt(NIGHT, "a wrong price"))
    answer = may_send(replace(advert(AMIRA), purpose=purpose, advertising=advertising), facts, DAY)
    assert told(answer) == (("Defer", HALTED) if held else ("Send", ""))
    if isinstance(answer, Defer):
        assert "a wrong price" in answer.because[0].fact and answer.because[0].since == NIGHT
