"""What machines of the operator ask: is it up, is it ready, what does it count."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from sayso.observe import metrics
from sayso.serve.arriving import Receive
from sayso.serve.dispatcher import Scope, Send, answer
from sayso.serve.figures import shown
from sayso.storage.figures import Figures

PATIENCE_SECONDS = 3.0
# So long an answer stands for all who ask: asking must cost a stranger more than it costs the database.
FRESH_SECONDS = 1.0
# These cost the database more, and nobody draws a curve by the second.
FIGURES_FRESH_SECONDS = 5.0


async def _nothing() -> Figures | None:
    return None


@dataclass(slots=True)
class Operators:
    """`/healthz`: this process answers. `/readyz`: it can do its work. `/metrics`: for Prometheus.

    `fault` looks at the database and gives a sentence where something is wrong, else nothing; `figures` reads
    there what is the same for all workers, at most once in FIGURES_FRESH_SECONDS.
    """

    fault: Callable[[], Awaitable[str]]
    figures: Callable[[], Awaitable[Figures | None]] = _nothing
    clock: Callable[[], float] = time.monotonic
    _known: str = ""
    _until: float = float("-inf")
    _looking: asyncio.Lock = field(default_factory=asyncio.Lock)
    _figures: metrics.Seen | None = None
    _figures_until: float = float("-inf")
    _reading: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one of the three; anything else below them is not found."""
        match scope["path"]:
            case "/healthz":
                await answer(send, 200, b"ok\n")
            case "/readyz":
                fault = await self._fault()
                await answer(send, 503 if fault else 200, (fault or "ready").encode() + b"\n")
            case "/metrics":
                page = metrics.render(await self._seen_lately())
                await answer(send, 200, page, metrics.CONTENT_TYPE.encode())
            case _:
                await answer(send, 404, b"There is nothing here.\n")

    async def _seen_lately(self) -> metrics.Seen | None:
        async with self._reading:
            if self.clock() >= self._figures_until:
                self._figures = shown(await self.figures())
                self._figures_until = self.clock() + FIGURES_FRESH_SECONDS
            return self._figures

    async def _fault(self) -> str:
        # Those who ask meanwhile wait for the one look.
        async with self._looking:
            if self.clock() >= self._until:
                self._known = await self._look()
                self._until = self.clock() + FRESH_SECONDS
            return self._known

    async def _look(self) -> str:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                return await self.fault()
        except TimeoutError:
            return f"The database does not answer within {PATIENCE_SECONDS:g} s."
