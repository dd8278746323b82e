"""What a country says about confirming an opt-out: in words, with source and date (R14.2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sayso.console.lenses.permissions import ConfirmationPermission
from sayso.core.countries import COUNTRIES
from sayso.core.policy import Confirmed, rules_for


@dataclass(frozen=True, slots=True)
class Rule:
    """One country: what is demanded there, what we do, and on which ground."""

    country: str
    name: str
    demanded: str
    so_we: str
    kind: str
    source: str
    checked: date | None
    sentence: str


def allowed() -> frozenset[str]:
    """The countries of unknown rule for which the compliance owner allowed a confirmation."""
    return frozenset(ConfirmationPermission.objects.values_list("country", flat=True))


def of(country: str, permitted: frozenset[str]) -> Rule:
    """What holds for senders of this country."""
    rules = rules_for(country)
    fact = rules.confirmation
    demanded, so_we, kind = _WORDS[fact.value]
    if fact.value is None and country in permitted:
        so_we = "answer: your compliance owner allowed it"
    checked = date.fromisoformat(fact.checked) if fact.checked else None
    name = rules.name[:1].upper() + rules.name[1:]
    sentence = _SENTENCES[kind].format(name=name, within=rules.name)
    if fact.value is None and country in permitted:
        sentence = f"Whether {rules.name} wants an opt-out confirmed is not known; it was allowed here."
    return Rule(country, name, demanded, so_we, kind, fact.source, checked, sentence)


def beside(country: str, permitted: frozenset[str]) -> list[Rule]:
    """The line's own country first, then every other of which a rule is known: the sender's decides."""
    known = [code for code, rules in COUNTRIES.items() if rules.confirmation.value is not None]
    others = sorted({*known, *permitted} - {country})
    return [of(code, permitted) for code in (country, *others)]


_WORDS = {
    Confirmed.MUST: ("must be sent", "answer", "must"),
    Confirmed.MAY: ("may be sent", "answer", "may"),
    Confirmed.MUST_NOT: ("must not be sent", "stay silent", "must_not"),
    None: ("not known", "stay silent", "unknown"),
}
_SENTENCES = {
    "must": "{name} requires a confirmation: this process needs a message.",
    "may": "{name} allows a confirmation.",
    "must_not": "{name} forbids a confirmation: leave the message out.",
    "unknown": "Whether {within} wants an opt-out confirmed is not known. We take the strict side and stay "
    "silent until your compliance owner allows it.",
}
