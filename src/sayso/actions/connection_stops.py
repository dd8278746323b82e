"""The switch that lets nothing leave by one connection (R2.5). The operator's, as connections are."""

from __future__ import annotations

from sayso.actions.actor import Actor, needs, record, transaction
from sayso.actions.refusal import Refused, invalid, missing
from sayso.actions.sending_rules import LONGEST_WHY
from sayso.core.problems import Problem
from sayso.storage import audit, connection_stops, connections
from sayso.storage.pool import Pool
from sayso.storage.sending_rules import Halted


@needs("operator")
async def show_connection_stop(pool: Pool, actor: Actor, connection_id: int) -> Halted | Refused | None:
    """Whether a connection stands still, since when, and by whom."""
    async with transaction(pool, actor) as conn:
        if await connections.get(conn, connection_id) is None:
            return missing("id", "connection")
        return await connection_stops.of(conn, connection_id)


@needs("operator")
async def stop_connection(pool: Pool, actor: Actor, connection_id: int, why: str) -> Halted | Refused:
    """Let nothing leave by a connection, confirmations neither; again is no fault.

    It is for an account that does what it must not. What waits stays in the queue.
    """
    said = " ".join(why.split())
    if len(said) > LONGEST_WHY or "\x00" in said:
        return invalid(Problem("why", "length", f"Say it in at most {LONGEST_WHY} characters."))
    async with transaction(pool, actor) as conn:
        stands = await connections.get(conn, connection_id)
        if stands is None:
            return missing("id", "connection")
        if await connection_stops.stop(conn, connection_id, said, (actor.user_id, actor.key_id)):
            after = {"name": stands.name, "why": said}
            await record(conn, actor, audit.Change("stopped", "connection", str(connection_id), None, after))
        found = await connection_stops.of(conn, connection_id)
        assert found is not None  # noqa: S101 - stored above, or before
        return found


@needs("operator")
async def let_connection_go_on(pool: Pool, actor: Actor, connection_id: int) -> Refused | None:
    """Let a connection go on; what waited gets its last look as ever. Going on already is no fault."""
    async with transaction(pool, actor) as conn:
        stands = await connections.get(conn, connection_id)
        if stands is None:
            return missing("id", "connection")
        stood = await connection_stops.of(conn, connection_id)
        if stood is not None and await connection_stops.go_on(conn, connection_id):
            before = {"name": stands.name, "why": stood.why}
            change = audit.Change("continued", "connection", str(connection_id), before, None)
            await record(conn, actor, change)
        return None
