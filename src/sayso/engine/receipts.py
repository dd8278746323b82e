"""The receipts stage: delivery reports move messages forward, whatever order they come in."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from sayso.core.receipts import RANKS, Standing, fold
from sayso.engine.coming_back import not_received
from sayso.engine.gone import Gones
from sayso.engine.receipts_opted_out import NOWHERE, block, opted_out, place
from sayso.engine.stage import in_halves
from sayso.engine.supervisor import Maker, Works
from sayso.engine.telling import Telling, is_shown
from sayso.storage import conversations, outbox
from sayso.storage import receipts as storage
from sayso.storage.outbox import Verdict
from sayso.storage.receipts import Waiting

BATCH = 500
# A report may overtake the answer to the very request it is about.
WAIT_FOR_MESSAGE = timedelta(seconds=60)

log = logging.getLogger(__name__)


def receipts() -> Maker:
    """The stage for the supervisor."""
    return Receipts


class Receipts:
    """Matches reports to messages; each is kept as history, the furthest decides (see core.receipts).

    A report of a message that nobody knows waits a minute in its place, then is counted into the alarm
    `unknown_receipts` and dropped: there is no message whose history could hold it, and its callback is kept
    raw. An opt-out among these still blocks, or is listed for the operator (see receipts_opted_out). Several
    processes take turns by the lease `receipts:all`.
    """

    name = "receipts"
    channel = "receipts"
    full = BATCH
    rest = 0.1

    def __init__(self, works: Works) -> None:
        self._works = works
        self._telling = Telling(works.pool)
        self._gones = Gones(works)
        self._after = 0
        # The next reports, read while the last are stored.
        self._ahead: asyncio.Task[list[Waiting]] | None = None

    async def step(self) -> int:
        """Work on the next reports; those that wait for their message are passed over, and met again."""
        if not await self._works.leases.hold("receipts", ["all"]):
            return 0
        oldest = self._works.clock() - WAIT_FOR_MESSAGE
        rows = await self._next(oldest)
        full = len(rows) == BATCH
        self._after = rows[-1].id if full else 0
        if full:
            self._ahead = asyncio.create_task(self._read())
        ready = [row for row in rows if row.message_id or row.received_at <= oldest]
        done = await in_halves(ready, self._apply, self._poison)
        await self._gones.judge()
        return len(rows) if full else done

    async def close(self) -> None:
        """Nothing is held between steps but what pages are told, and what was read ahead is only read."""
        if self._ahead is not None:
            await asyncio.gather(self._ahead, return_exceptions=True)
        await self._gones.close()
        await self._telling.close()

    async def _next(self, oldest: datetime) -> list[Waiting]:
        ahead, self._ahead = self._ahead, None
        if ahead is None:
            return await self._read()
        rows = await ahead
        # The reports before these may have taught the name of a message that is not known here: before one is
        # dropped for good, it is looked for again.
        if any(not row.message_id and row.received_at <= oldest for row in rows):
            return await self._read()
        return rows

    async def _read(self) -> list[Waiting]:
        async with self._works.pool.connection() as conn:
            return await storage.waiting(conn, self._after, BATCH)

    async def _apply(self, rows: Sequence[Waiting]) -> int:
        async with self._works.counted() as conn:
            taken = await storage.take(conn, rows)
            ours = [row for row in rows if row.ctid in taken]
            known = [row for row in ours if row.message_id]
            blocks, lost = await place(conn, [row for row in ours if row.opted_out and not row.message_id])
            blocks += [opted_out(row) for row in known if row.opted_out]
            for row in lost:
                await storage.set_aside(conn, row, "unrouted", NOWHERE, row.received_at)
            told = [_verdict(row, _standing(row)) for row in known]
            folded = told if len({row.message_id for row in known}) == len(known) else _folded(known)
            purposes = {row.message_id: row.purpose for row in known}
            async with conn.pipeline():
                await conversations.come_back(conn, not_received(folded, purposes))
                await block(conn, blocks, self._works.clock())
                if folded is told:
                    await outbox.conclude(conn, told)
                else:
                    await outbox.move(conn, folded)
                    await outbox.tell(conn, told)
                await storage.name(conn, [row for row in known if row.by_reference])
        self._gones.note((row.workspace_id, row.phone, row.reason) for row in known)
        self._telling.moved(row.workspace_id for row in known if is_shown(row.purpose, row.simulated))
        await self._tell_unknown([row for row in ours if not row.message_id])
        for connection in {row.connection_id for row in lost}:
            await self._works.ring("opt_out_unrouted", f"connection:{connection}", NOWHERE)
        return len(rows)

    async def _tell_unknown(self, rows: Sequence[Waiting]) -> None:
        for connection, times in Counter(row.connection_id for row in rows).items():
            log.info("connection %s: %s receipts of messages that are not ours", connection, times)
            await self._works.ring(
                "unknown_receipts",
                f"connection:{connection}",
                f"Connection {connection} gets receipts of messages that Sayso did not send. If another "
                "system sends by the same account, give it a callback address of its own; else this tells "
                "of a restored database.",
            )

    async def _poison(self, row: Waiting, error: Exception) -> None:
        log.error("a receipt of connection %s is set aside: %r", row.connection_id, error)
        why = f"The receipt could not be worked on: {type(error).__name__}: {error}"[:500]
        async with self._works.pool.connection() as conn:
            await storage.take(conn, [row])
            await storage.set_aside(conn, row, "poison", why.replace("\0", ""), self._works.clock())


def _folded(rows: Sequence[Waiting]) -> list[Verdict]:
    """One outcome a message: what its reports of this batch mean together."""
    reports: defaultdict[int, list[Waiting]] = defaultdict(list)
    for row in rows:
        reports[row.message_id].append(row)
    folded = []
    for about in reports.values():
        standing = fold(map(_standing, about))
        if standing is not None:
            folded.append(_verdict(about[0], standing))
    return folded


def _standing(row: Waiting) -> Standing:
    return Standing(row.status, row.reason, row.provider_at or row.received_at)


def _verdict(row: Waiting, standing: Standing) -> Verdict:
    status = standing.status
    # Who reports on a message has taken it, unless the report says that it was refused after all.
    return Verdict(
        row.workspace_id,
        row.message_id,
        status,
        standing.reason,
        RANKS[status],
        row.code,
        standing.at,
        accepted=status != "rejected",
    )
