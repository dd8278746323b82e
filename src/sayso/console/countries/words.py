"""Country rules as sentences: what a fact says, or what follows from not knowing it (R14.1, R14.2)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sayso.core.countries.rules import (
    Cap,
    Confidence,
    Confirmed,
    CountryRules,
    Deadline,
    Fact,
    MandatoryWord,
    Senders,
    Window,
)
from sayso.core.countries.us_states import STATES

OLD_DAYS = 180


@dataclass(frozen=True, slots=True)
class Line:
    """One rule: its name, what it says, where that was read, and how old that is. `known` False: strict."""

    title: str
    says: str
    known: bool
    source: str
    link: str
    confidence: str
    checked: date | None
    old: bool


def rule_lines(rules: CountryRules, today: date) -> list[Line]:
    """Every rule of a country, known or not, in the order in which people meet them."""
    return [_line(title, getattr(rules, name), told, strict, today) for title, name, told, strict in _RULES]


def state_lines(rules: CountryRules, today: date) -> list[Line]:
    """What states of the country demand besides: those that say more."""
    found = []
    for state in STATES.values() if rules.country == "US" else ():
        found.append(_line(f"Hours, {state.name}", state.windows, _windows, "", today))
        if state.caps.value is not None:
            found.append(_line(f"How often, {state.name}", state.caps, _caps, "", today))
    return found


def unknown(lines: Sequence[Line]) -> int:
    """How many rules nobody has found."""
    return sum(not line.known for line in lines)


def _line(title: str, fact: Fact[Any], told: Callable[[Any], str], strict: str, today: date) -> Line:
    known = fact.value is not None
    checked = date.fromisoformat(fact.checked) if fact.checked else None
    return Line(
        title=title,
        says=told(fact.value) if known else strict,
        known=known,
        source=fact.source,
        link=fact.source if fact.source.startswith("https://") and " " not in fact.source else "",
        confidence=_RESTS_ON[fact.confidence],
        checked=checked,
        old=checked is not None and (today - checked).days > OLD_DAYS,
    )


def _words(found: tuple[MandatoryWord, ...]) -> str:
    if not found:
        return "No word is prescribed. The predefined words of every language work all the same."
    return f"{_listed([f'“{word.word}”' for word in found])} must be understood, beside all predefined words."


def _languages(found: tuple[str, ...]) -> str:
    return f"The confirmation is due in the language of the word: {_listed(list(found))}."


def _contents(found: tuple[str, ...]) -> str:
    return f"An answer to HELP names {_listed(list(found))}."


def _wording(found: tuple[str, ...]) -> str:
    return f"Advertising must carry {_listed(list(found))}."


def _senders(found: Senders) -> str:
    kinds = (
        ("names", found.alphanumeric),
        ("long numbers", found.long_code),
        ("short codes", found.short_code),
        ("toll-free numbers", found.toll_free),
    )
    parts = []
    for verb, wanted in (("carry advertising", True), ("do not", False), ("are not known", None)):
        named = [name for name, value in kinds if value is wanted]
        parts.append(f"{_listed(named)} {verb}" if named else "")
    told = "; ".join(part for part in parts if part)
    registration = f" Registration: {found.registration}." if found.registration else ""
    return f"{told[:1].upper()}{told[1:]}.{registration}"


def _windows(found: tuple[Window, ...]) -> str:
    told = [f"{_days(window.days)} {window.opens} to {window.closes}" for window in found]
    closed = "" if all(window.holidays for window in found) else " Not on public holidays."
    return f"Advertising may arrive {_listed(told)}, the recipient’s time.{closed}"


def _caps(found: tuple[Cap, ...]) -> str:
    return _listed(
        [f"At most {cap.texts} advertising texts to a number in {cap.hours} hours." for cap in found]
    )


def _days(days: tuple[int, ...]) -> str:
    if len(days) == len(_DAYS):
        return "every day"
    if len(days) > 1 and list(days) == list(range(days[0], days[-1] + 1)):
        return f"{_DAYS[days[0]]} to {_DAYS[days[-1]]}"
    return _listed([_DAYS[day] for day in days])


def _deadline(found: Deadline) -> str:
    return f"A stop must be honoured within {found.days} {'business ' if found.business_days else ''}days."


def _listed(words: Sequence[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def _confirmed(verb: str) -> Callable[[Confirmed], str]:
    told = {
        Confirmed.MUST: f"{verb} must be confirmed by a text.",
        Confirmed.MAY: f"{verb} may be confirmed by a text.",
        Confirmed.MUST_NOT: f"{verb} must not be confirmed.",
    }
    return told.__getitem__


def _either(yes: str, no: str) -> Callable[[bool], str]:
    return lambda value: yes if value else no


_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_RESTS_ON = {
    Confidence.LAW: "the law",
    Confidence.REGULATOR: "the regulator",
    Confidence.CARRIER: "the carriers’ rules",
    Confidence.AGGREGATOR: "an aggregator’s guide",
    Confidence.VENDOR: "a vendor’s page",
    Confidence.UNKNOWN: "nothing yet",
}
# Title, the fact's name, what it says, and the strict branch that holds while it is unknown.
_RULES: tuple[tuple[str, str, Callable[[Any], str], str], ...] = (
    (
        "Opt-out words",
        "opt_out_words",
        _words,
        "Not known. We take the strict side: the predefined words of every language stop.",
    ),
    (
        "Help words",
        "help_words",
        _words,
        "Not known. We take the strict side: the predefined words of every language ask for help.",
    ),
    (
        "Confirmation of a stop",
        "confirmation",
        _confirmed("A stop"),
        "Not known. We take the strict side and stay silent: no confirmation goes out until it is allowed.",
    ),
    (
        "Language of the confirmation",
        "confirmation_languages",
        _languages,
        "Not known. We answer in the language of the word, else the contact’s, else the line’s.",
    ),
    (
        "Confirmation of joining",
        "join_confirmation",
        _confirmed("Joining"),
        "Not known. The strict side: ask for a confirmation before a yes counts.",
    ),
    (
        "What help must say",
        "help_contents",
        _contents,
        "Not known. Name your brand, how to stop, and how to reach you.",
    ),
    (
        "Unknown keywords",
        "unknown_keyword_reply",
        str,
        "Not known. We stay silent: the text waits in the inbox.",
    ),
    (
        "How far a stop reaches",
        "revocation_reach",
        _either(
            "A stop that answers a transactional text stops that line’s transactional texts too.",
            "A stop reaches advertising alone.",
        ),
        "Not known. A stop reaches all advertising; transactional texts go on.",
    ),
    ("Senders", "senders", _senders, "Not known. Ask your provider before you send."),
    (
        "A number to answer to",
        "needs_inbound_number",
        _either(
            "Advertising needs a number that takes the refusal.",
            "Advertising may refuse by another way, such as a link.",
        ),
        "Not known. Send from a number that can be answered.",
    ),
    ("Required wording", "required_wording", _wording, "Not known. Say in each text how to stop."),
    ("Hours", "windows", _windows, "Not known. Keep to 9:00 to 20:00, the recipient’s time."),
    (
        "Deadline",
        "honour_within",
        _deadline,
        "Not known. A stop is honoured at once, so no deadline is missed.",
    ),
    (
        "How long proof is kept",
        "retention_years",
        lambda years: f"Proof is kept {years} years.",
        "Not known. Blocks and the ledger are never deleted by themselves.",
    ),
)
