"""Idempotency keys of API writes: claimed before the work, settled with its answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sayso.storage.pool import Connection
from sayso.storage.queries import load
from sayso.storage.statements import number, one, run

SQL = load("idempotency")
KEPT = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Asked:
    """One use of a key: its route, itself, and the SHA-256 of the body that came with it."""

    route: str
    key: str
    body_hash: bytes


@dataclass(frozen=True, slots=True)
class Earlier:
    """What an earlier use of the key left; status None while it is in flight."""

    body_hash: bytes
    status: int | None
    answer: bytes | None


async def claim(conn: Connection, asked: Asked, now: datetime) -> Earlier | None:
    """Take a key for this request; what stands where somebody took it within the last 24 hours."""
    said = {
        "route": asked.route,
        "key": asked.key,
        "body_hash": asked.body_hash,
        "now": now,
        "before": now - KEPT,
    }
    await run(conn, SQL["forget_old"], said)
    if await number(conn, SQL["claim"], said) is not None:
        return None
    return await one(conn, Earlier, SQL["get"], said)


async def settle(conn: Connection, asked: Asked, status: int, answer: bytes) -> None:
    """Keep the answer for the next use of the key."""
    said = {"route": asked.route, "key": asked.key, "status": status, "answer": answer}
    await run(conn, SQL["settle"], said)


async def release(conn: Connection, asked: Asked) -> None:
    """Forget a claim whose work failed and left nothing."""
    await run(conn, SQL["release"], {"route": asked.route, "key": asked.key})
