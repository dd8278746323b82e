"""Connections by role: the only way any room but migrate reaches the database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from psycopg import AsyncConnection
from psycopg.conninfo import make_conninfo
from psycopg.rows import TupleRow
from psycopg_pool import AsyncConnectionPool

from sayso.storage.arrays import PlainList, Shared
from sayso.storage.plain_json import read_by

Connection = AsyncConnection[TupleRow]
Pool = AsyncConnectionPool[Connection]

APP, ENGINE, DOOR = "sayso_app", "sayso_engine", "sayso_door"

# A process that is frozen, or whose network is cut, in the midst of a transaction keeps its locks as long as
# the server believes in it: all connections of a workspace would wait for one. None of ours thinks so long.
_FROZEN = " -c idle_in_transaction_session_timeout=60s"
# What the engine asks, it asks again and again: planned once, a batch of eight texts costs the database a
# third less. A kept plan must not rest on how small a table was that day: so never by reading all of it.
_PLANS = {ENGINE: " -c plan_cache_mode=force_generic_plan -c enable_seqscan=off"}


# A server of one's own compiles what looks dear, and where reading a table in whole is forbidden all does.
_PLAIN = " -c jit=off"


def url_as(url: str, role: str) -> str:
    """The same database, as one of the house's roles from the first statement on."""
    options = f"-c role={role} -c search_path=sayso{_PLAIN}{_FROZEN}" + _PLANS.get(role, "")
    return make_conninfo(url, options=options, application_name=role)


def open_pool(url: str, role: str, *, size: int = 4) -> Pool:
    """A pool of connections in `role`; open it inside the loop that uses it (`async with open_pool(…)`)."""
    return AsyncConnectionPool(
        url_as(url, role),
        min_size=1,
        max_size=size,
        open=False,
        timeout=10,
        # Its tries stand ever further apart, up to minutes; given up, the next who asks tries at once.
        reconnect_timeout=2,
        configure=_configured,
        check=AsyncConnectionPool.check_connection if role == APP else None,
    )


async def _configured(conn: Connection) -> None:
    conn.adapters.register_dumper(list, PlainList)
    conn.adapters.register_dumper(Shared, PlainList)
    read_by(conn)


@asynccontextmanager
async def workspace(
    pool: Pool, workspace_id: int, *, operator: bool = False, snapshot: bool = False
) -> AsyncIterator[Connection]:
    """One transaction that sees one workspace (and, for an operator's key, what belongs to none).

    `snapshot`: all that it reads is of one moment; it may not write.
    """
    async with pool.connection() as conn, conn.transaction():
        if snapshot:
            await conn.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        await conn.execute(
            "SELECT set_config('sayso.workspace_id', %s, true), set_config('sayso.operator', %s, true)",
            (str(workspace_id), "yes" if operator else ""),
        )
        yield conn


@asynccontextmanager
async def anyone(pool: Pool) -> AsyncIterator[Connection]:
    """One transaction with no workspace set: only the functions made for it answer (`key_by_hash`)."""
    async with pool.connection() as conn, conn.transaction():
        yield conn


async def as_engine(conn: Connection) -> None:
    """Let the rest of this transaction write as the engine does: queues and callbacks, which no page may.

    For actions that only operators may ask for, once that is checked; row-level security crosses from here.
    """
    await conn.execute(f"SET LOCAL ROLE {ENGINE}")
