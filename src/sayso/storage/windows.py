"""Windows of messages: out of the outbox and fenced at once, and recorded as their provider took them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sayso.core.receipts import RANKS
from sayso.observe import metrics
from sayso.storage.outbox import Claimed, Grip, Looked, gripped
from sayso.storage.pool import Connection
from sayso.storage.queries import load

SQL = load("windows")
_STANDS = 4  # columns that say where a message stands, before those of Claimed
NO_PLACE = ""


@dataclass(frozen=True, slots=True)
class Window:
    """Messages with their intents, none of which is committed, and what stands about them."""

    rows: Sequence[Claimed]
    looked: Looked


async def take(conn: Connection, grip: Grip, limit: int, now: datetime) -> Window:
    """Take due messages, urgent ones first, an intent each; none where it is paused or the lease is lost.

    What must not leave has to lose its intent before the transaction ends (`outbox.settle`).
    """
    said = gripped(grip) | {"limit": limit, "now": now}
    async with conn.pipeline():
        taken = await conn.execute(SQL["take"], said, prepare=True)
        paused = await conn.execute(SQL["paused"], prepare=True)
        found = await taken.fetchall()
        stands_still: dict[str, str] = dict(await paused.fetchall())
    # By place, as in outbox.claim.
    rows = [Claimed(NO_PLACE, *row[_STANDS:]) for row in found]
    standing = {row.message_id: (of[0], of[1]) for row, of in zip(rows, found, strict=True) if of[0]}
    campaigns: dict[tuple[int, int], tuple[str, bool]] = {
        (row.workspace_id, row.campaign_id or 0): (of[2], of[3])
        for row, of in zip(rows, found, strict=True)
        if of[2]
    }
    ours = frozenset(row.message_id for row in rows)
    return Window(
        rows, Looked(held=True, ours=ours, standing=standing, paused=stands_still, campaigns=campaigns)
    )


async def intend(conn: Connection, grip: Grip, leaving: Sequence[Claimed], now: datetime) -> None:
    """Write the slice's intents: once they are committed, bytes may leave, and never again."""
    ordered = sorted(leaving, key=lambda row: row.message_id)
    said = gripped(grip) | {
        "workspaces": [row.workspace_id for row in ordered],
        "ids": [row.message_id for row in ordered],
        "claims": [row.claim for row in ordered],
        "now": now,
    }
    await conn.execute(SQL["intend"], said, prepare=True)


async def accepted(conn: Connection, grip: Grip, taken: Sequence[tuple[Claimed, str, datetime]]) -> None:
    """Record messages that their provider took, with its names for them and when: all that is to be written.

    The only outcomes of its transaction: outcomes are written in the order of their key.
    """
    if not taken:
        return
    said = gripped(grip) | {
        "workspaces": [row.workspace_id for row, _, _ in taken],
        "ids": [row.message_id for row, _, _ in taken],
        "claims": [row.claim for row, _, _ in taken],
        "refs": [ref for _, ref, _ in taken],
        "ats": [at for _, _, at in taken],
        "rank": RANKS["sent"],
    }
    await conn.execute(SQL["accepted"], said, prepare=True)
    metrics.count_messages({"sent": len(taken)})


async def name(conn: Connection, grip: Grip, accepted: Sequence[tuple[Claimed, str]]) -> None:
    """Remember the provider's names of messages, for their receipts."""
    if not accepted:
        return
    ordered = sorted(accepted, key=lambda pair: pair[1])
    said = gripped(grip) | {
        "refs": [ref for _, ref in ordered],
        "workspaces": [row.workspace_id for row, _ in ordered],
        "ids": [row.message_id for row, _ in ordered],
    }
    await conn.execute(SQL["provider_ids"], said, prepare=True)
