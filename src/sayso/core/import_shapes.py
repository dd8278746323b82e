"""How a list is written: its letters, its delimiter, its header; seen in its first bytes (R8.2)."""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

MOST_COLUMNS = 250
SNIFFED_BYTES = 65_536
_SNIFFED_LINES = 30
_DELIMITERS = (",", ";", "\t", "|")
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_SEPARATOR = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
# Every byte comes back as it was, so that places in the file can be counted in what was read.
ERRORS = {"utf-8": "surrogateescape", "cp1252": "surrogateescape"}
_DATA = re.compile(r"\+?[\d\s().\-/]{7,}|[^\s@]+@[^\s@]+\.[^\s@]+")


@dataclass(frozen=True, slots=True)
class Shape:
    """How a file is written. `columns`: its header, or made names.

    `begins`: its first byte behind marks, and behind a line that only names the separator (`lines_before`).
    `plain`: its beginning has no letter that tells UTF-8 from Windows-1252, so each row tells for itself.
    """

    encoding: str
    delimiter: str
    newline: str
    begins: int
    header: bool
    columns: tuple[str, ...]
    lines_before: int = 0
    plain: bool = False


@dataclass(frozen=True, slots=True)
class Unreadable:
    """What was given is no list; `because` says what it is and what to do, to a person."""

    because: str


def sniff(beginning: bytes) -> Shape | Unreadable:
    """How the file is written, by its first SNIFFED_BYTES."""
    beginning = beginning[:SNIFFED_BYTES]
    strange = _strange(beginning)
    if strange:
        return Unreadable(strange)
    encoding, begins = _encoding(beginning)
    text = decoded(beginning[begins:], encoding, whole=False)
    told = _SEPARATOR.match(text)
    if told:
        begins += len(text[: told.end()].encode(encoding))
        text = text[told.end() :]
    newline = "\n" if "\n" in text or "\r" not in text else "\r"
    lines = [line + newline for line in text.split(newline)[:_SNIFFED_LINES]]
    delimiter = told[1] if told else _delimiter(lines)
    first = next((row for row in _rows(lines, delimiter) if any(map(str.strip, row))), [])
    if len(first) > MOST_COLUMNS:
        return Unreadable(f"The file has {len(first):,} columns. At most {MOST_COLUMNS} are read.")
    if not first:
        return Unreadable("The file is empty. Export it again, with a header and a row for each contact.")
    header = not any(_DATA.fullmatch(cell.strip()) for cell in first)
    names = first if header else [""] * len(first)
    columns = tuple(_clean(name) or f"Column {place}" for place, name in enumerate(names, 1))
    plain = encoding == "utf-8" and not begins and beginning.isascii()
    return Shape(encoding, delimiter, newline, begins, header, columns, 1 if told else 0, plain)


def decoded(data: bytes, encoding: str, *, whole: bool) -> str:
    """The letters of a stretch; what is none in this encoding comes back as it was."""
    decoder = codecs.getincrementaldecoder(encoding)(ERRORS.get(encoding, "surrogatepass"))
    try:
        return decoder.decode(data, whole)
    except UnicodeDecodeError:
        # Half a letter at the very end of a UTF-16 file.
        return data.decode(encoding, "ignore")


def _strange(beginning: bytes) -> str:
    if beginning.startswith(b"PK\x03\x04"):
        return "This is a spreadsheet or an archive, not a CSV. Save it as “CSV UTF-8” and choose that file."
    if beginning.startswith(b"\xd0\xcf\x11\xe0"):
        return "This is an old spreadsheet, not a CSV. Save it as “CSV UTF-8” and choose that file."
    if beginning.startswith(b"%PDF"):
        return "This is a PDF, not a CSV. Export the list as CSV and choose that file."
    return ""


def _encoding(beginning: bytes) -> tuple[str, int]:
    for mark, name in _MARKS:
        if beginning.startswith(mark):
            return name, len(mark)
    some = beginning[:2_000]
    if len(some) > 3 and some[1::2].count(0) > len(some) // 3:
        return "utf-16-le", 0
    if len(some) > 3 and some[0::2].count(0) > len(some) // 3:
        return "utf-16-be", 0
    try:
        codecs.getincrementaldecoder("utf-8")().decode(beginning)
    except UnicodeDecodeError:
        return "cp1252", 0
    return "utf-8", 0


def _delimiter(lines: Sequence[str]) -> str:
    """The one by which most rows have the same number of cells, and the most of them."""

    def fits(delimiter: str) -> tuple[float, int]:
        widths = [len(row) for row in _rows(lines[:-1] or lines, delimiter) if row]
        width, times = Counter(widths).most_common(1)[0] if widths else (1, 0)
        return (times / len(widths) if width > 1 else 0, width)

    return max(_DELIMITERS, key=fits)


def _rows(lines: Sequence[str], delimiter: str) -> list[list[str]]:
    found: list[list[str]] = []
    with suppress(csv.Error):
        found.extend(csv.reader(lines, delimiter=delimiter))
    return found


def _clean(name: str) -> str:
    return " ".join("".join(letter if letter.isprintable() else " " for letter in name).split())[:100]
