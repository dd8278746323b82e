"""Segments: a tree of conditions over contacts, and whether a contact meets it (R8.3).

`matches` is what the trees mean; `storage.audience` says the same to the database. Every condition is yes or
no, never "unknown": what is not known of a contact is simply not so, and the negative of a test (`is_not`,
`never` …) is exactly its opposite, people of whom nothing is known included.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from types import MappingProxyType

from sayso.core.gate_asked import ConsentState
from sayso.core.hands import HANDS

DEEPEST = 5
MOST_CONDITIONS = 50
LONGEST_VALUE = 200
MOST_DAYS = 3_650
NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,6})?")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ASCII_FOLD = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}

OPPOSITES: Mapping[str, str] = MappingProxyType(
    {
        "is_not": "is",
        "unknown": "known",
        "not_within": "within",
        "never": "ever",
        "not_on": "on",
        "not_blocked": "blocked",
    }
)
"""Tests that are the opposite of another one."""

_CHOICE = ("is", "is_not")
_PRESENCE = ("known", "unknown")
_TEXT = (*_CHOICE, "contains", "begins_with", *_PRESENCE)
_RECENT = ("within", "not_within")
_ACTIVITY = ("ever", "never", *_RECENT)
TESTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "language": (*_CHOICE, *_PRESENCE),
        "country": (*_CHOICE, *_PRESENCE),
        "time_zone": (*_CHOICE, *_PRESENCE),
        "email": _TEXT,
        "external_id": _TEXT,
        "number": _PRESENCE,
        "sms_consent": _CHOICE,
        "created": _RECENT,
        "attribute": (*_TEXT, "greater", "less", "before", "after"),
        "consent": _CHOICE,
        "block": ("blocked", "not_blocked"),
        "list": ("on", "not_on"),
        "texted": _ACTIVITY,
        "wrote": _ACTIVITY,
        "campaign": _ACTIVITY,
        "opted_out": _ACTIVITY,
        "clicked": _ACTIVITY,
    }
)
"""What a condition may be about, and the tests that each of them knows."""

CHOICES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"sms_consent": ("yes", "no", "unknown"), "consent": ("yes", "no", "pending", "never")}
)
"""The values of what has few."""

NAMED = frozenset({"attribute", "consent"})
"""What needs a name: which attribute, which category."""

IDENTIFIED = frozenset({"list", "campaign"})
"""What needs an id."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition; what its `about` and `test` do not need is empty or 0.

    `name`: the attribute, or the category of `consent`. `value`: text; a number or a day (2026-11-30) as text
    for the tests that compare. `days`: of `within`. `id`: the list's or the campaign's.
    """

    about: str
    test: str
    name: str = ""
    value: str = ""
    days: int = 0
    id: int = 0


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every one of them holds."""

    of: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of them holds."""

    of: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """It does not hold."""

    of: Tree


Tree = Condition | AllOf | AnyOf | Not


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a contact and of its number; moments are those of the last time, None is never.

    `consents`: of the contact and of the number alone. `opted_out_at`: by the person's own word.
    `clicked_at`: they opened a link of a campaign, themselves (R9.4).
    """

    phone: int | None = None
    external_id: str | None = None
    email: str | None = None
    language: str | None = None
    time_zone: str | None = None
    country: str | None = None
    attributes: Mapping[str, object] = field(default_factory=dict)
    sms_consent: str = "unknown"
    created_at: datetime | None = None
    consents: Sequence[ConsentState] = ()
    blocked: bool = False
    lists: frozenset[int] = frozenset()
    texted_at: datetime | None = None
    wrote_at: datetime | None = None
    opted_out_at: datetime | None = None
    clicked_at: datetime | None = None
    campaigns: Mapping[int, datetime] = field(default_factory=dict)


def matches(tree: Tree, facts: Facts, now: datetime) -> bool:
    """Say whether a contact meets the conditions."""
    if isinstance(tree, AllOf):
        return all(matches(one, facts, now) for one in tree.of)
    if isinstance(tree, AnyOf):
        return any(matches(one, facts, now) for one in tree.of)
    if isinstance(tree, Not):
        return not matches(tree.of, facts, now)
    positive = OPPOSITES.get(tree.test, tree.test)
    return _HOLDS[tree.about](tree, positive, facts, now) != (tree.test in OPPOSITES)


def conditions(tree: Tree) -> list[Condition]:
    """Every condition of a tree, in the order in which they are said."""
    if isinstance(tree, Condition):
        return [tree]
    if isinstance(tree, Not):
        return conditions(tree.of)
    return [found for one in tree.of for found in conditions(one)]


def folded(text: str) -> str:
    """A to Z as a to z, and nothing else: whatever database compares, it comes to the same."""
    return text.translate(_ASCII_FOLD)


def since(days: int, now: datetime) -> datetime:
    """When the last `days` days began."""
    return now - timedelta(days=days)


