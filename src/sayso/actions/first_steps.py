"""How far a new workspace has come, in what only the operator's tables know."""

from __future__ import annotations

from dataclasses import dataclass

from sayso.actions.actor import Actor, needs, transaction
from sayso.providers.catalogue import PROVIDERS
from sayso.storage import connections, numbers
from sayso.storage import pool as pools
from sayso.storage.pool import Pool

SIMULATED = "simulator"


@dataclass(frozen=True, slots=True)
class Reach:
    """How many lines the workspace has, and the providers that carry them to real telephones, by title."""

    lines: int
    providers: tuple[str, ...]


@needs("settings:read")
async def show_reach(pool: Pool, actor: Actor) -> Reach:
    """The workspace's lines and who carries them. Accounts are the operator's: only their kind is told."""
    async with transaction(pool, actor) as conn:
        lines = await numbers.sending_lines(conn)
    if not lines:
        return Reach(0, ())
    async with pools.workspace(pool, actor.workspace_id, operator=True) as conn:
        found = await connections.providers(conn, [line.connection_id for line in lines])
    kinds = sorted({each.kind for each in found if each.kind != SIMULATED})
    return Reach(len(lines), tuple(PROVIDERS[kind].title for kind in kinds))
