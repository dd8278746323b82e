"""The sending stage: a link for each connection that this process holds, as leases come and go."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from sayso.engine.gateway import HttpGateway, Opening, Way
from sayso.engine.sending_accounts import Accounts
from sayso.engine.sending_link import Link
from sayso.engine.stage import keep_stepping
from sayso.engine.supervisor import Maker, Works
from sayso.storage.outbox import Grip


def sending(
    *, vault_key: str, public_url: str, carrier_url: str = "", opening: Opening = HttpGateway
) -> Maker:
    """The stage for the supervisor.

    `vault_key` opens connections' secrets; `public_url` is where providers reach our hooks; `carrier_url`
    is the simulated carrier's, for simulator connections that are told no address; `opening` makes their
    gateways.
    """

    def make(works: Works) -> Sending:
        accounts = Accounts(works, vault_key=vault_key, public_url=public_url, carrier_url=carrier_url)
        return Sending(works, accounts, opening)

    return make


@dataclass(frozen=True, slots=True)
class _Running:
    link: Link
    task: asyncio.Task[None]
    stopping: asyncio.Event


class Sending:
    """Holds the leases of connections and keeps a link going for each."""

    name = "sending"
    channel = None
    full = 1
    rest = 0.0

    def __init__(self, works: Works, accounts: Accounts, opening: Opening = HttpGateway) -> None:
        self._works = works
        self._opening = opening
        self._accounts = accounts
        self._running: dict[int, _Running] = {}
        self._locked: dict[int, bool] = {}

    async def step(self) -> int:
        """Start links for what is held, end those that are not, or whose connection was changed."""
        ways = await self._accounts.current()
        await self._tell_locked(ways)
        usable = [key for key, way in ways.items() if not way.locked]
        held = await self._works.leases.hold("connection", usable)
        epochs = {int(name): epoch for name, epoch in held.items()}
        await self._end([key for key, running in self._running.items() if not _fits(running, ways, epochs)])
        for key, epoch in epochs.items():
            if key not in self._running and self._works.leases.epoch(f"connection:{key}") == epoch:
                self._start(ways[key], epoch)
        return 0

    async def close(self) -> None:
        """End all links: what is on the wire comes in, what is not goes back."""
        await self._end(list(self._running))

    def _start(self, way: Way, epoch: int) -> None:
        link = Link(self._works, way, Grip(way.id, self._works.leases.holder, epoch), self._opening)
        stopping = asyncio.Event()
        self._running[way.id] = _Running(link, asyncio.create_task(self._keep(link, stopping)), stopping)

    async def _keep(self, link: Link, stopping: asyncio.Event) -> None:
        woken = self._works.bus.subscribe(link.channel)
        try:
            await keep_stepping(link, woken, stopping, self._works.alarm)
        finally:
            self._works.bus.unsubscribe(link.channel, woken)

    async def _end(self, keys: list[int]) -> None:
        ending = [self._running.pop(key) for key in keys]
        for running in ending:
            running.stopping.set()
        await asyncio.gather(*(running.task for running in ending))

    async def _tell_locked(self, ways: Mapping[int, Way]) -> None:
        for key, way in ways.items():
            is_locked = bool(way.locked)
            if self._locked.get(key) == is_locked:
                continue
            self._locked[key] = is_locked
            if is_locked:
                await self._works.ring("connection_locked", f"connection:{key}", way.locked)
            else:  # also at the first look: it may have been mended while nothing ran
                await self._works.settle("connection_locked", f"connection:{key}")


def _fits(running: _Running, ways: Mapping[int, Way], epochs: Mapping[int, int]) -> bool:
    link = running.link
    if running.task.done() or ways.get(link.way.id) is not link.way:
        return False
    return epochs.get(link.way.id) == link.grip.epoch
