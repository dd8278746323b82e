"""The common spellings of numbers, read by a few look-ups: a list of a million must not take minutes.

Whatever is not plain here is not wrong: it is left to the numbering library, which says the same of what is
(`tests/core/test_phone_plans.py`) and takes thirty times as long.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneMetadata

# Two spellings of one mobile are folded there, by rules of their own.
_FOLDED = frozenset({"52", "54", "55"})
_MOST_DIGITS = 17


@dataclass(frozen=True, slots=True)
class _Plan:
    """A country's numbering: which lengths are possible, and what is taken off before them."""

    code: str
    lengths: frozenset[int]
    general: re.Pattern[str]
    prefix: re.Pattern[str] | None
    abroad: re.Pattern[str] | None
    in_use: tuple[tuple[frozenset[int], re.Pattern[str]], ...]

    def holds(self, national: str) -> bool:
        """Whether these are surely the digits behind the country's code, and nothing is taken off them."""
        return (
            national[:1] not in {"", "0"}
            and len(national) in self.lengths
            and len(national) <= _MOST_DIGITS
            and not (self.prefix and self.prefix.match(national))
        )

    def uses(self, national: str) -> bool:
        """Whether such landlines or mobiles exist."""
        size = len(national)
        return bool(self.general.fullmatch(national)) and any(
            size in lengths and pattern.fullmatch(national) for lengths, pattern in self.in_use
        )


def international(digits: str) -> int | None:
    """The key of digits that stood behind a plus; None where the library must be asked."""
    plan = _plan_of_code(digits[:1]) or _plan_of_code(digits[:2]) or _plan_of_code(digits[:3])
    if plan is None or not plan.holds(digits[len(plan.code) :]):
        return None
    return int(digits)


def national(digits: str, country: str) -> int | None:
    """The key of digits as they are dialled in a country; None where the library must be asked."""
    plan = _plan_of_country(country)
    if plan is None or (plan.abroad and plan.abroad.match(digits)):
        return None
    if digits[0] == "0":
        return _behind_a_zero(plan, digits)
    if digits.startswith(plan.code):
        own = digits[len(plan.code) :]
        spelled_out = plan.holds(own) and plan.uses(own) and not plan.general.fullmatch(digits)
        return int(digits) if spelled_out else None
    return int(plan.code + digits) if plan.holds(digits) and plan.uses(digits) else None


def _behind_a_zero(plan: _Plan, digits: str) -> int | None:
    taken = plan.prefix.match(digits) if plan.prefix else None
    if taken is None or taken.end() != 1 or any(taken.groups()) or plan.general.fullmatch(digits):
        return None
    own = digits[1:]
    return int(plan.code + own) if own[:1] not in {"", "0"} and len(own) in plan.lengths else None


@lru_cache(maxsize=2_000)
def _plan_of_code(code: str) -> _Plan | None:
    if not code.isdecimal() or int(code) not in phonenumbers.COUNTRY_CODE_TO_REGION_CODE:
        return None
    region = phonenumbers.region_code_for_country_code(int(code))
    return _read(PhoneMetadata.metadata_for_region_or_calling_code(int(code), region))


@lru_cache(maxsize=500)
def _plan_of_country(country: str) -> _Plan | None:
    return _read(PhoneMetadata.metadata_for_region(country.upper(), None))


def _read(found: PhoneMetadata | None) -> _Plan | None:
    if found is None or found.general_desc is None or str(found.country_code) in _FOLDED:
        return None
    general = found.general_desc
    return _Plan(
        str(found.country_code),
        frozenset(general.possible_length),
        re.compile(general.national_number_pattern or "(?!)"),
        re.compile(found.national_prefix_for_parsing) if found.national_prefix_for_parsing else None,
        re.compile(found.international_prefix) if found.international_prefix else None,
        tuple(
            (
                frozenset(kind.possible_length or general.possible_length),
                re.compile(kind.national_number_pattern),
            )
            for kind in (found.fixed_line, found.mobile)
            if kind and kind.national_number_pattern
        ),
    )
