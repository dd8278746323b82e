"""The shape of one country's rules (R14.1): facts with source and date, `unknown` a value of its own."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

T_co = TypeVar("T_co", covariant=True)


class Confidence(StrEnum):
    """What a fact rests on, firmest first."""

    LAW = "law"
    REGULATOR = "regulator"
    CARRIER = "carrier"
    AGGREGATOR = "aggregator"
    VENDOR = "vendor"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Fact(Generic[T_co]):
    """One value, where it was read, and when (ISO date). A `value` of None is unknown: the strict branch."""

    value: T_co | None
    source: str = ""
    checked: str = ""
    confidence: Confidence = Confidence.UNKNOWN


UNKNOWN: Fact[Any] = Fact(None)


class Confirmed(StrEnum):
    """Whether an opt-out is to be confirmed by a text."""

    MUST = "must"
    MAY = "may"
    MUST_NOT = "must_not"


@dataclass(frozen=True, slots=True)
class MandatoryWord:
    """A word that must be understood, and the language it is to be answered in; empty: the person's own."""

    word: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Window:
    """Hours in which advertising may arrive, recipient's local time (`HH:MM`); days 0 (Monday) to 6.

    No window holds on public holidays where `holidays` is False.
    """

    days: tuple[int, ...]
    opens: str
    closes: str
    holidays: bool = True


@dataclass(frozen=True, slots=True)
class Cap:
    """At most so many advertising texts to one number within so many hours, whenever they begin."""

    texts: int
    hours: int


@dataclass(frozen=True, slots=True)
class Senders:
    """Which kinds of sender carry advertising there; None is unknown, `registration` says what it takes."""

    alphanumeric: bool | None = None
    long_code: bool | None = None
    short_code: bool | None = None
    toll_free: bool | None = None
    registration: str = ""


@dataclass(frozen=True, slots=True)
class Deadline:
    """Within how many days a refusal must be honoured."""

    days: int
    business_days: bool = True


@dataclass(frozen=True, slots=True)
class CountryRules:
    """What one country demands of advertising by text; every fact that nobody has found is unknown.

    `revocation_reach`: a STOP that answers a transactional text stops that line's transactional texts (R6.2).
    `needs_inbound_number`: advertising needs a number that takes the refusal (R9.7).
    """

    country: str
    name: str
    opt_out_words: Fact[tuple[MandatoryWord, ...]] = UNKNOWN
    help_words: Fact[tuple[MandatoryWord, ...]] = UNKNOWN
    confirmation: Fact[Confirmed] = UNKNOWN
    confirmation_languages: Fact[tuple[str, ...]] = UNKNOWN
    join_confirmation: Fact[Confirmed] = UNKNOWN
    help_contents: Fact[tuple[str, ...]] = UNKNOWN
    unknown_keyword_reply: Fact[str] = UNKNOWN
    revocation_reach: Fact[bool] = UNKNOWN
    senders: Fact[Senders] = UNKNOWN
    needs_inbound_number: Fact[bool] = UNKNOWN
    required_wording: Fact[tuple[str, ...]] = UNKNOWN
    honour_within: Fact[Deadline] = UNKNOWN
    windows: Fact[tuple[Window, ...]] = UNKNOWN
    retention_years: Fact[int] = UNKNOWN


@dataclass(frozen=True, slots=True)
class StateRules:
    """What a state of a country demands besides; unknown: no more than the country.

    `zones`: time zones that its hours are read in by somebody, beside the recipient's own.
    """

    state: str
    name: str
    windows: Fact[tuple[Window, ...]] = UNKNOWN
    caps: Fact[tuple[Cap, ...]] = UNKNOWN
    zones: tuple[str, ...] = ()


EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)
