"""What a spreadsheet may claim, and a cell as people see it (R8.2)."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest

from sayso.core.spreadsheets import BOOK, MOST_ENTRIES, MOST_UNPACKED, Cell, Entry, unfit, written

pytestmark = pytest.mark.rule("R8.2")


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        (4.47700900123e11, "447700900123"),
        (7700900123.0, "7700900123"),
        (1.25, "1.25"),
        (True, "yes"),
        (date(2026, 11, 26), "2026-11-26"),
        (datetime(2026, 11, 26), "2026-11-26"),  # noqa: DTZ001 - a spreadsheet knows no zone
        (datetime(2026, 11, 26, 9, 5), "2026-11-26 09:05:00"),  # noqa: DTZ001
        (time(9, 5), "09:05:00"),
        ("two\nlines", "two lines"),
        ("007", "007"),
    ],
)
def test_a_cell_is_written_as_people_see_it(cell: Cell, told: str) -> None:
    assert written(cell) == told


def entry(name: str = BOOK, unpacked: int = 10, packed: int = 10, *, locked: bool = False) -> Entry:
    return Entry(name, unpacked, packed, locked)


@pytest.mark.parametrize(
    ("entries", "because"),
    [
        ([entry()] * (MOST_ENTRIES + 1), "parts"),
        ([entry("mimetype")], "no XLSX"),
        ([entry(), entry()], "damaged"),
        ([entry(locked=True)], "password"),
        ([entry(), entry("xl/sharedStrings.xml", MOST_UNPACKED, MOST_UNPACKED // 20)], "50 MB"),
        ([entry(), entry("xl/worksheets/sheet1.xml", 90_000_000, 90_000)], "50 MB"),
    ],
)
def test_a_file_that_claims_too_much_is_refused_before_it_is_unpacked(
    entries: list[Entry], because: str
) -> None:
    assert because in unfit(entries)


def test_an_ordinary_workbook_may_be_unpacked() -> None:
    assert not unfit([entry(), entry("xl/worksheets/sheet1.xml", 60_000_000, 3_000_000)])
