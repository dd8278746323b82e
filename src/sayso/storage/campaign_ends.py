"""Taking back what waits of cancelled campaigns, wherever it waits (R9.5, decision 32)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sayso.core.receipts import RANKS
from sayso.observe import metrics
from sayso.storage import live
from sayso.storage.planning import next_messages
from sayso.storage.pool import Connection
from sayso.storage.queries import load
from sayso.storage.statements import many, one, run

SQL = load("campaign_ends")
LOOKS_END = timedelta(seconds=2)
"""A last look that began earlier is committed, or will never be: it saw the campaign go out."""


@dataclass(frozen=True, slots=True)
class Cancelled:
    """A cancelled campaign of which something may still wait."""

    workspace_id: int
    campaign_id: int


@dataclass(frozen=True, slots=True)
class Walk:
    """How far taking back has come: nothing up to the id `taken_to` waits, but for what it passed over."""

    taken_to: int
    passed_over: list[int]

    @property
    def settled_to(self) -> int:
        """Every message up to this id has come to its end."""
        return min(self.passed_over, default=self.taken_to + 1) - 1


async def cancelled(conn: Connection, after: tuple[int, int], now: datetime) -> list[Cancelled]:
    """Some cancelled campaigns that were not taken back whole, those after (workspace, campaign)."""
    said = {"after_workspace": after[0], "after_campaign": after[1], "before": now - LOOKS_END}
    return await many(conn, Cancelled, SQL["cancelled"], said)


async def take_back(
    conn: Connection, campaign: Cancelled, told: tuple[str, str], limit: int, now: datetime
) -> int:
    """End the next messages of a cancelled campaign that wait, with a reason and its sentence.

    What is on the wire is passed over, so that it holds up nothing behind it, and looked at again from the
    walk's end on until it has its own end. Answers how many were walked, where there may be more at once;
    else 0.
    """
    said = {"workspace_id": campaign.workspace_id, "campaign_id": campaign.campaign_id}
    walk = await one(conn, Walk, SQL["walk"], said) or Walk(0, [])
    rows = await next_messages(conn, said | {"settled_to": walk.taken_to, "limit": limit})
    at_once = len(rows) if len(rows) == limit else 0
    # In turn, so that those that stay on the wire hold up none of the others either.
    taken_to, passed_over = (
        (rows[-1][0], walk.passed_over) if rows else (walk.taken_to, walk.passed_over[limit:])
    )
    rows = rows or await _standing(conn, said | {"ids": walk.passed_over[:limit]})
    waiting = [message_id for message_id, rank in rows if rank < RANKS["cancelled"]]
    ended = await _end(conn, campaign, waiting, told, now)
    stands = Walk(taken_to, passed_over + [message_id for message_id in waiting if message_id not in ended])
    if stands != walk:
        await run(conn, SQL["walked"], said | asdict(stands) | {"settled_to": stands.settled_to})
    if not at_once and not stands.passed_over:
        await run(conn, SQL["taken_back"], said | {"now": now})
    if ended:
        await live.note(conn, ["campaigns"], {campaign.workspace_id})
    return at_once


async def _standing(conn: Connection, of: Mapping[str, object]) -> list[tuple[int, int]]:
    return [(row[0], row[1]) for row in await (await conn.execute(SQL["passed_over"], of)).fetchall()]


async def _end(
    conn: Connection, campaign: Cancelled, ids: Sequence[int], told: tuple[str, str], now: datetime
) -> set[int]:
    if not ids:
        return set()
    said = {
        "workspace_id": campaign.workspace_id,
        "ids": ids,
        "reason": told[0],
        "detail": told[1],
        "rank": RANKS["cancelled"],
        "leaving": RANKS["sending"],
        "now": now,
    }
    ended = {row[0] for row in await (await conn.execute(SQL["take_back"], said)).fetchall()}
    metrics.count_messages({"cancelled": len(ended)})
    return ended
