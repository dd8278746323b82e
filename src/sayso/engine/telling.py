"""Tells open pages that something moved: soon, and never more often than a person can look."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Sequence

from sayso.storage import live
from sayso.storage.pool import Pool

# Where the state of a message is shown. A page that hears of it draws itself anew: once a second is enough.
MOVED = ("inbox", "telephones")
PAUSE_SECONDS = 1.0
# What a page shows as it moves: answers in a conversation, and whatever a simulated telephone gets. The rest,
# a campaign's million results, is found at the next look.
_ANSWERS = frozenset({"reply", "confirmation", "help"})
# What one text may change: where it lies, what it stopped, when a keyword matched. It is waited for.
HEARD = ("inbox", "opt_outs", "keywords", "telephones")
HEARD_PAUSE_SECONDS = 0.25

log = logging.getLogger(__name__)


def is_shown(purpose: str, simulated: bool) -> bool:
    """Whether pages show how a message of this purpose moves, on a simulated connection or a real one."""
    return simulated or purpose in _ANSWERS


class Telling:
    """Gathers the workspaces in which something moved, and notes them for pages after the batch has ended.

    Not in the batch's transaction: at full pace that would be a notice a batch, and commits with a notice
    wait for one another. So the first is told at once, and all that come within the pause by one statement
    at its end. A note that is lost costs a page at most its next look (30 s).
    """

    def __init__(self, pool: Pool, topics: Sequence[str] = MOVED, pause: float = PAUSE_SECONDS) -> None:
        self._pool = pool
        self._topics = topics
        self._pause = pause
        self._untold: set[int] = set()
        self._task: asyncio.Task[None] | None = None

    def moved(self, workspace_ids: Iterable[int]) -> None:
        """Something of these workspaces moved, and it is committed."""
        self._untold.update(workspace_ids)
        if self._untold and self._task is None:
            self._task = asyncio.create_task(self._tell())

    async def close(self) -> None:
        """Tell nothing more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _tell(self) -> None:
        try:
            while self._untold:
                told, self._untold = self._untold, set()
                async with self._pool.connection(timeout=2) as conn:
                    await live.note(conn, self._topics, told)
                await asyncio.sleep(self._pause)
        except Exception as error:
            log.info("open pages could not be told and look by themselves: %r", error)
        finally:
            self._task = None
