"""The callback doors of one process: connections in memory, group commit, a word to the engine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sayso.ingest.connections import Connections
from sayso.ingest.gather import Gather, Limits
from sayso.ingest.hooks import Hooks
from sayso.ingest.waker import Waker
from sayso.storage import callbacks
from sayso.storage.callbacks import Callback, Refused, Stored
from sayso.storage.pool import DOOR, open_pool


@dataclass(frozen=True, slots=True)
class Health:
    """Whether callbacks can be taken: `ready` after the latest look at the database, `waiting` rows now."""

    ready: bool
    waiting: int


class Doors:
    """Takes providers' callbacks; open it in each worker's own event loop, before the first request.

    `url` is the database's, `public_url` the address under which the world reaches this server (without
    path), `now` an aware clock. The dispatcher gives every path under `/hooks/` to `handle`.
    """

    def __init__(
        self,
        url: str,
        *,
        secret_key: str,
        public_url: str,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        limits: Limits | None = None,
    ) -> None:
        chosen = limits or Limits()
        # A lane each, and room for refused callbacks, looks at the setup and wake-ups beside them.
        self._pool = open_pool(url, DOOR, size=chosen.lanes + 3)
        self._connections = Connections(self._pool, secret_key)
        self._waker = Waker(self._pool)
        self._stored = Gather(self._store, key=_key, weigh=_weight, limits=chosen)
        self._quarantined = Gather(self._quarantine, key=id, weigh=_weight, limits=_fewer(chosen))
        hooks = Hooks(self._connections, self._stored, self._quarantined, public_url=public_url, now=now)
        self.handle = hooks.handle
        """Serves one HTTP request as an ASGI application."""
        self.offer = hooks.offer
        """Takes a whole callback without one, where that is possible."""

    async def open(self) -> None:
        """Connect and read the connections; while the database is away, callbacks get 503."""
        await self._pool.open()
        await self._connections.open()

    async def close(self) -> None:
        """Store what waits, then let go of the database."""
        await self._stored.close()
        await self._quarantined.close()
        await self._waker.close()
        await self._connections.close()
        await self._pool.close()

    def health(self) -> Health:
        """Say whether callbacks can be taken, from memory."""
        return Health(self._connections.current, self._stored.waiting + self._quarantined.waiting)

    async def _store(self, rows: Sequence[Callback]) -> Stored:
        stored = await callbacks.store(self._pool, rows)
        if stored.texts:
            self._waker.wake("inbound")
        if stored.receipts:
            self._waker.wake("receipts")
        return stored

    async def _quarantine(self, rows: Sequence[Refused]) -> None:
        await callbacks.quarantine(self._pool, rows)


def _key(row: Callback) -> object:
    return row.connection_id, row.ref


def _weight(row: Callback | Refused) -> int:
    return len(row.body) + len(row.headers)


def _fewer(limits: Limits) -> Limits:
    """Refused callbacks go one batch at a time, so that two never count the same room under the cap."""
    return Limits(
        lanes=1,
        waiting_rows=limits.waiting_rows // 10,
        waiting_bytes=limits.waiting_bytes // 2,
        patience=limits.patience,
    )
