"""Active blocks, newest first, as a page of rows in people's words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sayso.console.components.numbers import spaced, typed
from sayso.console.components.pages import Page, newest
from sayso.console.lenses.blocks import Block
from sayso.console.lenses.numbers import Line


@dataclass(frozen=True, slots=True)
class Row:
    """One block as the page shows it."""

    number: str
    stops: str
    since: datetime
    by: str
    reason: str
    said: str


def page(phone: str, country: str, before: int | None) -> Page[Row]:
    """Up to 50 active blocks of the workspace, of one number where `phone` is given, older than `before`."""
    found = Block.objects.filter(lifted_at=None)
    if phone:
        asked = typed(phone, country)
        found = found.none() if asked is None else found.filter(phone=asked)
    blocks = newest(found, before)
    return Page(_rows(blocks.rows), blocks.first, blocks.total, blocks.older)


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
