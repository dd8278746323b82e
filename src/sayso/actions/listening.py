"""A line with what it listens for, as the engine would build it: for trying texts and for replaying them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sayso.actions.actor import Actor
from sayso.core import messages
from sayso.core.lines import LineRecord, Listening, NumberRecord, WorkspaceWords, build_line, build_number
from sayso.storage import categories, numbers, processes, templates, workspaces
from sayso.storage.pool import Connection
from sayso.storage.processes import Process


@dataclass(frozen=True, slots=True)
class Place:
    """A line with what it listens for: this one alone, since others' lines are not ours to read."""

    stored: numbers.Line
    record: LineRecord
    listening: Sequence[Listening]
    words: WorkspaceWords
    help_answer: str

    def number(self, provider_answers: str) -> messages.Number:
        """Its number as core decides with it."""
        line = self.stored
        record = NumberRecord(
            line.inbound_number_id,
            line.connection_id,
            line.number,
            line.kind,
            line.country,
            provider_answers,
            self.help_answer,
        )
        built = build_line(record, self.record, list(self.listening), self.words)
        return build_number(record, [(built, list(self.listening))])


async def heard_on(conn: Connection, actor: Actor, line: numbers.Line) -> Place:
    """A line with its started processes and the workspace's words."""
    started = [process for process in await processes.on_line(conn, line.id) if process.state == "started"]
    number = await numbers.get_number(conn, line.inbound_number_id)
    return Place(
        line,
        LineRecord(actor.workspace_id, line.id, line.provider_keyword, line.language),
        await listening_of(conn, started),
        await _words(conn),
        number.help_answer if number else "",
    )


async def listening_of(conn: Connection, some: Sequence[Process]) -> list[Listening]:
    """How these processes listen, as if they were started."""
    spoken = await processes.keywords(conn, [process.id for process in some])
    texts = await templates.texts(conn, [process.template_id for process in some if process.template_id])
    return [
        Listening(
            _process(process, texts.get(process.template_id or 0, {})),
            tuple(spoken[process.id].values()),
            process.match_mode,
            process.predefined_mode or "",
        )
        for process in some
    ]


async def _words(conn: Connection) -> WorkspaceWords:
    settings = await workspaces.current(conn)
    rejected = [category.name for category in await categories.every(conn) if category.rejected_by_stop]
    return WorkspaceWords(
        tuple(term.written for term in await workspaces.terms(conn)),
        tuple(rejected[:5]),
        settings.event_name if settings else "campaign",
        {name: str(value) for name, value in (settings.event_properties if settings else {}).items()},
        frozenset(found.country for found in await workspaces.permitted_confirmations(conn)),
    )


def _process(process: Process, texts: dict[str, str]) -> messages.Process:
    return messages.Process(
        process.id,
        process.type,
        process.name,
        process.scope,
        tuple(process.categories),
        process.template_id,
        texts,
    )
