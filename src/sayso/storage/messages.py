"""Messages asked for by the API: stored, put in the queue, and read back with their history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from psycopg.types.json import Jsonb

from sayso.core.receipts import NEVER_LEFT
from sayso.observe import metrics
from sayso.storage.pool import Connection
from sayso.storage.queries import load
from sayso.storage.statements import many, number, one, run

SQL = load("messages")
TRANSACTIONAL_LANE, ADVERTISING_LANE = 1, 2


@dataclass(frozen=True, slots=True)
class MessageDraft:
    """A message to be stored; `message_class` is advertising or transactional, `because` plain steps.

    `price`: of all its parts, in millionths; None: unknown, or it is not to leave. `counts_on`: the day on
    which that counts.
    """

    contact_id: int | None
    phone: int
    recipient: str
    connection_id: int
    line_id: int
    sender: str
    message_class: str
    category: str
    template_id: int | None
    body: str
    media_urls: Sequence[str]
    encoding: str
    parts: int
    client_reference: str | None
    because: Sequence[dict[str, str]]
    purpose: str = "api"
    price: int | None = None
    counts_on: date | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """A message and where it stands now."""

    id: int
    created_at: datetime
    contact_id: int | None
    phone: int
    recipient: str
    line_id: int
    sender: str
    message_class: str
    purpose: str
    category: str
    template_id: int | None
    inbound_id: int | None
    body: str
    media_urls: list[str]
    encoding: str
    parts: int
    client_reference: str | None
    because: list[dict[str, str]]
    price: int | None
    status: str
    reason: str


@dataclass(frozen=True, slots=True)
class Event:
    """One step of a message's history; `detail` is a sentence or the provider's own code."""

    status: str
    reason: str
    detail: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Happened:
    """The same of one of several messages."""

    message_id: int
    status: str
    reason: str
    detail: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Became:
    """How many messages of a kind stand so."""

    message_class: str
    purpose: str
    status: str
    messages: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message goes in the outbox: lane 1 transactional, 2 advertising."""

    connection_id: int
    lane: int
    due: datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where a message stands; `rank` only grows."""

    status: str
    reason: str
    rank: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Texted:
    """That a line texted a number, for a contact."""

    line_id: int
    contact_id: int | None
    at: datetime


async def add(conn: Connection, draft: MessageDraft) -> int:
    """Store a message; its id."""
    said = {
        "contact_id": draft.contact_id,
        "phone": draft.phone,
        "recipient": draft.recipient,
        "connection_id": draft.connection_id,
        "line_id": draft.line_id,
        "sender": draft.sender,
        "class": draft.message_class,
        "purpose": draft.purpose,
        "category": draft.category,
        "template_id": draft.template_id,
        "body": draft.body,
        "media_urls": list(draft.media_urls),
        "encoding": draft.encoding,
        "parts": draft.parts,
        "client_reference": draft.client_reference,
        "because": Jsonb(list(draft.because)),
        "price": draft.price,
        "counts_on": draft.counts_on,
    }
    made = await number(conn, SQL["add"], said)
    assert made is not None  # noqa: S101 - an INSERT without a condition returns its row
    return made


async def enqueue(conn: Connection, message_id: int, place: Place) -> None:
    """Put a message in the outbox and wake whoever sends, once this transaction commits."""
    said = {
        "connection_id": place.connection_id,
        "lane": place.lane,
        "due": place.due,
        "message_id": message_id,
    }
    await run(conn, SQL["enqueue"], said)
    await run(conn, SQL["wake"], {})


async def add_event(conn: Connection, message_id: int, event: Event) -> None:
    """Append to a message's history."""
    said = {"status": event.status, "reason": event.reason, "detail": event.detail, "at": event.at}
    await run(conn, SQL["add_event"], said | {"message_id": message_id})
    metrics.count_messages({event.status: 1})


async def add_outcome(conn: Connection, message_id: int, outcome: Outcome) -> None:
    """Say where a new message stands, other than queued."""
    said = {"status": outcome.status, "reason": outcome.reason, "rank": outcome.rank, "at": outcome.at}
    await run(conn, SQL["add_outcome"], said | {"message_id": message_id})


async def get(conn: Connection, message_id: int) -> Message | None:
    """One message."""
    return await one(conn, Message, SQL["get"], {"message_id": message_id})


async def newest(conn: Connection, phone: int | None, before_id: int, limit: int) -> list[Message]:
    """A page of messages, newest first, to one number or to all."""
    said = {"phone": phone, "before_id": before_id, "limit": limit}
    return await many(conn, Message, SQL["newest" if phone is None else "newest_of_phone"], said)


async def events(conn: Connection, message_id: int) -> list[Event]:
    """A message's history, oldest first."""
    return await many(conn, Event, SQL["events"], {"message_id": message_id})


async def events_of(conn: Connection, message_ids: Sequence[int]) -> list[Happened]:
    """The history of these messages, each oldest first."""
    return await many(conn, Happened, SQL["events_of"], {"message_ids": sorted(message_ids)})


async def became_since(conn: Connection, phone: int, since: datetime) -> list[Became]:
    """What left for a number since a moment, and what was held back from it, by kind and status."""
    said = {"phone": phone, "since": since, "never_left": sorted(NEVER_LEFT)}
    return await many(conn, Became, SQL["became_since"], said)


async def texted_from(conn: Connection, phone: int) -> list[Texted]:
    """From which lines the workspace texted a number, last first."""
    return await many(conn, Texted, SQL["texted_from"], {"phone": phone})


async def put_off_since(
    conn: Connection, workspace_ids: Sequence[int], message_ids: Sequence[int], reasons: Sequence[str]
) -> dict[int, datetime]:
    """When each of these messages, given with its workspace, was first put off for one of these reasons.

    Absent: never yet. For the engine, which sees all workspaces.
    """
    said = {"workspaces": list(workspace_ids), "ids": list(message_ids), "reasons": list(reasons)}
    return dict(await (await conn.execute(SQL["put_off_since"], said)).fetchall())
