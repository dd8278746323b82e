"""The upkeep stage: what must be done now and then, by one process at a time."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sayso.core.receipts import RANKS
from sayso.engine import credit_upkeep
from sayso.engine.supervisor import Maker, Works
from sayso.storage import outbox, usage
from sayso.storage import upkeep as storage

MONTHS_AHEAD = 4
OLD_TRANSACTION = 60
UNCONFIRMED_FOR = timedelta(hours=72)
# How long each kind is kept. Idempotency keys are promised for 24 hours, dedupe for 30 days.
KEPT = {
    # Longer than any callback is believed by its own time (30 days): a recording must not outlive its ref.
    "callback_refs": timedelta(days=400),
    "idempotency_keys": timedelta(hours=25),
    "quarantine": timedelta(days=30),
    # Files of contacts that were never started, or were stopped and not gone on with.
    "import_files": timedelta(days=7),
    # No cap looks back for longer than a week.
    "advertised": timedelta(days=8),
    # Nothing is counted of a campaign for longer after its end than a week.
    "departures": timedelta(days=14),
    # No cap looks back, and nobody plans so far ahead.
    "spend_days": timedelta(days=40),
    # Of a campaign that was cancelled in the midst of its planning, nothing else forgets them.
    "changed_numbers": timedelta(days=90),
}

# What happens all the time is not news.
QUIET = frozenset({"balances", "figures"})

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Chore:
    """Something to be done each `every`; it says how many rows it changed."""

    name: str
    every: timedelta
    do: Callable[[], Awaitable[int]]


def upkeep() -> Maker:
    """The stage for the supervisor."""
    return Upkeep


class Upkeep:
    """Does what is due, one chore a step, each in short transactions."""

    name = "upkeep"
    channel = None
    full = 1
    rest = 0.0

    def __init__(self, works: Works) -> None:
        self._works = works
        self._done_at: dict[str, datetime] = {}
        # Perhaps: a process before this one may have rung.
        self._ringing = True
        self._chores = (
            Chore("figures", timedelta(seconds=2), self._roll_up),
            Chore("transactions", timedelta(seconds=15), self._watch_transactions),
            Chore("partitions", timedelta(hours=6), self._make_partitions),
            Chore("unconfirmed", timedelta(minutes=5), self._give_up_unconfirmed),
            *(Chore(kind, timedelta(minutes=10), self._pruning(kind)) for kind in KEPT),
            Chore("sessions", timedelta(minutes=10), self._end_sessions),
            Chore("balances", credit_upkeep.ROLL_UP_EVERY, lambda: credit_upkeep.roll_up(works)),
            Chore("low credit", credit_upkeep.LOOK_EVERY, lambda: credit_upkeep.watch(works)),
            Chore("spend caps", credit_upkeep.ROLL_UP_EVERY, lambda: credit_upkeep.watch_caps(works)),
        )

    async def step(self) -> int:
        """Do the first chore that is due; a chore that changed a whole slice is due again at once."""
        if not await self._works.leases.hold("upkeep", ["all"]):
            return 0
        now = self._works.clock()
        for chore in self._chores:
            done_at = self._done_at.get(chore.name)
            # Before it was done: the clock was set back, and nothing may wait until it is as late again.
            if done_at is None or not done_at <= now < done_at + chore.every:
                # Marked first: a chore that fails must not keep the others from their turn.
                self._done_at[chore.name] = now
                changed = await chore.do()
                if changed >= storage.SLICE:
                    del self._done_at[chore.name]
                if changed and chore.name not in QUIET:
                    log.info("upkeep: %s, %s", chore.name, changed)
                return 1
        return 0

    async def close(self) -> None:
        """Nothing is held between steps."""

    async def _make_partitions(self) -> int:
        async with self._works.pool.connection() as conn:
            return await storage.make_partitions(conn, self._works.clock(), MONTHS_AHEAD + 1)

    async def _roll_up(self) -> int:
        async with self._works.pool.connection() as conn:
            return await usage.roll_up(conn, storage.SLICE)

    async def _give_up_unconfirmed(self) -> int:
        now = self._works.clock()
        async with self._works.counted() as conn:
            return await outbox.give_up_unconfirmed(conn, UNCONFIRMED_FOR, RANKS["unknown"], now)

    def _pruning(self, kind: str) -> Callable[[], Awaitable[int]]:
        async def prune() -> int:
            async with self._works.pool.connection() as conn:
                return await storage.prune(conn, kind, self._works.clock() - KEPT[kind])

        return prune

    async def _end_sessions(self) -> int:
        async with self._works.pool.connection() as conn:
            return await storage.end_sessions(conn, self._works.clock())

    async def _watch_transactions(self) -> int:
        """One snapshot held for 40 s took claims from 2 to 52 ms: whoever holds one is named."""
        async with self._works.pool.connection() as conn:
            old = await storage.old_transactions(conn, OLD_TRANSACTION)
        if not old:
            if self._ringing:
                await self._works.settle("old_transaction", "database")
            self._ringing = False
            return 0
        self._ringing = True
        worst = old[0]
        await self._works.ring(
            "old_transaction",
            "database",
            f"{worst.who} (pid {worst.pid}) has a transaction open for {worst.seconds} s; that slows all "
            f"queues down. It last ran: {worst.doing!r}. Unless it is a backup, which ends by itself, end "
            f"it: `SELECT pg_terminate_backend({worst.pid})`; then run what it did in shorter slices.",
        )
        return 0
