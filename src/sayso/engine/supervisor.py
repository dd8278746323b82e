"""Starts the stages of the engine in one process, keeps them going, and drains them when told to stop."""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import signal
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sayso.bus.postgres import PostgresBus
from sayso.engine.leases import Leases
from sayso.engine.stage import Stage, keep_stepping
from sayso.observe.counting import committed
from sayso.observe.trouble import Said
from sayso.storage import alarms
from sayso.storage.faults import is_away
from sayso.storage.pool import ENGINE, Connection, Pool, open_pool, url_as

POOL_SIZE = 12
# Deciding texts has connections of its own, as few as it uses: two batches under pressure, and what pages are
# told. A pool hands them out in turn, and each plans every statement anew: a customer's STOP would wait.
INBOUND_POOL_SIZE = 3

log = logging.getLogger(__name__)
Clock = Callable[[], datetime]


def wall_clock() -> datetime:
    """Now, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Works:
    """What every stage works with. `stopping` is set once; from then on nothing new is begun."""

    pool: Pool
    inbound_pool: Pool
    leases: Leases
    bus: PostgresBus
    clock: Clock
    stopping: asyncio.Event
    said: Said = field(default_factory=Said)

    @asynccontextmanager
    async def counted(self) -> AsyncIterator[Connection]:
        """A transaction of which what it counts is counted once it is committed."""
        with committed():
            async with self.pool.connection() as conn:
                yield conn

    async def alarm(self, stage: Stage, error: Exception | None) -> None:
        """Ring for a failing stage, unless it is the database that is away; None: it works again."""
        if error is None:
            await self.settle("stage_failing", stage.name)
            return
        if is_away(error):
            return
        await self.ring(
            "stage_failing",
            stage.name,
            f"{stage.name} fails and is tried again and again: {_first_line(error)}. Its work waits; the log "
            "has the whole story.",
        )

    async def ring(self, code: str, subject: str, sentence: str) -> None:
        """Ring an alarm; one that cannot be stored is in the log."""
        if self.said.is_news(f"{code} {subject}"):
            log.warning("alarm %s for %s: %s", code, subject, sentence)
        with suppress(Exception):
            async with self.pool.connection(timeout=2) as conn:
                await alarms.ring(conn, code, subject, sentence, self.clock())

    async def settle(self, code: str, subject: str) -> None:
        """Say that an alarm is over."""
        with suppress(Exception):
            async with self.pool.connection(timeout=2) as conn:
                await alarms.settle(conn, code, subject)


Maker = Callable[[Works], Stage]


async def run(
    url: str,
    *,
    stages: Sequence[Maker],
    clock: Clock = wall_clock,
    stopping: asyncio.Event | None = None,
    pool_size: int = POOL_SIZE,
) -> None:
    """Run the stages until SIGTERM, SIGINT or `stopping`; then finish batches and give leases back.

    `url` is the database as the login role. A failing stage never ends the process: it backs off, alone.
    """
    stopping = stopping or asyncio.Event()
    _obey_signals(stopping)
    async with open_works(url, clock=clock, stopping=stopping, pool_size=pool_size) as works:
        made = [make(works) for make in stages]
        await asyncio.gather(*(keep(works, stage) for stage in made))


async def keep(works: Works, stage: Stage) -> None:
    """Keep one stage stepping, woken by its channel."""
    woken = works.bus.subscribe(stage.channel) if stage.channel else asyncio.Event()
    try:
        await keep_stepping(stage, woken, works.stopping, works.alarm)
    finally:
        if stage.channel:
            works.bus.unsubscribe(stage.channel, woken)


@asynccontextmanager
async def open_works(
    url: str, *, clock: Clock = wall_clock, stopping: asyncio.Event | None = None, pool_size: int = POOL_SIZE
) -> AsyncIterator[Works]:
    """Connections, signals and leases for stages; on the way out leases are given back."""
    pool = open_pool(url, ENGINE, size=pool_size)
    # Leases have a connection of their own: they must be renewed while every other one is busy.
    lease_pool = open_pool(url, ENGINE, size=1)
    inbound_pool = open_pool(url, ENGINE, size=INBOUND_POOL_SIZE)
    async with pool, lease_pool, inbound_pool:
        leases = Leases(lease_pool, _holder())
        works = Works(
            pool, inbound_pool, leases, PostgresBus(url_as(url, ENGINE)), clock, stopping or asyncio.Event()
        )
        closing = asyncio.Event()
        background = [asyncio.create_task(works.bus.run()), asyncio.create_task(leases.keep(closing))]
        try:
            yield works
        finally:
            closing.set()
            for task in background:
                task.cancel()
            await asyncio.gather(*background, return_exceptions=True)
            with suppress(Exception):
                await leases.give_back()


def _obey_signals(stopping: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    for wanted in (signal.SIGTERM, signal.SIGINT):
        # Only a process's main thread may; elsewhere `stopping` alone stops us.
        with suppress(NotImplementedError, RuntimeError, ValueError):
            loop.add_signal_handler(wanted, stopping.set)


def _holder() -> str:
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


def _first_line(error: Exception) -> str:
    said = str(error).strip().splitlines()
    return f"{type(error).__name__}: {said[0][:200]}" if said else type(error).__name__
