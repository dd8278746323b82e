"""Records what became of messages, in the background of the next slice: what comes in during a commit is
the next batch."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Sequence

from sayso.engine.failing import Failing
from sayso.engine.gone import Gones
from sayso.engine.sending_record import Finished, record
from sayso.engine.stage import in_halves
from sayso.engine.supervisor import Works
from sayso.engine.telling import Telling, is_shown
from sayso.providers.contract import Refused, Unsure
from sayso.storage.outbox import Claimed, Grip

RETRY = 0.5
# After fewer results than this, each of which pays for nearly a whole transaction, more may gather.
FULL, REST = 32, 0.02

log = logging.getLogger(__name__)


class Recorder:
    """Writes results of one connection. `open` counts messages that have an intent and no record yet."""

    def __init__(self, works: Works, grip: Grip, *, simulated: bool) -> None:
        self.open = 0
        self._works = works
        self._grip = grip
        self._failing = Failing(f"recording the results of {grip.resource}")
        self._finished: list[Finished] = []
        self._recorded: set[int] = set()
        self._news = asyncio.Event()
        self._progress = asyncio.Event()
        self._simulated = simulated
        self._telling = Telling(works.pool)
        self._gones = Gones(works)
        self._task = asyncio.create_task(self._keep_recording())

    def expect(self, count: int) -> None:
        """So many messages have their intents, and are about to leave."""
        self.open += count

    def add(self, finished: Sequence[Finished]) -> None:
        """Some of them came back."""
        self._finished.extend(finished)
        if finished:
            self._news.set()

    def skipped(self, rows: Iterable[Claimed]) -> None:
        """These do not leave: the last look wrote down why."""
        self._tell(rows)

    async def progress(self) -> None:
        """Wait until something more is recorded."""
        self._progress.clear()
        await self._progress.wait()

    async def settled(self) -> None:
        """Wait until all that left is recorded."""
        while self.open:
            await self.progress()

    async def close(self, patience: float) -> None:
        """Record what came in; what cannot be recorded in time is unconfirmed for the next holder."""
        try:
            async with asyncio.timeout(patience):
                await self.settled()
        except TimeoutError:
            log.warning("%s: %s results could not be recorded", self._grip.resource, self.open)
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        self._failing.ended()
        await self._gones.close()
        await self._telling.close()

    async def _keep_recording(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            batch, self._finished = self._finished, []
            try:
                await in_halves(batch, self._record, self._poison)
            except Exception as error:
                # Nothing is lost by waiting: the intents stand.
                self._failing.note(error)
                left = [one for one in batch if one.row.message_id not in self._recorded]
                self._finished = left + self._finished
                self._news.set()
                await asyncio.sleep(RETRY)
            else:
                self._failing.over()
            self.open -= len(self._recorded)
            self._recorded.clear()
            self._progress.set()
            await self._judge()
            if len(batch) < FULL:
                await asyncio.sleep(REST)

    async def _judge(self) -> None:
        """Whose consent ends is no result's fault, and no result is lost by it."""
        try:
            await self._gones.judge()
        except Exception as error:
            log.info("%s: numbers that fail are judged at the next results: %r", self._grip.resource, error)

    async def _record(self, finished: Sequence[Finished]) -> int:
        async with self._works.counted() as conn:
            done = await record(conn, self._grip, finished)
        self._recorded.update(one.row.message_id for one in finished)
        self._gones.note(
            (one.row.workspace_id, one.row.phone, one.result.reason)
            for one in finished
            if isinstance(one.result, Refused)
        )
        self._tell(one.row for one in finished)
        return done

    async def _poison(self, finished: Finished, error: Exception) -> None:
        """What the provider said cannot be stored: then nobody knows what became of the message."""
        log.error("the result of message %s cannot be stored: %r", finished.row.message_id, error)
        await self._record([Finished(finished.row, Unsure("lost_answer"), finished.at)])

    def _tell(self, rows: Iterable[Claimed]) -> None:
        self._telling.moved(row.workspace_id for row in rows if is_shown(row.purpose, self._simulated))
