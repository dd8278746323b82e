"""Rows of a list of numbers, of which none may be swallowed by a quotation mark that never closes (R6.9)."""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

MOST_LINES = 50
"""So many lines may be one row, whose reason was written with line breaks."""

_NUMBER = re.compile(r"[+(\d][\d\s().\-/]{5,}")


@dataclass(frozen=True, slots=True)
class Row:
    """Its cells, and its first line of the file; `torn`: read without heed to quotation marks, alone."""

    line: int
    cells: Sequence[str]
    torn: bool = False


def rows(lines: Iterator[str], delimiter: str, place: int) -> Iterator[Row]:
    """Every line that says something, in as many rows as it has numbers; they stand at `place`.

    Lines are one row where a quotation mark joins them, closes as it should, and none of them has a number of
    its own. All others are rows of one line each.
    """
    ahead: deque[str] = deque()
    at = 1
    while _filled(ahead, lines, 1):
        cells, took = _first(ahead, lines, delimiter, place)
        row = Row(at, _split(ahead[0], delimiter), torn=True) if cells is None else Row(at, cells)
        if any(map(str.strip, row.cells)):
            yield row
        for _ in range(took):
            ahead.popleft()
        at += took


def _filled(ahead: deque[str], lines: Iterator[str], count: int) -> bool:
    # Every line ends alike, so that a cell ends with that sign only where its mark is open.
    ahead.extend(line.rstrip("\r\n") + "\n" for line in islice(lines, max(count - len(ahead), 0)))
    return len(ahead) >= count


def _first(
    ahead: deque[str], lines: Iterator[str], delimiter: str, place: int
) -> tuple[list[str] | None, int]:
    """The cells that the lines ahead begin with, of how many lines; None: of one that is torn."""
    cells = _read([ahead[0]], delimiter)
    took = 1
    while cells is not None and _open(cells):
        took += 1
        if took > MOST_LINES or not _filled(ahead, lines, took):
            return None, 1
        if '"' in ahead[took - 1]:
            cells = _read(list(islice(ahead, took)), delimiter)
    if cells is None or (took > 1 and _swallows(list(islice(ahead, took)), cells, delimiter, place)):
        return None, 1
    return cells, took


def _swallows(lines: Sequence[str], cells: Sequence[str], delimiter: str, place: int) -> bool:
    """Whether the mark closes where it should not, or a line has another number than the whole row."""
    if _read(lines, delimiter, strict=True) is None:
        return True
    alone = (_at(_split(line, delimiter), place) for line in lines)
    return any(_NUMBER.fullmatch(said) and said != _at(cells, place) for said in alone)


def _read(lines: Sequence[str], delimiter: str, *, strict: bool = False) -> list[str] | None:
    """The row that these lines begin with; None where it cannot be read."""
    try:
        return next(csv.reader(lines, delimiter=delimiter, strict=strict), [])
    except csv.Error:
        return None


def _open(cells: Sequence[str]) -> bool:
    return bool(cells) and cells[-1].endswith("\n")


def _split(line: str, delimiter: str) -> list[str]:
    return [cell.strip().strip('"').strip() for cell in line.split(delimiter)]


def _at(cells: Sequence[str], place: int) -> str:
    return cells[place].strip() if place < len(cells) else ""
