"""Keyword processes, their custom keywords, and the overview of R4.4."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sayso.core.lines import line_name
from sayso.storage.pool import Connection
from sayso.storage.queries import load
from sayso.storage.statements import many, number, one, run

SQL = load("processes")


@dataclass(frozen=True, slots=True)
class Process:
    """A keyword handler on a line, without its keywords."""

    id: int
    line_id: int
    type: str
    name: str
    match_mode: str
    predefined_mode: str | None
    scope: str
    categories: list[str]
    template_id: int | None
    state: str
    version: int
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class ProcessDraft:
    """What a save writes; the keywords by their folded spelling, valued as written."""

    name: str
    match_mode: str
    predefined_mode: str | None
    scope: str
    categories: Sequence[str]
    template_id: int | None
    keywords: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Overview(Process):
    """A row of the processes page (R4.4); `keywords` as written."""

    mailing_id: int | None
    number: str
    kind: str
    provider_keyword: str
    keywords: list[str]
    last_match: datetime | None
    matches_in_7_days: int

    @property
    def line(self) -> str:
        """The line's name."""
        return line_name(self.number, self.kind, self.provider_keyword)


@dataclass(frozen=True, slots=True)
class Keyword:
    """A custom keyword of a process."""

    process_id: int
    folded: str
    written: str


async def create(
    conn: Connection, line_id: int, type_: str, draft: ProcessDraft, now: datetime
) -> int | None:
    """Store a new process without keywords; None where the line has one of this kind already."""
    return await number(conn, SQL["create"], _said(draft, now) | {"line_id": line_id, "type": type_})


async def get(conn: Connection, process_id: int, *, for_update: bool = False) -> Process | None:
    """One process that is not deleted; locked where a change follows."""
    return await one(conn, Process, SQL["for_update" if for_update else "get"], {"process_id": process_id})


async def on_line(conn: Connection, line_id: int) -> list[Process]:
    """The line's processes that are not deleted."""
    return await many(conn, Process, SQL["on_line"], {"line_id": line_id})


async def update(conn: Connection, process_id: int, draft: ProcessDraft, now: datetime) -> None:
    """Store an edit; the version rises."""
    await run(conn, SQL["update"], _said(draft, now) | {"process_id": process_id})


async def set_state(conn: Connection, process_id: int, state: str, now: datetime) -> None:
    """Start or pause; the version rises."""
    await run(conn, SQL["set_state"], {"process_id": process_id, "state": state, "now": now})


async def delete(conn: Connection, process_id: int, now: datetime) -> None:
    """Take a process away for good; its history stays."""
    await run(conn, SQL["delete"], {"process_id": process_id, "now": now})


async def keywords(conn: Connection, process_ids: Sequence[int]) -> dict[int, dict[str, str]]:
    """The custom keywords of each process, folded → written."""
    rows = await many(conn, Keyword, SQL["keywords"], {"process_ids": sorted(process_ids)})
    found: dict[int, dict[str, str]] = {process_id: {} for process_id in process_ids}
    for row in rows:
        found[row.process_id][row.folded] = row.written
    return found


async def replace_keywords(conn: Connection, process_id: int, wanted: Mapping[str, str]) -> None:
    """Make a process's custom keywords exactly these, folded → written."""
    folded = sorted(wanted)
    said = {"process_id": process_id, "folded": folded, "written": [wanted[word] for word in folded]}
    await run(conn, SQL["remove_keywords"], {"process_id": process_id, "folded": folded})
    await run(conn, SQL["add_keywords"], said)


async def overview(conn: Connection, after: int, limit: int, today: date) -> list[Overview]:
    """A page of processes with line, mailing ID, keywords and matches (R4.4)."""
    return await many(conn, Overview, SQL["overview"], {"after": after, "limit": limit, "today": today})


def _said(draft: ProcessDraft, now: datetime) -> dict[str, object]:
    return {
        "name": draft.name,
        "match_mode": draft.match_mode,
        "predefined_mode": draft.predefined_mode,
        "scope": draft.scope,
        "categories": list(draft.categories),
        "template_id": draft.template_id,
        "now": now,
    }
