"""The inbound stage as the supervisor runs it: lanes held, the setup kept fresh, bad texts isolated."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

from sayso.engine.inbound import hear, hear_named, stop_at_least
from sayso.engine.leases import Leases
from sayso.engine.stage import TakenOverError, in_halves
from sayso.engine.telling import HEARD, HEARD_PAUSE_SECONDS, Telling
from sayso.observe.counting import committed
from sayso.providers.catalogue import provider_answers
from sayso.storage import alarms
from sayso.storage import inbound as storage
from sayso.storage import setup as stored_setup
from sayso.storage.faults import is_outage
from sayso.storage.pool import Connection, Pool
from sayso.storage.setup import Setup

PER_LANE = 64
PREFIX = "inbound:lane"
_POISON = (
    "A text could not be decided and is on the operator's list of unrouted texts, with the reason. If it may "
    "have been a stop, it stopped. Read it, answer it, and report the fault."
)
log = logging.getLogger(__name__)


class Hearing:
    """Decides waiting texts of some lanes, in order within each; holds a lease on every lane it reads."""

    channel = "inbound"

    def __init__(
        self, pool: Pool, leases: Leases, lanes: Sequence[int], clock: Callable[[], datetime]
    ) -> None:
        self.name = f"inbound {lanes[0]}-{lanes[-1]}"
        self._pool = pool
        self._leases = leases
        self._lanes = tuple(lanes)
        self._clock = clock
        self._setup: Setup | None = None
        self._telling = Telling(pool, HEARD, HEARD_PAUSE_SECONDS)

    async def step(self) -> int:
        """Decide one batch; where it cannot be stored as a whole, find the text that is at fault."""
        try:
            async with self._turn() as (conn, lanes, setup):
                return await self._hear(conn, lanes, setup)
        except TakenOverError:
            raise
        except Exception as error:
            if is_outage(error):
                raise
            log.exception("a batch of texts could not be decided; looking for the one at fault")
        async with self._turn() as (conn, lanes, _):
            waiting = await storage.peek(conn, lanes, PER_LANE)
        return await in_halves(waiting, self._decide, self._set_aside)

    async def close(self) -> None:
        """Nothing is in hand between steps but what pages are told."""
        await self._telling.close()

    async def _hear(self, conn: Connection, lanes: Sequence[int], setup: Setup) -> int:
        if not lanes:
            return 0
        return await hear(conn, lanes, setup, self._clock(), PER_LANE, self._telling.moved)

    async def _decide(self, ids: Sequence[int]) -> int:
        async with self._turn() as (conn, lanes, setup):
            return await hear_named(conn, lanes, ids, setup, self._clock(), self._telling.moved)

    async def _set_aside(self, id_: int, error: Exception) -> None:
        async with self._turn() as (conn, lanes, setup):
            try:
                async with conn.transaction():
                    await stop_at_least(conn, lanes, id_, setup, self._clock())
            except Exception as second:
                if is_outage(second):
                    raise
                log.exception("not even the stop of text %s could be stored", id_)
            await storage.set_aside(conn, lanes, id_, f"It could not be decided: {error}")
            await alarms.ring(conn, "poison_text", f"text:{id_}", _POISON, self._clock())

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[tuple[Connection, list[int], Setup]]:
        """One transaction in which the lanes are ours until it ends, with the setup as it is now."""
        epochs = await self._leases.hold(PREFIX, self._lanes)
        with committed():
            async with self._pool.connection() as conn, conn.transaction():
                still = await self._leases.fence(conn, PREFIX, epochs) if epochs else set()
                yield conn, sorted(int(lane) for lane in still), await self._fresh(conn)

    async def _fresh(self, conn: Connection) -> Setup:
        if self._setup is None or self._setup.version != await stored_setup.version(conn):
            self._setup = await stored_setup.read(conn, provider_answers)
        return self._setup
