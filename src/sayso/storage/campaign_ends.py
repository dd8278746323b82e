"""Taking back what waits of cancelled campaigns, wherever it waits (R9.5, decision 32)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sayso.core.receipts import RANKS
from sayso.observe import metrics
from sayso.storage import live
from sayso.storage.planning import next_messages, settled_to
from sayso.storage.pool import Connection
from sayso.storage.queries import load
from sayso.storage.statements import many, number, run

SQL = load("campaign_ends")
LOOKS_END = timedelta(seconds=2)
"""A last look that began earlier is committed, or will never be: it saw the campaign go out."""


@dataclass(frozen=True, slots=True)
class Cancelled:
    """A cancelled campaign of which something may still wait."""

    workspace_id: int
    campaign_id: int


async def cancelled(conn: Connection, after: tuple[int, int], now: datetime) -> list[Cancelled]:
    """Some cancelled campaigns that were not taken back whole, those after (workspace, campaign)."""
    said = {"after_workspace": after[0], "after_campaign": after[1], "before": now - LOOKS_END}
    return await many(conn, Cancelled, SQL["cancelled"], said)


async def take_back(
    conn: Connection, campaign: Cancelled, told: tuple[str, str], limit: int, now: datetime
) -> int:
    """End the next messages of a cancelled campaign that wait, with a reason and its sentence.

    Answers how many came to their end, where there may be more at once; 0 where the next one is on the wire,
    or all are over.
    """
    said = {"workspace_id": campaign.workspace_id, "campaign_id": campaign.campaign_id}
    begun = await number(conn, SQL["settled_to"], said) or 0
    rows = await next_messages(conn, said | {"settled_to": begun, "limit": limit})
    waiting = [message_id for message_id, rank in rows if rank < RANKS["cancelled"]]
    still = set(waiting) - await _end(conn, campaign, waiting, told, now)
    over = next((at for at, (message_id, _) in enumerate(rows) if message_id in still), len(rows))
    if over:
        await settled_to(conn, said | {"settled_to": rows[over - 1][0]})
    if over == len(rows) < limit:
        await run(conn, SQL["taken_back"], said | {"now": now})
    if len(still) < len(waiting):
        await live.note(conn, ["campaigns"], {campaign.workspace_id})
    return over if over == limit else 0


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
