"""Whether the database answers, known before anybody has to wait to find out."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psycopg
from psycopg import AsyncConnection
from psycopg.conninfo import make_conninfo

from sayso.observe import trouble
from sayso.storage.pool import Connection

LOOK_EVERY = 1.0
PATIENCE_SECONDS = 2
AGAIN_SECONDS = 0.2
_WHO = "presence"


class Presence:
    """Asks the database each second over a connection of its own; `away` once it does not answer in two.

    A server that refuses a further connection answers, so it is not away. Notes the outage in the log.
    """

    def __init__(self, url: str) -> None:
        self._url = make_conninfo(url, application_name="sayso presence")
        self._watching: set[asyncio.Future[None]] = set()
        self._left: set[asyncio.Future[object]] = set()
        self.away = False

    @contextmanager
    def watched(self) -> Iterator[asyncio.Future[None]]:
        """A future that is done as soon as the database is known to be away."""
        told: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._watching.add(told)
        try:
            yield told
        finally:
            self._watching.discard(told)

    async def keep(self) -> None:
        """Look until cancelled."""
        while True:
            try:
                async with asyncio.timeout(PATIENCE_SECONDS + 1):
                    conn = await AsyncConnection.connect(
                        self._url, autocommit=True, connect_timeout=PATIENCE_SECONDS
                    )
            except psycopg.errors.TooManyConnections:
                self._is_back()
                await asyncio.sleep(LOOK_EVERY)
            except (psycopg.Error, OSError) as error:  # a TimeoutError is an OSError
                self._is_away(error)
                await asyncio.sleep(AGAIN_SECONDS)
            else:
                self._is_back()
                await self._ask(conn)

    async def _ask(self, conn: Connection) -> None:
        """Ask until it fails. A broken connection alone says nothing: the next one tells."""
        while True:
            asked: asyncio.Future[object] = asyncio.ensure_future(conn.execute("SELECT 1"))
            try:
                done, _ = await asyncio.wait({asked}, timeout=PATIENCE_SECONDS)
                if not done:
                    # Not cancelled: that would wait for a server which does not answer.
                    self._leave(conn, asked)
                    self._is_away(TimeoutError(f"no answer within {PATIENCE_SECONDS} s"))
                    return
                asked.result()
            except (psycopg.Error, OSError):
                with suppress(psycopg.Error, OSError):
                    await conn.close()
                return
            await asyncio.sleep(LOOK_EVERY)

    def _leave(self, conn: Connection, asked: asyncio.Future[object]) -> None:
        def ended(asked: asyncio.Future[object]) -> None:
            self._left.discard(asked)
            if not asked.cancelled():
                asked.exception()  # looked at, so that nothing is logged about it
            conn.pgconn.finish()

        self._left.add(asked)
        asked.add_done_callback(ended)

    def _is_away(self, error: Exception) -> None:
        self.away = True
        trouble.database.note(_WHO, error)
        for told in self._watching:
            if not told.done():
                told.set_result(None)

    def _is_back(self) -> None:
        self.away = False
        trouble.database.over(_WHO)
