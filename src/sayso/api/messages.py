"""`messages`, `inbound-messages`, `audit`: what goes out, what came in, who changed what."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from litestar import Router, get, post
from litestar.params import JSONBody, QueryParameter

from sayso.actions import ledgers, messages
from sayso.actions.message_wanted import MessageWanted
from sayso.api.problems import settled
from sayso.api.services import (
    Asked,
    Asker,
    Given,
    Id,
    LargeId,
    Listed,
    Phone,
    ShortText,
    as_id,
    dialled,
    listed,
)
from sayso.core.because import as_plain
from sayso.core.money import plain
from sayso.storage.audit import Entry
from sayso.storage.inbound_messages import InboundMessage
from sayso.storage.messages import Message

AskedPhone = Annotated[str | None, QueryParameter(max_length=64, description="Only this number.")]
Url = Annotated[str, msgspec.Meta(max_length=2_000)]


class MessageIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"message_class": "class"}):
    """A message to one number; advertising needs a category, transactional an approved template."""

    to: Phone
    body: Annotated[str, msgspec.Meta(max_length=1_600)] | None = None
    template_id: Id | None = None
    message_class: Literal["advertising", "transactional"] = "advertising"
    category: ShortText | None = None
    external_id: ShortText | None = None
    sender: ShortText | None = None
    media_urls: Annotated[list[Url], msgspec.Meta(max_length=10)] = []
    client_reference: ShortText | None = None

    def wanted(self) -> MessageWanted:
        """As the action takes it."""
        return MessageWanted(
            self.to,
            self.body,
            self.template_id,
            self.message_class,
            self.category or "",
            self.external_id,
            self.sender,
            tuple(self.media_urls),
            self.client_reference,
        )


class AskedOut(msgspec.Struct, frozen=True):
    """What became of it; `reason` is a stable code, `reason_text` its sentence, both empty when queued."""

    id: str
    status: str
    reason: str
    reason_text: str
    because: list[dict[str, str]]


class StatusOut(msgspec.Struct, frozen=True):
    """One step of a message's history."""

    status: str
    reason: str
    detail: str
    at: datetime


class MessageOut(msgspec.Struct, frozen=True, rename={"message_class": "class"}):
    """A message and where it stands."""

    id: str
    status: str
    reason: str
    to: str
    sender: str
    message_class: str
    purpose: str
    category: str | None
    template_id: int | None
    line_id: int | None
    contact_id: str | None
    answers: str | None
    body: str
    media_urls: list[str]
    encoding: str
    parts: int
    client_reference: str | None
    created_at: datetime
    because: list[dict[str, str]]
    price: str | None


class MessageHistory(MessageOut, frozen=True, kw_only=True):
    """A message with its history, oldest first."""

    history: list[StatusOut]


class InboundOut(msgspec.Struct, frozen=True, rename={"sender": "from", "recipient": "to"}):
    """A text with what was decided and why; the deciding step stands last in `because`."""

    id: str
    line_id: int
    contact_id: str | None
    sender: str
    recipient: str
    body: str
    media: list[dict[str, str]]
    provider_at: datetime
    received_at: datetime
    decision: str
    process_id: int | None
    keyword: str | None
    mode: str | None
    scope: str | None
    because: list[dict[str, str]]
    answers_message_id: str | None
    answers_certainty: str
    flags: list[str]


class AuditOut(msgspec.Struct, frozen=True):
    """One change: who (a person, a key, or neither for the product itself), when, what, before, after."""

    id: str
    at: datetime
    user_id: int | None
    key_id: int | None
    action: str
    object_type: str
    object_id: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None


@post("/messages", status_code=202)
async def send_message(services: Given, actor: Asker, data: JSONBody[MessageIn]) -> AskedOut:
    """Send a message, or be told why it may not go out. Scope: messages:send."""
    done = settled(await messages.send_message(services.pool, actor, data.wanted(), services.now()))
    told = "" if done.status == "queued" else done.sentence
    return AskedOut(str(done.id), done.status, done.reason, told, as_plain(done.because))


