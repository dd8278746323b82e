"""Which of a workspace's lines a number is texted from (R3.3, R9.3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar


class HasCountry(Protocol):
    """A line, as far as choosing one needs to know it."""

    @property
    def id(self) -> int:
        """Its id."""

    @property
    def country(self) -> str:
        """The ISO 3166 code of its number's country."""


Line = TypeVar("Line", bound=HasCountry)


def choose(lines: Sequence[Line], known: Sequence[int], country: str | None) -> Line:
    """The line the number knows us by, else one of its country, else the first. `lines` is not empty."""
    by_id = {line.id: line for line in lines}
    sticky = next((by_id[line_id] for line_id in known if line_id in by_id), None)
    return sticky or next((line for line in lines if line.country == country), lines[0])


def two_way(lines: Sequence[Line], known: Sequence[int], country: str | None) -> Line | None:
    """R9.3: a line of the recipient's own country, the one it knows us by first; None: there is none."""
    own = [line for line in lines if country is not None and line.country == country]
    return choose(own, known, country) if own else None
