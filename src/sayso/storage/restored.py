"""What a restored queue holds: nobody knows whether it was sent after the backup was taken."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sayso.storage.pool import Connection
from sayso.storage.queries import load
from sayso.storage.statements import one

SQL = load("restored")


@dataclass(frozen=True, slots=True)
class HeldBack:
    """How many messages are unconfirmed now, and how many campaigns were ended."""

    messages: int
    campaigns: int


async def hold_back(conn: Connection, rank: int, may_leave_below: int, now: datetime) -> HeldBack:
    """Call unconfirmed, of `rank`, what was queued at the backup and stands below `may_leave_below`.

    Nothing of it is sent any more, and campaigns that were not wholly planned end: what they planned after
    the backup is unknown. Does nothing where no restore is being recovered from.
    """
    await conn.execute(SQL["stand_still"])
    said = {"rank": rank, "may_leave_below": may_leave_below, "now": now}
    return await one(conn, HeldBack, SQL["hold_back"], said) or HeldBack(0, 0)
