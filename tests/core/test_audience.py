"""What a segment's conditions mean, how they are written, and what is told of faulty ones."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given

from sayso.core.audience import AllOf, AnyOf, Condition, Facts, Not, Tree, conditions, matches
from sayso.core.audience_plain import read, write
from sayso.core.audience_words import Names, said
from sayso.core.gate_asked import ConsentState
from tests.audiences import NOW, TREES

GERMAN = Condition("language", "is", value="de")
STAFF = Condition("list", "on", id=3)


def holds(tree: Tree, **facts: Any) -> bool:
    return matches(tree, Facts(**facts), NOW)


@given(TREES)
def test_what_is_written_is_read_again(tree: Tree) -> None:
    assert read(write(tree)) == tree


@given(TREES)
def test_a_tree_and_its_negation_divide_everybody(tree: Tree) -> None:
    assert matches(Not(tree), Facts(), NOW) != matches(tree, Facts(), NOW)


@given(TREES)
def test_every_condition_has_words(tree: Tree) -> None:
    assert said(tree, Names())


@pytest.mark.rule("R8.3")
def test_a_segment_is_said_in_words() -> None:
    texted = Condition("texted", "within", days=30)
    names = Names(lists={3: "Staff"}, languages={"de": "German"})
    tree = AllOf((GERMAN, texted, Condition("list", "not_on", id=3)))
    assert said(tree, names) == "language is German and texted in the last 30 days and not on the list Staff"
    mixed = AllOf((GERMAN, AnyOf((texted, Condition("consent", "is", "offers", "yes")))))
    assert said(mixed, names) == (
        "language is German and (texted in the last 30 days or consent to offers is given)"
    )
    assert said(Not(STAFF), Names()) == "not (on the list 3)"
    abroad = Condition("country", "is_not", value="FR")
    assert said(abroad, Names(countries={"FR": "France"})) == "country is not France"
    assert said(abroad, Names()) == "country is not FR"
    assert said(Condition("campaign", "not_within", days=1, id=9), Names(campaigns={9: "Prams"})) == (
        "did not get the campaign Prams in the last day"
    )


def test_what_is_not_known_is_simply_not_so() -> None:
    for tree in (GERMAN, Condition("attribute", "less", "orders", "5"), Condition("texted", "ever")):
        assert not holds(tree)
    for tree in (Condition("language", "is_not", value="de"), Condition("texted", "never")):
        assert holds(tree)


def test_a_language_is_met_by_its_regions_and_a_region_by_itself() -> None:
    assert holds(GERMAN, language="de-AT")
    assert not holds(Condition("language", "is", value="de-AT"), language="de")
    assert not holds(GERMAN, language="den")


@pytest.mark.parametrize(
    ("value", "asked", "is_so"),
    [
        (5, "5", True),
        (5.0, "5", True),
        ("007", "7", False),
        ("Berlin", "berlin", True),
        (True, "true", True),
        (["news", "VIP"], "vip", True),
        ({"vip": 1}, "vip", False),
        ("Ärger", "ärger", False),
    ],
)
def test_an_attribute_is_compared_as_what_it_is(value: object, asked: str, is_so: bool) -> None:
    assert holds(Condition("attribute", "is", "x", asked), attributes={"x": value}) is is_so


def test_numbers_and_days_are_compared_also_where_they_were_imported_as_text() -> None:
    assert holds(Condition("attribute", "greater", "orders", "9"), attributes={"orders": "10"})
    assert not holds(Condition("attribute", "greater", "orders", "9"), attributes={"orders": "ten"})
    assert holds(
        Condition("attribute", "before", "born", "1990-05-02"), attributes={"born": "1990-05-01T10:00"}
    )


def test_consent_stands_as_the_gate_sees_it() -> None:
    yes = ConsentState("*", "accept", NOW - timedelta(days=2), "api")
    no = ConsentState("offers", "reject", NOW - timedelta(days=1), "sms_reply")
    offers = Condition("consent", "is", "offers", "no")
    assert holds(offers, consents=[yes, no], sms_consent="yes")
    assert holds(Condition("consent", "is", "news", "yes"), consents=[yes, no], sms_consent="no")
    assert holds(Condition("consent", "is", "news", "never"))
    assert holds(Condition("consent", "is", "news", "yes"), sms_consent="yes")


def test_all_conditions_are_found() -> None:
    assert conditions(AllOf((GERMAN, Not(AnyOf((STAFF, GERMAN)))))) == [GERMAN, STAFF, GERMAN]


DE: dict[str, Any] = {"about": "language", "test": "is", "value": "de"}
DEEP: dict[str, Any] = {"not": {"not": {"not": {"not": {"not": {"not": DE}}}}}}


@pytest.mark.rule("R8.3")
@pytest.mark.parametrize(
    ("plain", "path", "told"),
    [
        ([], "conditions", "Give the conditions as an object"),
        ({"version": 2, **DE}, "conditions.version", "This is version 1"),
        ({"all": []}, "conditions.all", "at least one condition"),
        ({"all": [DE, "x"]}, "conditions.all[1]", "Give an object"),
        ({"all": [DE], "any": [DE]}, "conditions", "A group has one key"),
        (DEEP, "conditions.not.not.not.not.not", "5 deep at most"),
        ({"all": [{"all": [DE] * 26}, {"any": [DE] * 25}]}, "conditions", "There are 51 conditions"),
        ({"any": [DE] * 51}, "conditions.any", "51 here"),
        ({"about": "shoes", "test": "is"}, "conditions.about", "one of language, country"),
        ({"about": "block", "test": "is"}, "conditions.test", "use one of blocked, not_blocked"),
        ({**DE, "value": "d" * 201}, "conditions.value", "1 to 200 characters"),
        ({**DE, "value": "d\0"}, "conditions.value", "1 to 200 characters"),
        ({"about": "language", "test": "is"}, "conditions.value", "1 to 200 characters"),
        ({**DE, "days": 3}, "conditions.days", "Leave it out"),
        ({"about": "texted", "test": "within", "days": 0}, "conditions.days", "from 1 to 3,650"),
        ({"about": "list", "test": "on", "id": True}, "conditions.id", "Choose the list, by its id"),
        ({"about": "sms_consent", "test": "is", "value": "maybe"}, "conditions.value", "yes, no, unknown"),
        ({"about": "consent", "test": "is", "value": "yes"}, "conditions.name", "Name the category"),
        (
            {"about": "attribute", "test": "before", "name": "born", "value": "2026-02-30"},
            "conditions.value",
            "2026-11-30",
        ),
        (
            {"about": "attribute", "test": "less", "name": "orders", "value": "1e5"},
            "conditions.value",
            "such as 5",
        ),
    ],
)
def test_a_faulty_tree_is_refused_by_path_with_what_to_do(plain: object, path: str, told: str) -> None:
    (problem,) = read(plain)  # type: ignore[misc]
    assert problem.field == path
    assert told in problem.message


def test_every_fault_is_named_at_once() -> None:
    plain = {"all": [{**DE, "value": ""}, {"any": [{"about": "texted", "test": "within", "days": "3"}]}]}
    problems = read(plain)
    assert isinstance(problems, tuple)
    assert [problem.field for problem in problems] == [
        "conditions.all[0].value",
        "conditions.all[1].any[0].days",
    ]
