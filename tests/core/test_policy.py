"""Country rules: sourced, dated, and strict where nobody knows (R14.1, R14.2)."""

from dataclasses import fields, replace
from datetime import date

import pytest

from sayso.core.countries import COUNTRIES
from sayso.core.countries.rules import Confidence, Confirmed, CountryRules, Fact
from sayso.core.keywords import predefined
from sayso.core.policy import confirmation_for, confirmation_notice, confirmation_problem, rules_for
from sayso.core.text import fold

FORBIDDING = CountryRules(
    "ZZ",
    "Nowhere",
    confirmation=Fact(Confirmed.MUST_NOT, "https://example.org", "2026-11-21", Confidence.LAW),
)


@pytest.mark.rule("R14.1")
@pytest.mark.parametrize("rules", COUNTRIES.values(), ids=COUNTRIES)
def test_every_known_fact_has_its_source_and_the_day_it_was_checked(rules: CountryRules) -> None:
    facts = [getattr(rules, one.name) for one in fields(rules) if one.name not in {"country", "name"}]
    assert any(fact.value is not None for fact in facts)
    for fact in facts:
        known = fact.value is not None
        assert known == fact.source.startswith("https://")
        assert known == (fact.confidence is not Confidence.UNKNOWN)
        assert not known or date(2026, 1, 1) <= date.fromisoformat(fact.checked)


@pytest.mark.rule("R14.1")
def test_the_first_seven_countries_are_there() -> None:
    assert set(COUNTRIES) == {"US", "CA", "GB", "DE", "FR", "ES", "AU"}
    assert all(rules.country == code for code, rules in COUNTRIES.items())


@pytest.mark.rule("R4.9", "R14.1")
@pytest.mark.parametrize("rules", COUNTRIES.values(), ids=COUNTRIES)
def test_the_mandatory_words_of_a_country_are_understood_alone(rules: CountryRules) -> None:
    matcher = predefined(rules.country)
    for word in rules.opt_out_words.value or ():
        match = matcher.find(fold(word.word.upper()))
        assert match is not None
        assert match.kind == "unsubscribe"
    for word in rules.help_words.value or ():
        match = matcher.find(fold(word.word))
        assert match is not None
        assert match.kind == "help"


@pytest.mark.rule("R14.2")
def test_in_a_country_nobody_looked_up_everything_is_unknown() -> None:
    for code in (None, "", "AQ"):
        rules = rules_for(code)
        assert rules.confirmation.value is None
        assert not rules.revocation_reach.value


@pytest.mark.rule("R5.8", "R14.2")
@pytest.mark.parametrize(
    ("country", "allowed", "send"),
    [
        ("US", False, True),
        ("CA", False, True),
        ("GB", False, False),
        ("GB", True, True),
        ("DE", False, False),
        (None, False, False),
        (None, True, True),
    ],
)
def test_an_unknown_confirmation_is_off_until_it_is_allowed(
    country: str | None, allowed: bool, send: bool
) -> None:
    answer = confirmation_for(rules_for(country), allowed)
    assert answer.send is send
    assert answer.because[-1].rule == "R14.2"


@pytest.mark.rule("R5.8", "R14.2")
def test_a_country_that_forbids_a_confirmation_gets_none_even_if_allowed() -> None:
    answer = confirmation_for(FORBIDDING, True)
    assert not answer.send
    assert answer.because[0].fact == "Nowhere forbids a confirmation."
    assert answer.because[0].source == "https://example.org"


@pytest.mark.rule("R14.2")
def test_the_line_s_country_decides_what_can_be_saved() -> None:
    problem = confirmation_problem("CA", has_message=False)
    assert problem is not None
    assert problem.message == "Needs a message: Canada requires a confirmation."
    assert confirmation_problem("CA", has_message=True) is None
    assert confirmation_problem("GB", has_message=False) is None
    assert confirmation_problem("GB", has_message=True) is None


@pytest.mark.rule("R5.8", "R14.2")
def test_a_message_is_refused_where_a_confirmation_is_forbidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(COUNTRIES, "ZZ", FORBIDDING)
    refused = confirmation_problem("ZZ", has_message=True)
    assert refused is not None
    assert refused.message == "Remove the message: Nowhere forbids a confirmation."
    assert confirmation_problem("ZZ", has_message=False) is None
    allowed = Fact(Confirmed.MAY, "https://example.org", "2026-11-21")
    monkeypatch.setitem(COUNTRIES, "ZZ", replace(FORBIDDING, confirmation=allowed))
    assert confirmation_problem("ZZ", has_message=True) is None
    assert confirmation_problem("ZZ", has_message=False) is None


@pytest.mark.rule("R14.2")
def test_a_person_is_told_that_an_unknown_confirmation_waits() -> None:
    assert "until the compliance owner allows it" in confirmation_notice("GB", allowed_unknown=False)
    assert confirmation_notice("GB", allowed_unknown=True) == ""
    assert confirmation_notice("US", allowed_unknown=False) == ""


@pytest.mark.rule("R6.2")
def test_a_stop_reaches_transactional_texts_in_the_us_and_canada() -> None:
    assert [code for code, rules in COUNTRIES.items() if rules.revocation_reach.value] == ["CA", "US"]


@pytest.mark.rule("R5.8")
def test_canada_answers_in_the_language_of_the_word() -> None:
    answers = {word: predefined("CA").find(fold(word)) for word in ("STOP", "ARRÊT", "HELP", "AIDE")}
    languages = {word: match.language for word, match in answers.items() if match}
    assert languages == {"STOP": "en", "ARRÊT": "fr", "HELP": "en", "AIDE": "fr"}
