"""Holds leases for this process: an inbound lane's order, a connection's pace."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import timedelta

from sayso.engine.failing import Failing
from sayso.storage import leases as storage
from sayso.storage.pool import Connection, Pool

LENGTH = timedelta(seconds=10)
ASK_EVERY = 1.0

_NEVER = (0, 0.0)
Renewing = Callable[[Connection, str, Sequence[str], timedelta], Awaitable[dict[str, int]]]

log = logging.getLogger(__name__)


class Leases:
    """What this process may do alone, for as long as it renews in time.

    A lease is known to be held until a moment before it lapses by our own steady clock, counted from before
    we asked; the database, by its own clock, has the last word inside `fence`. `holder` must be new for
    every process, so that a restarted one starts a new epoch.
    """

    def __init__(self, pool: Pool, holder: str, length: timedelta = LENGTH) -> None:
        self.holder = holder
        self._pool = pool
        self._length = length
        self._failing = Failing("renewing the leases, which else lapse,")
        self._held: dict[str, tuple[int, float]] = {}
        self._asked_at: dict[str, float] = {}

    async def hold(self, prefix: str, names: Iterable[object]) -> dict[str, int]:
        """Take what can be had of `prefix:name`; the epochs of all that are held now, by name as a text.

        Answered from memory for what is held; the database is asked for the rest, each once a second.
        """
        resources = {f"{prefix}:{name}": str(name) for name in names}
        now = _now()
        missing = [name for name in resources if self.epoch(name) is None and self._may_ask(name, now)]
        if missing:
            self._asked_at.update(dict.fromkeys(missing, now))
            async with self._pool.connection() as conn:
                self._note(await storage.acquire(conn, self.holder, missing, self._length), now)
        held = ((name, self.epoch(resource)) for resource, name in resources.items())
        return {name: epoch for name, epoch in held if epoch is not None}

    def epoch(self, resource: str) -> int | None:
        """The epoch in which we hold it now; None where we don't."""
        epoch, until = self._held.get(resource, _NEVER)
        return epoch if _now() < until else None

    async def fence(self, conn: Connection, prefix: str, epochs: Mapping[str, int]) -> set[str]:
        """The names still ours in these epochs; nobody takes them before the transaction of `conn` ends."""
        wanted = {f"{prefix}:{name}": epoch for name, epoch in epochs.items()}
        still = await storage.fence(conn, self.holder, wanted)
        return {resource.removeprefix(prefix + ":") for resource in still}

    async def keep(self, stopping: asyncio.Event) -> None:
        """Renew all that is held, three times a length, until told to stop."""
        while not stopping.is_set():
            try:
                async with asyncio.timeout(self._length.total_seconds() / 3):
                    await stopping.wait()
            except TimeoutError:
                await self._renew()

    async def release(self, resource: str) -> None:
        """Let others have one at once."""
        self._held.pop(resource, None)
        async with self._pool.connection() as conn:
            await storage.give_back(conn, self.holder, [resource])

    async def give_back(self) -> None:
        """Let others have them all at once; what cannot be said now lapses by itself."""
        resources, self._held = list(self._held), {}
        if resources:
            async with self._pool.connection() as conn:
                await storage.give_back(conn, self.holder, resources)

    async def _renew(self) -> None:
        if not self._held:
            return
        asked, renewed = list(self._held), set[str]()
        try:
            # At first what is free: one transaction that hangs costs its own lease, and no other.
            for way in (storage.renew_free, storage.renew):
                if rest := [name for name in asked if name not in renewed]:
                    renewed |= await self._renewed(way, rest)
        except Exception as error:
            self._failing.note(error)
            return
        self._failing.over()
        for lost in self._held.keys() & (set(asked) - renewed):
            log.warning("lease %s was taken over", lost)
            del self._held[lost]

    async def _renewed(self, way: Renewing, names: Sequence[str]) -> set[str]:
        now = _now()
        async with self._pool.connection(timeout=self._length.total_seconds() / 3) as conn:
            renewed = await way(conn, self.holder, names, self._length)
        self._note({name: epoch for name, epoch in renewed.items() if name in self._held}, now)
        return set(renewed)

    def _may_ask(self, resource: str, now: float) -> bool:
        asked_at = self._asked_at.get(resource)
        return asked_at is None or now >= asked_at + ASK_EVERY

    def _note(self, epochs: Mapping[str, int], asked_at: float) -> None:
        until = asked_at + self._length.total_seconds() * 0.9
        # A renewal that was asked for before may be told after a taking: the later epoch stands.
        for resource, epoch in epochs.items():
            self._held[resource] = max(self._held.get(resource, _NEVER), (epoch, until))


def _now() -> float:
    return asyncio.get_running_loop().time()
