"""Keeping the database in shape: partitions ahead, old keys away, and what has gone on for too long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sayso.storage.pool import Connection
from sayso.storage.queries import load
from sayso.storage.statements import many, number, run

SQL = load("upkeep")
SLICE = 5_000


@dataclass(frozen=True, slots=True)
class OldTransaction:
    """A transaction that holds a snapshot for long; `doing` is its last statement's beginning."""

    pid: int
    who: str
    seconds: int
    doing: str


async def make_partitions(conn: Connection, now: datetime, months: int) -> int:
    """Make the ledgers' partitions from this month on; how many were missing."""
    return await number(conn, SQL["make_partitions"], {"now": now, "months": months}) or 0


async def prune(conn: Connection, kind: str, before: datetime) -> int:
    """Delete one slice of what is older; `kind` is of `prune_…` in the SQL."""
    return await run(conn, SQL[f"prune_{kind}"], {"before": before, "limit": SLICE})


async def end_sessions(conn: Connection, now: datetime) -> int:
    """Delete one slice of the console's sessions that are over; how many. `conn` is in a transaction."""
    await conn.execute(SQL["as_app"])
    if not await number(conn, SQL["has_sessions"], {}):
        return 0
    return await run(conn, SQL["end_sessions"], {"now": now, "limit": SLICE})


async def old_transactions(conn: Connection, seconds: int) -> list[OldTransaction]:
    """Transactions of ours that are open for longer, the oldest first; `conn` is in a transaction."""
    await conn.execute(SQL["as_login"])
    return await many(conn, OldTransaction, SQL["old_transactions"], {"seconds": seconds})
