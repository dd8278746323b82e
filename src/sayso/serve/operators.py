"""What machines of the operator ask: is it up, is it ready, what does it count."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sayso.observe import metrics
from sayso.serve.arriving import Receive
from sayso.serve.dispatcher import Scope, Send, answer

PATIENCE_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Operators:
    """`/healthz`: this process answers. `/readyz`: it can do its work. `/metrics`: for Prometheus.

    `fault` looks at the database and gives a sentence where something is wrong, else nothing.
    """

    fault: Callable[[], Awaitable[str]]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one of the three; anything else below them is not found."""
        match scope["path"]:
            case "/healthz":
                await answer(send, 200, b"ok\n")
            case "/readyz":
                fault = await self._fault()
                await answer(send, 503 if fault else 200, (fault or "ready").encode() + b"\n")
            case "/metrics":
                await answer(send, 200, metrics.render(), metrics.CONTENT_TYPE.encode())
            case _:
                await answer(send, 404, b"There is nothing here.\n")

    async def _fault(self) -> str:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                return await self.fault()
        except TimeoutError:
            return f"The database does not answer within {PATIENCE_SECONDS:g} s."
