"""Answers for a door while the database is away, so that nobody waits for what cannot come."""

import asyncio
from collections.abc import Awaitable, Callable

from sayso.serve.arriving import Message, Receive
from sayso.serve.dispatcher import App, Scope, Send
from sayso.storage.presence import Presence

Away = Callable[[Send, bool], Awaitable[None]]


class Guarded:
    """A door that needs the database. `away` answers in its place; it is told whether the work had begun.

    Work that had begun when the database went is left to itself: what it still says goes nowhere.
    """

    def __init__(
        self, app: App, presence: Presence, away: Away, open_paths: frozenset[str] = frozenset()
    ) -> None:
        self._app = app
        self._presence = presence
        self._away = away
        self._open_paths = open_paths
        self._left: set[asyncio.Future[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["path"] in self._open_paths:
            await self._app(scope, receive, send)
        elif self._presence.away:
            await self._away(send, False)
        else:
            await self._work(scope, receive, send)

    async def _work(self, scope: Scope, receive: Receive, send: Send) -> None:
        gate = _Gate(send)
        work: asyncio.Future[None] = asyncio.ensure_future(self._app(scope, receive, gate))
        try:
            with self._presence.watched() as gone:
                await asyncio.wait({work, gone}, return_when=asyncio.FIRST_COMPLETED)
            if work.done() or gate.started:
                await work
                return
        except asyncio.CancelledError:
            work.cancel()
            raise
        gate.shut = True
        self._left.add(work)
        work.add_done_callback(self._forget)
        await self._away(send, True)

    def _forget(self, work: asyncio.Future[None]) -> None:
        self._left.discard(work)
        if not work.cancelled():
            work.exception()  # looked at, so that nothing is logged about it


class _Gate:
    """Stands for `send` until it is shut."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.started = False
        self.shut = False

    async def __call__(self, message: Message) -> None:
        if not self.shut:
            self.started = True
            await self._send(message)
