"""R2.5, R9.5: what a launch needs a second person for, and when a campaign is paused by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sayso.storage.pool import Connection
from sayso.storage.queries import load
from sayso.storage.statements import number, one, run

SQL = load("campaign_approvals")


@dataclass(frozen=True, slots=True)
class Limits:
    """Of a workspace. `approve_above` None: nobody needs to approve. Rates are in thousandths, 0: never.

    `launch_delay_seconds`: for so long a launch can be undone; None: as it is.
    """

    approve_above: int | None
    pause_from: int
    pause_at_opt_outs: int
    pause_at_failures: int
    launch_delay_seconds: int | None = None


async def limits(conn: Connection, *, for_update: bool = False, standing: bool = False) -> Limits:
    """What holds in this workspace; `standing`: nobody changes it before the transaction has ended."""
    query = "limits_for_update" if for_update else "limits_standing" if standing else "limits"
    found = await one(conn, Limits, SQL[query], {})
    assert found is not None  # noqa: S101 - the workspace of this transaction
    return found


async def set_limits(conn: Connection, wanted: Limits) -> None:
    """Store what holds."""
    said = {name: getattr(wanted, name) for name in Limits.__slots__}
    await run(conn, SQL["set_limits"], said)


async def approve(conn: Connection, campaign_id: int, who: str, now: datetime) -> None:
    """Store that somebody (`user:3`, `key:7`) approves a campaign as it stands."""
    await run(conn, SQL["approve"], {"campaign_id": campaign_id, "who": who, "now": now})


async def forget(conn: Connection, campaign_id: int) -> None:
    """Forget who approved: it is another campaign now."""
    await run(conn, SQL["forget"], {"campaign_id": campaign_id})


async def approved_by_others(conn: Connection, campaign_id: int, who: str) -> bool:
    """Whether somebody else approved it."""
    return bool(await number(conn, SQL["by_others"], {"campaign_id": campaign_id, "who": who}))


async def launched(conn: Connection, campaign_id: int, who: str, may_reach: int | None) -> None:
    """Store who launches it, and how many it may reach until somebody else lets it; None: any number."""
    await run(conn, SQL["launched"], {"campaign_id": campaign_id, "who": who, "may_reach": may_reach})


async def let_reach(conn: Connection, campaign_id: int, who: str) -> bool:
    """Let it reach any number; False where it is whoever launched it who says so."""
    return await run(conn, SQL["let_reach"], {"campaign_id": campaign_id, "who": who}) > 0


async def reached(conn: Connection, campaign_id: int) -> int | None:
    """How many the last rehearsal counted that get it; None: none has come to its end since the last edit."""
    return await number(conn, SQL["reached"], {"campaign_id": campaign_id})
