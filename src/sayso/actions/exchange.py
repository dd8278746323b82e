"""What a number and its workspace said to each other, with what became of each message."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sayso.storage import inbound_messages, messages
from sayso.storage.inbound_messages import InboundMessage, Wanted
from sayso.storage.messages import Became, Happened, Message
from sayso.storage.pool import Connection

BOTH = frozenset({"texts", "messages"})


@dataclass(frozen=True, slots=True)
class Exchange:
    """Texts and messages, newest first, and the history of each message, oldest first, by its id.

    `more`: it goes on beyond these. `became`: what left and what was held back since a stop that stands, of
    all messages, shown here or not.
    """

    texts: Sequence[InboundMessage]
    messages: Sequence[Message]
    events: Mapping[int, Sequence[Happened]]
    more: bool
    became: Sequence[Became]


@dataclass(frozen=True, slots=True)
class Past:
    """How much of it: at most `limit` older than `before_id`; `kinds` are texts, messages, or both."""

    before_id: int
    limit: int
    kinds: frozenset[str] = BOTH


async def exchanged(conn: Connection, phone: int, past: Past, stopped: datetime | None) -> Exchange:
    """The newest of both together that are older than a cursor; ids of both grow with time."""
    before_id, limit = past.before_id, past.limit
    texts, sent = [], []
    if "texts" in past.kinds:
        texts = await inbound_messages.newest(conn, Wanted(phone), before_id, limit + 1)
    if "messages" in past.kinds:
        sent = await messages.newest(conn, phone, before_id, limit + 1)
    ids = sorted([text.id for text in texts] + [message.id for message in sent], reverse=True)
    shown = set(ids[:limit])
    sent = [message for message in sent if message.id in shown]
    events: defaultdict[int, list[Happened]] = defaultdict(list)
    for happened in await messages.events_of(conn, [message.id for message in sent]) if sent else ():
        events[happened.message_id].append(happened)
    return Exchange(
        texts=[text for text in texts if text.id in shown],
        messages=sent,
        events=events,
        more=len(ids) > limit,
        became=await messages.became_since(conn, phone, stopped) if stopped else (),
    )
