"""Signals between rooms through PostgreSQL: NOTIFY after a commit, LISTEN on a connection of its own."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence

import psycopg
from psycopg import AsyncConnection, sql

from sayso.observe.trouble import database

RECONNECT = 1.0
_WHO = "listening for signals"


class PostgresBus:
    """Wakes whoever sleeps on a channel. A lost signal is no loss: everybody looks each second too.

    `hear` is told each signal's payload; an empty one when signals may have been lost.
    """

    def __init__(
        self,
        url: str,
        channels: Sequence[str] = ("inbound", "outbox", "receipts", "campaigns"),
        hear: Callable[[str], None] | None = None,
    ) -> None:
        self._url = url
        self._channels = tuple(channels)
        self._hear = hear
        self._sleepers: defaultdict[str, list[asyncio.Event]] = defaultdict(list)

    def subscribe(self, channel: str) -> asyncio.Event:
        """An event that is set at each signal on the channel; the sleeper clears it."""
        event = asyncio.Event()
        self._sleepers[channel].append(event)
        return event

    def unsubscribe(self, channel: str, event: asyncio.Event) -> None:
        """Forget a sleeper."""
        self._sleepers[channel].remove(event)

    async def run(self) -> None:
        """Listen until cancelled; a broken connection is made anew, and then everybody is woken."""
        while True:
            try:
                await self._listen()
            except psycopg.Error as error:
                database.note(_WHO, error)
            await asyncio.sleep(RECONNECT)

    async def _listen(self) -> None:
        async with await AsyncConnection.connect(self._url, autocommit=True) as conn:
            for channel in self._channels:
                await conn.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
            database.over(_WHO)
            for channel in self._channels:
                self._wake(channel)
            async for notice in conn.notifies():
                self._wake(notice.channel, notice.payload)

    def _wake(self, channel: str, payload: str = "") -> None:
        if self._hear is not None:
            self._hear(payload)
        for event in self._sleepers[channel]:
            event.set()
