"""Lines and numbers, in people's words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest

from sayso.actions.processes import list_processes
from sayso.console.components.numbers import spaced
from sayso.console.components.places import country_named
from sayso.console.languages import named
from sayso.console.lenses.numbers import InboundNumber, Line
from sayso.console.loop import perform
from sayso.console.refusing import demand
from sayso.storage.numbers import GivenLine
from sayso.storage.processes import Overview

KINDS = {
    "long_code": "Long code",
    "exclusive_short_code": "Exclusive short code",
    "shared_short_code": "Shared short code",
}
MOST_PROCESSES = 1_000


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line of the workspace, and what answers on it."""

    id: int
    name: str
    kind: str
    country: str
    language: str
    withdrawn_at: datetime | None
    processes: list[Overview]


@dataclass(frozen=True, slots=True)
class NumberRow:
    """A number, and who has it."""

    id: int
    name: str
    kind: str
    country: str
    connection_id: int
    help_answer: str
    lines: list[GivenLine]

    @property
    def shared(self) -> bool:
        """Whether it takes any number of lines, each with its provider keyword."""
        return self.kind == KINDS["shared_short_code"]

    @property
    def free(self) -> bool:
        """Whether one more line fits on it."""
        return self.shared or not self.lines


def line_rows(request: HttpRequest, now: datetime) -> list[LineRow]:
    """The workspace's lines: those that work first, then the withdrawn ones."""
    lines = Line.objects.select_related("inbound_number").order_by("id")
    processes = demand(perform(request, list_processes, 0, MOST_PROCESSES, now))
    rows = [_line_row(line, processes) for line in lines]
    return sorted(rows, key=lambda row: (row.withdrawn_at is not None, row.name))


def number_rows(numbers: Iterable[InboundNumber], lines: Iterable[GivenLine]) -> list[NumberRow]:
    """Numbers with the lines on them that are not withdrawn."""
    given: dict[int, list[GivenLine]] = {}
    for line in lines:
        if line.withdrawn_at is None:
            given.setdefault(line.inbound_number_id, []).append(line)
    return [
        NumberRow(
            number.id,
            shown(number),
            KINDS[number.kind],
            country_named(number.country),
            number.connection_id,
            number.help_answer,
            given.get(number.id, []),
        )
        for number in numbers
    ]


def shown(number: InboundNumber) -> str:
    """`+44 7700 900118`, or `11221`."""
    return spaced(int(number.number), number.number) if number.kind == "long_code" else str(number.number)


def _line_row(line: Line, processes: list[Overview]) -> LineRow:
    number = line.inbound_number
    name = shown(number) + (f" / {line.provider_keyword}" if line.provider_keyword else "")
    here = [process for process in processes if process.line_id == line.id]
    return LineRow(
        line.id,
        name,
        KINDS[number.kind],
        country_named(number.country),
        named(line.language),
        line.withdrawn_at,
        here,
    )
