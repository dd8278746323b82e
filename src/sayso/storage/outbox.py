"""From the outbox to the wire: claims, the fence, what became of it, and what a crash left behind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any

from msgspec import Struct

from sayso.core.ids import made_at
from sayso.core.receipts import RANKS
from sayso.observe import metrics
from sayso.storage.pool import Connection
from sayso.storage.queries import load
from sayso.storage.statements import one, run

SQL = load("outbox")
LEFT = RANKS["unconfirmed"]
"""From this rank on something may have left."""


@dataclass(frozen=True, slots=True)
class Grip:
    """A connection held: every write for the wire names its lease's holder and epoch."""

    connection_id: int
    holder: str
    epoch: int

    @property
    def resource(self) -> str:
        """The lease's name."""
        return f"connection:{self.connection_id}"


class Claimed(Struct, frozen=True, gc=False):
    """A message claimed, with all that sending it needs; `ctid` is where claim number `claim` stands.

    `number_id` and `shared` are of the line it leaves from; 0 and False where the sender is no line of ours.
    """

    ctid: str
    claim: int
    lane: int
    due: datetime
    attempt: int
    workspace_id: int
    message_id: int
    contact_id: int | None
    phone: int
    recipient: str
    line_id: int
    number_id: int
    shared: bool
    sender: str
    message_class: str
    purpose: str
    category: str
    body: str
    media_urls: list[str]
    parts: int
    expires_at: datetime | None
    campaign_id: int | None

    @property
    def created_at(self) -> datetime:
        """Since when it waits."""
        return made_at(self.message_id)


class Verdict(Struct, frozen=True, gc=False):
    """What a message came to without leaving, or what the wire said: one outcome and one line of history.

    `accepted`: the provider took it, by its answer or by its report (R13.3).
    """

    workspace_id: int
    message_id: int
    status: str
    reason: str
    rank: int
    detail: str
    at: datetime
    accepted: bool = False


class Again(Struct, frozen=True, gc=False):
    """A message back into the outbox, due later."""

    claimed: Claimed
    due: datetime
    attempt: int


@dataclass(frozen=True, slots=True)
class Looked:
    """What stands about a slice at its last look, other than the gate's facts.

    `held`: the lease is still ours. `ours`: messages whose claim was still there, now taken out of it.
    `standing`: status and reason by message, where there is one. `paused`: what must stand still, with why.
    `campaigns`: the state of each by workspace and id, and whether it has a throttle.
    """

    held: bool
    ours: frozenset[int]
    standing: Mapping[int, tuple[str, str]]
    paused: Mapping[str, str]
    campaigns: Mapping[tuple[int, int], tuple[str, bool]]

    def status(self, message_id: int) -> str | None:
        """Where a message stands; None where nothing was said of it yet."""
        stands = self.standing.get(message_id)
        return stands[0] if stands else None

    def campaign(self, row: Claimed) -> tuple[str, bool]:
        """The state of the campaign that a message belongs to, if it does; whether it has a throttle."""
        return self.campaigns.get((row.workspace_id, row.campaign_id or 0), ("", False))


async def claim(conn: Connection, grip: Grip, limit: int, now: datetime) -> list[Claimed]:
    """Take due messages of a connection, urgent ones first; none where it is paused or the lease is lost."""
    said = gripped(grip) | {"limit": limit, "now": now}
    # By place, a quarter of what it costs by name: the query's columns stand in the order of the fields.
    cursor = await conn.execute(SQL["claim"], said, prepare=True)
    return [Claimed(*row) for row in await cursor.fetchall()]


async def look(conn: Connection, grip: Grip, claimed: Sequence[Claimed]) -> Looked:
    """Take a slice out of its claims, and read what stands about it; part of the fence's transaction."""
    ids = sorted(row.message_id for row in claimed)
    places = {"ctids": [row.ctid for row in claimed], "claims": list({row.claim for row in claimed})}
    said = gripped(grip) | places | {"ids": ids}
    of = sorted({(row.workspace_id, row.campaign_id) for row in claimed if row.campaign_id})
    wanted = {"workspaces": [one for one, _ in of], "campaigns": [one for _, one in of]}
    async with conn.pipeline():
        held = await conn.execute(SQL["fence"], said, prepare=True)
        ours = await conn.execute(SQL["take"], said, prepare=True)
        standing = await conn.execute(SQL["standing"], said, prepare=True)
        paused = await conn.execute(SQL["paused"])
        states = await conn.execute(SQL["campaigns"], wanted, prepare=True) if of else None
    return Looked(
        held=await held.fetchone() is not None,
        ours=frozenset(row[0] for row in await ours.fetchall()),
        standing={row[0]: (row[1], row[2]) for row in await standing.fetchall()},
        paused=dict(await paused.fetchall()),
        campaigns={row[:2]: row[2:] for row in await states.fetchall()} if states else {},
    )


async def conclude(conn: Connection, verdicts: Sequence[Verdict]) -> None:
    """Append outcomes, which only move forward, and history; no message may stand twice among them.

    What never left is told, and counted, only where its outcome moved; reports always are.
    """
    if not verdicts:
        return
    asked = await conn.execute(SQL["conclude"], _verdicts(verdicts) | {"left": LEFT}, prepare=True)
    told = Counter(verdict.status for verdict in verdicts)
    # Not waited for where all is told: this may stand in a pipeline, whose answers come at its end.
    if any(verdict.rank < LEFT for verdict in verdicts):
        told.subtract(row[0] for row in await asked.fetchall())
    metrics.count_messages(told)


