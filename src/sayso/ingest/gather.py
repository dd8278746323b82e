"""Group commit: what arrives while a batch is being stored is the next batch."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from sayso.storage.callbacks import InterruptionError, RowError

Row = TypeVar("Row")
log = logging.getLogger(__name__)


class UnstoredError(Exception):
    """The row is not stored, and may be offered again later: the door says 503."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much may wait, how much goes together (bytes as `weigh` counts them), how long it may take.

    A lane beside a busy one opens only for `worth_a_lane` rows: two small batches cost more than one of both.
    `patience` is in seconds, for a whole flush with its second tries.
    """

    lanes: int = 2
    worth_a_lane: int = 32
    waiting_rows: int = 10_000
    waiting_bytes: int = 64 * 1024 * 1024
    batch_rows: int = 500
    batch_bytes: int = 8 * 1024 * 1024
    patience: float = 5.0


@dataclass(slots=True, eq=False)
class _Entry(Generic[Row]):
    row: Row
    key: Hashable
    weight: int
    callers: list[asyncio.Future[None]]

    @property
    def abandoned(self) -> bool:
        # A loop, for nearly always there is one caller: a generator would cost more than the look.
        for caller in self.callers:  # noqa: SIM110
            if not caller.done():
                return False
        return True


class Gather(Generic[Row]):
    """Stores rows in batches, each caller answered after the commit of its own row.

    There is no delay timer (2 ms of it cost 30 to 60 %): a batch leaves as soon as a lane is free, and a
    further lane opens while the first is away and enough has come together. Rows with one key share one
    place and one fate, while they wait and while they are being stored. A row that can't be stored is
    isolated by halving and fails alone, with RowError; for everything else the whole batch fails, with
    UnstoredError. Use it inside one event loop.
    """

    def __init__(
        self,
        store: Callable[[Sequence[Row]], Awaitable[object]],
        *,
        key: Callable[[Row], Hashable],
        weigh: Callable[[Row], int],
        limits: Limits | None = None,
    ) -> None:
        self._store = store
        self._key = key
        self._weigh = weigh
        self._limits = limits or Limits()
        self._waiting: deque[_Entry[Row]] = deque()
        self._waiting_bytes = 0
        self._known: dict[Hashable, _Entry[Row]] = {}
        self._busy = 0
        self._lanes: set[asyncio.Task[None]] = set()
        self._abandoned_tries: set[asyncio.Future[object]] = set()
        self._closed = False

    @property
    def waiting(self) -> int:
        """How many rows wait for a lane."""
        return len(self._waiting)

    def add(self, row: Row) -> asyncio.Future[None]:
        """Offer a row; the future ends when it is durable, or with RowError or UnstoredError.

        Whoever cancels the future has left: a row that nobody waits for is not stored. Raises UnstoredError
        at once when too much waits already.
        """
        caller: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        key = self._key(row)
        known = self._known.get(key)
        if known is not None:
            known.callers.append(caller)
            return caller
        weight = self._weigh(row)
        full = len(self._waiting) >= self._limits.waiting_rows
        heavy = self._waiting_bytes + weight > self._limits.waiting_bytes
        if self._closed or full or heavy:
            raise UnstoredError("closing" if self._closed else "too much is waiting to be stored")
        entry = _Entry(row, key, weight, [caller])
        self._known[key] = entry
        self._waiting.append(entry)
        self._waiting_bytes += weight
        enough = not self._busy or len(self._waiting) >= self._limits.worth_a_lane
        if enough and self._busy < self._limits.lanes:
            self._busy += 1
            lane = asyncio.create_task(self._drain())
            self._lanes.add(lane)
            lane.add_done_callback(self._lanes.discard)
        return caller

    async def close(self) -> None:
        """Store what waits, then take nothing more."""
        self._closed = True
        while self._lanes:
            await asyncio.wait(self._lanes)

    async def _drain(self) -> None:
        try:
            while batch := self._next_batch():
                deadline = asyncio.get_running_loop().time() + self._limits.patience
                await self._flush(batch, deadline)
        finally:
            self._busy -= 1  # in the same step as the look that found nothing, or a row could be forgotten

    def _next_batch(self) -> list[_Entry[Row]]:
        """Take from the front until the batch is full; who left is left out."""
        batch: list[_Entry[Row]] = []
        weight = 0
        while self._waiting and len(batch) < self._limits.batch_rows:
            if batch and weight + self._waiting[0].weight > self._limits.batch_bytes:
                break
            entry = self._waiting.popleft()
            self._waiting_bytes -= entry.weight
            if entry.abandoned:
                del self._known[entry.key]
                continue
            weight += entry.weight
            batch.append(entry)
        return batch

    async def _flush(self, batch: list[_Entry[Row]], deadline: float) -> None:
        fault = await self._try_twice([entry.row for entry in batch], deadline)
        if isinstance(fault, RowError) and len(batch) > 1:
            middle = len(batch) // 2
            await self._flush(batch[:middle], deadline)
            await self._flush(batch[middle:], deadline)
            return
        if fault is not None:
            log.warning("%s rows could not be stored: %s", len(batch), fault)
        for entry in batch:
            self._settle(entry, fault)

    async def _try_twice(self, rows: list[Row], deadline: float) -> Exception | None:
        """Try, and after an interruption once more, which keys make safe; what went wrong, if it did."""
        for _ in range(2):
            try:
                await self._within(deadline, rows)
            except RowError as fault:
                return fault
            except InterruptionError as interrupted:
                fault_so_far: Exception = interrupted
            except Exception as error:
                return error
            else:
                return None
        return fault_so_far

    async def _within(self, deadline: float, rows: list[Row]) -> None:
        """Store until the deadline. A try that hangs is let go, not waited for: callers need their answer."""
        patience = deadline - asyncio.get_running_loop().time()
        attempt: asyncio.Future[object] = asyncio.ensure_future(self._store(rows))
        done, _ = await asyncio.wait({attempt}, timeout=max(patience, 0))
        if not done:
            self._abandoned_tries.add(attempt)
            attempt.add_done_callback(self._forget)
            attempt.cancel()
            raise UnstoredError("the database did not answer in time")
        attempt.result()

    def _forget(self, attempt: asyncio.Future[object]) -> None:
        self._abandoned_tries.discard(attempt)
        if not attempt.cancelled():
            attempt.exception()  # looked at, so that nothing is logged about it

    def _settle(self, entry: _Entry[Row], fault: Exception | None) -> None:
        del self._known[entry.key]
        for caller in entry.callers:
            if caller.done():
                continue
            if fault is None:
                caller.set_result(None)
            elif isinstance(fault, RowError):
                caller.set_exception(RowError(str(fault)))
            else:
                unstored = UnstoredError(str(fault))
                unstored.__cause__ = fault
                caller.set_exception(unstored)
