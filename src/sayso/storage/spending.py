"""Spend caps: what a workspace's texts may cost on a day, and what they do (R9.11), in millionths."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sayso.core.spending import Budget, Cap
from sayso.storage.pool import Connection
from sayso.storage.queries import load
from sayso.storage.statements import many, run

SQL = load("spending")
SLICE = 50_000
ALARM = "spend_cap"


@dataclass(frozen=True, slots=True)
class Turned:
    """A cap of which more (`level`: 80 or 100 percent), or less again (0), is used up than was told."""

    workspace_id: int
    name: str
    time_zone: str
    currency: str
    prefix: str
    most: int
    spent: int
    level: int
    today: date

    @property
    def subject(self) -> str:
        """What an alarm about it is about."""
        return f"spend_cap:{self.workspace_id}:{self.prefix}"


async def alone(conn: Connection, workspace_id: int) -> None:
    """Be the only slice of the workspace until the transaction ends, where it has caps."""
    await run(conn, SQL["alone"], {"workspace_id": workspace_id})


async def budget(conn: Connection, workspace_id: int, currency: str, now: datetime) -> Budget:
    """The workspace's caps, and what is used up of each today and later."""
    said = {"workspace_id": workspace_id, "now": now}
    rows = await (await conn.execute(SQL["standing"], said, prepare=True)).fetchall()
    caps = {prefix: Cap(prefix, most) for _, prefix, most, _, _ in rows if prefix is not None}
    spent = {(prefix, day): amount for _, prefix, _, day, amount in rows if day is not None}
    return Budget(rows[0][0] if rows else "UTC", currency, tuple(caps.values()), spent)


async def count(conn: Connection, workspace_id: int, counted: Budget) -> None:
    """Count what a batch takes; and write down which cap it would have passed, for the alarm."""
    if counted.taken:
        keys = sorted(counted.taken)
        said = {
            "workspace_id": workspace_id,
            "prefixes": [prefix for prefix, _ in keys],
            "days": [day for _, day in keys],
            "amounts": [counted.taken[key] for key in keys],
        }
        await run(conn, SQL["count"], said)
    full = counted.full
    if full is not None and full.price is not None:
        filled = {"workspace_id": workspace_id, "prefix": full.cap.prefix, "day": full.day}
        await run(conn, SQL["filled"], filled)


async def put(conn: Connection, wanted: Sequence[Cap], now: datetime, today: date) -> None:
    """Let these be the caps of the transaction's workspace; each counts from the beginning of the day."""
    said = {"prefixes": [cap.prefix for cap in wanted], "mosts": [cap.most for cap in wanted]}
    await run(conn, SQL["remove"], said)
    if wanted:
        await run(conn, SQL["put"], said | {"now": now, "today": today})


async def lock(conn: Connection) -> None:
    """Wait for whoever changes the caps of the transaction's workspace, and make others wait."""
    await run(conn, SQL["lock"], {})


async def roll_up(conn: Connection) -> int:
    """Add what is new to the days' figures; how many of them. As the engine."""
    return await run(conn, SQL["roll_up"], {"limit": SLICE})


async def turned(conn: Connection, now: datetime) -> list[Turned]:
    """Of which caps somebody must be told. As the engine."""
    return await many(conn, Turned, SQL["turned"], {"now": now})


async def told(conn: Connection, one: Turned) -> None:
    """Remember that somebody was told."""
    said = {"workspace_id": one.workspace_id, "prefix": one.prefix, "level": one.level}
    await run(conn, SQL["told"], said)


async def settle_alarms(conn: Connection) -> None:
    """End the alarms of caps that are gone."""
    await run(conn, SQL["settle_alarms"], {})
