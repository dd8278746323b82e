"""Counts the answers to callbacks, on the hottest way: in a dictionary now, in the metrics each second."""

# Also for speed: annotations of the inner function would else be made for every callback.
from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

from sayso.observe import metrics

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
Providers = Callable[[], Awaitable[Mapping[str, str] | None]]

EVERY_SECONDS = 1.0
LOOK_UP_EVERY_SECONDS = 10.0
# Addresses within a second; further ones, which only a stranger invents, share one place.
MOST_PATHS = 4_096
_ELSEWHERE = ""
_RESULTS = {
    200: "taken",
    204: "taken",
    403: "quarantined",
    404: "unknown_address",
    405: "wrong_method",
    408: "too_slow",
    413: "too_large",
    503: "not_stored",
}


class Answered:
    """What was answered by path and status. May cost a callback a microsecond, so it looks up nothing."""

    def __init__(self) -> None:
        self._counts: dict[tuple[str, int], int] = {}
        self._providers: Mapping[str, str] = {}
        self._looked_at = float("-inf")

    def watching(self, path: str, send: Send) -> Send:
        """Stands for `send`, and counts the answer to this path."""
        count = self.count

        def watched(message: Message) -> Awaitable[None]:
            if "status" in message:
                count(path, message["status"])
            return send(message)

        return watched

    def count(self, path: str, status: int) -> None:
        """Count an answer to this path."""
        try:
            self._counts[path, status] += 1
        except KeyError:
            self._begin(path, status)

    def _begin(self, path: str, status: int) -> None:
        """Count the first answer of its kind within the second."""
        counts = self._counts
        key = (path if len(counts) < MOST_PATHS else _ELSEWHERE, status)
        counts[key] = counts.get(key, 0) + 1

    async def keep_telling(self, providers: Providers) -> None:
        """Add what was counted to the metrics each second, until cancelled; the rest of it then."""
        try:
            while True:
                await asyncio.sleep(EVERY_SECONDS)
                await self._know(providers)
                self.tell()
        finally:
            self.tell()

    def tell(self) -> None:
        """Add what was counted to the metrics."""
        counts = self._counts.copy()
        # Emptied in place: answers that are under way hold on to it.
        self._counts.clear()
        told: Counter[tuple[str, str, str]] = Counter()
        for (path, status), times in counts.items():
            token, kind = _address(path)
            told[kind, self._providers.get(token, "unknown"), _RESULTS.get(status, str(status))] += times
            metrics.requests.labels("hooks", f"{status // 100}xx").inc(times)
        for (kind, provider, result), times in told.items():
            metrics.callbacks.labels(kind, provider, result).inc(times)

    async def _know(self, providers: Providers) -> None:
        """Learn the providers of addresses that are somebody's, by their answers, and not known yet."""
        strange = any(
            status not in {404, 405, 503} and _address(path)[0] not in self._providers
            for path, status in self._counts
        )
        if strange and time.monotonic() - self._looked_at >= LOOK_UP_EVERY_SECONDS:
            self._looked_at = time.monotonic()
            self._providers = await providers() or self._providers


def _address(path: str) -> tuple[str, str]:
    pieces = path.split("/")
    if len(pieces) == 4 and pieces[3] in {"inbound", "receipts"}:
        return pieces[2], pieces[3]
    return "", "other"
