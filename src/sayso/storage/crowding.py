"""How full the connections are: nobody's million keeps the campaigns of others waiting."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sayso.storage.messages import ADVERTISING_LANE
from sayso.storage.pool import Connection
from sayso.storage.queries import load

SQL = load("crowding")
AHEAD = timedelta(minutes=2)
"""Of each connection's pace so much is planned ahead: nobody waits longer than that for their turn."""


async def rooms(conn: Connection, now: datetime) -> Mapping[int, int]:
    """How many messages more of each workspace may be planned now; one without a line has no limit."""
    seconds = int(AHEAD.total_seconds())
    said = {"seconds": seconds, "until": now + AHEAD, "lane": ADVERTISING_LANE}
    return dict(await (await conn.execute(SQL["rooms"], said)).fetchall())
