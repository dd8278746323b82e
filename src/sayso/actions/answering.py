"""What providers answer by themselves, number by number (R5.8), in the catalogue's word."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sayso.actions.actor import Actor
from sayso.providers import catalogue
from sayso.storage import connections
from sayso.storage import pool as pools
from sayso.storage.connections import Provider
from sayso.storage.pool import Pool


@dataclass(frozen=True, slots=True)
class Answering:
    """The providers of some connections."""

    providers: Mapping[int, Provider]

    def on(self, connection_id: int, number_kind: str) -> str:
        """What is answered already on a number of this kind: none, stop, or stop_start_help."""
        provider = self.providers.get(connection_id)
        if provider is None:
            return "none"
        return catalogue.provider_answers(provider.kind, provider.settings, number_kind)


async def answering(pool: Pool, actor: Actor, connection_ids: Collection[int]) -> Answering:
    """The providers behind numbers that the actor may see; ask outside of any transaction.

    Accounts belong to the operator, so they are read as the operator, and only kind and settings of them.
    """
    async with pools.workspace(pool, actor.workspace_id, operator=True) as conn:
        return Answering({found.id: found for found in await connections.providers(conn, connection_ids)})
