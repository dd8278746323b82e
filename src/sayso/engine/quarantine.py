"""The quarantine stage: once a secret is mended, what was refused for it comes in after all (R5.11)."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence

from sayso.core.callbacks import Callback
from sayso.engine.gateway import Way
from sayso.engine.sending_accounts import Accounts
from sayso.engine.stage import in_halves
from sayso.engine.supervisor import Maker, Works
from sayso.providers import hearing
from sayso.storage import callbacks
from sayso.storage import quarantined as storage
from sayso.storage.pool import DOOR, Pool, open_pool
from sayso.storage.quarantined import Quarantined

BATCH = 200

log = logging.getLogger(__name__)


def quarantine(url: str, *, vault_key: str, public_url: str) -> Maker:
    """The stage for the supervisor; `url` is the database, which it writes to as the doors do."""

    def make(works: Works) -> Quarantine:
        accounts = Accounts(works, vault_key=vault_key, public_url=public_url, carrier_url="")
        return Quarantine(works, accounts, open_pool(url, DOOR, size=1), public_url)

    return make


class Quarantine:
    """Judges refused callbacks again whenever a connection was changed, by the moment they came in.

    What proves itself is stored as the doors would have, once, and marked as released. Connections without
    any secret are left alone: there everything would prove itself.
    """

    name = "quarantine"
    channel = None
    full = 1
    rest = 0.0

    def __init__(self, works: Works, accounts: Accounts, pool: Pool, public_url: str) -> None:
        self._works = works
        self._accounts = accounts
        self._pool = pool
        self._public_url = public_url.rstrip("/")
        self._ways: Mapping[int, Way] | None = None
        self._pending: dict[int, Way] = {}
        self._after = 0

    async def step(self) -> int:
        """Judge one batch anew; nothing to do while no connection has changed."""
        if not await self._works.leases.hold("quarantine", ["all"]):
            return 0
        ways = await self._accounts.current()
        if ways is not self._ways:
            known = self._ways or {}
            changed = {key: way for key, way in ways.items() if way is not known.get(key) and way.secrets}
            self._pending, self._after = {**self._pending, **changed}, 0
            self._ways = ways
        return await self._judge_batch() if self._pending else 0

    async def close(self) -> None:
        """Close the door that it uses."""
        await self._pool.close()

    async def _judge_batch(self) -> int:
        async with self._works.pool.connection() as conn:
            rows = await storage.waiting(conn, list(self._pending), self._after, BATCH)
        if not rows:
            self._pending.clear()
            return 0
        judged = ((row, self._read(row)) for row in rows)
        proven = [(row, callback) for row, callback in judged if callback is not None]
        await self._release(proven)
        self._after = rows[-1].id
        return len(rows)

    def _read(self, row: Quarantined) -> Callback | None:
        way = self._pending[row.connection_id]
        connection = hearing.Connection(way.id, way.name, way.provider, way.settings, way.secrets, way.locked)
        kept = hearing.Kept(row.kind, row.headers, row.body, row.received_at)
        return hearing.judged_anew(connection, kept, self._public_url)

    async def _release(self, proven: Sequence[tuple[Quarantined, Callback]]) -> None:
        """Store first, then mark: after a crash between, storing again changes nothing."""
        # A provider sends a refused callback again and again: one of each is stored.
        unique = {(callback.connection_id, callback.ref): callback for _, callback in reversed(proven)}
        rows = sorted(unique.values(), key=lambda callback: callback.received_at)
        if not rows:
            return
        await self._pool.open()
        await in_halves(rows, self._store, self._store_raw)
        await callbacks.wake(self._pool, ["inbound", "receipts"])
        async with self._works.pool.connection() as conn:
            released = await storage.release(conn, [row.id for row, _ in proven], self._works.clock())
        log.info("%s refused callbacks proved themselves by a mended secret and were let in", released)
        for key in sorted({row.connection_id for row, _ in proven}):
            await self._works.settle("bad_signature", f"connection:{key}")
            await self._works.settle("quarantine_full", f"connection:{key}")

    async def _store(self, rows: Sequence[Callback]) -> int:
        await callbacks.store(self._pool, rows)
        return len(rows)

    async def _store_raw(self, row: Callback, error: Exception) -> None:
        await self._store([hearing.as_unreadable(row, str(error))])
