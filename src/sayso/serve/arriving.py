"""A request's body as it arrives: not for longer, and not for more, than a door can bear."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]

PATIENCE_SECONDS = 30.0


class Arriving:
    """Stands for `receive`: after `patience` seconds, or more than `most` bytes, its caller has left.

    `refused` is then the status to answer with, 408 or 413, else 0. `most` is None where the door counts
    itself. Once the body is whole nothing is bounded: a door that waits then, waits for a caller to hang up.
    """

    def __init__(self, receive: Receive, patience: float, most: int | None) -> None:
        self._receive = receive
        self._until = asyncio.get_running_loop().time() + patience
        self._left = most
        self._whole = False
        self.refused = 0

    async def __call__(self) -> Message:
        """The next message."""
        if self._whole:
            return await self._receive()
        if self.refused:
            return _left()
        try:
            async with asyncio.timeout_at(self._until):
                message = await self._receive()
        except TimeoutError:
            self.refused = 408
            return _left()
        if self._left is not None:
            self._left -= len(message.get("body", b""))
            if self._left < 0:
                self.refused = 413
                return _left()
        self._whole = not message.get("more_body", False)
        return message


def _left() -> Message:
    return {"type": "http.disconnect"}
