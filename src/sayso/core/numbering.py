"""Whose a number is and whether it is a landline, by the numbering plans' own patterns, each read once.

The library answers the same (`tests/core/test_numbering.py`) and takes many times as long: it tries every
country behind a shared code, and reads every pattern anew. What it takes digits off first is left to it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers

from sayso.core.number_plans import Kind, pattern, plan_of
from sayso.core.number_plans import kind as plan_kind

_CODES = phonenumbers.COUNTRY_CODE_TO_REGION_CODE


@dataclass(frozen=True, slots=True)
class _Country:
    """A country's plan; `special`: premium, toll-free, shared cost and so on, which are looked at first."""

    region: str
    general: Kind | None
    fixed: Kind | None
    mobile: Kind | None
    special: tuple[Kind, ...]
    leading: re.Pattern[str] | None
    mobiles_look_fixed: bool

    def knows(self, national: str) -> bool:
        """Whether there are such numbers here."""
        if self.leading is not None:
            return bool(self.leading.match(national))
        if self.general is None or not self.general.has(national):
            return False
        kinds = (self.mobile, self.fixed, *self.special)
        return any(kind is not None and kind.has(national) for kind in kinds)

    def is_landline(self, national: str) -> bool:
        """Whether it is one, and cannot be a mobile."""
        if self.mobiles_look_fixed or self.fixed is None or not self.fixed.has(national):
            return False
        if self.general is None or not self.general.has(national):
            return False
        if self.mobile is not None and self.mobile.has(national):
            return False
        return not any(kind.has(national) for kind in self.special)


@dataclass(frozen=True, slots=True, eq=False)
class _Code:
    """A calling code: the lengths of what may stand behind it, and the countries that share it."""

    lengths: frozenset[int]
    prefix: re.Pattern[str] | None
    countries: tuple[_Country, ...]

    def country(self, national: str) -> _Country | None:
        """The country of a number; None where the plans know no such number."""
        if len(self.countries) == 1:
            return self.countries[0]
        countries = _in_area(self, national[:3]) if self.countries[0].region == "US" else self.countries
        return next((country for country in countries if country.knows(national)), None)


@lru_cache(maxsize=1_000)
def _in_area(code: _Code, area: str) -> tuple[_Country, ...]:
    """Which of the countries behind +1 an area code may belong to: its three digits tell."""
    return tuple(one for one in code.countries if one.leading is None or one.leading.match(area))


@lru_cache(maxsize=10_000)
def _landlines(code: _Code, area: str) -> re.Pattern[str]:
    """What every landline looks like that such a number may be; a mobile may look so too."""
    countries = _in_area(code, area) if code.countries[0].region == "US" else code.countries
    kinds = [one.fixed for one in countries if one.fixed is not None and not one.mobiles_look_fixed]
    return re.compile("|".join(f"(?:{kind.pattern.pattern})" for kind in kinds) or "(?!)")


def region(key: int) -> str | None:
    """The country of a number, None where no plan knows it.

    Raises LookupError where the library must be asked.
    """
    code, national = _split(key)
    found = code.country(national)
    return found.region if found else None


def possible_mobile(key: int) -> bool:
    """Whether a text may arrive there: a possible number and not a landline (R8.1).

    Raises LookupError where the library must be asked.
    """
    code, national = _split(key)
    if len(national) not in code.lengths:
        return False
    if not _landlines(code, national[:3]).fullmatch(national):
        return True
    found = code.country(national)
    return found is None or not found.is_landline(national)


def _split(key: int) -> tuple[_Code, str]:
    digits = str(key)
    code, size = _behind(digits[:3])
    national = digits[size:]
    if len(national) < 2 or (code.prefix is not None and code.prefix.match(national)):
        raise LookupError(key)
    return code, national


@lru_cache(maxsize=1_000)
def _behind(beginning: str) -> tuple[_Code, int]:
    """The calling code that a number's first three digits begin with, and its size."""
    for size in (1, 2, 3):
        if int(beginning[:size]) in _CODES:
            return _code(int(beginning[:size])), size
    raise LookupError(beginning)


@lru_cache(maxsize=500)
def _code(calling_code: int) -> _Code:
    main = plan_of(calling_code, phonenumbers.region_code_for_country_code(calling_code))
    countries = tuple(_country(calling_code, name) for name in _CODES[calling_code])
    general = main.general_desc
    assert general is not None  # noqa: S101 - every calling code's main country has one
    lengths = frozenset(general.possible_length) | frozenset(general.possible_length_local_only)
    return _Code(lengths, pattern(main.national_prefix_for_parsing), countries)


def _country(calling_code: int, name: str) -> _Country:
    told = plan_of(calling_code, name)
    special = (
        told.premium_rate,
        told.toll_free,
        told.shared_cost,
        told.voip,
        told.personal_number,
        told.pager,
        told.uan,
        told.voicemail,
    )
    return _Country(
        region=name,
        general=plan_kind(told.general_desc),
        fixed=plan_kind(told.fixed_line),
        mobile=plan_kind(told.mobile),
        special=tuple(kind for kind in map(plan_kind, special) if kind is not None),
        leading=pattern(told.leading_digits),
        mobiles_look_fixed=bool(told.same_mobile_and_fixed_line_pattern),
    )
