"""Posts to Sayso's hooks, as any provider does: texts at once and once, receipts in groups and again."""

import asyncio
import itertools
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import aiohttp
import structlog

from sayso.carrier.connections import Connection, Connections
from sayso.carrier.journal import Journal
from sayso.providers.contract import Inbound, Receipt
from sayso.providers.simulator.carrier_side import callback, write_inbound, write_receipts

log = structlog.get_logger(__name__)

# Long enough for a database to be restarted, short enough that a wrong address is given up.
WAITS = (0.2, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
MOST_RECEIPTS = 200
PATIENCE = aiohttp.ClientTimeout(total=30)


@dataclass(frozen=True, slots=True)
class Told:
    """What the door said to a callback; status 0 where it could not be reached."""

    status: int
    answer: str

    @property
    def taken(self) -> bool:
        """Whether the door took it."""
        return 200 <= self.status < 300


@dataclass(slots=True)
class Callbacks:
    """The outgoing side. `clock` gives the time that callbacks carry and are signed with."""

    connections: Connections
    journal: Journal
    client: aiohttp.ClientSession
    clock: Callable[[], datetime]
    waits: Sequence[float] = WAITS
    _nonces: "itertools.count[int]" = field(default_factory=itertools.count)
    _waiting: dict[str, list[Receipt]] = field(default_factory=lambda: defaultdict(list))
    _posting: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    async def text(self, connection: Connection, inbound: Inbound) -> Told:
        """Post one text from a telephone, once; the door's answer is the caller's to judge."""
        url = self.connections.hook(connection, "inbound")
        return await self._post(url, write_inbound(inbound), connection)

    def receipt(self, connection: Connection, receipt: Receipt) -> None:
        """Post a receipt soon, with whatever else waits for the same address; tried again until taken.

        It goes to this machine's Sayso (or where the connection's `hooks` say), not to the public address
        that the message named: the world's way in need not exist yet.
        """
        url = self.connections.hook(connection, "receipts")
        self._waiting[url].append(receipt)
        if url not in self._posting:
            self._posting[url] = asyncio.create_task(self._post_receipts(url, connection))

    async def close(self) -> None:
        """Give up what still waits."""
        for task in self._posting.values():
            task.cancel()
        await asyncio.gather(*self._posting.values(), return_exceptions=True)

    async def _post_receipts(self, url: str, connection: Connection) -> None:
        try:
            while group := self._waiting[url][:MOST_RECEIPTS]:
                del self._waiting[url][:MOST_RECEIPTS]
                told = await self._insist(url, write_receipts(group), connection)
                await self.journal.append(self._entry(told, group))
        finally:
            del self._posting[url]

    def _entry(self, told: Told, group: Sequence[Receipt]) -> Mapping[str, Any]:
        kept = [
            {"id": each.provider_ref, "status": each.status, "client_reference": each.client_reference}
            for each in group
        ]
        return {"at": self.clock(), "kind": "receipts", "status": told.status, "receipts": kept}

    async def _insist(self, url: str, body: bytes, connection: Connection) -> Told:
        told = await self._post(url, body, connection)
        for wait in self.waits:
            if told.taken:
                break
            await asyncio.sleep(wait)
            told = await self._post(url, body, connection)
        if not told.taken:
            log.warning("receipts given up", status=told.status, answer=told.answer[:200])
        return told

    async def _post(self, url: str, body: bytes, connection: Connection) -> Told:
        now = self.clock()
        # A nonce of its own for each attempt: a replayed one would be refused, and rightly.
        nonce = f"{int(now.timestamp() * 1_000_000):x}-{next(self._nonces):x}"
        request = callback(url, body, connection.webhook_secret, now, nonce)
        try:
            async with self.client.post(
                request.url,
                data=request.body,
                headers=request.headers,
                timeout=PATIENCE,
                allow_redirects=False,
            ) as response:
                return Told(response.status, (await response.content.read(2_000)).decode("utf-8", "replace"))
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return Told(0, f"{type(error).__name__}: {error}")
