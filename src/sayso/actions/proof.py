"""All that is known of one number's will: may it be texted, blocks, ledger, and what was said and sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sayso.actions import explanation, people
from sayso.actions.actor import Actor, needs, transaction
from sayso.actions.exchange import BOTH, Exchange, Past, exchanged
from sayso.actions.explanation import Explained, Question
from sayso.actions.refusal import Refused, missing
from sayso.core import consent
from sayso.core.consent import StoppedCode
from sayso.core.phones import Phone, parse
from sayso.storage import (
    audit,
    blocks,
    categories,
    consents,
    contact_records,
    contacts,
    hands,
    inbound_messages,
    numbers,
    workspaces,
)
from sayso.storage.audit import Hand
from sayso.storage.blocks import Block, Since
from sayso.storage.consents import Entry
from sayso.storage.contacts import Contact
from sayso.storage.inbound_messages import InboundMessage
from sayso.storage.numbers import Line
from sayso.storage.pool import Connection, Pool

MOST_BLOCKS = 200
NEWEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Part:
    """How much is wanted: so many entries of the ledger older than `before_id`, and as many texts and
    messages together older than `said_before_id`; `said` names which of the two."""

    limit: int
    before_id: int = NEWEST
    said_before_id: int = NEWEST
    said: frozenset[str] = BOTH


@dataclass(frozen=True, slots=True)
class Stopped:
    """Since when a stop stands; `code` names the shared code where that alone tells of it (R3.3), else empty.

    Whom else such a stop reached, and in which text, is nobody's business here.
    """

    since: datetime
    code: str = ""


@dataclass(frozen=True, slots=True)
class Proof:
    """One number: the gate's answers now, blocks and ledger newest first, and what else explains them.

    `hands` says who made or lifted a block, by moment; `texts` are the texts behind blocks and ledger by id,
    `lines` all lines, `codes` the shared ones where a bare stop holds. `stopped`: of several stops that stand
    the oldest block of all advertising, else the oldest.
    """

    phone: int
    workspace: str
    at: datetime
    answers: Sequence[tuple[Question, Explained]]
    blocks: Sequence[Block]
    entries: Sequence[Entry]
    more: bool
    hands: Mapping[datetime, Hand]
    texts: Mapping[int, InboundMessage]
    contacts: Sequence[Contact]
    codes: Sequence[StoppedCode]
    lines: Mapping[int, Line]
    stopped: Stopped | None
    exchange: Exchange
    asked: datetime | None
    """Since when a text asks whether the number is somebody else's (R6.8)."""


@needs("consents:read")
async def prove(pool: Pool, actor: Actor, phone: int, part: Part, now: datetime) -> Proof | Refused:
    """Everything about one number's will, read in one transaction; `more` says that the ledger goes on.

    A key that is no number is known only where something stands for it.
    """
    async with transaction(pool, actor) as conn:
        standing = await blocks.newest(conn, phone, Since(NEWEST, MOST_BLOCKS, lifted_too=True))
        entries = await consents.newest(conn, phone, part.before_id, part.limit + 1)
        if not (standing or entries or _is_number(phone)):
            return missing("phone", "number")
        more, entries = len(entries) > part.limit, entries[: part.limit]
        people_found = await contacts.by_phone(conn, phone, people.MOST_PROFILES)
        sending = await numbers.sending_lines(conn)
        every = [category.name for category in await categories.every(conn)]
        whom = (phone, next(iter(people_found), None), sending)
        stands = await workspaces.current(conn)
        codes = await _codes(conn, phone, whom[1], every)
        stopped = _stopped(standing, codes)
        return Proof(
            phone=phone,
            workspace=stands.name if stands else "",
            at=now,
            answers=await explanation.explain_every(conn, actor, whom, every, now),
            blocks=standing,
            entries=entries,
            more=more,
            hands=await _hands(conn, phone, standing, entries),
            texts=await _texts(conn, standing, entries),
            contacts=people_found,
            codes=codes,
            lines={line.id: line for line in await numbers.every_line(conn, 0, 10_000)},
            stopped=stopped,
            exchange=await exchanged(
                conn,
                phone,
                Past(part.said_before_id, part.limit, part.said),
                stopped.since if stopped else None,
            ),
            asked=await hands.waits(conn, phone),
        )


def stops_all(block: Block) -> bool:
    """Whether it stands and no advertising at all may leave."""
    return block.lifted_at is None and block.scope in ("channel", "all")


def _stopped(blocks: Sequence[Block], codes: Sequence[StoppedCode]) -> Stopped | None:
    wide = [Stopped(block.since) for block in blocks if stops_all(block)]
    narrow = [Stopped(block.since) for block in blocks if block.lifted_at is None]
    # Of one moment the block comes first: it has the text.
    narrow += [Stopped(code.since, code.code) for code in codes]
    return min(wide or narrow, key=lambda stop: stop.since, default=None)


async def _codes(
    conn: Connection, phone: int, contact: Contact | None, categories: Sequence[str]
) -> tuple[StoppedCode, ...]:
    found = (await contact_records.stopped_codes(conn, [phone])).get(phone, ())
    if not found:
        return ()
    states = contact_records.core_states(
        await consents.states(conn, [phone]), contact.id if contact else None
    )
    return consent.standing_codes(found, categories or ("",), states)


def _is_number(phone: int) -> bool:
    return phone > 0 and isinstance(read := parse(f"+{phone}", None), Phone) and read.key == phone


async def _hands(
    conn: Connection, phone: int, standing: Sequence[Block], entries: Sequence[Entry]
) -> Mapping[datetime, Hand]:
    """Only what came through people and keys has a hand in the trail."""
    moments = [block.stored_at for block in standing if block.source in _BY_HAND]
    moments += [block.lifted_at for block in standing if block.lifted_at and block.lifted_by in _BY_HAND]
    moments += [entry.imported_timestamp for entry in entries if entry.source in _BY_HAND]
    if not moments:
        return {}
    found = await audit.hands(conn, ("block", "consent"), str(phone), moments)
    return {hand.at: hand for hand in found}


async def _texts(
    conn: Connection, standing: Sequence[Block], entries: Sequence[Entry]
) -> Mapping[int, InboundMessage]:
    wanted = {block.inbound_id for block in standing} | {entry.inbound_id for entry in entries}
    wanted.discard(None)
    if not wanted:
        return {}
    found = await inbound_messages.of_ids(conn, [one for one in wanted if one is not None])
    return {text.id: text for text in found}


_BY_HAND = frozenset({"api", "console"})