def standing(states: Sequence[ConsentState], sms_consent: str, category: str) -> str:
    """Where consent for a category stands, as the gate sees it (R6.4): yes, no, pending or never."""
    reaching = [state for state in states if state.category in ("*", HANDS, category)]
    if not reaching:
        return {"yes": "yes", "no": "no"}.get(sms_consent, "never")
    newest = max(reaching, key=lambda state: (state.since, _WEIGHT[state.state]))
    return _STANDS[newest.state]


# R6.8: of whoever has the number now nobody has heard a word.
_STANDS = {"accept": "yes", "reject": "no", "pending": "pending", "ended": "never"}
_WEIGHT = {"accept": 0, "pending": 1, "ended": 2, "reject": 3}
Holds = Callable[[Condition, str, Facts, datetime], bool]


def _text(name: str) -> Holds:
    def holds(asked: Condition, test: str, facts: Facts, _: datetime) -> bool:
        said = folded(getattr(facts, name) or "")
        return bool(said) and _TEXT_TESTS[test](said, folded(asked.value))

    return holds


_TEXT_TESTS: Mapping[str, Callable[[str, str], bool]] = {
    "known": lambda said, value: True,
    "is": lambda said, value: said == value,
    "contains": lambda said, value: value in said,
    "begins_with": lambda said, value: said.startswith(value),
}


def _language(asked: Condition, test: str, facts: Facts, _: datetime) -> bool:
    """`de` is what de-AT is too; `de-AT` is itself alone."""
    said, value = facts.language or "", asked.value
    return bool(said) and (test == "known" or said == value or said.startswith(f"{value}-"))


def _code(name: str) -> Holds:
    """Codes are written in one way: nothing is folded."""

    def holds(asked: Condition, test: str, facts: Facts, _: datetime) -> bool:
        said = getattr(facts, name) or ""
        return bool(said) and (test == "known" or said == asked.value)

    return holds


def _attribute(asked: Condition, test: str, facts: Facts, _: datetime) -> bool:
    said = facts.attributes.get(asked.name)
    if test == "known":
        return said not in (None, "")
    if test == "is":
        return any(_same(one, asked.value) for one in (said if isinstance(said, list) else [said]))
    if test in ("greater", "less"):
        number = _number(said)
        return number is not None and (
            number > Decimal(asked.value) if test == "greater" else number < Decimal(asked.value)
        )
    if not isinstance(said, str) or said == "":
        return False
    if test in ("before", "after"):
        day = DAY.match(said)
        return day is not None and (day[0] < asked.value if test == "before" else day[0] > asked.value)
    return _TEXT_TESTS[test](folded(said), folded(asked.value))


def _same(said: object, value: str) -> bool:
    """A text by its letters, a number by its value: `5` is 5.0, and the text 007 is not 7."""
    if isinstance(said, bool):
        return folded(value) == str(said).lower()
    if isinstance(said, int | float):
        return NUMBER.fullmatch(value) is not None and Decimal(str(said)) == Decimal(value)
    return isinstance(said, str) and folded(said) == folded(value)


def _number(said: object) -> Decimal | None:
    """A number, also where it was written as text (an import knows nothing else)."""
    if isinstance(said, str):
        return Decimal(said) if NUMBER.fullmatch(said) else None
    return Decimal(str(said)) if isinstance(said, int | float) and not isinstance(said, bool) else None


def _consent(asked: Condition, _test: str, facts: Facts, _now: datetime) -> bool:
    return standing(facts.consents, facts.sms_consent, asked.name) == asked.value


def _recently(at: datetime | None, asked: Condition, now: datetime) -> bool:
    return at is not None and (asked.days == 0 or at >= since(asked.days, now))


_HOLDS: Mapping[str, Holds] = {
    **{name: _text(name) for name in ("email", "external_id")},
    **{name: _code(name) for name in ("country", "time_zone")},
    "language": _language,
    "number": lambda asked, test, facts, now: facts.phone is not None,
    "sms_consent": lambda asked, test, facts, now: facts.sms_consent == asked.value,
    "created": lambda asked, test, facts, now: _recently(facts.created_at, asked, now),
    "attribute": _attribute,
    "consent": _consent,
    "block": lambda asked, test, facts, now: facts.blocked,
    "list": lambda asked, test, facts, now: asked.id in facts.lists,
    "texted": lambda asked, test, facts, now: _recently(facts.texted_at, asked, now),
    "wrote": lambda asked, test, facts, now: _recently(facts.wrote_at, asked, now),
    "campaign": lambda asked, test, facts, now: _recently(facts.campaigns.get(asked.id), asked, now),
    "opted_out": lambda asked, test, facts, now: _recently(facts.opted_out_at, asked, now),
    "clicked": lambda asked, test, facts, now: _recently(facts.clicked_at, asked, now),
}
