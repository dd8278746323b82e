"""Conversations of the inbox, by number and line: kept as texts are filed, answered by people (R12.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sayso.storage.pool import Connection
from sayso.storage.queries import load
from sayso.storage.statements import many, one, run

SQL = load("conversations")
SHOWN = 160  # characters of the newest text that a list shows


@dataclass(frozen=True, slots=True)
class Conversation:
    """What a number and a line say to each other; `wrote_at`: when the number said its newest text.

    `news` grows with all that is new to the people who answer: what a page was made from, it has shown.
    """

    phone: int
    line_id: int
    id: int
    written: str
    open: bool
    unanswered: int
    assigned_to: int | None
    last_inbound_id: int
    wrote_at: datetime
    news: int

    @property
    def key(self) -> dict[str, object]:
        """What finds its row."""
        return {"phone": self.phone, "line_id": self.line_id}


@dataclass(frozen=True, slots=True)
class Sent:
    """A reply that a form has sent already."""

    message_id: int
    body: str


@dataclass(frozen=True, slots=True)
class Reply:
    """Who answered, by which form, having seen which `news`; `close`: and closed the conversation."""

    token: UUID
    message_id: int
    seen: int
    words: str
    user_id: int | None
    key_id: int | None
    close: bool


@dataclass(frozen=True, slots=True)
class CameBack:
    """A reply that did not arrive, and why; news only while its outcome stands `below` this rank."""

    workspace_id: int
    message_id: int
    below: int
    why: str


@dataclass(frozen=True, slots=True)
class Label:
    """A label as compared and as written."""

    folded: str
    written: str


async def come_back(conn: Connection, replies: Sequence[CameBack]) -> None:
    """Give conversations back to the people who answer them; before the outcomes of these are written.

    First of a transaction's locks, as they are in the inbound stage's.
    """
    if replies:
        said = {
            "workspaces": [each.workspace_id for each in replies],
            "ids": [each.message_id for each in replies],
            "below": [each.below for each in replies],
            "whys": [each.why for each in replies],
        }
        await conn.execute(SQL["come_back"], said, prepare=True)


async def get(conn: Connection, id_: int, *, for_update: bool = False) -> Conversation | None:
    """The conversation that a text belongs to; locked where it is to change."""
    return await one(conn, Conversation, SQL["get_for_update" if for_update else "get"], {"id": id_})


async def hurry(conn: Connection) -> None:
    """From now on no statement of the transaction takes long: the engine may want what it locks."""
    await conn.execute(SQL["hurry"])


async def assign(conn: Connection, found: Conversation, user_id: int | None) -> None:
    """Give it to a person, or to nobody."""
    await run(conn, SQL["assign"], found.key | {"user_id": user_id})


async def set_open(conn: Connection, found: Conversation, *, open_: bool) -> None:
    """Close or reopen it; what is unanswered stays counted."""
    await run(conn, SQL["set_open"], found.key | {"open": open_})


async def reply_of_form(conn: Connection, token: UUID) -> Sent | None:
    """The reply that this form sent before."""
    return await one(conn, Sent, SQL["reply_of_form"], {"token": token})


async def add_reply(conn: Connection, found: Conversation, reply: Reply) -> None:
    """Note a reply and who wrote it, and show it as the newest words."""
    said: Mapping[str, object] = found.key | {
        "token": reply.token,
        "message_id": reply.message_id,
        "inbound_id": found.last_inbound_id,
        "user_id": reply.user_id,
        "key_id": reply.key_id,
        "seen": reply.seen,
        "close": reply.close,
        "words": reply.words[:SHOWN],
    }
    await run(conn, SQL["add_reply"], said)
    await run(conn, SQL["answered"], said)


async def labels(conn: Connection, found: Conversation) -> list[Label]:
    """Its labels, in order."""
    return await many(conn, Label, SQL["labels"], found.key)


async def add_label(conn: Connection, found: Conversation, label: Label) -> None:
    """Label it; nothing happens where it has the label."""
    await run(conn, SQL["add_label"], found.key | {"folded": label.folded, "written": label.written})


async def remove_label(conn: Connection, found: Conversation, folded: str) -> None:
    """Take a label off."""
    await run(conn, SQL["remove_label"], found.key | {"folded": folded})
