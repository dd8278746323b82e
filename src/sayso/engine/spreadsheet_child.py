"""`python -m sayso.engine.spreadsheet_child`: an XLSX on descriptor 0 becomes rows of CSV on descriptor 1.

A process of its own, with a bound on its memory: what a spreadsheet claims is only known once it is unpacked.
Ends with 0 and the sheet's name on descriptor 2; with REFUSED and a sentence there; with NONSENSE where the
reader gave up at a value; else by the bound.
"""

from __future__ import annotations

import csv
import resource
import sys
import zipfile
import zlib
from collections.abc import Iterator
from io import TextIOWrapper

from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
    load_workbook,
)

from sayso.core.spreadsheets import AS_CSV, DAMAGED, MOST_UNPACKED, TOO_LARGE, Entry, unfit, written

MEMORY = 400 * 1024 * 1024
SECONDS = 120
REFUSED = 3
NONSENSE = 4
_FILE = "/dev/fd/0"
_PIECE = 1024 * 1024


class UnfitError(Exception):
    """The file is refused; the message is for a person."""


def main() -> int:
    """Turn the file; the exit code."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        _look()
        with load_workbook(_FILE) as book:
            name = _sheet(book)
            _write(book, name)
    except UnfitError as refused:
        return _say(str(refused), REFUSED)
    except MemoryError:
        return _say(TOO_LARGE, REFUSED)
    except PasswordError:
        return _say(f"This spreadsheet is locked with a password. {AS_CSV}", REFUSED)
    except (CalamineError, zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError):
        return _say(DAMAGED, REFUSED)
    except OverflowError:
        return NONSENSE
    except BaseException as panic:
        # The reader's own kind, which it gives no name to catch it by; it has said on descriptor 2 where.
        if type(panic).__name__ != "PanicException":
            raise
        return NONSENSE
    return _say(name, 0)


def _look() -> None:
    """Before anything is parsed: what the directory claims, and whether it is so."""
    with zipfile.ZipFile(_FILE) as archive:
        parts = archive.infolist()
        because = unfit(
            [Entry(p.filename, p.file_size, p.compress_size, bool(p.flag_bits & 1)) for p in parts]
        )
        if because:
            raise UnfitError(because)
        left = MOST_UNPACKED
        for part in parts:
            # Reading to the end also compares the sum of the part with what the directory says.
            with archive.open(part) as opened:
                while data := opened.read(_PIECE):
                    left -= len(data)
                    if left < 0:
                        raise UnfitError(TOO_LARGE)


def _sheet(book: CalamineWorkbook) -> str:
    for sheet in book.sheets_metadata:
        if sheet.visible == SheetVisibleEnum.Visible and sheet.typ == SheetTypeEnum.WorkSheet:
            return sheet.name
    raise UnfitError(f"This spreadsheet has no visible sheet with rows. {AS_CSV}")


def _write(book: CalamineWorkbook, name: str) -> None:
    out = TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="", write_through=False)
    csv.writer(out, lineterminator="\n").writerows(_rows(book, name))
    out.flush()


def _rows(book: CalamineWorkbook, name: str) -> Iterator[list[str]]:
    for row in book.get_sheet_by_name(name).iter_rows():
        yield [written(cell) for cell in row]


def _say(sentence: str, code: int) -> int:
    sys.stderr.write(sentence)
    return code


if __name__ == "__main__":
    sys.exit(main())
