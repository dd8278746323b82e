"""The numbering plans as the library brings them, for whoever reads numbers by their patterns."""

from __future__ import annotations

import re
from dataclasses import dataclass

from phonenumbers import PhoneMetadata
from phonenumbers.phonemetadata import PhoneNumberDesc


@dataclass(frozen=True, slots=True)
class Kind:
    """Numbers of one kind in one country; no lengths: those of the country's numbers."""

    lengths: frozenset[int]
    pattern: re.Pattern[str]

    def has(self, national: str) -> bool:
        """Whether these digits are such a number."""
        return (not self.lengths or len(national) in self.lengths) and bool(self.pattern.fullmatch(national))


def plan_of(calling_code: int, region: str) -> PhoneMetadata:
    """The plan of a country, or of a calling code of no country. Raises LookupError where there is none."""
    found = PhoneMetadata.metadata_for_region_or_calling_code(calling_code, region)
    if found is None:
        raise LookupError(region)
    return found


def kind(told: PhoneNumberDesc | None) -> Kind | None:
    """One kind of a plan; None where there are no such numbers."""
    found = pattern(told.national_number_pattern) if told is not None else None
    return Kind(frozenset(told.possible_length), found) if told is not None and found else None


def pattern(told: str | None) -> re.Pattern[str] | None:
    """A pattern of a plan, ready to be used."""
    return re.compile(told) if told else None
