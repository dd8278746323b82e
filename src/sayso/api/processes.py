"""`processes`, `templates`, `keywords/test`: what the workspace listens for and answers."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from litestar import Router, delete, get, post, put
from litestar.params import JSONBody

from sayso.actions import keywords, processes
from sayso.actions.process_rules import Problems, Wanted
from sayso.api.problems import FieldError, settled
from sayso.api.services import Asked, Asker, Given, Id, Listed, PathId, ShortText, listed
from sayso.core.because import as_plain
from sayso.storage.processes import Overview

Mode = Literal["exact", "word", "prefix", "contains"]
Type = Literal["unsubscribe", "unsubscribe_event", "help", "respond", "join", "email", "inbox"]


class ProcessIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A keyword process; predefined words always work and need not be named."""

    type: Type
    name: ShortText
    line_id: Id
    keywords: Annotated[list[ShortText], msgspec.Meta(max_length=1_000)] = []
    match_mode: Mode = "word"
    predefined_mode: Mode | None = None
    template_id: Id | None = None
    scope: Literal["channel", "line", "categories", "all"] | None = None
    categories: Annotated[list[ShortText], msgspec.Meta(max_length=50)] = []

    def wanted(self) -> Wanted:
        """As the action takes it."""
        return Wanted(
            self.type,
            self.name,
            self.line_id,
            tuple(self.keywords),
            self.match_mode,
            self.predefined_mode,
            self.scope or "",
            tuple(self.categories),
            self.template_id,
        )


class ProcessEdit(ProcessIn, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A process as it shall stand, and the version that this edit was made from."""

    version: Annotated[int, msgspec.Meta(ge=1, le=2_147_483_647)]


class ProcessOut(msgspec.Struct, frozen=True):
    """A process; `missing` is what keeps it from being started, `warnings` what to know."""

    id: int
    type: str
    name: str
    line_id: int
    keywords: list[str]
    match_mode: str
    predefined_mode: str | None
    template_id: int | None
    scope: str
    categories: list[str]
    state: str
    version: int
    missing: list[FieldError]
    warnings: list[FieldError]
    created_at: datetime
    updated_at: datetime


class ProcessRow(msgspec.Struct, frozen=True):
    """A row of the overview."""

    id: int
    type: str
    name: str
    line_id: int
    line: str
    mailing_id: str | None
    keywords: list[str]
    match_mode: str
    predefined_mode: str | None
    template_id: int | None
    scope: str
    categories: list[str]
    state: str
    version: int
    last_match: datetime | None
    matches_in_7_days: int


class TextIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"sender": "from"}):
    """A text to be tried on a line, as if `from` had sent it."""

    text: Annotated[str, msgspec.Meta(max_length=10_000)]
    line_id: Id
    sender: ShortText | None = None


class DecisionOut(msgspec.Struct, frozen=True):
    """What the text would do; nothing was changed. `because` ends with the deciding step."""

    decision: str
    keyword: str | None
    mode: str | None
    process_id: int | None
    scope: str | None
    flags: list[str]
    because: list[dict[str, str]]
    effects: list[dict[str, Any]]


@post("/processes")
async def create_process(services: Given, actor: Asker, data: JSONBody[ProcessIn]) -> ProcessOut:
    """Make a process. Scope: processes:write."""
    return _process(
        settled(await processes.create_process(services.pool, actor, data.wanted(), services.now()))
    )


@put("/processes/{process_id:int}")
async def change_process(
    services: Given, actor: Asker, process_id: PathId, data: JSONBody[ProcessEdit]
) -> ProcessOut:
    """Save an edit; 409 with the difference where somebody saved in between. Scope: processes:write."""
    edit = (data.wanted(), data.version)
    return _process(
        settled(await processes.change_process(services.pool, actor, process_id, edit, services.now()))
    )


@post("/processes/{process_id:int}/start", status_code=200)
async def start_process(services: Given, actor: Asker, process_id: PathId) -> ProcessOut:
    """Start a process; 422 says what is missing. Scope: processes:write."""
    return _process(settled(await processes.start_process(services.pool, actor, process_id, services.now())))


@post("/processes/{process_id:int}/pause", status_code=200)
async def pause_process(services: Given, actor: Asker, process_id: PathId) -> ProcessOut:
    """Pause a process; the words that must always work go on working. Scope: processes:write."""
    return _process(settled(await processes.pause_process(services.pool, actor, process_id, services.now())))


@delete("/processes/{process_id:int}")
async def delete_process(services: Given, actor: Asker, process_id: PathId) -> None:
    """Delete a process for good; its history stays. Scope: processes:write."""
    settled(await processes.delete_process(services.pool, actor, process_id, services.now()))


@get("/processes/{process_id:int}")
async def show_process(services: Given, actor: Asker, process_id: PathId) -> ProcessOut:
    """One process. Scope: processes:read."""
    return _process(settled(await processes.show_process(services.pool, actor, process_id)))


@get("/processes")
async def list_processes(services: Given, actor: Asker, page: Asked) -> Listed[ProcessRow]:
    """The overview. Scope: processes:read."""
    now = services.now()
    found = settled(await processes.list_processes(services.pool, actor, page.after, page.limit, now))
    return listed(page, [_row(one) for one in found], found[-1].id if found else None)


@post("/keywords/test", status_code=200)
async def try_text(services: Given, actor: Asker, data: JSONBody[TextIn]) -> DecisionOut:
    """Say what a text would do on a line; nothing is changed. Scope: processes:read."""
    tried = keywords.TextTried(data.text, data.line_id, data.sender or "")
    told = settled(await keywords.try_text(services.pool, actor, tried, services.now()))
    record = told.record
    return DecisionOut(
        record.outcome if record else "none",
        record.keyword if record else None,
        record.mode if record else None,
        record.process_id if record else None,
        record.scope if record else None,
        list(record.flags) if record else [],
        as_plain(told.decision.because),
        [{"effect": type(one).__name__, **msgspec.to_builtins(one)} for one in told.decision.effects],
    )


def _process(saved: processes.Saved) -> ProcessOut:
    found = saved.process
    return ProcessOut(
        found.id,
        found.type,
        found.name,
        found.line_id,
        sorted(saved.keywords),
        found.match_mode,
        found.predefined_mode,
        found.template_id,
        found.scope,
        found.categories,
        found.state,
        found.version,
        _errors(saved.missing),
        _errors(saved.warnings),
        found.created_at,
        found.updated_at,
    )


def _errors(problems: Problems) -> list[FieldError]:
    return [FieldError(problem.field, problem.message, problem.code) for problem in problems]


def _row(found: Overview) -> ProcessRow:
    return ProcessRow(
        found.id,
        found.type,
        found.name,
        found.line_id,
        found.line,
        None if found.mailing_id is None else str(found.mailing_id),
        found.keywords,
        found.match_mode,
        found.predefined_mode,
        found.template_id,
        found.scope,
        found.categories,
        found.state,
        found.version,
        found.last_match,
        found.matches_in_7_days,
    )


router = Router(
    "",
    route_handlers=[
        create_process,
        change_process,
        start_process,
        pause_process,
        delete_process,
        show_process,
        list_processes,
        try_text,
    ],
    tags=["Processes"],
)
