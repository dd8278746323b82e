"""Campaigns that stand still by themselves, overdue or over a limit, and what is counted for that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sayso.core.guarding import Hold, Watched
from sayso.storage.outbox import Claimed
from sayso.storage.planning import Plan
from sayso.storage.pool import Connection
from sayso.storage.queries import load
from sayso.storage.statements import many, one, run

SQL = load("campaign_holds")
ALARM = "campaign_held"
LEFT_OUT = "recipients_left_out"
SETTLED = timedelta(seconds=2)
"""What was stored longer ago is committed, or will never be."""


@dataclass(frozen=True, slots=True)
class Held:
    """Why a campaign stands still, and since when."""

    reason: str
    told: str
    at: datetime


async def depart(conn: Connection, leaving: Sequence[Claimed], now: datetime) -> None:
    """Count what leaves of each campaign, in the transaction that lets it go."""
    found = Counter((row.workspace_id, row.campaign_id) for row in leaving if row.campaign_id is not None)
    if not found:
        return
    keys = sorted(found)
    said = {
        "workspaces": [workspace for workspace, _ in keys],
        "campaigns": [campaign for _, campaign in keys],
        "messages": [found[key] for key in keys],
        "now": now,
    }
    await run(conn, SQL["depart"], said)


async def count(conn: Connection, now: datetime) -> None:
    """Count what came of campaigns since the last look, up to a moment ago."""
    await run(conn, SQL["count"], {"until": now - SETTLED})


async def watched(conn: Connection) -> list[Watched]:
    """Every campaign that goes out and has sent enough to be judged."""
    return await many(conn, Watched, SQL["watched"], {})


async def hold(conn: Connection, which: Watched | Plan, why: Hold, now: datetime) -> bool:
    """Pause a campaign; False where it stands still already."""
    said = {"workspace_id": which.workspace_id, "campaign_id": which.campaign_id, "now": now}
    return await run(conn, SQL["hold"], said | {"reason": why.reason, "told": why.told}) > 0


async def hold_overdue(
    conn: Connection, told: str, longest: timedelta, now: datetime
) -> list[tuple[int, int]]:
    """Pause what should have begun longer ago; which, by workspace and campaign."""
    said = {"before": now - longest, "told": told, "now": now}
    return [(row[0], row[1]) for row in await (await conn.execute(SQL["hold_overdue"], said)).fetchall()]


async def settle_alarms(conn: Connection) -> None:
    """End the alarms of campaigns that a person has looked at."""
    await run(conn, SQL["settle_alarms"], {})


async def resumed(conn: Connection, campaign_id: int) -> None:
    """Count afresh from now on."""
    await run(conn, SQL["resumed"], {"campaign_id": campaign_id})


async def of_campaign(conn: Connection, campaign_id: int) -> Held | None:
    """Why a campaign stands still; None: nothing holds it, or a person paused it."""
    return await one(conn, Held, SQL["of_campaign"], {"campaign_id": campaign_id})


def subject(workspace_id: int, campaign_id: int) -> str:
    """What an alarm about a campaign is about."""
    return f"campaign:{workspace_id}:{campaign_id}"