async def move(conn: Connection, verdicts: Sequence[Verdict]) -> None:
    """Append outcomes, which only move forward; no message may stand twice among them."""
    await conn.execute(SQL["outcomes"], _verdicts(verdicts), prepare=True)


async def tell(conn: Connection, verdicts: Sequence[Verdict]) -> None:
    """Append history: every report is kept, also those that move nothing."""
    await conn.execute(SQL["history"], _verdicts(verdicts), prepare=True)
    metrics.count_messages(Counter(verdict.status for verdict in verdicts))


async def put_back(conn: Connection, grip: Grip, again: Sequence[Again]) -> None:
    """Put messages of this slice, just taken out of their claims, into the outbox."""
    if again:
        await conn.execute(SQL["put_back"], gripped(grip) | _again(again), prepare=True)


async def park(conn: Connection, grip: Grip, parked: Sequence[Again]) -> None:
    """Set messages of paused campaigns, and of workspaces that stand still, aside, out of the outbox."""
    if parked:
        campaigns = {"campaigns": [one.claimed.campaign_id or 0 for one in parked]}
        await conn.execute(SQL["park"], gripped(grip) | _again(parked) | campaigns, prepare=True)


async def withdraw(conn: Connection, grip: Grip, again: Sequence[Again]) -> None:
    """Put messages back that surely did not leave; one whose intent by that claim is gone stays."""
    if again:
        await conn.execute(SQL["withdraw"], gripped(grip) | _again(again), prepare=True)


async def settle(conn: Connection, grip: Grip, done: Sequence[Claimed]) -> None:
    """Take the intents away of messages whose outcome is being recorded."""
    if done:
        said = {"ids": [row.message_id for row in done], "claims": [row.claim for row in done]}
        await conn.execute(SQL["settle"], gripped(grip) | said, prepare=True)


async def texted(conn: Connection, sent: Sequence[Claimed], now: datetime) -> None:
    """Remember who texted each number last, and from which line (R3.3, R5.6)."""
    # Of a number's texts the newest, in the order of the key.
    ordered = list({_by_number(row)[:3]: row for row in sorted(sent, key=_by_number)}.values())
    if not ordered:
        return
    said = {
        "workspaces": [row.workspace_id for row in ordered],
        "phones": [row.phone for row in ordered],
        "lines": [row.line_id for row in ordered],
        "contacts": [row.contact_id for row in ordered],
        "ids": [row.message_id for row in ordered],
        "transactional": [row.message_class == "transactional" for row in ordered],
        "now": now,
    }
    await conn.execute(SQL["last_texted"], said, prepare=True)


async def still(conn: Connection, grip: Grip) -> None:
    """Wait for a look whose commit may still be on its way in the server: what it left is then certain."""
    await conn.execute(SQL["still"], gripped(grip), prepare=True)


async def give_back(conn: Connection, grip: Grip) -> int:
    """Put everything that is claimed in this epoch, and not yet fenced, back into the outbox; how many."""
    return await run(conn, SQL["give_back"], gripped(grip))


@dataclass(frozen=True, slots=True)
class Recovered:
    """What a dead holder left: claims that went back to the outbox, and messages that are unconfirmed now."""

    back: int
    unconfirmed: int


async def recover(conn: Connection, grip: Grip, rank: int, now: datetime) -> Recovered:
    """Clear up after former holders of the connection. What had an intent is never sent again."""
    found = await one(conn, Recovered, SQL["recover"], gripped(grip) | {"rank": rank, "now": now})
    metrics.count_messages({"unconfirmed": found.unconfirmed if found else 0})
    return found or Recovered(0, 0)


async def give_up_unconfirmed(conn: Connection, older_than: timedelta, rank: int, now: datetime) -> int:
    """Call what nobody could confirm for so long `unknown`; how many."""
    given_up = await run(conn, SQL["give_up"], {"before": now - older_than, "rank": rank, "now": now})
    metrics.count_messages({"unknown": given_up})
    return given_up


def gripped(grip: Grip) -> dict[str, Any]:
    """What a query fences itself by."""
    return {
        "connection_id": grip.connection_id,
        "holder": grip.holder,
        "epoch": grip.epoch,
        "resource": grip.resource,
    }


def _verdicts(verdicts: Sequence[Verdict]) -> dict[str, Any]:
    ordered = sorted(verdicts, key=lambda verdict: verdict.message_id)
    return {
        "workspaces": [verdict.workspace_id for verdict in ordered],
        "ids": [verdict.message_id for verdict in ordered],
        "statuses": [verdict.status for verdict in ordered],
        "reasons": [verdict.reason for verdict in ordered],
        "ranks": [verdict.rank for verdict in ordered],
        "details": [verdict.detail for verdict in ordered],
        "ats": [verdict.at for verdict in ordered],
        "accepted": [verdict.accepted for verdict in ordered],
    }


def _again(again: Sequence[Again]) -> dict[str, Any]:
    return {
        "lanes": [one.claimed.lane for one in again],
        "dues": [one.due for one in again],
        "workspaces": [one.claimed.workspace_id for one in again],
        "ids": [one.claimed.message_id for one in again],
        "attempts": [one.attempt for one in again],
        "claims": [one.claimed.claim for one in again],
    }


_by_number = attrgetter("phone", "workspace_id", "line_id", "message_id")
