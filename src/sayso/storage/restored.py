"""What a restored queue holds: nobody knows whether it was sent after the backup was taken."""

from __future__ import annotations

from datetime import datetime

from sayso.storage.pool import Connection
from sayso.storage.queries import load
from sayso.storage.statements import number

SQL = load("restored")


async def hold_back(conn: Connection, rank: int, may_leave_below: int, now: datetime) -> int:
    """Call unconfirmed, of `rank`, what was queued at the backup, stands below `may_leave_below`; how many.

    Nothing of it is sent any more. Does nothing where no restore is being recovered from.
    """
    await conn.execute(SQL["stand_still"])
    said = {"rank": rank, "may_leave_below": may_leave_below, "now": now}
    return await number(conn, SQL["hold_back"], said) or 0
