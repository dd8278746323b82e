"""Texts as decided (R5.3), read for people and systems."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sayso.storage.pool import Connection
from sayso.storage.queries import load
from sayso.storage.statements import many, one

SQL = load("inbound_messages")


@dataclass(frozen=True, slots=True)
class InboundMessage:
    """One text with its decision; `because` are plain steps, the deciding one last."""

    id: int
    line_id: int
    contact_id: int | None
    phone: int
    sender: str
    recipient: str
    body: str
    media: list[dict[str, str]] | None
    provider_at: datetime
    received_at: datetime
    outcome: str
    process_id: int | None
    keyword: str | None
    mode: str | None
    scope: str | None
    because: list[dict[str, str]]
    answers_message_id: int | None
    answers_certainty: str
    flags: list[str]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which texts: of one number or all, of one line or all."""

    phone: int | None = None
    line_id: int | None = None


async def newest(conn: Connection, wanted: Wanted, before_id: int, limit: int) -> list[InboundMessage]:
    """A page of texts, newest first."""
    said = {"phone": wanted.phone, "line_id": wanted.line_id, "before_id": before_id, "limit": limit}
    query = SQL["newest" if wanted.phone is None else "newest_of_phone"]
    return await many(conn, InboundMessage, query, said)


async def get(conn: Connection, inbound_id: int) -> InboundMessage | None:
    """One text."""
    return await one(conn, InboundMessage, SQL["get"], {"inbound_id": inbound_id})
