"""Lists of numbers as files: CSV of an old vendor or of a carrier, row by row, however long (R6.8, R6.9)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from io import TextIOWrapper
from itertools import islice
from typing import BinaryIO

from sayso.actions.changed_hands import Report
from sayso.actions.opt_out_lists import Row
from sayso.core import list_rows
from sayso.core.import_shapes import SNIFFED_BYTES, Shape, Unreadable, sniff
from sayso.core.importing import suggest

MORE = ("scope", "reason", "date")
LONGEST_TOLD = 100
NO_NUMBER = "No column looks like the number. Name it `phone` in the first row."


@dataclass(frozen=True, slots=True)
class Cells:
    """A row of a list: its line in the file, the number as it is written, and what else is known of it."""

    line: int
    phone: str
    more: Mapping[str, str]


def read(file: BinaryIO) -> Iterator[Cells] | Unreadable:
    """The rows that have a number, one at a time, and half rows; columns are found by their names."""
    shape = sniff(file.read(SNIFFED_BYTES))
    if isinstance(shape, Unreadable):
        return shape
    places = _places(shape)
    return Unreadable(NO_NUMBER) if places is None else _rows(file, shape, places)


def as_row(cells: Cells) -> Row:
    """As a list of opt-outs means it."""
    scope, reason = cells.more.get("scope", "").lower() or "channel", cells.more.get("reason", "")
    return Row(cells.line, cells.phone, scope, reason)


def as_report(cells: Cells, as_of: datetime | None) -> Report:
    """As a list of deactivated numbers means it: since its own date, else since that of the list."""
    written, reason = cells.more.get("date", ""), cells.more.get("reason", "")
    if not written:
        return Report(cells.line, cells.phone, as_of, reason)
    try:
        at = datetime.fromisoformat(written)
    except ValueError:
        return Report(cells.line, cells.phone, None, reason, written)
    return Report(cells.line, cells.phone, at if at.tzinfo else at.replace(tzinfo=UTC), reason)


def _rows(file: BinaryIO, shape: Shape, places: Mapping[str, int]) -> Iterator[Cells]:
    file.seek(0)
    encoding = "utf-8-sig" if shape.encoding == "utf-8" else shape.encoding
    lines = TextIOWrapper(file, encoding, errors="replace", newline="")
    try:
        for _ in range(shape.lines_before):
            next(lines, None)
        rows = list_rows.rows(lines, shape.delimiter, places["phone"])
        for row in islice(rows, int(shape.header), None):
            cells = {
                name: row.cells[place].strip() for name, place in places.items() if place < len(row.cells)
            }
            phone = cells.pop("phone", None)
            if phone is None or (row.torn and not phone):
                # A number may be missing from a row; what is half a row is told instead, as no number.
                phone = shape.delimiter.join(row.cells).strip()
            if phone:
                yield Cells(row.line + shape.lines_before, phone[:LONGEST_TOLD], cells)
    finally:
        lines.detach()  # The file is its opener's.


def _places(shape: Shape) -> dict[str, int] | None:
    names = [name.strip().lower() for name in shape.columns]
    targets = suggest(shape.columns)
    if "phone" not in targets and len(names) > 1:
        return None
    places = {name: names.index(name) for name in MORE if name in names}
    return places | {"phone": targets.index("phone") if "phone" in targets else 0}
