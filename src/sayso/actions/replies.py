"""Answers that people write in the inbox: gated by R12.3, sent once a form, by the line that was texted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sayso.actions import paying
from sayso.actions.actor import Actor, needs, record, transaction
from sayso.actions.explanation import facts
from sayso.actions.message_wanted import LONGEST_BODY
from sayso.actions.refusal import Refused, conflict, fault, missing
from sayso.core import gate
from sayso.core.answering import Reply
from sayso.core.because import as_plain
from sayso.core.gate_asked import Candidate
from sayso.core.links import first_link
from sayso.core.segments import count
from sayso.core.wording import repeats
from sayso.storage import audit, canned_replies, categories, contacts, conversations, messages, numbers
from sayso.storage.contacts import Contact
from sayso.storage.conversations import Conversation
from sayso.storage.messages import TRANSACTIONAL_LANE, Event, MessageDraft, Place
from sayso.storage.numbers import Line
from sayso.storage.pool import Connection, Pool


@dataclass(frozen=True, slots=True)
class ReplyWanted:
    """A reply as asked for: `token` is its form's, `seen` the news that the writer has read."""

    conversation_id: int
    body: str
    token: UUID
    seen: int
    close: bool = False


@dataclass(frozen=True, slots=True)
class Replied:
    """The message that was queued; `repeated`: by an earlier use of the same form."""

    message_id: int
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether a conversation may be answered now, and what may be advertised to its number, by category."""

    answer: gate.Answer | None
    line: Line | None
    advertising: Sequence[tuple[str, gate.Answer]]


@dataclass(frozen=True, slots=True)
class _Place:
    conversation: Conversation
    line: Line
    contact: Contact | None


@needs("inbox:answer")
async def reply(pool: Pool, actor: Actor, wanted: ReplyWanted, now: datetime) -> Replied | Refused:
    """Queue one answer, if the gate lets it out (R12.3); the same form again sends nothing more."""
    refused = _fault(actor, wanted)
    if refused:
        return refused
    async with transaction(pool, actor) as conn:
        words = await _worded(conn, wanted.body)
        # From here on the engine waits for this row, with whatever else it has heard.
        await conversations.hurry(conn)
        # The lock makes a double click wait for the first one, and then find its reply.
        place = await _place(conn, wanted.conversation_id, for_update=True)
        if isinstance(place, Refused):
            return place
        earlier = await conversations.reply_of_form(conn, wanted.token)
        if earlier is not None:
            return Replied(earlier.message_id, repeated=True) if earlier.body == wanted.body else _spent()
        answer = await _asked(conn, actor, place, (words, now))
        sent = paying.Sent(place.conversation.phone, max(count(wanted.body).parts, 1))
        asks = isinstance(answer, gate.Send)
        paid = await paying.pay(conn, actor, sent, answer, now) if asks else paying.Paid(answer)
        if not isinstance(paid.answer, gate.Send):
            return conflict("body", _reason(paid.answer), paid.answer.because[-1].fact)
        return await _send(conn, actor, (place, wanted, paid), now)


@needs("consents:read")
async def standing(pool: Pool, actor: Actor, conversation_id: int, now: datetime) -> Standing | Refused:
    """What the gate would say now, in one look: to an answer, and to advertising of each category."""
    async with transaction(pool, actor) as conn:
        place = await _place(conn, conversation_id)
        if isinstance(place, Refused) and place.kind == "not_found":
            return place
        if isinstance(place, Refused):
            return Standing(None, None, ())
        named = [category.name for category in await categories.every(conn)]
        adverts = [_candidate(actor, place, category) for category in named]
        candidates = [_candidate(actor, place, reply=Reply()), *adverts]
        known = await facts(conn, candidates, place.contact)
        first, *others = (gate.may_send(one, each, now) for one, each in zip(candidates, known, strict=True))
        return Standing(first, place.line, tuple(zip(named, others, strict=True)))


def _fault(actor: Actor, wanted: ReplyWanted) -> Refused | None:
    if actor.test_mode:
        return fault("body", "test_mode", "A test key answers nobody: the number may be a real one.")
    if not wanted.body.strip() or "\x00" in wanted.body:
        return fault("body", "empty", "There is nothing to send yet. Write your reply.")
    if len(wanted.body) > LONGEST_BODY:
        over = len(wanted.body) - LONGEST_BODY
        return fault("body", "length", f"A reply has at most {LONGEST_BODY} characters. Take {over} out.")
    return None


def _spent() -> Refused:
    told = (
        "This form has sent a reply already, and these are other words. Send them again if you still want to."
    )
    return conflict("token", "spent", told)


async def _place(conn: Connection, conversation_id: int, *, for_update: bool = False) -> _Place | Refused:
    found = await conversations.get(conn, conversation_id, for_update=for_update)
    if found is None:
        return missing("id", "conversation")
    line = await numbers.get_line(conn, found.line_id)
    if line is None or line.withdrawn_at is not None:
        told = "The line that this text came in on was withdrawn, so nothing can be sent from it."
        return conflict("line", "withdrawn", told)
    contact = next(iter(await contacts.by_phone(conn, found.phone, 1)), None)
    return _Place(found, line, contact)


async def _worded(conn: Connection, body: str) -> Reply:
    """The words as R12.3 looks at them."""
    return Reply(first_link(body), repeats(body, await canned_replies.stored_words(conn)))


async def _asked(conn: Connection, actor: Actor, place: _Place, asked: tuple[Reply, datetime]) -> gate.Answer:
    words, now = asked
    candidate = _candidate(actor, place, reply=words)
    (known,) = await facts(conn, [candidate], place.contact)
    return gate.may_send(candidate, known, now)


def _candidate(actor: Actor, place: _Place, category: str = "", *, reply: Reply | None = None) -> Candidate:
    return Candidate(
        actor.workspace_id,
        place.conversation.phone,
        advertising=reply is None,
        category=category,
        purpose="api" if reply is None else "reply",
        line_id=place.line.id,
        number_id=place.line.inbound_number_id,
        reply=reply,
    )


def _reason(answer: gate.Answer) -> str:
    return "" if isinstance(answer, gate.Send) else answer.reason


async def _send(
    conn: Connection,
    actor: Actor,
    ready: tuple[_Place, ReplyWanted, paying.Paid],
    now: datetime,
) -> Replied:
    place, wanted, paid = ready
    message_id = await messages.add(conn, _draft(place, wanted.body, paid))
    await messages.enqueue(conn, message_id, Place(place.line.connection_id, TRANSACTIONAL_LANE, now))
    await messages.add_event(conn, message_id, Event("queued", "", paid.answer.because[-1].fact, now))
    stored = conversations.Reply(
        wanted.token, message_id, wanted.seen, wanted.body, actor.user_id, actor.key_id, wanted.close
    )
    await conversations.add_reply(conn, place.conversation, stored)
    after = {"message_id": str(message_id), "close": wanted.close}
    change = audit.Change("replied", "conversation", str(place.conversation.id), None, after)
    await record(conn, actor, change)
    return Replied(message_id)


def _draft(place: _Place, body: str, paid: paying.Paid) -> MessageDraft:
    taken, phone = count(body), place.conversation.phone
    return MessageDraft(
        contact_id=place.contact.id if place.contact else None,
        phone=phone,
        recipient=f"+{phone}" if phone > 0 else place.conversation.written,
        connection_id=place.line.connection_id,
        line_id=place.line.id,
        sender=place.line.number,
        message_class="transactional",
        category="",
        template_id=None,
        body=body,
        media_urls=(),
        encoding=taken.encoding,
        parts=max(taken.parts, 1),
        client_reference=None,
        because=as_plain(paid.answer.because),
        purpose="reply",
        price=paid.price,
        counts_on=paid.counts_on,
    )
