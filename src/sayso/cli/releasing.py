"""What `quarantine` does in the database."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

from sayso.cli.errors import CommandError
from sayso.cli.house import ask, house, over
from sayso.core.callbacks import Callback
from sayso.engine.quarantine import BATCH, judged_anew
from sayso.providers import hearing
from sayso.providers.catalogue import PROVIDERS
from sayso.serve.keys import key_for
from sayso.storage import alarms, callbacks, outbox, quarantined
from sayso.storage.pool import DOOR, ENGINE, Connection, Pool, open_pool
from sayso.storage.quarantined import Listed, Quarantined
from sayso.storage.vault import VaultError, open_sealed


def waiting(connection_id: int | None, limit: int) -> Sequence[Listed]:
    """What waits, newest first."""

    async def look(pool: Pool) -> Sequence[Listed]:
        async with pool.connection() as conn:
            return await quarantined.newest(conn, connection_id, limit)

    return ask(ENGINE, look)


def empty(connection_id: int, before: datetime) -> int:
    """Throw away what waits of a connection; how many."""

    async def throw(pool: Pool) -> int:
        async with pool.connection() as conn, conn.transaction():
            await alarms.settle(conn, "quarantine_full", f"connection:{connection_id}")
            return await quarantined.empty(conn, connection_id, before)

    return ask(ENGINE, throw)


def release(connection_id: int) -> tuple[int, int]:
    """Let in what proves itself by now; how many did, and how many still wait."""
    with house() as (settings, databases):
        key, public_url = key_for(settings, databases.url), settings.url

        async def judge(pool: Pool) -> tuple[int, int]:
            async with pool.connection() as conn:
                connection = await _opened(conn, connection_id, key)
            async with open_pool(databases.url, DOOR, size=1) as door:
                return await _released(pool, door, connection, public_url)

        return asyncio.run(over(databases.url, ENGINE, judge))


async def _released(
    pool: Pool, door: Pool, connection: hearing.Connection, public_url: str
) -> tuple[int, int]:
    after = released = unproven = 0
    while True:
        async with pool.connection() as conn:
            rows = await quarantined.waiting(conn, [connection.id], after, BATCH)
        if not rows:
            break
        judged = [(row, judged_anew(connection, row, public_url)) for row in rows]
        proven = [(row, callback) for row, callback in judged if callback is not None]
        released += await _let_in(pool, door, proven)
        unproven += len(rows) - len(proven)
        after = rows[-1].id
    if released:
        await callbacks.wake(door, ["inbound", "receipts"])
    return released, unproven


async def _let_in(pool: Pool, door: Pool, proven: Sequence[tuple[Quarantined, Callback]]) -> int:
    """Store first, then mark: after a crash between, storing again changes nothing."""
    unique = {callback.ref: callback for _, callback in reversed(proven)}
    if not unique:
        return 0
    await callbacks.store(door, sorted(unique.values(), key=lambda callback: callback.received_at))
    async with pool.connection() as conn:
        return await quarantined.release(conn, [row.id for row, _ in proven], datetime.now(UTC))


async def _opened(conn: Connection, connection_id: int, key: str) -> hearing.Connection:
    _, accounts = await outbox.accounts(conn)
    found = next((account for account in accounts if account.id == connection_id), None)
    if found is None or found.kind not in PROVIDERS:
        raise CommandError(f"There is no connection {connection_id}.")
    try:
        secrets = open_sealed(key, found.secrets)
    except VaultError as fault:
        raise CommandError(str(fault)) from fault
    if not secrets:
        raise CommandError(
            f"Connection {connection_id} has no secret, so everything would prove itself. Give it one first."
        )
    return hearing.Connection(found.id, found.name, PROVIDERS[found.kind], found.settings, secrets)
