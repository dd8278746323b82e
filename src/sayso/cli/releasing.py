"""What `quarantine` does in the database."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from sayso.actions import quarantine
from sayso.actions.quarantine import Judging, Released
from sayso.actions.refusal import Refused
from sayso.cli.house import ask, granted, house, over
from sayso.serve.keys import key_for
from sayso.storage import quarantined
from sayso.storage.pool import ENGINE, Connection, Pool
from sayso.storage.quarantined import Listed


def waiting(connection_id: int | None, limit: int) -> Sequence[Listed]:
    """What waits, newest first."""

    async def look(pool: Pool) -> Sequence[Listed]:
        async with pool.connection() as conn:
            return await quarantined.newest(conn, connection_id, limit)

    return ask(ENGINE, look)


def empty(connection_id: int, before: datetime) -> int:
    """Throw away what waits of a connection; how many."""

    async def throw(pool: Pool) -> int:
        async with pool.connection() as conn, conn.transaction():
            return await quarantine.throw_away(conn, connection_id, before)

    return ask(ENGINE, throw)


def release(connection_id: int) -> tuple[int, int]:
    """Let in what proves itself by now; how many did, and how many still wait."""
    with house() as (settings, databases):
        by = Judging(key_for(settings, databases.url), settings.url)

        async def judge(pool: Pool) -> Released | Refused:
            @asynccontextmanager
            async def engine() -> AsyncIterator[Connection]:
                async with pool.connection() as conn, conn.transaction():
                    yield conn

            return await quarantine.release_all(engine, connection_id, by, datetime.now(UTC))

        found = granted(asyncio.run(over(databases.url, ENGINE, judge)))
        return found.released, found.waiting
