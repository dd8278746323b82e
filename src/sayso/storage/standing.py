"""What stands still, what is behind and what is large, beside the queues of texts, receipts and messages."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from psycopg import AsyncConnection

from sayso.storage import crowding
from sayso.storage.pool import ENGINE, Connection, url_as
from sayso.storage.queries import load
from sayso.storage.statements import many

SQL = load("standing")
LATE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Halt:
    """A workspace whose sending somebody stopped."""

    workspace_id: int
    name: str
    since: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Standing:
    """A campaign, or the rehearsal of one, that nothing was planned of for so many seconds."""

    workspace_id: int
    campaign_id: int
    name: str
    rehearsal: bool
    seconds: float
    is_halted: bool


@dataclass(frozen=True, slots=True)
class Behind:
    """Work of one of the smaller stages: how much waits, and since how many seconds the oldest does."""

    work: str
    waiting: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Large:
    """A table, all its months together, and what all tables take, in bytes."""

    name: str
    bytes: int
    total: int


@dataclass(frozen=True, slots=True)
class Stands:
    """All of it; `full` are the workspaces whose connections have as much waiting as is planned ahead."""

    halts: tuple[Halt, ...]
    campaigns: tuple[Standing, ...]
    full: Collection[int]
    behind: tuple[Behind, ...]
    large: tuple[Large, ...]


async def look(url: str, now: datetime) -> Stands:
    """Everything, over a connection of its own; raises what psycopg raises."""
    async with await AsyncConnection.connect(url_as(url, ENGINE), connect_timeout=5) as conn:
        return await _look(conn, now)


async def _look(conn: Connection, now: datetime) -> Stands:
    said = {"now": now, "late": now - LATE}
    rooms = await crowding.rooms(conn, now)
    return Stands(
        halts=tuple(await many(conn, Halt, SQL["halts"], {})),
        campaigns=tuple(await many(conn, Standing, SQL["campaigns"], said)),
        full={workspace for workspace, room in rooms.items() if room <= 0},
        behind=tuple(await many(conn, Behind, SQL["behind"], said)),
        large=tuple(await many(conn, Large, SQL["large"], {})),
    )
