"""The clicks stage: judges openings of links, keeps the first few of each, counts the rest (R9.4)."""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from sayso.core import clicks as core
from sayso.engine.stage import in_halves
from sayso.engine.supervisor import Works
from sayso.engine.telling import Telling
from sayso.storage import clicks as storage
from sayso.storage.clicks import Judged, Key, Opened, Waiting

BATCH = 500
KEPT = 20
"""So many openings of one message's link stand in the ledger, however often it is opened."""
SETTLE = timedelta(seconds=4)
"""How old an opening is when it is judged: doors hand them in each second, and those beside it count."""

log = logging.getLogger(__name__)


class Clicks:
    """Judges what doors heard, in the order in which it came; one engine at a time."""

    name = "clicks"
    channel = None
    full = BATCH
    rest = 0.5

    def __init__(self, works: Works) -> None:
        self._works = works
        self._telling = Telling(works.pool, topics=("campaigns",))

    async def step(self) -> int:
        """Judge the next openings."""
        if not await self._works.leases.hold("clicks", ["all"]):
            return 0
        async with self._works.pool.connection() as conn:
            rows = await storage.waiting(conn, self._works.clock() - SETTLE, BATCH)
        return await in_halves(rows, self._apply, self._poison)

    async def close(self) -> None:
        """Nothing is held between steps but what pages are told."""
        await self._telling.close()

    async def _apply(self, rows: Sequence[Waiting]) -> int:
        async with self._works.counted() as conn:
            taken = await storage.take(conn, rows)
            ours = [row for row in rows if row.ctid in taken]
            about = await storage.about(conn, sorted({row.message_id for row in ours}))
            others = await storage.opened(conn, list(about.values()))
            known = [row for row in ours if row.message_id in about]
            beside: defaultdict[int, list[core.Opened]] = defaultdict(list)
            for message_id, link, at in _moments(others, known):
                beside[message_id].append((link, at))
            judged = [
                Judged(about[row.message_id], click, verdict)
                for row in known
                for click in (row.said(),)
                for verdict in (core.judge(click, about[row.message_id].sent_at, beside[row.message_id]),)
            ]
            kept, more = _bounded(judged, others)
            await storage.store(conn, kept)
            await storage.count(conn, more)
        self._telling.moved({row.workspace_id for row in about.values()})
        return len(rows)

    async def _poison(self, row: Waiting, error: Exception) -> None:
        log.error("an opening of a link is left out: %r", error)
        async with self._works.pool.connection() as conn:
            await storage.take(conn, [row])


def _moments(others: Sequence[Opened], rows: Sequence[Waiting]) -> list[tuple[int, int, datetime]]:
    """Which link of which message was opened when."""
    stored = [(one.message_id, one.link, one.at) for one in others]
    return stored + [(row.message_id, row.link, row.at) for row in rows]


def _bounded(
    judged: Sequence[Judged], others: Sequence[Opened]
) -> tuple[list[Judged], dict[Key, tuple[int, int]]]:
    """What is kept, and how much more there was: (people, machines) by message and link."""
    stands = Counter((one.message_id, one.link) for one in others if one.kept)
    kept: list[Judged] = []
    more: dict[Key, tuple[int, int]] = {}
    for one in judged:
        place = one.about.message_id, one.click.link
        if stands[place] < KEPT:
            stands[place] += 1
            kept.append(one)
            continue
        key = one.about.workspace_id, one.about.campaign_id, *place
        people, machines = more.get(key, (0, 0))
        by_person = one.verdict.by_person
        more[key] = (people + one.click.times * by_person, machines + one.click.times * (not by_person))
    return kept, more
