"""Past texts from a file of somebody else's making: a CSV whose header names at least `text`."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import StringIO

from sayso.actions.refusal import Refused, fault
from sayso.core.phones import address_key
from sayso.core.replay import PastText
from sayso.storage.numbers import Line

LONGEST_FIELD = 16_000_000
MOST_BYTES = 5 * 1024 * 1024
MOST_TEXTS = 100_000
LONGEST_TEXT = 10_000
# Each short row is filled up to the header's width.
MOST_COLUMNS = 200
Row = dict[str, str]


class UnreadableError(ValueError):
    """The file is no such CSV; the sentence says what it is instead."""


@dataclass(frozen=True, slots=True)
class Uploaded:
    """The texts of a file, newest first; `cut` were longer than we read, `left_out` are beyond the most."""

    texts: tuple[PastText, ...]
    cut: int = 0
    left_out: int = 0


def rows(lines: Iterable[str], name: str) -> Iterator[Row]:
    """The rows of a CSV with a header, keys in lower case. Raises UnreadableError; `name` is the file's."""
    csv.field_size_limit(LONGEST_FIELD)
    try:
        reader = csv.DictReader(lines, restval="", restkey="")
        columns = [column.strip().lower() for column in reader.fieldnames or ()]
        if len(columns) > MOST_COLUMNS:
            raise UnreadableError(f"{name} has {len(columns):,} columns. At most {MOST_COLUMNS} are read.")
        if "text" not in columns:
            raise UnreadableError(
                f"{name} has no column `text`; its header is: {', '.join(columns) or 'empty'}."
            )
        reader.fieldnames = columns
        yield from reader
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
    texts: list[PastText] = []
    cut = left_out = 0
    for row in rows(lines, "The file"):
        if len(texts) >= MOST_TEXTS:
            left_out += 1
            continue
        cut += len(row["text"]) > LONGEST_TEXT
        texts.append(_text(row, now))
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
        body=row["text"][:LONGEST_TEXT],
        at=moment(row.get("received_at") or "", now),
        recipient=(row.get("to") or "").strip()[:100],
    )
