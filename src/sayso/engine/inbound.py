"""The inbound stage: waiting texts become effects, a batch at a time (PRODUCT §5)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

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
from sayso.storage import conversations
from sayso.storage import inbound as storage
from sayso.storage.inbound import Found
from sayso.storage.pool import Connection
from sayso.storage.setup import Setup

PER_LANE = 64
REPLIES_WITHIN = timedelta(minutes=10)

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
        count_texts(decided, now)
    once_committed(partial(tell, concerned))


async def _store(conn: Connection, batch: Batch, now: datetime) -> None:
    await conversations.heard(conn, batch.get(conversations.KIND, ()))
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


@dataclass(slots=True)
class _Facts:
    """What is known of one number while the rows of the queries are sorted to it."""

    profiles: list[Profile] = field(default_factory=list)
    texted: list[Texted] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    code_blocks: list[CodeBlock] = field(default_factory=list)
    pending: list[Pending] = field(default_factory=list)
    noes: list[No] = field(default_factory=list)
    replies: dict[int, int] = field(default_factory=dict)

    def word(self, row: Found) -> None:
        """A yes that waits, or a no."""
        workspace, contact, category, since, source, state = row
        if state == "reject":
            self.noes.append(No(workspace, contact, category, since, source))
        else:
            self.pending.append(Pending(workspace, contact, category, since))

    def known(self) -> Known:
        return Known(
            tuple(self.profiles),
            tuple(self.texted),
            tuple(self.blocks),
            tuple(self.code_blocks),
            tuple(self.pending),
            tuple(self.noes),
            self.replies,
        )


_SORTED: dict[str, Callable[[_Facts, Found], object]] = {
    "profiles": lambda facts, row: facts.profiles.append(Profile(*row[1:])),
    "texted": lambda facts, row: facts.texted.append(Texted(*row[1:])),
    "blocks": lambda facts, row: facts.blocks.append(Block(*row[1:])),
    "code_blocks": lambda facts, row: facts.code_blocks.append(CodeBlock(*row[1:])),
    "words": lambda facts, row: facts.word(row[1:]),
    "replies": lambda facts, row: facts.replies.update({row[1]: row[2]}),
}


async def _known(conn: Connection, heard: Sequence[Heard], now: datetime) -> dict[int, Known]:
    pairs = {
        (line.workspace_id, text.phone)
        for text, number in heard
        if number is not None
        for line in (*number.lines, *number.past)
    }
    phones = {text.phone for text, _ in heard}
    if not pairs:
        return {}
    facts: defaultdict[int, _Facts] = defaultdict(_Facts)
    for name, rows in (await storage.known(conn, pairs, sorted(phones), now - REPLIES_WITHIN)).items():
        sort = _SORTED[name]
        for row in rows:
            sort(facts[row[0]], row)
    return {phone: found.known() for phone, found in facts.items()}
