"""What the page behind a personal link must know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sayso.storage.pool import Connection
from sayso.storage.queries import load
from sayso.storage.statements import one

SQL = load("unsubscribing")


@dataclass(frozen=True, slots=True)
class Subscription:
    """Who a message went to, and what they stopped; `sender` is the number that hears START."""

    phone: int
    recipient: str
    contact_id: int | None
    campaign_id: int | None
    workspace: str
    country: str
    time_zone: str
    language: str
    sender: str
    stopped: datetime | None
    left_categories: list[str]


async def workspace_of(conn: Connection, message_id: int) -> int | None:
    """The workspace that a message is of, whoever asks."""
    row = await (await conn.execute(SQL["workspace_of"], {"message_id": message_id})).fetchone()
    return None if row is None or row[0] is None else int(row[0])


async def subscription(conn: Connection, message_id: int) -> Subscription | None:
    """Who a message of this workspace went to."""
    return await one(conn, Subscription, SQL["subscription"], {"message_id": message_id})
