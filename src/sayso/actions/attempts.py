"""Addresses that lead to nothing in the person's workspace: kept, for they may be another's (R2.4)."""

from __future__ import annotations

from sayso.actions.actor import Actor, record, transaction
from sayso.storage import audit
from sayso.storage.pool import Pool

LONGEST_ADDRESS = 300


async def note_attempt(pool: Pool, actor: Actor, method: str, address: str) -> None:
    """Write down who asked for what; it was answered with 404, whether or not another workspace has it."""
    async with transaction(pool, actor) as conn:
        after = {"method": method, "answer": 404}
        change = audit.Change("asked_in_vain", "address", address[:LONGEST_ADDRESS], None, after)
        await record(conn, actor, change)


async def note_more_attempts(pool: Pool, actor: Actor) -> None:
    """Write down that a person goes on asking for such addresses, which are not told one by one any more."""
    async with transaction(pool, actor) as conn:
        await record(conn, actor, audit.Change("asked_on_in_vain", "address", "more", None, {"answer": 404}))
