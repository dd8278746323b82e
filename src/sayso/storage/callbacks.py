"""What the callback doors store and read: callbacks in groups, refused ones, connections (R5.1, R5.11)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import accumulate
from types import SimpleNamespace
from typing import Any

import msgspec
import psycopg
from psycopg_pool import PoolClosed, PoolTimeout

from sayso.core.callbacks import Callback, Kind, Receipt, Refused, Text
from sayso.storage.pool import Connection, Pool
from sayso.storage.queries import load

__all__ = ["Callback", "Kind", "Receipt", "Refused", "Text"]

SQL = load("callbacks")
_encode = msgspec.json.Encoder().encode
_NO_TEXT: Any = SimpleNamespace(**dict.fromkeys(Text.__struct_fields__))

QUARANTINE_ENTRIES = 10_000
QUARANTINE_BYTES = 64 * 1024 * 1024
QUARANTINE_ENTRY_BYTES = 64 * 1024
QUARANTINE_LARGE = 16 * 1024
"""No text of a provider's is larger: what is, makes room for what may be one."""
_QUARANTINE_FULL = (
    "The quarantine of this connection is full: large and repeated callbacks in it make room for new ones, "
    "and what finds none is only counted. Look with `sayso quarantine list`. Mend the secret, which lets in "
    "what it proves; then `sayso quarantine empty`. "
    "If strangers fill it, give the connection a new hook token."
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
    async with _lane(pool) as conn:
        return await _stored(conn, callbacks)


async def store_within(conn: Connection, callbacks: Sequence[Callback]) -> Stored:
    """The same as a part of a transaction that does more; after RowError the rest of it may go on."""
    try:
        async with conn.transaction():
            return await _stored(conn, callbacks)
    except (psycopg.Error, UnicodeError) as error:
        raise _translated(error, broken=conn.broken) from error


async def _stored(conn: Connection, callbacks: Sequence[Callback]) -> Stored:
    row = await (await conn.execute(SQL["store"], _columns(callbacks), prepare=True)).fetchone()
    assert row is not None  # noqa: S101 - a SELECT of sub-selects has one row
    return Stored(*row)


def _columns(rows: Sequence[Callback]) -> dict[str, Any]:
    """A list a column, where what a callback does not say is None; and its bytes in `raw`, counted from 1."""
    said = [row.text or _NO_TEXT for row in rows]
    pieces = [piece for row in rows for piece in (row.headers, row.body)]
    places = list(accumulate(map(len, pieces), initial=1))
    return {
        "connection_id": [row.connection_id for row in rows],
        "ref": [row.ref for row in rows],
        "kind": [row.kind for row in rows],
        "stale": [row.stale for row in rows],
        "received_at": [row.received_at for row in rows],
        "raw": b"".join(pieces),
        "headers_at": places[:-1:2],
        "body_at": places[1::2],
        "next_at": places[2::2],
        "lane": [text.lane for text in said],
        "phone": [text.phone for text in said],
        "sender": [text.sender for text in said],
        "recipient": [text.recipient for text in said],
        "text": [text.body for text in said],
        "media": [text.media for text in said],
        "provider_at": [text.provider_at for text in said],
        "provider_answered": [text.provider_answered for text in said],
        "receipts": [_encode(row.receipts).decode() if row.receipts else None for row in rows],
        "unreadable": [row.unreadable for row in rows],
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

    Of each at most QUARANTINE_ENTRY_BYTES are kept. Where there is no room, large ones and repeats go;
    nothing else is ever pushed out by something newer. The alarm `quarantine_full` counts what goes and what
    finds no room. Raises as `store` does.
    """
    caps = {"entries": entries, "bytes": size, "full": _QUARANTINE_FULL}
    kept = [_beginning(row) for row in refused]
    ids = [row.connection_id for row in refused]
    room = {
        "connection_id": ids,
        "size": [len(headers) + len(body) for headers, body in kept],
        "large": QUARANTINE_LARGE,
        "spare": entries // 20,
        "now": max((row.at for row in refused), default=None),
    }
    rows = {
        "connection_id": ids,
        "kind": [row.kind for row in refused],
        "headers": [headers for headers, _ in kept],
        "body": [body for _, body in kept],
        "why": [row.why for row in refused],
        "sentence": [row.sentence for row in refused],
        "at": [row.at for row in refused],
        "cut": [
            len(headers) < len(row.headers) or len(body) < len(row.body)
            for row, (headers, body) in zip(refused, kept, strict=True)
        ],
    }
    async with _lane(pool) as conn:
        await conn.execute(SQL["quarantine_room"], caps | room, prepare=True)
        await conn.execute(SQL["quarantine"], caps | rows, prepare=True)


def _beginning(row: Refused) -> tuple[bytes, bytes]:
    headers = row.headers[:QUARANTINE_LARGE]
    return headers, row.body[: QUARANTINE_ENTRY_BYTES - len(headers)]


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
                # A flush has one good plan: planning it anew costs more than running it.
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
