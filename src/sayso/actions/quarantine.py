"""Refused callbacks: the operator lets in what proves itself by now, or throws away the rest (R5.11)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from sayso.actions.actor import Actor, needs, record, transaction
from sayso.actions.refusal import Refused, conflict, missing
from sayso.core.callbacks import Callback
from sayso.providers import hearing
from sayso.providers.catalogue import PROVIDERS
from sayso.storage import accounts, alarms, audit, callbacks, pool, quarantined
from sayso.storage.callbacks import RowError
from sayso.storage.pool import Connection, Pool
from sayso.storage.quarantined import Quarantined
from sayso.storage.vault import VaultError, open_sealed

BATCH = 200

Engine = Callable[[], AbstractAsyncContextManager[Connection]]
"""Opens a transaction that writes as the engine does."""


@dataclass(frozen=True, slots=True)
class Judging:
    """What callbacks are judged by: the key that opens stored secrets, and where providers call us."""

    vault_key: str
    public_url: str


@dataclass(frozen=True, slots=True)
class Released:
    """How many proved themselves and are let in, and how many still wait."""

    released: int
    waiting: int


@needs("operator")
async def release(
    connections: Pool, actor: Actor, connection_id: int, by: Judging, now: datetime
) -> Released | Refused:
    """Let in what the connection's secrets prove by now; the rest goes on waiting."""
    found = await release_all(lambda: _as_engine(connections, actor), connection_id, by, now)
    if isinstance(found, Released) and found.released:
        async with transaction(connections, actor) as conn:
            after = {"released": found.released, "waiting": found.waiting}
            change = audit.Change("released", "quarantine", str(connection_id), None, after)
            await record(conn, actor, change)
    return found


@needs("operator")
async def empty(connections: Pool, actor: Actor, connection_id: int, before: datetime) -> int | Refused:
    """Throw away for good what waits of a connection and came before this moment; how many."""
    async with _as_engine(connections, actor) as conn:
        thrown = await throw_away(conn, connection_id, before)
        if thrown:
            after = {"thrown_away": thrown}
            change = audit.Change("emptied", "quarantine", str(connection_id), None, after)
            await record(conn, actor, change)
        return thrown


async def throw_away(conn: Connection, connection_id: int, before: datetime) -> int:
    """The same for whoever has such a transaction."""
    await alarms.settle(conn, "quarantine_full", f"connection:{connection_id}")
    return await quarantined.empty(conn, connection_id, before)


async def release_all(engine: Engine, connection_id: int, by: Judging, now: datetime) -> Released | Refused:
    """Judge all that waits of a connection anew, a batch a transaction."""
    async with engine() as conn:
        connection = await _opened(conn, connection_id, by.vault_key)
    if isinstance(connection, Refused):
        return connection
    after = released = waiting = 0
    while True:
        async with engine() as conn:
            rows = await quarantined.waiting(conn, [connection.id], after, BATCH)
            proven = _proven(connection, rows, by.public_url)
            await _store([callback for _, callback in proven], conn)
            released += await quarantined.release(conn, [row.id for row, _ in proven], now)
        if not rows:
            return Released(released, waiting)
        waiting += len(rows) - len(proven)
        after = rows[-1].id


@asynccontextmanager
async def _as_engine(connections: Pool, actor: Actor) -> AsyncIterator[Connection]:
    async with transaction(connections, actor) as conn:
        await pool.as_engine(conn)
        yield conn


def _proven(
    connection: hearing.Connection, rows: Sequence[Quarantined], public_url: str
) -> list[tuple[Quarantined, Callback]]:
    judged = ((row, hearing.judged_anew(connection, _kept(row), public_url)) for row in rows)
    return [(row, callback) for row, callback in judged if callback is not None]


def _kept(row: Quarantined) -> hearing.Kept:
    return hearing.Kept(row.kind, row.headers, row.body, row.received_at)


async def _store(proven: Sequence[Callback], conn: Connection) -> None:
    # A provider sends a refused callback again and again: one of each is stored.
    unique = {callback.ref: callback for callback in reversed(proven)}
    rows = sorted(unique.values(), key=lambda callback: callback.received_at)
    if not rows:
        return
    try:
        await callbacks.store_within(conn, rows)
    except RowError:
        for row in rows:
            await _store_alone(row, conn)


async def _store_alone(row: Callback, conn: Connection) -> None:
    """What nobody can store as it was read becomes a row of its bytes, listed for the operator."""
    try:
        await callbacks.store_within(conn, [row])
    except RowError as error:
        await callbacks.store_within(conn, [hearing.as_unreadable(row, str(error))])


async def _opened(conn: Connection, connection_id: int, vault_key: str) -> hearing.Connection | Refused:
    _, known = await accounts.every(conn)
    found = next((account for account in known if account.id == connection_id), None)
    if found is None or found.kind not in PROVIDERS:
        return missing("connection_id", "connection")
    try:
        secrets = open_sealed(vault_key, found.secrets)
    except VaultError as fault:
        return conflict("connection_id", "sealed", str(fault))
    if not secrets:
        return conflict(
            "connection_id",
            "no_secret",
            f"Connection {connection_id} has no secret, so everything would prove itself. Give it one first.",
        )
    return hearing.Connection(found.id, found.name, PROVIDERS[found.kind], found.settings, secrets)
