"""Numbers that no real telephone has: ranges that the countries' numbering plans set aside for fiction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

# The beginning of a range, and how many digits follow it. Sources: Ofcom (07700 900), Bundesnetzagentur
# (0171 39200), Arcep (06 39 98), NANPA (555-01xx).
RANGES: Mapping[str, tuple[str, int]] = MappingProxyType(
    {
        "GB": ("447700900", 3),
        "DE": ("4917139200", 2),
        "FR": ("33639980", 3),
        "US": ("120255501", 2),
        "CA": ("161355501", 2),
    }
)
NAMES = ("Ada", "Bruno", "Chloé")
ELSEWHERE = ("DE", "FR", "GB")
FALLBACK = "GB"


@dataclass(frozen=True, slots=True)
class Telephone:
    """A test telephone: its owner's name, its number as a key, the country whose rules it falls under."""

    name: str
    key: int
    country: str

    @property
    def number(self) -> str:
        """The number in E.164."""
        return f"+{self.key}"


def telephones(workspace_id: int, country: str) -> tuple[Telephone, ...]:
    """The three test telephones of a workspace: one of its own country, two of others, so that rules differ.

    A workspace always has the same ones. Workspaces whose numbers differ by a range's size share a number.
    """
    home = country if country in RANGES else FALLBACK
    countries = (home, *(each for each in ELSEWHERE if each != home))
    return tuple(
        Telephone(name, _number(workspace_id, each), each)
        for name, each in zip(NAMES, countries, strict=False)
    )


def _number(workspace_id: int, country: str) -> int:
    begins, digits = RANGES[country]
    return int(f"{begins}{workspace_id % 10**digits:0{digits}d}")
