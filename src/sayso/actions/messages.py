"""Messages that the API asks for: gated, stored, queued, and read back with their history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sayso.actions import message_pictures, message_wanted, paying, people
from sayso.actions.actor import Actor, needs, transaction
from sayso.actions.blocks import asked_phone
from sayso.actions.explanation import facts
from sayso.actions.message_wanted import MessageWanted
from sayso.actions.refusal import Refused, fault, missing
from sayso.core import gate, phones, senders
from sayso.core.because import Because, as_plain
from sayso.core.gate_asked import Candidate
from sayso.core.receipts import RANKS
from sayso.core.segments import count
from sayso.storage import (
    connections,
    contacts,
    messages,
    numbers,
    templates,
)
from sayso.storage import pool as pools
from sayso.storage.contacts import Contact
from sayso.storage.messages import (
    ADVERTISING_LANE,
    TRANSACTIONAL_LANE,
    Event,
    Message,
    MessageDraft,
    Outcome,
    Place,
)
from sayso.storage.numbers import Line
from sayso.storage.pool import Connection, Pool


@dataclass(frozen=True, slots=True)
class Asked:
    """What became of a request to send: queued, deferred, or not sent and why."""

    id: int
    status: str
    reason: str
    sentence: str
    because: Because


@dataclass(frozen=True, slots=True)
class History:
    """A message, where it stands, and how it came there."""

    message: Message
    events: Sequence[Event]


@dataclass(frozen=True, slots=True)
class _Ready:
    """A message with everything that sending needs; `texts` by language."""

    wanted: MessageWanted
    phone: int
    contact: Contact | None
    line: Line
    body: str


@needs("messages:send")
async def send_message(pool: Pool, actor: Actor, wanted: MessageWanted, now: datetime) -> Asked | Refused:
    """Ask the gate, store the message with its answer, and queue it if it may go out (R6.7, R9.7)."""
    refused = message_wanted.refused(actor, wanted)
    if refused:
        return refused
    allowed = await simulators(pool, actor)
    kinds = await message_pictures.kinds(pool, actor) if wanted.media_urls else {}
    async with transaction(pool, actor) as conn:
        ready = await _ready(conn, wanted, allowed)
        if isinstance(ready, Refused):
            return ready
        if not await message_pictures.known(conn, wanted.media_urls, now):
            return fault(
                "media_urls", "unknown", "There is no such picture in this workspace. Bring it anew."
            )
        candidate = _candidate(actor, ready)
        (known,) = await facts(conn, [candidate], ready.contact)
        way = ready.line, ready.phone, kinds
        answer = gate.may_send(candidate, known, now)
        answer = await message_pictures.carried(conn, wanted.media_urls, way, answer)
        sent = paying.Sent(ready.phone, max(count(ready.body).parts, 1), bool(wanted.media_urls))
        return await _store(conn, ready, await paying.pay(conn, actor, sent, answer, now), now)


@needs("messages:read")
async def show_message(pool: Pool, actor: Actor, message_id: int) -> History | Refused:
    """One message with its history and why it was sent or not."""
    async with transaction(pool, actor) as conn:
        message = await messages.get(conn, message_id)
        if message is None:
            return missing("id", "message")
        return History(message, await messages.events(conn, message_id))


@needs("messages:read")
async def list_messages(
    pool: Pool, actor: Actor, phone: str | None, before_id: int, limit: int
) -> list[Message] | Refused:
    """A page of messages, newest first, to one number or to all."""
    async with transaction(pool, actor) as conn:
        key = await asked_phone(conn, phone)
        return key if isinstance(key, Refused) else await messages.newest(conn, key, before_id, limit)


async def simulators(pool: Pool, actor: Actor) -> frozenset[int] | None:
    """R2.3: the connections a test-mode key may use; None where any will do.

    What kind a connection is belongs to the operator, so it is read as the operator, and only that.
    """
    if not actor.test_mode:
        return None
    async with pools.workspace(pool, actor.workspace_id, operator=True) as conn:
        found = await connections.of_kind(conn, "simulator")
        return frozenset(found)


async def _ready(
    conn: Connection, wanted: MessageWanted, simulators: frozenset[int] | None
) -> _Ready | Refused:
    phone = people.read_phone("to", wanted.to, await people.home(conn))
    if isinstance(phone, Refused):
        return phone
    contact = await _contact(conn, wanted, phone)
    if isinstance(contact, Refused):
        return contact
    line = await _line(conn, wanted, phone, simulators)
    if isinstance(line, Refused):
        return line
    body = await _body(conn, wanted, contact, line)
    if isinstance(body, Refused):
        return body
    return _Ready(wanted, phone, contact, line, body)


async def _contact(conn: Connection, wanted: MessageWanted, phone: int) -> Contact | Refused | None:
    if wanted.external_id is None:
        return next(iter(await contacts.by_phone(conn, phone, 1)), None)
    named = await contacts.by_external_id(conn, wanted.external_id)
    if named is None:
        return fault("external_id", "unknown", "There is no contact with this external id. Put it first.")
    if named.phone is not None and named.phone != phone:
        return fault(
            "to",
            "another_number",
            "This contact has another number. Send to that one.",
        )
    return named


async def _line(
    conn: Connection, wanted: MessageWanted, phone: int, simulators: frozenset[int] | None
) -> Line | Refused:
    own = await numbers.sending_lines(conn)
    lines = [line for line in own if simulators is None or line.connection_id in simulators]
    if own and not lines:
        return fault("sender", "test_mode", "A test key reaches only the simulator; no line is on one.")
    if wanted.sender is not None:
        return message_wanted.named_line(wanted.sender, lines)
    if not lines:
        return fault("sender", "no_line", "This workspace has no line to send from.")
    known = [texted.line_id for texted in await messages.texted_from(conn, phone)]
    return senders.choose(lines, known, phones.country_of(phone))


async def _body(
    conn: Connection, wanted: MessageWanted, contact: Contact | None, line: Line
) -> str | Refused:
    if wanted.template_id is None:
        return wanted.body or ""
    template = await templates.get(conn, wanted.template_id)
    if template is None:
        return fault("template_id", "unknown", "There is no such template in this workspace.")
    refused = message_wanted.template_refused(wanted, template)
    if refused:
        return refused
    texts = (await templates.texts(conn, [template.id])).get(template.id, {})
    return message_wanted.in_language(texts, (contact.language if contact else None, line.language))


def _candidate(actor: Actor, ready: _Ready) -> Candidate:
    return Candidate(
        actor.workspace_id,
        ready.phone,
        ready.wanted.advertising,
        ready.wanted.category,
        line_id=ready.line.id,
        number_id=ready.line.inbound_number_id,
    )


async def _store(conn: Connection, ready: _Ready, decided: paying.Paid, now: datetime) -> Asked:
    answer = decided.answer
    message_id = await messages.add(conn, _draft(ready, decided))
    sentence = answer.because[-1].fact if answer.because else ""
    if isinstance(answer, gate.Skip):
        await messages.add_outcome(
            conn, message_id, Outcome(answer.status, answer.reason, RANKS[answer.status], now)
        )
        await messages.add_event(conn, message_id, Event(answer.status, answer.reason, sentence, now))
        return Asked(message_id, answer.status, answer.reason, sentence, answer.because)
    status, reason, due = "queued", "", now
    if isinstance(answer, gate.Defer):
        status, reason, due = "deferred", answer.reason, answer.until
        await messages.add_outcome(conn, message_id, Outcome(status, reason, RANKS[status], now))
    lane = ADVERTISING_LANE if ready.wanted.advertising else TRANSACTIONAL_LANE
    await messages.enqueue(conn, message_id, Place(ready.line.connection_id, lane, due))
    await messages.add_event(conn, message_id, Event(status, reason, sentence, now))
    return Asked(message_id, status, reason, sentence, answer.because)


def _draft(ready: _Ready, decided: paying.Paid) -> MessageDraft:
    wanted = ready.wanted
    taken = count(ready.body)
    return MessageDraft(
        contact_id=ready.contact.id if ready.contact else None,
        phone=ready.phone,
        recipient=f"+{ready.phone}",
        connection_id=ready.line.connection_id,
        line_id=ready.line.id,
        sender=ready.line.number,
        message_class=wanted.message_class,
        category=wanted.category,
        template_id=wanted.template_id,
        body=ready.body,
        media_urls=wanted.media_urls,
        encoding=taken.encoding,
        # An MMS counts as one, whatever its words.
        parts=1 if wanted.media_urls else max(taken.parts, 1),
        client_reference=wanted.client_reference,
        because=as_plain(decided.answer.because),
        price=decided.price,
        counts_on=decided.counts_on,
    )
