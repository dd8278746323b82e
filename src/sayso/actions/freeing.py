"""A number that stood in for another: when it may be given to a workspace after all (R9.10)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sayso.actions.actor import Actor, needs, record, transaction
from sayso.actions.refusal import Refused, conflict, missing
from sayso.core.reading import ANSWERS_WITHIN
from sayso.storage import audit, numbers
from sayso.storage.numbers import InboundNumber, StoodIn
from sayso.storage.pool import Pool

HOURS = ANSWERS_WITHIN.total_seconds() / 3600


@needs("operator")
async def list_stood_in(pool: Pool, actor: Actor, number_id: int) -> list[StoodIn]:
    """For which connections' numbers this one stands in, or stood in."""
    async with transaction(pool, actor) as conn:
        return await numbers.stood_in(conn, number_id)


@needs("operator")
async def free_number(pool: Pool, actor: Actor, number_id: int, now: datetime) -> InboundNumber | Refused:
    """Let a number that stood in for another get a line again; again is no fault.

    Refused while it stands in, and while what left by it may be answered. That it stood in is kept: a stop
    to it still reaches whoever texted from the other number.
    """
    async with transaction(pool, actor) as conn:
        # In the order of a move, which holds the number last: else they could wait for each other.
        await numbers.hold_stood_in(conn)
        found = await numbers.get_number(conn, number_id, for_update=True)
        if found is None:
            return missing("id", "inbound number")
        stood = await numbers.stood_in(conn, number_id)
        refused = _fault(found, stood, now)
        if refused:
            return refused
        if held := [each.name for each in stood if each.freed_at is None]:
            await numbers.free_stood_in(conn, number_id, now)
            after = {"number": found.number, "stood_in_for": held}
            await record(conn, actor, audit.Change("freed", "inbound_number", str(number_id), None, after))
        return found


def _fault(number: InboundNumber, stood: Sequence[StoodIn], now: datetime) -> Refused | None:
    if not stood:
        told = f"{number.number} never stood in for another here, so there is nothing to free."
        return conflict("id", "never_stood_in", told)
    for each in stood:
        if each.today:
            told = (
                f"{number.number} stands in for the same number of {each.name}. Say first, at {each.name}, "
                "that its messages wait or leave by another connection."
            )
            return conflict("id", "stands_in", told)
        if each.freed_at is None and each.waits:
            told = (
                f"Something of {each.name} waits to leave from {number.number}. Free it once that has left."
            )
            return conflict("id", "waits", told)
        if each.freed_at is None and each.last_at is not None and now - each.last_at < ANSWERS_WITHIN:
            until = each.last_at + ANSWERS_WITHIN
            told = (
                f"What left here for {each.name} may still be answered, {HOURS:.0f} hours long. "
                f"Free it after {until:%Y-%m-%d %H:%M} UTC."
            )
            return conflict("id", "may_be_answered", told)
    return None
