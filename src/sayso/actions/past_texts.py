"""Past texts from a file of somebody else's making: a CSV whose header names at least `text`."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import StringIO
from itertools import islice

from sayso.actions.refusal import Refused, fault
from sayso.core.phones import address_key
from sayso.core.replay import PastText
from sayso.storage.numbers import Line

LONGEST_FIELD = 16_000_000
MOST_BYTES = 5 * 1024 * 1024
MOST_TEXTS = 100_000
LONGEST_TEXT = 10_000
MOST_COLUMNS = 200
COLUMNS = ("text", "from", "to", "received_at")
Row = dict[str, str]
"""The columns that we know of one row; what a short row lacks is empty."""


class UnreadableError(ValueError):
    """The file is no such CSV; the sentence says what it is instead."""


@dataclass(frozen=True, slots=True)
class Uploaded:
    """The texts of a file, newest first; `cut` were longer than we read, `left_out`: there were more."""

    texts: tuple[PastText, ...]
    cut: int = 0
    left_out: bool = False


def rows(lines: Iterable[str], name: str) -> Iterator[Row]:
    """The rows of a CSV with a header. Raises UnreadableError; `name` is the file's.

    Columns that nobody asks for cost nothing: a file of short rows under a wide header is no bomb.
    """
    csv.field_size_limit(LONGEST_FIELD)
    try:
        reader = csv.reader(lines)
        columns = [column.strip().lower() for column in next(reader, ())]
        if len(columns) > MOST_COLUMNS:
            raise UnreadableError(f"{name} has {len(columns):,} columns. At most {MOST_COLUMNS} are read.")
        if "text" not in columns:
            raise UnreadableError(
                f"{name} has no column `text`; its header is: {', '.join(columns) or 'empty'}."
            )
        places = [(column, columns.index(column)) for column in COLUMNS if column in columns]
        for row in reader:
            if row:
                yield {column: row[place] if place < len(row) else "" for column, place in places}
    except csv.Error as error:
        raise UnreadableError(f"{name} is no CSV that can be read ({error}).") from error


def moment(written: str, now: datetime) -> datetime:
    """When a text came, as a row says it (ISO 8601, UTC where no zone is given); `now` where it doesn't."""
    try:
        at = datetime.fromisoformat(written.strip())
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return now


def read_upload(content: bytes, now: datetime) -> Uploaded | Refused:
    """The texts of an uploaded file; letters that are not UTF-8 become U+FFFD.

    Who sent them is read later, slice by slice (`keyed`): a hundred thousand numbers take seconds.
    Rows without a time keep the order of the file, in which the last is taken for the newest.
    """
    if len(content) > MOST_BYTES:
        return fault("file", "too_large", "The file is larger than 5 MiB. Split it, or leave columns out.")
    try:
        found = _texts(StringIO(content.decode("utf-8-sig", "replace"), newline=""), now)
    except UnreadableError as unreadable:
        shown = str(unreadable)
        return fault("file", "unreadable", shown if len(shown) <= 300 else f"{shown[:300]}…")
    if not found.texts:
        return fault("file", "empty", "The file has a header, and no text under it.")
    return found


def _texts(lines: Iterable[str], now: datetime) -> Uploaded:
    found = rows(lines, "The file")
    texts = [_text(row, now) for row in islice(found, MOST_TEXTS)]
    cut = sum(len(text.body) > LONGEST_TEXT for text in texts)
    left_out = next(found, None) is not None
    texts = [replace(text, body=text.body[:LONGEST_TEXT]) for text in texts]
    texts.reverse()
    texts.sort(key=lambda text: text.at, reverse=True)
    return Uploaded(tuple(texts), cut, left_out)


def keyed(text: PastText, line: Line) -> PastText:
    """The same text with the key of its sender, as on this line; 0 where nobody is named."""
    key = address_key(text.sender, line.connection_id, line.country) if text.sender else 0
    return replace(text, phone=key)


def _text(row: Row, now: datetime) -> PastText:
    return PastText(
        phone=0,
        sender=(row.get("from") or "").strip()[:100],
        body=row["text"],
        at=moment(row.get("received_at") or "", now),
        recipient=(row.get("to") or "").strip()[:100],
    )
