"""What the wire said, into rows: outcomes, history, provider ids, who texted last, blocks (R6.6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sayso.core.gate import ASKED_FOR
from sayso.engine.gateway import Result, Unreachable, Unsent, Unwritable
from sayso.engine.sending_look import verdict
from sayso.providers.contract import Accepted, Later, Refused
from sayso.providers.reasons import PAUSING, SENTENCES
from sayso.storage import outbox
from sayso.storage import receipts as storage
from sayso.storage.outbox import Again, Claimed, Grip, Verdict
from sayso.storage.pool import Connection
from sayso.storage.receipts import OptedOut

# What a provider keeps putting off for so long is not news any more.
TRY_FOR = timedelta(hours=24)
ACCOUNT_PAUSE = timedelta(seconds=60)
LONGEST_RETRY = 300


@dataclass(frozen=True, slots=True)
class Finished:
    """A message that was handed to the gateway, what came of it, and when."""

    row: Claimed
    result: Result
    at: datetime


@dataclass(slots=True)
class Recording:
    """Finished messages by what must be written."""

    verdicts: list[Verdict] = field(default_factory=list)
    again: list[Again] = field(default_factory=list)
    accepted: list[tuple[Claimed, str]] = field(default_factory=list)
    texted: list[tuple[Claimed, datetime]] = field(default_factory=list)
    opted_out: list[OptedOut] = field(default_factory=list)
    settled: list[int] = field(default_factory=list)


async def record(conn: Connection, grip: Grip, finished: Sequence[Finished]) -> int:
    """Write down what became of messages, in one transaction; how many."""
    found = Recording()
    for one in finished:
        _sort(found, one)
    # The order of tables is the inbound stage's, so that the two cannot wait for each other.
    async with conn.pipeline():
        await storage.block_opted_out(conn, found.opted_out)
        await outbox.withdraw(conn, grip, found.again)
        await outbox.settle(conn, grip, found.settled)
        await outbox.conclude(conn, found.verdicts)
        await outbox.taken(conn, grip, found.accepted)
        await outbox.texted(conn, found.texted)
    return len(finished)


def _sort(found: Recording, one: Finished) -> None:
    row, result, at = one.row, one.result, one.at
    match result:
        case Unsent():
            found.again.append(Again(row, row.due, row.attempt))
            return
        case Unreachable(why):
            _put_off(found, one, timedelta(seconds=1), ("temp_unreachable", why))
            return
        case Later(delay, reason):
            _put_off(found, one, delay, (reason, SENTENCES[reason]))
            return
        case Refused(reason, _, code) if reason in PAUSING:
            _put_off(found, one, ACCOUNT_PAUSE, (reason, code))
            return
        case Accepted(ref):
            found.verdicts.append(verdict(row, ("sent", "", ""), at))
            found.accepted.append((row, ref))
            # An answer the person asked for does not make us the one who texted: a STOP after it must not
            # count as an answer to a transactional text (R6.2).
            if row.purpose not in ASKED_FOR:
                found.texted.append((row, at))
        case Refused(reason, opted_out, code):
            found.verdicts.append(verdict(row, ("rejected", reason, code), at))
            if opted_out:
                found.opted_out.append(opted_out_of(row, at))
        case Unwritable(why):
            found.verdicts.append(verdict(row, ("failed", "poison", why[:500]), at))
        case unsure:
            found.verdicts.append(verdict(row, ("unconfirmed", unsure.reason, ""), at))
    found.settled.append(row.message_id)


def _put_off(found: Recording, one: Finished, delay: timedelta, why: tuple[str, str]) -> None:
    row, at = one.row, one.at
    reason, detail = why
    if at - row.created_at > TRY_FOR:
        found.verdicts.append(verdict(row, ("expired", reason, detail), at))
        found.settled.append(row.message_id)
        return
    patience = max(delay, timedelta(seconds=min(LONGEST_RETRY, 2 ** min(row.attempt, 9))))
    due = at + (patience if reason != "throttled" else delay)
    found.again.append(Again(row, due, min(row.attempt + 1, 30_000)))
    found.verdicts.append(verdict(row, ("deferred", reason, detail), at))


def opted_out_of(row: Claimed, at: datetime) -> OptedOut:
    """The block that a provider's "opted out" asks for: the line of a shared code, else the channel (R6.6)."""
    by_line = row.shared and row.line_id != 0
    return OptedOut(
        workspace_id=row.workspace_id,
        phone=row.phone,
        written=row.recipient,
        scope="line" if by_line else "channel",
        line_id=row.line_id if by_line else 0,
        since=at,
    )
