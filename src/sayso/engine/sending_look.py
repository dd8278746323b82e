"""The last look: what of a slice may leave now, and the fence before the first byte (R9.7, R9.10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from msgspec.structs import replace

from sayso.core import hands
from sayso.core.answering import Reply
from sayso.core.gate import ASKED_FOR, HALTED, Answer, Send, Skip, may_send
from sayso.core.gate_asked import TEST, Candidate, Facts
from sayso.core.gate_memo import WindowAnswers
from sayso.core.links import first_link
from sayso.core.receipts import RANKS, may_still_leave
from sayso.engine.campaign_care import CANCELLED
from sayso.engine.coming_back import not_received, taken_back
from sayso.engine.stage import TakenOverError
from sayso.storage import campaign_holds, conversations, gate_facts, outbox, sending_rules, windows
from sayso.storage.conversations import CameBack
from sayso.storage.outbox import Again, Claimed, Grip, Looked, Verdict
from sayso.storage.pool import Connection
from sayso.storage.windows import Window

PLACED_ANEW = frozenset({"quiet_hours", "frequency_cap"})
WORKSPACE_PAUSE = timedelta(seconds=15)


Question = tuple[Candidate, Facts]
"""A message for the gate, but for since when it waits, and what is known for it."""


@dataclass(slots=True)
class Sorted:
    """A slice after its last look."""

    leaving: list[Claimed] = field(default_factory=list)
    again: list[Again] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)
    parked: list[Again] = field(default_factory=list)
    taken_back: list[CameBack] = field(default_factory=list)
    # Advertising of this slice that meets caps, by workspace and number: none of it is stored yet.
    advertised: dict[tuple[int, int], list[Claimed]] = field(default_factory=dict)
    answers: WindowAnswers = field(default_factory=WindowAnswers)


class CrowdedError(Exception):
    """Another connection is just looking at the same workspace's caps: who waits for it must keep nothing."""


async def last_look(conn: Connection, grip: Grip, claimed: Sequence[Claimed], now: datetime) -> list[Claimed]:
    """Decide over a slice and write down what becomes of it; once `conn` commits, the answer may leave.

    One transaction: lease and claims are still ours, the gate has today's facts, intents stand for all that
    leaves, outcomes for what does not. What leaves has texted its number from now on: its answer may be lost,
    and a STOP to it must be heard all the same (R3.3). Raises TakenOverError where the lease is lost.
    """
    # Before anything is kept: whoever waits here for another connection keeps no lease from being renewed.
    await sending_rules.alone(conn, _capped(claimed))
    looked = await outbox.look(conn, grip, claimed)
    if not looked.held:
        raise TakenOverError(f"{grip.resource} is held by somebody else")
    rows = [row for row in claimed if row.message_id in looked.ours]
    if "all" in looked.paused or grip.resource in looked.paused:
        await outbox.put_back(conn, grip, [Again(row, row.due, row.attempt) for row in rows])
        return []
    found = await _decided(conn, rows, looked, now)
    await _keep_back(conn, grip, found, rows)
    if found.leaving:
        await windows.intend(conn, grip, found.leaving, now)
        await _let_go(conn, found, now)
    return found.leaving


async def look_at_once(
    conn: Connection, grip: Grip, window: Window, admitted: int, now: datetime
) -> list[Claimed]:
    """The last look at what was just taken with its intents, of which so many may leave now.

    As `last_look`, in the transaction that took them. Raises CrowdedError, and then it must not commit.
    """
    rows = window.rows[:admitted]
    if not await sending_rules.alone_at_once(conn, _capped(rows)):
        raise CrowdedError(f"the caps of {grip.resource} are being looked at")
    found = await _decided(conn, rows, window.looked, now)
    found.again.extend(Again(row, row.due, row.attempt) for row in window.rows[admitted:])
    if len(found.leaving) < len(window.rows):
        leaving = {row.message_id for row in found.leaving}
        await outbox.settle(conn, grip, [row for row in window.rows if row.message_id not in leaving])
        await _keep_back(conn, grip, found, rows)
    if found.leaving:
        await _let_go(conn, found, now)
    return found.leaving


async def _decided(conn: Connection, rows: Sequence[Claimed], looked: Looked, now: datetime) -> Sorted:
    asked = [gate_facts.Asked(_candidate(row), row.contact_id) for row in rows]
    facts = await gate_facts.read(conn, asked)
    found = Sorted()
    for row, one, known in zip(rows, asked, facts, strict=True):
        if may_still_leave(looked.status(row.message_id)):
            _sort(found, row, (one.candidate, known), (looked, now))
        else:
            found.taken_back.extend(taken_back(row, looked.standing[row.message_id]))
    return found


