"""How the database is: what readiness and `doctor` ask of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import psycopg
from psycopg import AsyncConnection
from psycopg.rows import class_row

from sayso.storage import alarms
from sayso.storage.faults import is_outage
from sayso.storage.migrate import latest
from sayso.storage.pool import ENGINE, Connection, Pool, url_as
from sayso.storage.queries import load
from sayso.storage.statements import many, one, run

SQL = load("health")


@dataclass(frozen=True, slots=True)
class Server:
    """What the server says of itself."""

    version: str
    clock: datetime
    fsync: bool
    full_page_writes: bool
    synchronous_commit: str
    has_standby: bool
    in_recovery: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits now, each counted up to 100,000; the seconds are None where nothing of that kind waits."""

    texts: int
    receipts: int
    messages: int
    quarantined: int
    oldest_text_seconds: float | None
    oldest_receipt_seconds: float | None
    oldest_message_seconds: float | None


@dataclass(frozen=True, slots=True)
class SetAside:
    """How many of one kind (unrouted, unreadable, poison) wait for the operator; `why` is the newest's."""

    kind: str
    times: int
    why: str


@dataclass(frozen=True, slots=True)
class Engine:
    """Whether any engine holds a lease; `until` is the longest one's end, None after a clean end of all."""

    is_live: bool
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Pause:
    """Why sending stands still, for everything (`all`), a workspace or a connection."""

    resource: str
    why: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Transaction:
    """An open transaction: the process of the server, who opened it, since how many seconds."""

    pid: int
    who: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Health:
    """Everything that `doctor` looks at in the database."""

    server: Server
    newest_step: str
    oldest_transaction: Transaction | None
    partitions_missing: tuple[str, ...]
    waiting: Waiting
    set_aside: tuple[SetAside, ...]
    engine: Engine
    pauses: tuple[Pause, ...]
    alarms: tuple[alarms.Alarm, ...]


@dataclass(frozen=True, slots=True)
class _Named:
    name: str


async def fault(pool: Pool) -> str:
    """A sentence on why this database can't be worked with just now; empty where it can."""
    try:
        return await other_version(pool)
    except Exception as error:
        if is_outage(error) or isinstance(error, psycopg.Error):
            return "The database does not answer."
        raise


async def other_version(pool: Pool) -> str:
    """A sentence where this database is at another version than this program; else empty."""
    async with pool.connection(timeout=2) as conn:
        found = await one(conn, _Named, SQL["newest"], {})
    newest = found.name if found else None
    return (
        ""
        if newest == latest()
        else f"The database is at {newest}, this program at {latest()}. Run `sayso migrate`."
    )


async def unmade(url: str) -> str:
    """A sentence where this database can't be reached, or was never made Sayso's; else empty.

    Asked with the bare login, for before the first migration there are no roles to connect as.
    """
    try:
        async with await AsyncConnection.connect(url, autocommit=True, connect_timeout=5) as conn:
            made = await (await conn.execute(SQL["made"])).fetchone()
    except psycopg.Error as error:
        return unasked(error)
    return "" if made and made[0] else "The database was never made Sayso's. Run `sayso migrate`."


def unasked(error: Exception) -> str:
    """Sentences on a database that can't be asked."""
    return (
        f"The database can't be asked: {str(error).strip()}\nSee that it runs and takes connections. Where "
        "it is one of yours, SAYSO_DATABASE_URL says where; see docs/database.md."
    )


class UnreachableError(Exception):
    """The database can't be asked; the message says why."""


def refuse_unreachable(url: str) -> None:
    """Raise UnreachableError unless this address takes a connection."""
    try:
        psycopg.connect(url, connect_timeout=5).close()
    except psycopg.Error as error:
        raise UnreachableError(
            f"The database can't be reached: {str(error).strip()}\n"
            "SAYSO_DATABASE_URL says where; see docs/database.md."
        ) from error


async def look(url: str, now: datetime) -> Health:
    """Look at everything; raises UnreachableError."""
    if why := await unmade(url):
        raise UnreachableError(why)
    try:
        oldest = await _oldest(url)
        async with await AsyncConnection.connect(url_as(url, ENGINE), connect_timeout=5) as conn:
            return await _look(conn, oldest, now)
    except psycopg.Error as error:
        raise UnreachableError(unasked(error)) from error


async def pauses(conn: Connection) -> list[Pause]:
    """Everything that stands still."""
    return await many(conn, Pause, SQL["pauses"], {})


async def resume(conn: Connection, resource: str) -> None:
    """End a pause."""
    await run(conn, SQL["resume"], {"resource": resource})


async def _oldest(url: str) -> Transaction | None:
    async with (
        await AsyncConnection.connect(url, autocommit=True, connect_timeout=5) as login,
        login.cursor(row_factory=class_row(Transaction)) as cursor,
    ):
        await cursor.execute(SQL["oldest_transaction"])
        return await cursor.fetchone()


async def _look(conn: Connection, oldest: Transaction | None, now: datetime) -> Health:
    server = await one(conn, Server, SQL["server"], {})
    waiting = await one(conn, Waiting, SQL["waiting"], {"now": now})
    newest = await one(conn, _Named, SQL["newest"], {})
    engine = await one(conn, Engine, SQL["engine"], {})
    assert server and waiting and engine  # noqa: S101 - these always answer
    return Health(
        server=server,
        newest_step=newest.name if newest else "",
        oldest_transaction=oldest,
        partitions_missing=tuple(
            each.name for each in await many(conn, _Named, SQL["partitions_missing"], {"now": now})
        ),
        waiting=waiting,
        set_aside=tuple(await many(conn, SetAside, SQL["set_aside"], {})),
        engine=engine,
        pauses=tuple(await pauses(conn)),
        alarms=tuple(await alarms.every(conn)),
    )
