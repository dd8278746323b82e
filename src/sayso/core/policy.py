"""What a country's rules mean for us: unknown is the strict branch, and says so (R14.2)."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from sayso.core.because import Because, Step
from sayso.core.countries import COUNTRIES
from sayso.core.countries.rules import Confirmed, CountryRules
from sayso.core.problems import Problem

__all__ = [
    "Confirmation",
    "Confirmed",
    "CountryRules",
    "confirmation_for",
    "confirmation_notice",
    "confirmation_problem",
    "rules_for",
]


@dataclass(frozen=True, slots=True)
class Confirmation:
    """Whether an opt-out is confirmed by a text, and why."""

    send: bool
    because: Because


def rules_for(country: str | None) -> CountryRules:
    """A country's rules by its ISO 3166 code; for a country nobody has looked up, all facts are unknown."""
    return COUNTRIES.get(country or "") or _unknown(country or "")


@lru_cache(maxsize=1_024)
def confirmation_for(rules: CountryRules, allowed_unknown: bool) -> Confirmation:
    """Whether the customer's country lets an opt-out be confirmed (R5.8, R14.2).

    `allowed_unknown`: the compliance owner allowed confirmations where the rule is unknown.
    """
    fact = rules.confirmation
    if fact.value is None:
        allowed = (
            "the compliance owner allowed one" if allowed_unknown else "so none goes out until it is allowed"
        )
        told = f"Whether {rules.name} wants an opt-out confirmed is unknown: {allowed}."
        return Confirmation(allowed_unknown, (Step("R14.2", told),))
    since = datetime.fromisoformat(fact.checked).replace(tzinfo=UTC) if fact.checked else None
    step = Step("R14.2", f"{_upper(rules.name)} {_TOLD[fact.value]}.", since, fact.source)
    return Confirmation(fact.value is not Confirmed.MUST_NOT, (step,))


def confirmation_problem(line_country: str | None, has_message: bool) -> Problem | None:
    """What keeps an unsubscribe process from being saved or started as it is: the line's country decides."""
    rules = rules_for(line_country)
    demanded = rules.confirmation.value
    if demanded is Confirmed.MUST and not has_message:
        told = f"Needs a message: {rules.name} {_TOLD[demanded]}."
        return Problem("message", "confirmation_required", told)
    if demanded is Confirmed.MUST_NOT and has_message:
        told = f"Remove the message: {rules.name} {_TOLD[demanded]}."
        return Problem("message", "confirmation_forbidden", told)
    return None


def confirmation_notice(line_country: str | None, allowed_unknown: bool) -> str:
    """What to tell a person beside the message of an unsubscribe process; empty when it will be sent."""
    rules = rules_for(line_country)
    if rules.confirmation.value is not None or allowed_unknown:
        return ""
    return (
        f"Whether {rules.name} wants an opt-out confirmed is unknown. "
        "This message is not sent until the compliance owner allows it."
    )


@lru_cache(maxsize=512)
def _unknown(country: str) -> CountryRules:
    return CountryRules(country, country or "this number's country")


def _upper(name: str) -> str:
    return name[:1].upper() + name[1:]


_TOLD = {
    Confirmed.MUST: "requires a confirmation",
    Confirmed.MAY: "allows a confirmation",
    Confirmed.MUST_NOT: "forbids a confirmation",
}
