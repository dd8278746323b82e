"""Where a number may be: its country, its state, and every time zone that its owner may live in (R9.8).

The number alone is asked. A prefix that belongs to one place has one zone; a mobile number of a large country
has all of the country's, and what is so for one of them holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE as CODES
from phonenumbers.tzdata import TIMEZONE_DATA, TIMEZONE_LONGEST_PREFIX

from sayso.core.countries import area_codes, us_states
from sayso.core.phones import country_of

# Where a mobile tells its area: North America, Mexico, Argentina, Brazil. Elsewhere its digits look like some
# landline's: all zones of the country may be meant, of Indonesia three.
_AREAS = frozenset({"1", "52", "54", "55"})
_SHORT = 4
_TOLD_LATER = frozenset(begins[:_SHORT] for begins in TIMEZONE_DATA if len(begins) > _SHORT)
EVERY_STATE = tuple(sorted(us_states.STATES))


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """A country, those of its states whose rules may hold, and the zones; the same place is one object."""

    country: str
    states: tuple[str, ...]
    zones: tuple[str, ...]


def place_of(key: int) -> Place:
    """Where the owner of a number may be; for what is no number, no zone is known."""
    if key <= 0:
        return _place("", (), ())
    digits = str(key)
    # Beyond four digits few numbers tell more of their place: asked by these, and not by the whole number,
    # a slice of recipients asks for a handful of answers.
    size = TIMEZONE_LONGEST_PREFIX if digits[:_SHORT] in _TOLD_LATER else _SHORT
    return _begun(country_of(key) or "", digits[:size])


def zone(name: str | None) -> ZoneInfo | None:
    """A time zone by its name; None where there is none."""
    return _zone(name) if name else None


@lru_cache(maxsize=32_768)
def _begun(country: str, begins: str) -> Place:
    return _place(country, _states(begins[1:4]) if country == "US" else (), _zones(begins))


@lru_cache(maxsize=8_192)
def _place(country: str, states: tuple[str, ...], zones: tuple[str, ...]) -> Place:
    return Place(country, states, zones)


def _states(area: str) -> tuple[str, ...]:
    """The state that an area code presumes; where it is of none, any may be meant: the strict branch."""
    state = area_codes.STATES.get(area)
    if state is None:
        return EVERY_STATE
    return (state,) if state in us_states.STATES else ()


def _zones(digits: str) -> tuple[str, ...]:
    """Those of the country; where mobiles have area codes, those of the area."""
    code = next((digits[:size] for size in (1, 2, 3) if int(digits[:size]) in CODES), "")
    longest = TIMEZONE_LONGEST_PREFIX if code in _AREAS else len(code)
    for size in range(min(len(digits), longest), 0, -1):
        found = TIMEZONE_DATA.get(digits[:size])
        if found is not None:
            return tuple(found)
    return ()


@lru_cache(maxsize=1_024)
def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # whatever was stored as a zone: an unknown one is none
        return None
