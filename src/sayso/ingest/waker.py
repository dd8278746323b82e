"""Wakes the engine after commits: one notice for all that was stored while the last one was on its way."""

from __future__ import annotations

import asyncio

from sayso.storage import callbacks
from sayso.storage.callbacks import InterruptionError, RowError, UnavailableError
from sayso.storage.pool import Pool

PAUSE = 0.02
# So many commits between two notices: the engine does not sleep then, and a notice costs as much as a flush.
BUSY, BUSY_PAUSE = 4, 0.1


class Waker:
    """Sends notices, never two at once and at most one in PAUSE seconds, fewer while there is much to store;
    a lost one costs a second."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._channels: set[str] = set()
        self._asked = 0
        self._sending: asyncio.Task[None] | None = None

    def wake(self, channel: str) -> None:
        """Have the listeners of a channel woken soon."""
        self._channels.add(channel)
        self._asked += 1
        if self._sending is None:
            self._sending = asyncio.create_task(self._send())

    async def close(self) -> None:
        """Send what is still to be said."""
        if self._sending is not None:
            await self._sending

    async def _send(self) -> None:
        while self._channels:
            channels, self._channels = sorted(self._channels), set()
            pause, self._asked = BUSY_PAUSE if self._asked > BUSY else PAUSE, 0
            try:
                await callbacks.wake(self._pool, channels)
            except (InterruptionError, RowError, UnavailableError):
                break  # the engine looks by itself each second
            await asyncio.sleep(pause)
        self._sending = None