async def _keep_back(conn: Connection, grip: Grip, found: Sorted, rows: Sequence[Claimed]) -> None:
    """Write down what becomes of all that does not leave now."""
    purposes = {row.message_id: row.purpose for row in rows}
    await conversations.come_back(conn, not_received(found.verdicts, purposes) + found.taken_back)
    await outbox.put_back(conn, grip, found.again)
    await outbox.park(conn, grip, found.parked)
    await outbox.conclude(conn, found.verdicts)


async def _let_go(conn: Connection, found: Sorted, now: datetime) -> None:
    """Write down that the rest leaves, beside its intents."""
    told = [row for same in found.advertised.values() for row in same]
    async with conn.pipeline():
        await campaign_holds.depart(conn, found.leaving, now)
        await outbox.texted(conn, _texting(found.leaving), now)
        await sending_rules.advertised(conn, told, now)


def _capped(rows: Sequence[Claimed]) -> set[tuple[int, int]]:
    """Whose caps a slice of messages meets, by workspace and number."""
    return {(row.workspace_id, row.phone) for row in rows if _advertises(row)}


def _texting(leaving: Sequence[Claimed]) -> list[Claimed]:
    """An answer the person asked for does not make us the one who texted: a STOP after it must not count as
    an answer to a transactional text (R6.2)."""
    return [row for row in leaving if row.purpose not in ASKED_FOR]


def _sort(found: Sorted, row: Claimed, asked: Question, moment: tuple[Looked, datetime]) -> None:
    looked, now = moment
    if row.expires_at is not None and now > row.expires_at:
        # R5.8: a confirmation that comes too late is worse than none.
        detail = f"It was to leave before {row.expires_at:%H:%M:%S} UTC or not at all."
        found.verdicts.append(verdict(row, ("expired", "too_late", detail), now))
        return
    if looked.paused and f"workspace:{row.workspace_id}" in looked.paused:
        found.again.append(Again(row, now + WORKSPACE_PAUSE, row.attempt))
        return
    state, _ = looked.campaign(row)
    if state == "paused":
        found.parked.append(Again(row, row.due, row.attempt))
    elif state == "cancelled":
        found.verdicts.append(verdict(row, ("cancelled", *CANCELLED), now))
    else:
        _ask(found, row, asked, moment)


def _ask(found: Sorted, row: Claimed, asked: Question, moment: tuple[Looked, datetime]) -> None:
    """The gate's answer, with what of this slice goes to the same number before it."""
    looked, now = moment
    facts = asked[1]
    answer = _answer(found, row, asked, now)
    if isinstance(answer, Send):
        found.leaving.append(row)
        if _advertises(row) and row.purpose != TEST and facts.rules is not None:
            found.advertised.setdefault((row.workspace_id, row.phone), []).append(row)
        return
    if isinstance(answer, Skip):
        found.verdicts.append(verdict(row, (answer.status, answer.reason, answer.because[-1].fact), now))
        return
    if answer.reason == HALTED:
        # Set aside until it goes on: what waits for a person is not looked at again and again.
        found.parked.append(Again(row, row.due, row.attempt))
    elif answer.reason in PLACED_ANEW and looked.campaign(row)[1]:
        # R9.5: planning finds each a place of its own from then on; else all would leave at the opening hour.
        found.parked.append(Again(row, answer.until, row.attempt))
    else:
        found.again.append(Again(row, answer.until, row.attempt))
    # History tells of changes, not of looks.
    if looked.standing.get(row.message_id) != ("deferred", answer.reason):
        found.verdicts.append(verdict(row, ("deferred", answer.reason, answer.because[-1].fact), now))


def _answer(found: Sorted, row: Claimed, asked: Question, now: datetime) -> Answer:
    candidate, facts = asked
    if facts.waiting_since is not None or hands.in_review(facts.consents) is not None:
        # What waits for these waits a day at most, by the message's own age.
        candidate = replace(candidate, made=row.created_at)
    before = found.advertised.get((row.workspace_id, row.phone)) if found.advertised else None
    if before:
        return may_send(candidate, replace(facts, advertised=facts.advertised + (now,) * len(before)), now)
    return found.answers.ask(candidate, facts, now)


def _advertises(row: Claimed) -> bool:
    return row.message_class == "advertising"


def verdict(row: Claimed, said: tuple[str, str, str], now: datetime) -> Verdict:
    """An outcome of a claimed message: status, reason, detail."""
    status, reason, detail = said
    taken = status == "sent"
    return Verdict(row.workspace_id, row.message_id, status, reason, RANKS[status], detail, now, taken)


def _candidate(row: Claimed) -> Candidate:
    return Candidate(
        workspace_id=row.workspace_id,
        phone=row.phone,
        advertising=_advertises(row),
        category=row.category,
        purpose=row.purpose,
        line_id=row.line_id,
        number_id=row.number_id,
        # Stored words were looked for when it was queued; one older than the last stop is refused for that.
        reply=Reply(first_link(row.body), message_id=row.message_id) if row.purpose == "reply" else None,
    )
