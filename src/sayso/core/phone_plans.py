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

from sayso.core.number_plans import Kind, kind, pattern, plan_of

# Two spellings of one mobile are folded there, by rules of their own.
_FOLDED = frozenset({"52", "54", "55"})
_MOST_DIGITS = 17


@dataclass(frozen=True, slots=True)
class _Plan:
    """A country's numbering: what its numbers are, and what is taken off before them."""

    code: str
    general: Kind
    prefix: re.Pattern[str] | None
    abroad: re.Pattern[str] | None
    in_use: tuple[Kind, ...]

    def holds(self, national: str) -> bool:
        """Whether these are surely the digits behind the country's code, and nothing is taken off them."""
        return (
            national[:1] not in {"", "0"}
            and len(national) in self.general.lengths
            and len(national) <= _MOST_DIGITS
            and not (self.prefix and self.prefix.match(national))
        )

    def uses(self, national: str) -> bool:
        """Whether such landlines or mobiles exist."""
        return self.general.has(national) and any(kind.has(national) for kind in self.in_use)

    def looks_whole(self, digits: str) -> bool:
        """Whether these digits could stand behind the country's code as they are, of whatever length."""
        return bool(self.general.pattern.fullmatch(digits))


def international(digits: str) -> int | None:
    """The key of digits that stood behind a plus; None where the library must be asked."""
    plan = _plan_behind(digits[:3])
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
        spelled_out = plan.holds(own) and plan.uses(own) and not plan.looks_whole(digits)
        return int(digits) if spelled_out else None
    return int(plan.code + digits) if plan.holds(digits) and plan.uses(digits) else None


def _behind_a_zero(plan: _Plan, digits: str) -> int | None:
    taken = plan.prefix.match(digits) if plan.prefix else None
    if taken is None or taken.end() != 1 or any(taken.groups()) or plan.looks_whole(digits):
        return None
    own = digits[1:]
    return int(plan.code + own) if own[:1] not in {"", "0"} and len(own) in plan.general.lengths else None


@lru_cache(maxsize=2_000)
def _plan_behind(beginning: str) -> _Plan | None:
    return _plan_of_code(beginning[:1]) or _plan_of_code(beginning[:2]) or _plan_of_code(beginning)


@lru_cache(maxsize=2_000)
def _plan_of_code(code: str) -> _Plan | None:
    if not code.isdecimal() or int(code) not in phonenumbers.COUNTRY_CODE_TO_REGION_CODE:
        return None
    region = phonenumbers.region_code_for_country_code(int(code))
    return _read(plan_of(int(code), region))


@lru_cache(maxsize=500)
def _plan_of_country(country: str) -> _Plan | None:
    return _read(PhoneMetadata.metadata_for_region(country.upper(), None))


def _read(found: PhoneMetadata | None) -> _Plan | None:
    general = kind(found.general_desc) if found is not None else None
    if found is None or general is None or str(found.country_code) in _FOLDED:
        return None
    return _Plan(
        str(found.country_code),
        general,
        pattern(found.national_prefix_for_parsing),
        pattern(found.international_prefix),
        tuple(one for one in map(kind, (found.fixed_line, found.mobile)) if one is not None),
    )
