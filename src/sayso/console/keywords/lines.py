"""The workspace's lines as the pages of this area speak of them."""

from __future__ import annotations

from dataclasses import dataclass

from sayso.console.components.numbers import spaced
from sayso.console.lenses.numbers import Line


@dataclass(frozen=True, slots=True)
class Place:
    """A line: what people call it, what decides its warnings, and whether it is still the workspace's."""

    id: int
    name: str
    country: str
    language: str
    provider_keyword: str
    withdrawn: bool


def every() -> dict[int, Place]:
    """All lines the workspace has or had, by id, in the order of their names."""
    found = Line.objects.select_related("inbound_number").all()
    return {place.id: place for place in sorted(map(_place, found), key=lambda place: (place.name, place.id))}


def held(lines: dict[int, Place]) -> list[Place]:
    """Those that are the workspace's now."""
    return [line for line in lines.values() if not line.withdrawn]


def _place(line: Line) -> Place:
    number = line.inbound_number
    shown = spaced(int(number.number), number.number) if number.kind == "long_code" else number.number
    return Place(
        line.id,
        shown + (f" / {line.provider_keyword}" if line.provider_keyword else ""),
        number.country,
        line.language,
        line.provider_keyword,
        line.withdrawn_at is not None,
    )
