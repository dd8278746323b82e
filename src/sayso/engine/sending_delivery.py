"""A window's messages to the gateway, one task for all of them; what came of each to whoever records it and
whoever heeds it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from typing import Any

from sayso.engine.gateway import Gateway, Result, Told, Way
from sayso.engine.sending_record import Finished
from sayso.engine.sending_recorder import Recorder
from sayso.engine.sending_trouble import Trouble
from sayso.engine.supervisor import Works
from sayso.providers.contract import Accepted, Outbound, Unsure
from sayso.storage.outbox import Claimed

log = logging.getLogger(__name__)


class Delivery:
    """Carries what was fenced; every message of it comes to the recorder, whatever the gateway does."""

    def __init__(
        self,
        gateway: Gateway,
        recorder: Recorder,
        trouble: Trouble,
        heed: Callable[[Result], None],
        place: tuple[Works, Way],
    ) -> None:
        self._gateway = gateway
        self._recorder = recorder
        self._trouble = trouble
        self._heed = heed
        self._works, self._way = place
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, rows: Sequence[Claimed], deadline: float) -> None:
        """Let these leave before `deadline`, or say that they did not."""
        if rows:
            self._begin(self._carry(rows, deadline))

    async def ended(self, patience: float) -> None:
        """Wait for so many seconds until all that is on the wire came in."""
        with suppress(TimeoutError):
            async with asyncio.timeout(patience):
                while self._tasks:  # what came in may have something to tell
                    await asyncio.wait(self._tasks)

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _carry(self, rows: Sequence[Claimed], deadline: float) -> None:
        open_places = set(range(len(rows)))

        def told(answers: Sequence[Told]) -> None:
            # Nobody is recorded twice, whatever a gateway says of one.
            news = [answer for answer in answers if answer[0] in open_places]
            open_places.difference_update([place for place, _ in news])
            self._take(rows, news)

        try:
            await self._gateway.send_all([self._outbound(row) for row in rows], deadline, told)
        except Exception:
            log.exception("sending by connection %s failed in a way nobody foresaw", self._way.id)
        told([(place, Unsure("lost_answer")) for place in sorted(open_places)])

    def _take(self, rows: Sequence[Claimed], news: Sequence[Told]) -> None:
        at = self._works.clock()
        self._recorder.add([Finished(rows[place], result, at) for place, result in news])
        before: Result | None = None
        for _, result in news:
            # Of answers that all say that it is well, the first says it.
            if not (isinstance(result, Accepted) and isinstance(before, Accepted)):
                self._heed(result)
                if self._trouble.is_news(result):
                    self._begin(self._trouble.tell(result))
            before = result

    def _outbound(self, row: Claimed) -> Outbound:
        return Outbound(
            sender=row.sender,
            to=row.recipient,
            body=row.body,
            media=self._way.reachable(row.media_urls) if row.media_urls else (),
            client_reference=str(row.message_id),
            receipts_url=self._way.receipts_url,
        )
