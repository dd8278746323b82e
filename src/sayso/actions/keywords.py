"""Trying a text on a line: what would be decided, with nothing changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sayso.actions import people
from sayso.actions.actor import Actor, needs, transaction
from sayso.actions.answering import answering
from sayso.actions.process_rules import STARTABLE, Wanted
from sayso.actions.refusal import Refused, fault
from sayso.core import inbound, messages, phones
from sayso.core.effects import Decision, Record
from sayso.core.lines import LineRecord, Listening, NumberRecord, WorkspaceWords, build_line, build_number
from sayso.storage import blocks, categories, consents, contacts, numbers, processes, templates, workspaces
from sayso.storage import messages as sent
from sayso.storage.pool import Connection, Pool
from sayso.storage.processes import Process

LONGEST_TEXT = 10_000
_NOBODY = -1


@dataclass(frozen=True, slots=True)
class TextTried:
    """A text as if it came to a line; `sender` empty: from somebody unknown.

    `draft` is a process that is not saved, as if it were started in place of `instead_of` or of its kind.
    """

    text: str
    line_id: int
    sender: str = ""
    draft: Wanted | None = None
    instead_of: int = 0


@dataclass(frozen=True, slots=True)
class Tried:
    """What would be decided: the record that the text would get, and every effect."""

    record: Record | None
    decision: Decision


@needs("processes:read")
async def try_text(pool: Pool, actor: Actor, tried: TextTried, now: datetime) -> Tried | Refused:
    """Decide a text as the engine would, for this workspace alone; nothing is stored.

    On a shared code a text without provider keyword is read as from somebody whom this line texted last.
    """
    if len(tried.text) > LONGEST_TEXT:
        return fault("text", "too_long", f"A text has at most {LONGEST_TEXT:,} characters.")
    async with transaction(pool, actor) as conn:
        line = await numbers.get_line(conn, tried.line_id)
        if line is None:
            return fault("line_id", "unknown", "There is no such line in this workspace.")
        phone = (
            phones.address_key(tried.sender, line.connection_id, line.country) if tried.sender else _NOBODY
        )
        place = await _place(conn, actor, line, tried)
        known = await _known(conn, actor, phone, line, now)
        text = _text(tried, phone, line, now)
    answers = await answering(pool, actor, [line.connection_id])
    number = place.number(answers.on(line.connection_id, line.kind))
    decision = inbound.decide(text, number, known)
    own = (effect for effect in decision.effects if isinstance(effect, Record))
    return Tried(next(own, None), decision)


@dataclass(frozen=True, slots=True)
class _Place:
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


async def _place(conn: Connection, actor: Actor, line: numbers.Line, tried: TextTried) -> _Place:
    standing = await processes.on_line(conn, line.id)
    started = [found for found in standing if found.state == "started" and not _replaced(found, tried)]
    spoken = await processes.keywords(conn, [process.id for process in started])
    texts = await templates.texts(conn, [process.template_id for process in started if process.template_id])
    listening = [
        Listening(
            _process(process, texts.get(process.template_id or 0, {})),
            tuple(spoken[process.id].values()),
            process.match_mode,
            process.predefined_mode or "",
        )
        for process in started
    ]
    if tried.draft is not None and tried.draft.type in STARTABLE:
        listening.append(await _drafted(conn, tried.draft, tried.instead_of))
    number = await numbers.get_number(conn, line.inbound_number_id)
    return _Place(
        line,
        LineRecord(actor.workspace_id, line.id, line.provider_keyword, line.language),
        listening,
        await _words(conn),
        number.help_answer if number else "",
    )


def _replaced(found: Process, tried: TextTried) -> bool:
    """Whether the unsaved process stands where this one does."""
    return tried.draft is not None and (found.id == tried.instead_of or found.type == tried.draft.type)


async def _drafted(conn: Connection, draft: Wanted, process_id: int) -> Listening:
    said = draft.texts
    if said is None and draft.template_id is not None:
        said = (await templates.texts(conn, [draft.template_id])).get(draft.template_id, {})
    process = messages.Process(
        process_id or _NOBODY,
        draft.type,
        draft.name.strip() or "This process",
        draft.chosen_scope,
        draft.categories,
        draft.template_id,
        said or {},
    )
    keywords = tuple(draft.folded.values())
    return Listening(process, keywords, draft.match_mode, draft.predefined_mode or "")


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


async def _known(
    conn: Connection, actor: Actor, phone: int, line: numbers.Line, now: datetime
) -> messages.Known:
    workspace_id = actor.workspace_id
    profiles = await contacts.by_phone(conn, phone, people.MOST_PROFILES)
    texted = [
        messages.Texted(workspace_id, found.line_id, found.contact_id, 0, False, found.at)
        for found in await sent.texted_from(conn, phone)
    ]
    standing = await blocks.active(conn, [phone])
    states = await consents.states(conn, [phone])
    return messages.Known(
        tuple(messages.Profile(workspace_id, found.id, found.language) for found in profiles),
        tuple(texted) or (messages.Texted(workspace_id, line.id, None, 0, False, now),),
        people.core_blocks(workspace_id, standing),
        pending=tuple(
            messages.Pending(workspace_id, found.contact_id, found.category, found.since)
            for found in states
            if found.state == "pending"
        ),
    )


def _text(tried: TextTried, phone: int, line: numbers.Line, now: datetime) -> messages.InboundText:
    return messages.InboundText(
        id=0,
        connection_id=line.connection_id,
        phone=phone,
        sender=tried.sender,
        recipient=line.number,
        body=tried.text,
        provider_at=now,
        received_at=now,
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
