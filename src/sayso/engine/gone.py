"""Numbers to which nothing arrives any more: consent ends, once the signs are plain (R6.8, decision 0018)."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sayso.core.hands import SIGNS
from sayso.engine.supervisor import Works
from sayso.storage import hands, pool
from sayso.storage.faults import is_held
from sayso.storage.hands import Failing, Gone

# Results of messages wait as long at most; whoever holds a contact is asked again after some seconds.
PATIENCE = timedelta(milliseconds=100)
AGAIN = 2.0

log = logging.getLogger(__name__)


class Gones:
    """Remembers which numbers messages failed for, and judges them in a transaction of their own.

    Who holds a contact keeps nobody waiting: its number is judged later, the others now. What is lost in a
    crash is judged at the number's next failure: all that it rests on is stored already.
    """

    def __init__(self, works: Works) -> None:
        self._works = works
        self._failed: set[tuple[int, int]] = set()
        self._again: asyncio.Task[None] | None = None

    def note(self, failures: Iterable[tuple[int, int, str]]) -> None:
        """Messages of (workspace, number) failed, for this reason."""
        self._failed.update(
            (workspace, phone) for workspace, phone, reason in failures if reason in SIGNS.reasons
        )

    async def judge(self) -> None:
        """End consent where the signs are plain; what cannot be stored now stays remembered."""
        if await self._judge() and (self._again is None or self._again.done()):
            self._again = asyncio.create_task(self._judge_again())

    async def close(self) -> None:
        """Judge nothing more; what somebody still holds is judged at its next failure."""
        if self._again is not None:
            self._again.cancel()
            await asyncio.gather(self._again, return_exceptions=True)

    async def _judge(self) -> bool:
        """Whether something is left that somebody holds."""
        if not self._failed:
            return False
        asked = sorted(self._failed)
        now = self._works.clock()
        async with self._works.pool.connection() as conn:
            found = await hands.failing(conn, asked, SIGNS, now)
            held = (
                await hands.held(conn, [(one.workspace_id, one.phone) for one in found]) if found else set()
            )
        gone: defaultdict[int, list[Gone]] = defaultdict(list)
        for one in found:
            if (one.workspace_id, one.phone) not in held:
                gone[one.workspace_id].append(_gone(one))
        for workspace, numbers in gone.items():
            if not await self._ended(workspace, numbers, now):
                held.update((workspace, one.phone) for one in numbers)
        self._failed.difference_update(set(asked) - held)
        return bool(held)

    async def _ended(self, workspace: int, numbers: Sequence[Gone], now: datetime) -> bool:
        try:
            async with pool.workspace(self._works.pool, workspace) as conn:
                await hands.be_impatient(conn, PATIENCE)
                ended = await hands.end(conn, numbers, now)
        except Exception as error:
            if not is_held(error):
                raise
            return False
        log.info("workspace %s: consent of %s numbers ended, where nothing arrives", workspace, ended)
        return True

    async def _judge_again(self) -> None:
        left = True
        while left:
            await asyncio.sleep(AGAIN)
            try:
                left = await self._judge()
            except Exception as error:
                log.info("numbers that fail are judged in a while: %r", error)


def _gone(one: Failing) -> Gone:
    reason = (
        f"Messages failed for good on {one.days} days, from {one.first_at:%Y-%m-%d} to"
        f" {one.last_at:%Y-%m-%d}, and nothing arrived since the first."
    )
    evidence = {"days": one.days, "last_message_id": str(one.last_message)}
    return Gone(one.phone, one.last_at, "failures", "failures", reason, evidence)
