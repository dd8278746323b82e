"""Active blocks, newest first, as a page of rows in people's words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from sayso.console.components.numbers import spaced, typed
from sayso.console.components.pages import Page, newest
from sayso.console.lenses.blocks import Block
from sayso.console.lenses.numbers import Line
from sayso.console.proof import words

DAY = timedelta(days=1)
EARLIEST, LATEST = date(2000, 1, 1), date(2099, 12, 31)


@dataclass(frozen=True, slots=True)
class Row:
    """One block as the page shows it; `phone` is the key its proof is found by."""

    phone: int
    number: str
    stops: str
    since: datetime
    by: str
    reason: str
    said: str


@dataclass(frozen=True, slots=True)
class Filters:
    """What the address asks for; a word that means nothing is left out, as if it had not been said."""

    number: str = ""
    scope: str = ""
    source: str = ""
    first: date | None = None
    last: date | None = None

    @property
    def any(self) -> bool:
        """Whether anything is filtered."""
        return bool(self.number or self.scope or self.source or self.first or self.last)

    @property
    def narrowed(self) -> bool:
        """Whether more than the number is filtered by."""
        return bool(self.scope or self.source or self.first or self.last)

    @property
    def words(self) -> str:
        """The filter in a sentence: "of 07700 900227, stopped by a keyword"."""
        parts = [f"of {self.number}" if self.number else ""]
        parts.append(words.SCOPES[Block.Scope(self.scope)].lower() if self.scope else "")
        parts.append(f"stopped by {_lower(words.SOURCES[Block.Source(self.source)])}" if self.source else "")
        parts.append(f"since {self.first:%d-%m-%Y}" if self.first else "")
        parts.append(f"until {self.last:%d-%m-%Y}" if self.last else "")
        return ", ".join(part for part in parts if part)


def asked(said: Mapping[str, str]) -> Filters:
    """The filters of an address."""
    return Filters(
        said.get("number", "").strip()[:40],
        said["scope"] if said.get("scope") in Block.Scope.values else "",
        said["source"] if said.get("source") in Block.Source.values else "",
        _date(said.get("from", "")),
        _date(said.get("to", "")),
    )


def looked_for(filters: Filters, country: str) -> tuple[int, str] | None:
    """The number that is filtered by, as the proof's address has it and as people read it."""
    key = typed(filters.number, country) if filters.number else None
    return None if key is None else (key, spaced(key, filters.number))


def page(filters: Filters, country: str, before: int | None) -> Page[Row]:
    """Up to 50 active blocks of the workspace that the filters let through, older than `before`."""
    found = Block.objects.filter(lifted_at=None, **_conditions(filters))
    if filters.number:
        key = typed(filters.number, country)
        found = found.none() if key is None else found.filter(phone=key)
    blocks = newest(found, before)
    return Page(_rows(blocks.rows), blocks.first, blocks.total, blocks.older)


def _conditions(filters: Filters) -> dict[str, Any]:
    conditions: dict[str, Any] = {}
    if filters.scope:
        conditions["scope"] = filters.scope
    if filters.source:
        conditions["source"] = filters.source
    if filters.first:
        since = _midnight(filters.first)
        conditions["since__gte"] = since
        # Nothing is stored before it is said, so the ids begin there; a day for wrong clocks.
        conditions["id__gte"] = _id_at(since - DAY)
    if filters.last:
        conditions["since__lt"] = _midnight(filters.last + DAY)
    return conditions


def _id_at(moment: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT sayso.id_at(%s)", [moment])
        return int(cursor.fetchone()[0])


def _midnight(day: date) -> datetime:
    here = timezone.get_current_timezone()
    return datetime.combine(day, time.min, here).astimezone(UTC)


def _date(said: str) -> date | None:
    try:
        day = date.fromisoformat(said[:10])
    except ValueError:
        return None
    return day if EARLIEST <= day <= LATEST else None


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _rows(blocks: list[Block]) -> list[Row]:
    wanted = {block.line_id for block in blocks if block.line_id}
    lines = {
        line.id: words.line_name(line.inbound_number.number, line.inbound_number.kind, line.provider_keyword)
        for line in Line.objects.filter(id__in=wanted).select_related("inbound_number")
    }
    return [
        Row(
            phone=block.phone,
            number=spaced(block.phone, block.written),
            stops=words.stops(block.scope, block.category, lines.get(block.line_id, words.WITHDRAWN)),
            since=block.since,
            by=words.SOURCES[Block.Source(block.source)],
            reason=block.reason,
            said=block.said,
        )
        for block in blocks
    ]
