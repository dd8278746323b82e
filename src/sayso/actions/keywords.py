"""Trying a text on a line: what would be decided, with nothing changed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sayso.actions import people
from sayso.actions.actor import Actor, needs, transaction
from sayso.actions.answering import answering
from sayso.actions.listening import Place, heard_on
from sayso.actions.process_rules import STARTABLE, Wanted
from sayso.actions.refusal import Refused, fault
from sayso.core import inbound, messages, phones
from sayso.core.effects import Decision, Record
from sayso.core.lines import Listening
from sayso.storage import blocks, consents, contact_records, contacts, numbers, templates
from sayso.storage import messages as sent
from sayso.storage.pool import Connection, Pool

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
        place = _tried_on(await heard_on(conn, actor, line), await _drafted(conn, tried), tried)
        known = await _known(conn, actor, phone, line, now)
        text = _text(tried, phone, line, now)
    answers = await answering(pool, actor, [line.connection_id])
    number = place.number(answers.on(line.connection_id, line.kind))
    decision = inbound.decide(text, number, known)
    own = (effect for effect in decision.effects if isinstance(effect, Record))
    return Tried(next(own, None), decision)


def _tried_on(place: Place, drafted: Listening | None, tried: TextTried) -> Place:
    """The line with the unsaved process in the place of the one that it would replace."""
    if tried.draft is None:
        return place
    kept = [
        each
        for each in place.listening
        if each.process.id != tried.instead_of and each.process.type != tried.draft.type
    ]
    return replace(place, listening=[*kept, drafted] if drafted else kept)


async def _drafted(conn: Connection, tried: TextTried) -> Listening | None:
    draft = tried.draft
    if draft is None or draft.type not in STARTABLE:
        return None
    said = draft.texts
    if said is None and draft.template_id is not None:
        said = (await templates.texts(conn, [draft.template_id])).get(draft.template_id, {})
    process = messages.Process(
        tried.instead_of or _NOBODY,
        draft.type,
        draft.name.strip() or "This process",
        draft.chosen_scope,
        draft.categories,
        draft.template_id,
        said or {},
    )
    keywords = tuple(draft.folded.values())
    return Listening(process, keywords, draft.match_mode, draft.predefined_mode or "")


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
        contact_records.core_blocks(workspace_id, standing),
        pending=tuple(
            messages.Pending(workspace_id, found.contact_id, found.category, found.since)
            for found in states
            if found.state in ("pending", "ended")
        ),
        noes=tuple(
            messages.No(workspace_id, found.contact_id, found.category, found.since, found.source)
            for found in states
            if found.state == "reject"
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
