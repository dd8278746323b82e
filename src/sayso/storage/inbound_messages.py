"""Texts as decided (R5.3), read for people and systems."""

from __future__ import annotations

from collections.abc import Sequence
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


async def of_ids(conn: Connection, inbound_ids: Sequence[int]) -> list[InboundMessage]:
    """These texts, newest first; those that are kept no longer are missing."""
    return await many(conn, InboundMessage, SQL["of_ids"], {"inbound_ids": sorted(set(inbound_ids))})


@dataclass(frozen=True, slots=True)
class PastRow:
    """One text of a slice; `body` is empty where it belongs to another line than asked for."""

    id: int
    line_id: int
    phone: int
    sender: str
    received_at: datetime
    body: str


@dataclass(frozen=True, slots=True)
class Between:
    """A stretch of ids, the first in it, the last not."""

    first: int
    last: int


async def between(conn: Connection, since: datetime, until: datetime) -> Between:
    """The ids of the texts that were stored between two moments."""
    found = await one(conn, Between, SQL["ids_between"], {"since": since, "until": until})
    return found or Between(0, 0)


async def past(conn: Connection, line_id: int, where: Between, limit: int) -> list[PastRow]:
    """The newest texts of any line in a stretch of ids, newest first."""
    said = {"line_id": line_id, "from_id": where.first, "before_id": where.last, "limit": limit}
    return await many(conn, PastRow, SQL["slice"], said)
