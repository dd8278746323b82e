"""The inbound stage as the supervisor runs it: lanes held, the setup kept fresh, bad texts isolated."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, nullcontext
from datetime import datetime
from functools import partial

from sayso.engine.inbound import PER_LANE, hear, hear_named, stop_at_least
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

PRESSED = 8 * PER_LANE
PREFIX = "inbound:lane"
_POISON = (
    "A text could not be decided and is on the operator's list of unrouted texts, with the reason. If it may "
    "have been a stop, it stopped. Read it, answer it, and report the fault."
)
log = logging.getLogger(__name__)


class Hearing:
    """Decides waiting texts of some lanes, in order within each; holds a lease on every lane it reads."""

    name = "inbound"
    channel = "inbound"
    # At 4,000 texts a second a batch then holds 150 instead of 90, and each text costs a sixth less.
    full = PRESSED
    rest = 0.015

    def __init__(
        self, pool: Pool, leases: Leases, lanes: Sequence[int], clock: Callable[[], datetime]
    ) -> None:
        self._pool = pool
        self._leases = leases
        self._lanes = tuple(lanes)
        self._clock = clock
        self._setup: Setup | None = None
        self._pressed = False
        self._telling = Telling(pool, HEARD, HEARD_PAUSE_SECONDS)

    async def step(self) -> int:
        """Decide one batch; under pressure two, so that one is decided while the other commits."""
        middle = len(self._lanes) // 2 if self._pressed else len(self._lanes)
        halves = [lanes for lanes in (self._lanes[:middle], self._lanes[middle:]) if lanes]
        ended = await asyncio.gather(*map(self._batch, halves), return_exceptions=True)
        done = 0
        for each in ended:
            if isinstance(each, BaseException):
                raise each
            done += each
        self._pressed = done >= PRESSED
        return done

    async def _batch(self, lanes: Sequence[int]) -> int:
        """One batch of these lanes; where it cannot be stored as a whole, find the text that is at fault."""
        try:
            async with self._turn(lanes, together=True) as (conn, held, setup):
                return await hear(conn, held, setup, self._clock(), self._telling.moved)
        except TakenOverError:
            raise
        except Exception as error:
            if is_outage(error):
                raise
            log.exception("a batch of texts could not be decided; looking for the one at fault")
        async with self._turn(lanes) as (conn, held, _):
            waiting = await storage.peek(conn, held, PER_LANE)
        return await in_halves(waiting, partial(self._decide, lanes), partial(self._set_aside, lanes))

    async def close(self) -> None:
        """Nothing is in hand between steps but what pages are told."""
        await self._telling.close()

    async def _decide(self, lanes: Sequence[int], ids: Sequence[int]) -> int:
        async with self._turn(lanes) as (conn, held, setup):
            return await hear_named(conn, held, ids, setup, self._clock(), self._telling.moved)

    async def _set_aside(self, lanes: Sequence[int], id_: int, error: Exception) -> None:
        async with self._turn(lanes) as (conn, held, setup):
            try:
                async with conn.transaction():
                    await stop_at_least(conn, held, id_, setup, self._clock())
            except Exception as second:
                if is_outage(second):
                    raise
                log.exception("not even the stop of text %s could be stored", id_)
            await storage.set_aside(conn, held, id_, f"It could not be decided: {error}")
            await alarms.ring(conn, "poison_text", f"text:{id_}", _POISON, self._clock())

    @asynccontextmanager
    async def _turn(
        self, lanes: Sequence[int], *, together: bool = False
    ) -> AsyncIterator[tuple[Connection, list[int], Setup]]:
        """One transaction in which these lanes are ours until it ends, with the setup as it is now.

        `together`: what waits for no answer travels together, the commit with the last writes.
        """
        epochs = await self._leases.hold(PREFIX, lanes)
        with committed():
            async with self._pool.connection() as conn, conn.pipeline() if together else nullcontext():
                asked = await stored_setup.ask_version(conn)
                still = await self._leases.fence(conn, PREFIX, epochs)
                if self._setup is None or self._setup.version != await stored_setup.version(asked):
                    self._setup = await stored_setup.read(conn, provider_answers)
                yield conn, sorted(map(int, still)), self._setup
                if together:
                    await conn.commit()
