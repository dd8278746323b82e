"""The inbound stage: waiting texts become effects, a batch at a time (PRODUCT §5)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from msgspec.structs import replace

from sayso.core import emergency
from sayso.core.effects import Decision
from sayso.core.inbound import decide
from sayso.core.messages import (
    NOTHING_KNOWN,
    Block,
    CodeBlock,
    InboundText,
    Known,
    No,
    Number,
    Pending,
    Profile,
    Texted,
)
from sayso.core.phones import address_key
from sayso.core.receipts import RANKS
from sayso.engine.counts import count_texts
from sayso.engine.effects import Batch, gather
from sayso.observe.counting import once_committed
from sayso.storage import inbound as storage
from sayso.storage.inbound import Found
from sayso.storage.pool import Connection
from sayso.storage.setup import Setup

PER_LANE = 64
REPLIES_WITHIN = timedelta(minutes=10)

Fact = TypeVar("Fact")
Heard = tuple[InboundText, Number | None]
Tell = Callable[[Iterable[int]], None]
"""Is told the workspaces of a batch once it is committed."""


def nobody(workspace_ids: Iterable[int]) -> None:
    """Whom a batch is told that no page waits for."""


async def hear(
    conn: Connection, lanes: Sequence[int], setup: Setup, now: datetime, tell: Tell = nobody
) -> int:
    """Turn waiting texts of these lanes into effects, in the transaction that `conn` is in; how many.

    A number's texts are decided in order of provider time, then arrival (R5.2); where a batch holds several
    of one number, each sees what the one before it did.
    """
    texts = await storage.claim(conn, lanes, PER_LANE)
    await understand(conn, texts, setup, now, tell)
    return len(texts)


async def hear_named(
    conn: Connection, lanes: Sequence[int], ids: Sequence[int], setup: Setup, now: datetime, tell: Tell
) -> int:
    """The same for named texts of these lanes: how one bad text is found among many."""
    await understand(conn, await storage.take(conn, lanes, ids), setup, now, tell)
    return len(ids)


async def stop_at_least(
    conn: Connection, lanes: Sequence[int], id_: int, setup: Setup, now: datetime
) -> None:
    """Of a text that cannot be decided, store the stop, if it may be one."""
    text = await storage.look(conn, lanes, id_)
    if text is not None:
        heard, number = _heard(text, setup)
        effects = emergency.stop(heard, number)
        await _store(conn, gather([(heard, Decision(effects, ()))], now), now)


async def understand(
    conn: Connection, texts: Sequence[InboundText], setup: Setup, now: datetime, tell: Tell = nobody
) -> None:
    """Decide these texts and store what they do."""
    concerned: set[int] = set()
    for heard in _waves([_heard(text, setup) for text in texts]):
        people = await _known(conn, heard, now)
        decided = [
            (text, decide(text, number, people.get(text.phone, NOTHING_KNOWN))) for text, number in heard
        ]
        batch = gather(decided, now)
        await _store(conn, batch, now)
        concerned.update(int(str(row[0])) for row in batch.get("record", ()))
        count_texts([text for text, _ in decided], batch, now)
    once_committed(partial(tell, concerned))


async def _store(conn: Connection, batch: Batch, now: datetime) -> None:
    await storage.append(conn, batch, now=now, rank=RANKS["cancelled"])
    if batch.get("reply"):
        await conn.execute("NOTIFY outbox")


def _waves(heard: Sequence[Heard]) -> list[list[Heard]]:
    """Texts in order, one of each number a wave."""
    turns: defaultdict[int, int] = defaultdict(int)
    waves: list[list[Heard]] = []
    for text, number in sorted(heard, key=_order):
        turn = turns[text.phone]
        turns[text.phone] += 1
        if turn == len(waves):
            waves.append([])
        waves[turn].append((text, number))
    return waves


def _order(heard: Heard) -> tuple[datetime, datetime, int]:
    text, _ = heard
    # Ids come last: within one millisecond the sequence's caches may swap them.
    return text.provider_at, text.received_at, text.id


def _heard(text: InboundText, setup: Setup) -> Heard:
    """A text with its number. A sender in national spelling is read by that number's country (R3.4): the
    doors, which cannot see numbers, took it for a name."""
    number = setup.number(text.connection_id, text.recipient)
    if number is not None and text.phone < 0:
        phone = address_key(text.sender, text.connection_id, number.country)
        return replace(text, phone=phone), number
    return text, number


async def _known(conn: Connection, heard: Sequence[Heard], now: datetime) -> dict[int, Known]:
    pairs = {
        (line.workspace_id, text.phone)
        for text, number in heard
        if number is not None
        for line in (*number.lines, *number.past)
    }
    if not pairs:
        return {}
    phones = sorted({text.phone for text, _ in heard})
    found = await storage.known(conn, pairs, phones, now - REPLIES_WITHIN)
    profiles = _by_phone(found["profiles"], Profile)
    texted = _by_phone(found["texted"], Texted)
    blocks = _by_phone(found["blocks"], Block)
    code_blocks = _by_phone(found["code_blocks"], CodeBlock)
    pending = _by_phone([row[:5] for row in found["words"] if row[6] != "reject"], Pending)
    noes = _by_phone([row[:6] for row in found["words"] if row[6] == "reject"], No)
    replies: defaultdict[int, dict[int, int]] = defaultdict(dict)
    for phone, line_id, times in found["replies"]:
        replies[phone][line_id] = times
    # Of most numbers no more is known than whose they are.
    return {
        phone: Known(
            profiles.get(phone, ()),
            texted.get(phone, ()),
            blocks.get(phone, ()),
            code_blocks.get(phone, ()),
            pending.get(phone, ()),
            noes.get(phone, ()),
            replies.get(phone, {}),
        )
        for phone in phones
    }


def _by_phone(rows: Sequence[Found], make: Callable[..., Fact]) -> dict[int, tuple[Fact, ...]]:
    """What each row says, by the phone that leads it, in the order of the rows."""
    found: defaultdict[int, list[Fact]] = defaultdict(list)
    for row in rows:
        found[row[0]].append(make(*row[1:]))
    return {phone: tuple(facts) for phone, facts in found.items()}
