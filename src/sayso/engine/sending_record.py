"""What the wire said, into rows: outcomes, history, provider ids, blocks (R6.6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from msgspec import Struct

from sayso.core.provider_opt_out import OptedOut
from sayso.engine.coming_back import not_received
from sayso.engine.gateway import Result, Unreachable, Unsent, Unwritable
from sayso.engine.receipts_opted_out import block
from sayso.engine.sending_look import verdict
from sayso.providers.contract import Accepted, Later, Refused, Unsure
from sayso.providers.reasons import PAUSING, RETRYABLE, SENTENCES
from sayso.storage import conversations, messages, outbox, sending_rules, windows
from sayso.storage.outbox import Again, Claimed, Grip, Verdict
from sayso.storage.pool import Connection

# What a provider keeps putting off for so long is not news any more.
TRY_FOR = timedelta(hours=24)
ACCOUNT_PAUSE = timedelta(seconds=60)
LONGEST_RETRY = 300


class Finished(Struct, frozen=True, gc=False):
    """A message that was handed to the gateway, what came of it, and when."""

    row: Claimed
    result: Result
    at: datetime


@dataclass(slots=True)
class Recording:
    """Finished messages by what must be written."""

    verdicts: list[Verdict] = field(default_factory=list)
    again: list[Again] = field(default_factory=list)
    accepted: list[tuple[Claimed, str, datetime]] = field(default_factory=list)
    opted_out: list[OptedOut] = field(default_factory=list)
    settled: list[Claimed] = field(default_factory=list)
    # Advertising that surely reached nobody, so that no cap counts it (R9.8).
    not_taken: list[tuple[Claimed, datetime]] = field(default_factory=list)


async def record(conn: Connection, grip: Grip, finished: Sequence[Finished]) -> int:
    """Write down what became of messages, in one transaction; how many."""
    found = Recording()
    since = await _tried_since(conn, finished)
    for one in finished:
        if isinstance(one.result, Accepted):
            found.accepted.append((one.row, one.result.provider_ref, one.at))
        else:
            _sort(found, one, since.get(one.row.message_id, one.row.created_at))
    if not found.verdicts and not found.again:
        await windows.accepted(conn, grip, found.accepted)
        return len(finished)
    # Outcomes are written in one order, so of a mixed batch by one statement.
    for row, _, at in found.accepted:
        found.verdicts.append(verdict(row, ("sent", "", ""), at))
        found.settled.append(row)
    # The order of tables is the inbound stage's, so that the two cannot wait for each other.
    purposes = {one.row.message_id: one.row.purpose for one in finished}
    async with conn.pipeline():
        await conversations.come_back(conn, not_received(found.verdicts, purposes))
        await block(conn, found.opted_out, max(one.at for one in finished))
        await outbox.withdraw(conn, grip, found.again)
        await outbox.settle(conn, grip, found.settled)
        await outbox.conclude(conn, found.verdicts)
        await windows.name(conn, grip, [(row, ref) for row, ref, _ in found.accepted])
        await sending_rules.not_taken(conn, found.not_taken)
    return len(finished)


async def _tried_since(conn: Connection, finished: Sequence[Finished]) -> dict[int, datetime]:
    """Since when the wire puts off messages that are old: what waited for its hour is tried as long."""
    unsent = [one for one in finished if not isinstance(one.result, Accepted)]
    old = [one for one in unsent if one.at - one.row.created_at > TRY_FOR and _put_off(one.result)]
    if not old:
        return {}
    ids = [one.row.message_id for one in old]
    places = [one.row.workspace_id for one in old]
    first = await messages.put_off_since(conn, places, ids, sorted(RETRYABLE | PAUSING))
    return {one.row.message_id: first.get(one.row.message_id, one.at) for one in old}


def _sort(found: Recording, one: Finished, since: datetime) -> None:
    row, result, at = one.row, one.result, one.at
    if row.message_class == "advertising" and not isinstance(result, Unsure):
        found.not_taken.append((row, at))
    if isinstance(result, Unsent):
        found.again.append(Again(row, row.due, row.attempt))
        return
    put_off = _put_off(result)
    if put_off is not None and at - since <= TRY_FOR:
        delay, reason, detail = put_off
        # However long it was told to wait: it is tried once more at the end, and then has an end.
        due = min(at + _patience(row, reason, delay), since + TRY_FOR)
        found.again.append(Again(row, due, min(row.attempt + 1, 30_000)))
        found.verdicts.append(verdict(row, ("deferred", reason, detail), at))
        return
    told = ("expired", *put_off[1:]) if put_off is not None else _told(result)
    found.verdicts.append(verdict(row, told, at))
    found.settled.append(row)
    if isinstance(result, Refused) and result.opted_out:
        found.opted_out.append(_opted_out(row, at))


def _put_off(result: Result) -> tuple[timedelta, str, str] | None:
    """For what may be sent again: after how long, reason, detail."""
    match result:
        case Unreachable(why):
            return timedelta(seconds=1), "temp_unreachable", why
        case Later(delay, reason):
            return delay, reason, SENTENCES[reason]
        case Refused(reason, _, code) if reason in PAUSING:
            return ACCOUNT_PAUSE, reason, code
    return None


def _patience(row: Claimed, reason: str, delay: timedelta) -> timedelta:
    """The provider's own delay where it throttles; else longer each time."""
    if reason == "throttled":
        return delay
    return max(delay, timedelta(seconds=min(LONGEST_RETRY, 2 ** min(row.attempt, 9))))


def _told(result: Result) -> tuple[str, str, str]:
    """Status, reason and detail of a result that ends the sending."""
    match result:
        case Refused(reason, _, code):
            return "rejected", reason, code
        case Unwritable(why):
            return "failed", "poison", why[:500]
    return "unconfirmed", "lost_answer", "The provider was given it, and its answer did not come."


def _opted_out(row: Claimed, at: datetime) -> OptedOut:
    return OptedOut(
        workspace_id=row.workspace_id,
        phone=row.phone,
        written=row.recipient,
        since=at,
        line_id=row.line_id,
        shared=row.shared,
        sender=row.sender,
        message_id=row.message_id,
    )
