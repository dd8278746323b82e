"""Active blocks, newest first, as a page of rows in people's words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from sayso.console.components.numbers import spaced, typed
from sayso.console.lenses.models import Block, Line

ROWS = 50
COUNTED = 10_000  # beyond, the exact number helps nobody and counting it costs


@dataclass(frozen=True, slots=True)
class Row:
    """One block as the page shows it."""

    number: str
    stops: str
    since: datetime
    by: str
    reason: str
    said: str


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows, where they stand, and the cursor of the next ones."""

    rows: list[Row]
    first: int
    total: int
    older: int | None

    @property
    def last(self) -> int:
        """The place of the last row."""
        return self.first + len(self.rows) - 1

    @property
    def many(self) -> bool:
        """Whether there are more than we count."""
        return self.total > COUNTED


def page(phone: str, country: str, before: int | None) -> Page:
    """Up to 50 active blocks of the workspace, of one number where `phone` is given, older than `before`.

    Equality and order only: other comparisons lose their index under row-level security.
    """
    found = Block.objects.filter(lifted_at=None)
    if phone:
        asked = typed(phone, country)
        found = found.none() if asked is None else found.filter(phone=asked)
    ordered = found.order_by("-id")
    blocks = list((ordered.filter(id__lt=before) if before else ordered)[: ROWS + 1])
    shown = blocks[:ROWS]
    newer = _count(found.filter(id__gte=before)) if before else 0
    older = shown[-1].id if len(blocks) > ROWS else None
    return Page(_rows(shown), newer + 1, _count(found), older)


def _count(found: QuerySet[Block]) -> int:
    return int(found[: COUNTED + 1].count())


def _rows(blocks: list[Block]) -> list[Row]:
    wanted = {block.line_id for block in blocks if block.line_id}
    lines = {
        line.id: _written(line)
        for line in Line.objects.filter(id__in=wanted).select_related("inbound_number")
    }
    return [
        Row(
            number=spaced(block.phone, block.written),
            stops=_stops(block, lines),
            since=block.since,
            by=SOURCES[block.source],
            reason=block.reason,
            said=block.said,
        )
        for block in blocks
    ]


def _written(line: Line) -> str:
    number = line.inbound_number.number
    shown = spaced(int(number), number) if line.inbound_number.kind == "long_code" else number
    return shown + (f" / {line.provider_keyword}" if line.provider_keyword else "")


def _stops(block: Block, lines: dict[int, str]) -> str:
    line = lines.get(block.line_id, "a line that was withdrawn")
    return {
        Block.Scope.CHANNEL: "All advertising",
        Block.Scope.LINE: f"Advertising from {line}",
        Block.Scope.LINE_TRANSACTIONAL: f"Transactional texts from {line}",
        Block.Scope.CATEGORY: f"The category “{block.category}”",
        Block.Scope.ALL: "Everything, transactional texts too",
    }[Block.Scope(block.scope)]


SOURCES = {
    Block.Source.KEYWORD: "A keyword",
    Block.Source.TERM: "An opt-out term",
    Block.Source.PROVIDER: "The provider",
    Block.Source.API: "Your systems, by API",
    Block.Source.CONSOLE: "A colleague, here",
    Block.Source.IMPORT: "An imported list",
    Block.Source.LINK: "An unsubscribe link",
}
