"""Idempotency keys of API writes: claimed before the work, marked in it, settled with its answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sayso.storage.pool import Connection
from sayso.storage.queries import load
from sayso.storage.statements import number, one, run

SQL = load("idempotency")
KEPT = timedelta(hours=24)
# A request that has done nothing for so long may be done by its repeat; it can then commit nothing more.
PATIENCE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Asked:
    """One use of a key: its route, itself, and the SHA-256 of the body that came with it."""

    route: str
    key: str
    body_hash: bytes


@dataclass(frozen=True, slots=True)
class Claim:
    """That this request, and no other, does the work of a key."""

    route: str
    key: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Earlier:
    """What an earlier use of the key left; status None while nobody knows its answer."""

    body_hash: bytes
    status: int | None
    answer: bytes | None
    carried_out: bool


async def claim(conn: Connection, asked: Asked, now: datetime) -> Claim | Earlier:
    """Take a key for this request; what stands where somebody took it within the last 24 hours."""
    said = {
        "route": asked.route,
        "key": asked.key,
        "body_hash": asked.body_hash,
        "now": now,
        "before": now - KEPT,
        "given_up": now - PATIENCE,
    }
    await run(conn, SQL["forget_old"], said)
    for way in ("claim", "take_over"):
        if await number(conn, SQL[way], said) is not None:
            return Claim(asked.route, asked.key, now)
    stands = await one(conn, Earlier, SQL["get"], said)
    # It was there a moment ago: whoever holds it has just let it go.
    return stands or Earlier(asked.body_hash, None, None, carried_out=False)


async def carry_out(conn: Connection, held: Claim) -> bool:
    """Mark the work as done, in its own transaction; False where the claim is somebody else's by now."""
    return await run(conn, SQL["carry_out"], _said(held)) == 1


async def settle(conn: Connection, held: Claim, status: int, answer: bytes) -> None:
    """Keep the answer for the next use of the key."""
    await run(conn, SQL["settle"], _said(held) | {"status": status, "answer": answer})


async def release(conn: Connection, held: Claim) -> None:
    """Forget a claim whose work left nothing; where it committed after all, the key stays taken."""
    await run(conn, SQL["release"], _said(held))


async def forget(conn: Connection, held: Claim) -> None:
    """Forget a claim whose work was refused, which is known to have changed nothing, marked or not."""
    await run(conn, SQL["forget"], _said(held))


def _said(held: Claim) -> dict[str, object]:
    return {"route": held.route, "key": held.key, "at": held.at}
