"""Spreadsheets as lists: what a file may claim to hold, and a cell as people see it (R8.2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

SIGNATURE = b"PK\x03\x04"
MEGABYTE = 1024 * 1024
MOST_PACKED = 50 * MEGABYTE
MOST_UNPACKED = 500 * MEGABYTE
MOST_ENTRIES = 2_000
# A sheet of one word over and over packs a hundred to one; a bomb a thousand to one.
MOST_RATIO = 250
_SMALL = MEGABYTE
BOOK = "xl/workbook.xml"
AS_CSV = "Save it as “CSV UTF-8” and choose that file."
TOO_LARGE = (
    f"A spreadsheet may have {MOST_PACKED // MEGABYTE} MB, {MOST_UNPACKED // MEGABYTE} MB once unpacked, "
    f"and as many cells as 400 MB of memory hold, which is some 3 million; this one has more. {AS_CSV}"
)
DAMAGED = (
    "This spreadsheet is damaged: what it says of itself is not what it holds. Open it, and save it again. "
    f"{AS_CSV}"
)
NO_VALUE = (
    "A cell of this spreadsheet is formatted as a day or a time, and holds a number that is none. Give its "
    f"column the format “Text”, or: {AS_CSV}"
)

Cell = str | int | float | bool | date | datetime | time | timedelta


@dataclass(frozen=True, slots=True)
class Entry:
    """One part of the file as its directory claims it; sizes in bytes."""

    name: str
    unpacked: int
    packed: int
    locked: bool


def unfit(entries: Sequence[Entry]) -> str:
    """Why nothing of this file is unpacked, as a sentence for a person; empty where it may be."""
    if len(entries) > MOST_ENTRIES:
        return (
            f"This file has {len(entries):,} parts, and a spreadsheet has at most {MOST_ENTRIES:,}. {AS_CSV}"
        )
    names = [entry.name for entry in entries]
    if BOOK not in names:
        return f"This is an archive or another kind of spreadsheet, and no XLSX. {AS_CSV}"
    if len(set(names)) < len(names):
        return DAMAGED
    if any(entry.locked for entry in entries):
        return f"This spreadsheet is locked with a password. Open it, and save it without one. {AS_CSV}"
    if sum(entry.unpacked for entry in entries) > MOST_UNPACKED or any(map(_is_bomb, entries)):
        return TOO_LARGE
    return ""


def written(cell: Cell) -> str:
    """A cell as people see it, on one line: whole numbers in digits, days as 2026-11-26."""
    if isinstance(cell, str):
        return cell if cell.isprintable() else " ".join(cell.replace("\0", "").split())
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        # A telephone number of twelve digits is kept as 4.477E+11, and shown with all of them.
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e18 else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ", "seconds")
    if isinstance(cell, time):
        return cell.isoformat("seconds")
    return str(cell)


def _is_bomb(entry: Entry) -> bool:
    return entry.unpacked > _SMALL and entry.unpacked > MOST_RATIO * max(entry.packed, 1)
