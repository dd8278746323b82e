"""Which days are public holidays where a number may be, each country and year worked out once (R9.8)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from types import MappingProxyType

import holidays

# Parts whose own holidays count where a number does not tell the part; a country that is not here: all parts.
# Islands overseas have numbers of their own.
_PARTS: Mapping[str, tuple[str, ...]] = MappingProxyType({"FR": ("57",)})


def is_holiday(day: date, country: str, parts: tuple[str, ...]) -> bool:
    """Whether a day is a public holiday in the country or in one of these parts; no parts: in any part.

    Of a country that nobody lists holidays of, no day is known to be one.
    """
    return day in _of_year(country, parts, day.year)


@lru_cache(maxsize=2_048)
def _of_year(country: str, parts: tuple[str, ...], year: int) -> frozenset[date]:
    known = holidays.list_supported_countries(include_aliases=False)
    if country not in known:
        return frozenset()
    own = parts or _PARTS.get(country, tuple(known[country]))
    found = set(holidays.country_holidays(country, years=year))
    for part in own:
        if part in known[country]:
            found.update(holidays.country_holidays(country, subdiv=part, years=year))
    return frozenset(found)