@get("/messages/{message_id:str}")
async def show_message(services: Given, actor: Asker, message_id: LargeId) -> MessageHistory:
    """One message with its status history and because. Scope: messages:read."""
    found = settled(await messages.show_message(services.pool, actor, as_id(message_id)))
    history = [StatusOut(event.status, event.reason, event.detail, event.at) for event in found.events]
    return MessageHistory(**_fields(found.message), history=history)


@get("/messages")
async def list_messages(
    services: Given, actor: Asker, page: Asked, phone: AskedPhone = None
) -> Listed[MessageOut]:
    """Messages, newest first. Scope: messages:read."""
    found = settled(
        await messages.list_messages(services.pool, actor, dialled(phone), page.before, page.limit)
    )
    return listed(page, [MessageOut(**_fields(one)) for one in found], found[-1].id if found else None)


@get("/inbound-messages")
async def list_inbound(
    services: Given,
    actor: Asker,
    page: Asked,
    phone: AskedPhone = None,
    line_id: Annotated[int | None, QueryParameter(ge=1, le=2_147_483_647)] = None,
) -> Listed[InboundOut]:
    """Texts with their decisions, newest first. Scope: messages:read."""
    asked = (dialled(phone), line_id)
    found = settled(await ledgers.list_inbound(services.pool, actor, asked, page.before, page.limit))
    return listed(page, [_inbound(one) for one in found], found[-1].id if found else None)


@get("/inbound-messages/{inbound_id:str}")
async def show_inbound(services: Given, actor: Asker, inbound_id: LargeId) -> InboundOut:
    """One text with its decision. Scope: messages:read."""
    return _inbound(settled(await ledgers.show_inbound(services.pool, actor, as_id(inbound_id))))


@get("/audit")
async def list_audit(services: Given, actor: Asker, page: Asked) -> Listed[AuditOut]:
    """Who changed what, newest first. Scope: audit:read."""
    found = settled(await ledgers.list_audit(services.pool, actor, page.before, page.limit))
    return listed(page, [_change(one) for one in found], found[-1].id if found else None)


def _fields(found: Message) -> dict[str, Any]:
    return {
        "id": str(found.id),
        "status": found.status,
        "reason": found.reason,
        "to": found.recipient,
        "sender": found.sender,
        "message_class": found.message_class,
        "purpose": found.purpose,
        "category": found.category or None,
        "template_id": found.template_id,
        "line_id": found.line_id or None,
        "contact_id": _large(found.contact_id),
        "answers": _large(found.inbound_id),
        "body": found.body,
        "media_urls": found.media_urls,
        "encoding": found.encoding,
        "parts": found.parts,
        "client_reference": found.client_reference,
        "created_at": found.created_at,
        "because": found.because,
        "price": None if found.price is None else plain(found.price),
    }


def _inbound(found: InboundMessage) -> InboundOut:
    return InboundOut(
        str(found.id),
        found.line_id,
        _large(found.contact_id),
        found.sender,
        found.recipient,
        found.body,
        found.media or [],
        found.provider_at,
        found.received_at,
        found.outcome,
        found.process_id,
        found.keyword,
        found.mode,
        found.scope,
        found.because,
        _large(found.answers_message_id),
        found.answers_certainty,
        found.flags,
    )


def _change(found: Entry) -> AuditOut:
    return AuditOut(
        str(found.id),
        found.at,
        found.user_id,
        found.key_id,
        found.action,
        found.object_type,
        found.object_id,
        None if found.before is None else dict(found.before),
        None if found.after is None else dict(found.after),
    )


def _large(value: int | None) -> str | None:
    """An id beyond what a JSON number holds exactly."""
    return None if value is None else str(value)


router = Router(
    "",
    route_handlers=[send_message, show_message, list_messages, list_inbound, show_inbound, list_audit],
    tags=["Messages"],
)
