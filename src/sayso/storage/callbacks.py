"""What the callback doors store and read: callbacks in groups, refused ones, connections (R5.1, R5.11)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg_pool import PoolClosed, PoolTimeout

from sayso.core.callbacks import Callback, Kind, Receipt, Refused, Text
from sayso.storage.pool import Connection, Pool
from sayso.storage.queries import load

__all__ = ["Callback", "Kind", "Receipt", "Refused", "Text"]

SQL = load("callbacks")

QUARANTINE_ENTRIES = 10_000
QUARANTINE_BYTES = 64 * 1024 * 1024
_QUARANTINE_FULL = (
    "The quarantine of this connection is full, and further refused callbacks are only counted. "
    "Mend the secret, then release or empty the quarantine."
)


class RowError(Exception):
    """One of the rows can never be stored as it is; the others can."""


class InterruptionError(Exception):
    """The statement was cut off, by a broken connection or another transaction: trying again may help."""


class UnavailableError(Exception):
    """Nothing can be stored for now, whatever the rows are."""


@dataclass(frozen=True, slots=True)
class StoredConnection:
    """A connection as the doors need it; `secrets` are still sealed."""

    id: int
    name: str
    kind: str
    settings: dict[str, Any]
    secrets: bytes
    hook_token: str
    provider_answers: str


@dataclass(frozen=True, slots=True)
class Stored:
    """What a flush brought that was not known before."""

    callbacks: int
    texts: int
    receipts: int


async def store(pool: Pool, callbacks: Sequence[Callback]) -> Stored:
    """Store callbacks durably, each ref once, and queue what they say, in one transaction (R5.1).

    Raises RowError, InterruptionError or UnavailableError, and then nothing was stored; only after
    InterruptionError that is not sure, and storing again is safe.
    """
    texts = [(place, row.text) for place, row in enumerate(callbacks, 1) if row.text is not None]
    receipts = [(place, receipt) for place, row in enumerate(callbacks, 1) for receipt in row.receipts]
    unread = [(place, row.unreadable) for place, row in enumerate(callbacks, 1) if row.unreadable is not None]
    parameters = {
        **_raw_columns(callbacks),
        **_text_columns(texts),
        **_receipt_columns(receipts),
        "unread_place": [place for place, _ in unread],
        "why": [why for _, why in unread],
    }
    async with _lane(pool) as conn:
        row = await (await conn.execute(SQL["store"], parameters, prepare=True)).fetchone()
    assert row is not None  # noqa: S101 - a SELECT of sub-selects has one row
    return Stored(*row)


def _raw_columns(rows: Sequence[Callback]) -> dict[str, object]:
    return {
        "connection_id": [row.connection_id for row in rows],
        "ref": [row.ref for row in rows],
        "nonce": [row.nonce for row in rows],
        "kind": [row.kind for row in rows],
        "stale": [row.stale for row in rows],
        "headers": [row.headers for row in rows],
        "body": [row.body for row in rows],
        "received_at": [row.received_at for row in rows],
    }


def _text_columns(texts: Sequence[tuple[int, Text]]) -> dict[str, object]:
    return {
        "text_place": [place for place, _ in texts],
        "lane": [text.lane for _, text in texts],
        "phone": [text.phone for _, text in texts],
        "sender": [text.sender for _, text in texts],
        "recipient": [text.recipient for _, text in texts],
        "text": [text.body for _, text in texts],
        "media": [text.media for _, text in texts],
        "provider_at": [text.provider_at for _, text in texts],
        "provider_answered": [text.provider_answered for _, text in texts],
    }


def _receipt_columns(receipts: Sequence[tuple[int, Receipt]]) -> dict[str, object]:
    return {
        "receipt_place": [place for place, _ in receipts],
        "provider_ref": [receipt.provider_ref for _, receipt in receipts],
        "client_reference": [receipt.client_reference for _, receipt in receipts],
        "status": [receipt.status for _, receipt in receipts],
        "reason": [receipt.reason for _, receipt in receipts],
        "code": [receipt.code for _, receipt in receipts],
        "opted_out": [receipt.opted_out for _, receipt in receipts],
        "receipt_recipient": [receipt.recipient for _, receipt in receipts],
        "receipt_at": [receipt.at for _, receipt in receipts],
    }


async def wake(pool: Pool, channels: Sequence[str]) -> None:
    """Tell the engine that `inbound` or `receipts` hold something new; it looks each second anyway."""
    async with _lane(pool) as conn:
        await conn.execute(SQL["wake"], {"channels": list(channels)}, prepare=True)


async def quarantine(
    pool: Pool,
    refused: Sequence[Refused],
    *,
    entries: int = QUARANTINE_ENTRIES,
    size: int = QUARANTINE_BYTES,
) -> None:
    """Keep refused callbacks, up to `entries` rows and `size` bytes a connection, and ring the alarm (R5.11).

    Nothing kept is ever pushed out by something newer: beyond the caps callbacks are counted in the alarm
    `quarantine_full`. Raises as `store` does.
    """
    parameters = {
        "connection_id": [row.connection_id for row in refused],
        "kind": [row.kind for row in refused],
        "headers": [row.headers for row in refused],
        "body": [row.body for row in refused],
        "why": [row.why for row in refused],
        "sentence": [row.sentence for row in refused],
        "at": [row.at for row in refused],
        "entries": entries,
        "bytes": size,
        "full": _QUARANTINE_FULL,
    }
    async with _lane(pool) as conn:
        await conn.execute(SQL["quarantine"], parameters, prepare=True)


async def version(pool: Pool) -> int:
    """The number that every change to connections, lines and processes raises."""
    async with _lane(pool) as conn:
        row = await (await conn.execute(SQL["version"], prepare=True)).fetchone()
    return 0 if row is None else int(row[0])


async def connections(pool: Pool) -> tuple[int, list[StoredConnection]]:
    """Every connection, and the version of the setup that they were read at."""
    async with _lane(pool) as conn:
        rows = await (await conn.execute(SQL["connections"], prepare=True)).fetchall()
    if not rows:
        return 0, []
    return rows[0][0], [StoredConnection(*row[1:]) for row in rows if row[1] is not None]


@asynccontextmanager
async def _lane(pool: Pool) -> AsyncIterator[Connection]:
    """A connection where each statement is a transaction; psycopg's errors become this module's own."""
    try:
        async with pool.connection() as conn:
            if not conn.autocommit:
                await conn.set_autocommit(True)
                # A flush has thirty arrays and one good plan: planning it anew costs more than running it.
                await conn.execute("SET plan_cache_mode = force_generic_plan")
            try:
                yield conn
            except (psycopg.Error, UnicodeError) as error:
                raise _translated(error, broken=conn.broken) from error
    except (PoolTimeout, PoolClosed, psycopg.OperationalError) as error:
        raise UnavailableError("the database cannot be reached") from error


def _translated(error: Exception, *, broken: bool) -> Exception:
    if broken or isinstance(error, psycopg.errors.TransactionRollback | psycopg.errors.AdminShutdown):
        return InterruptionError(str(error))
    # A missing partition is reported as a check, but is nobody's row's fault.
    no_partition = isinstance(error, psycopg.errors.CheckViolation) and not error.diag.constraint_name
    row_fault = isinstance(error, psycopg.DataError | psycopg.IntegrityError | UnicodeError)
    return RowError(str(error)) if row_fault and not no_partition else UnavailableError(str(error))
