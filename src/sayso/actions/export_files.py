"""Rows that come in slices as the bytes of a file, CSV or XLSX, in memory that does not grow with them."""

from __future__ import annotations

import asyncio
import csv
from collections.abc import AsyncGenerator, AsyncIterator
from io import StringIO
from tempfile import TemporaryFile

import xlsxwriter  # type: ignore[import-untyped] # it brings no types

Rows = AsyncIterator[list[list[str]]]
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_PIECE = 256 * 1024
# Whatever a cell holds is text: no formula, no address, no number that loses its zeros.
_AS_TEXT = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def written(form: str, rows: Rows) -> AsyncGenerator[bytes, None]:
    """The file, csv or xlsx, piece by piece."""
    return _as_xlsx(rows) if form == "xlsx" else as_csv(rows)


async def as_csv(rows: Rows) -> AsyncGenerator[bytes, None]:
    """UTF-8 with its mark, which spreadsheets need, and every cell in quotes."""
    yield b"\xef\xbb\xbf"
    async for some in rows:
        out = StringIO(newline="")
        csv.writer(out, quoting=csv.QUOTE_ALL).writerows(some)
        yield out.getvalue().encode("utf-8", "replace")


async def _as_xlsx(rows: Rows) -> AsyncGenerator[bytes, None]:
    with TemporaryFile() as file:
        book = xlsxwriter.Workbook(file, _AS_TEXT)
        sheet = book.add_worksheet()
        at = 0
        async for some in rows:
            await asyncio.to_thread(_write, sheet, at, some)
            at += len(some)
        await asyncio.to_thread(book.close)
        file.seek(0)
        while piece := file.read(_PIECE):
            yield piece


def _write(sheet: xlsxwriter.worksheet.Worksheet, at: int, rows: list[list[str]]) -> None:
    for line, cells in enumerate(rows, at):
        for column, cell in enumerate(cells):
            sheet.write_string(line, column, cell)
