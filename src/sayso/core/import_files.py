"""Lists as people's programs write them, one row after another (R8.2)."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from contextlib import suppress

from msgspec import Struct
from msgspec.structs import replace

from sayso.core.import_shapes import ERRORS, Shape, decoded

LONGEST_RECORD = 262_144
_SHORTEST = 1_024

BLANKS = 50
"""After so many blank rows one is handed out."""


class Place(Struct, frozen=True, gc=False):
    """How far a file was read: bytes, and lines of the file."""

    byte: int
    line: int


class Record(Struct, frozen=True, gc=False):
    """One row: its cells, its first line, its own words, the place behind it; `fault`: it has no cells."""

    cells: Sequence[str]
    line: int
    written: str
    end: Place
    fault: str = ""

    @property
    def blank(self) -> bool:
        """Whether nothing stands in it."""
        return not self.fault and not any(map(str.strip, self.cells))


def rows(data: bytes, shape: Shape, place: Place, *, whole: bool, midst: bool = False) -> Iterator[Record]:
    """The same without the header and without blank rows; of many, one here and there: they were read.

    So whoever gives others a turn after some rows can do so among a million blank ones too.
    """
    at_start = place.byte == shape.begins
    heading = shape.header and at_start
    blank: Record | None = None
    passed = 0
    for record in records(data, shape, place, whole=whole, midst=midst):
        if record.blank or heading:
            heading = heading and record.blank
            blank, passed = replace(record, cells=()), passed + 1
            if passed % BLANKS == 0:
                yield blank
                blank = None
            continue
        blank = None
        yield record
    if blank is not None:
        yield blank


def records(data: bytes, shape: Shape, place: Place, *, whole: bool, midst: bool = False) -> Iterator[Record]:
    """The rows in a stretch of the file that begins at `place`; `whole`: it is the file's last one, `midst`:
    it begins within a line that was too long (see `in_midst`), and its end is no row either.

    A row that goes on beyond the stretch is not among them. One that cannot be told from its neighbours (a
    quotation mark that never closes) is a faulty row of one line, and the next line begins anew.
    """
    lines = _Lines(decoded(data, shape.encoding, whole=whole), shape, place, whole=whole)
    if midst and not lines.over:
        yield lines.faulty(_ENDLESS)
    elif lines.are_rows:
        yield from lines.as_rows()
    while not lines.over:
        try:
            for cells in csv.reader(lines, delimiter=shape.delimiter):
                if lines.unclosed():
                    yield lines.faulty(_UNCLOSED)
                    break
                yield lines.row(cells)
        except _MoreError:
            break
        except (_TooLongError, csv.Error):
            yield lines.faulty(_UNCLOSED)
    if lines.stuck(len(data)):
        yield lines.rest()


def in_midst(before: bytes, shape: Shape) -> bool:
    """Whether a stretch begins within a line, by the bytes `before` it; none where it is the first."""
    return bool(before) and not before.endswith(shape.newline.encode(shape.encoding))


_UNCLOSED = (
    "A quotation mark opens in this row and does not close. Close it, or write it twice where it is meant."
)
_ENDLESS = f"This row is longer than {LONGEST_RECORD:,} characters. Look for a line break that is missing."


class _MoreError(Exception):
    """The stretch ends in the midst of a row."""


class _TooLongError(Exception):
    """A row takes in line after line."""


class _Lines:
    """Hands lines to the reader of rows, and knows where each row began."""

    def __init__(self, text: str, shape: Shape, place: Place, *, whole: bool) -> None:
        parts = text.split(shape.newline)
        tail = parts.pop()
        self._lines = [part + shape.newline for part in parts] + ([tail] if whole and tail else [])
        self._tail = "" if whole else tail
        self._shape, self._whole = shape, whole
        self._narrow = text.isascii() and not shape.encoding.startswith("utf-16")
        self._place = place
        self._first = self._next = self._size = 0
        # How long a row over several lines may be. Each that does not close halves it for the rest of the
        # stretch: where every line opens one, all of them would be read up to the longest, again and again.
        self._longest = LONGEST_RECORD
        # Most lists: no mark that joins lines, no line's end but the file's own, no cell that is too long.
        self.are_rows = (
            '"' not in text
            and shape.newline in {"\n", "\r\n"}
            and not shape.encoding.startswith("utf-16")
            and text.count("\n") == len(parts)
            and text.count("\r") == (len(parts) if shape.newline == "\r\n" else 0)
            and len(max(self._lines, key=len, default="")) < csv.field_size_limit()
        )

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        if self._next >= len(self._lines):
            if self._whole:
                raise StopIteration
            raise _MoreError
        line = self._lines[self._next]
        self._next += 1
        self._size += len(line)
        if self._size > self._longest and self._next > self._first + 1:
            raise _TooLongError
        return line

    @property
    def over(self) -> bool:
        """Whether every line was read."""
        return self._first >= len(self._lines)

    def unclosed(self) -> bool:
        """Whether the last row of the file runs over lines because of a quotation mark that never closes."""
        if self._next < len(self._lines) or (self._next == self._first + 1 and '"' not in self._lines[-1]):
            return False
        if not self._whole:
            return False
        try:
            list(csv.reader(self._lines[self._first :], delimiter=self._shape.delimiter, strict=True))
        except csv.Error as error:
            return "unexpected end" in str(error)
        return False

    def as_rows(self) -> Iterator[Record]:
        """Every line as a row of its own, where they `are_rows`."""
        byte, number, encoding = self._place.byte, self._place.line, self._shape.encoding
        for line, cells in zip(
            self._lines, csv.reader(self._lines, delimiter=self._shape.delimiter), strict=True
        ):
            begin, number = number + 1, number + 1
            if line.isascii():
                byte += len(line)
                yield Record(cells, begin, line, Place(byte, number))
                continue
            byte += len(line.encode(encoding, ERRORS.get(encoding, "surrogatepass")))
            yield self._record(cells, begin, line, Place(byte, number))
        self._place, self._first = Place(byte, number), len(self._lines)
        self._next = self._first

    def row(self, cells: Sequence[str]) -> Record:
        """The row that was just read."""
        begin, first = self._place.line + 1, self._first
        written = self._lines[first] if self._next == first + 1 else "".join(self._lines[first : self._next])
        return self._record(cells, begin, written, self._behind(written))

    def _record(self, cells: Sequence[str], begin: int, written: str, end: Place) -> Record:
        if self._shape.plain and not written.isascii():
            return Record([_western(cell) for cell in cells], begin, _western(written), end)
        return Record(cells, begin, written, end)

    def faulty(self, because: str) -> Record:
        """The first line of what was just read, as a row of its own; reading goes on behind it."""
        self._next = self._first + 1
        self._longest = max(self._longest // 2, _SHORTEST)
        begin, written = self._place.line + 1, self._lines[self._first]
        return Record((), begin, written, self._behind(written), because)

    def stuck(self, size: int) -> bool:
        """Whether a full stretch ended without a line's end."""
        return bool(self._tail) and size > LONGEST_RECORD and self.over and len(self._tail) > LONGEST_RECORD

    def rest(self) -> Record:
        """What is left of the stretch, as a faulty row: the file may be one endless line."""
        begin = self._place.line + 1
        size = len(self._tail.encode(self._shape.encoding, ERRORS.get(self._shape.encoding, "surrogatepass")))
        return Record((), begin, self._tail, Place(self._place.byte + size, begin), _ENDLESS)

    def _behind(self, written: str) -> Place:
        taken = self._next - self._first
        self._first, self._size = self._next, 0
        encoding = self._shape.encoding
        size = (
            len(written)
            if self._narrow
            else len(written.encode(encoding, ERRORS.get(encoding, "surrogatepass")))
        )
        self._place = Place(self._place.byte + size, self._place.line + taken)
        return self._place


def _western(text: str) -> str:
    """A row that is no UTF-8 as Windows-1252, if it is that; any other stays as it is."""
    try:
        text.encode()
    except UnicodeEncodeError:
        with suppress(UnicodeDecodeError):
            return text.encode("utf-8", "surrogateescape").decode("cp1252")
    return text
