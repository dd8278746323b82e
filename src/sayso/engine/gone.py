"""Numbers to which nothing arrives any more: consent ends, once the signs are plain (R6.8, decision 0018)."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable

from sayso.core.hands import SIGNS
from sayso.engine.supervisor import Works
from sayso.storage import hands, pool
from sayso.storage.hands import Failing, Gone

log = logging.getLogger(__name__)


class Gones:
    """Remembers which numbers messages failed for, and judges them in a transaction of their own.

    What is lost in a crash is judged at the number's next failure: all that it rests on is stored already.
    """

    def __init__(self, works: Works) -> None:
        self._works = works
        self._failed: set[tuple[int, int]] = set()

    def note(self, failures: Iterable[tuple[int, int, str]]) -> None:
        """Messages of (workspace, number) failed, for this reason."""
        self._failed.update(
            (workspace, phone) for workspace, phone, reason in failures if reason in SIGNS.reasons
        )

    async def judge(self) -> None:
        """End consent where the signs are plain; what cannot be stored now stays remembered."""
        if not self._failed:
            return
        asked = sorted(self._failed)
        now = self._works.clock()
        async with self._works.pool.connection() as conn:
            found = await hands.failing(conn, asked, SIGNS, now)
        gone: defaultdict[int, list[Gone]] = defaultdict(list)
        for one in found:
            gone[one.workspace_id].append(_gone(one))
        for workspace, numbers in gone.items():
            async with pool.workspace(self._works.pool, workspace) as conn:
                ended = await hands.end(conn, numbers, now)
            log.info("workspace %s: consent of %s numbers ended, where nothing arrives", workspace, ended)
        self._failed.difference_update(asked)


def _gone(one: Failing) -> Gone:
    reason = (
        f"Messages failed for good on {one.days} days, from {one.first_at:%Y-%m-%d} to"
        f" {one.last_at:%Y-%m-%d}, and nothing arrived since the first."
    )
    evidence = {"days": one.days, "last_message_id": str(one.last_message)}
    return Gone(one.phone, one.last_at, "failures", "failures", reason, evidence)
