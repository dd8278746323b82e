"""What an operator should know of connections that work, and are less safe than they look (R5.11)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from sayso.actions.actor import Actor, needs
from sayso.actions.fallback import left_behind
from sayso.providers import catalogue
from sayso.storage import connections
from sayso.storage import pool as pools
from sayso.storage.pool import Pool
from sayso.storage.vault import VaultError, open_sealed


class Sealed(Protocol):
    """A connection as it is stored, whoever has read it."""

    @property
    def kind(self) -> str:
        """Which provider's."""

    @property
    def settings(self) -> Mapping[str, object]:
        """What is set in the open."""

    @property
    def secrets(self) -> bytes:
        """What is sealed."""


def warnings_of(found: Sealed, vault_key: str) -> Sequence[str]:
    """Sentences on one connection, the same to whoever asks; none means that nothing is known against it."""
    if found.kind not in catalogue.PROVIDERS:
        return ()
    try:
        secrets = open_sealed(vault_key, found.secrets)
    except VaultError:
        # Then every callback is refused.
        return ()
    return catalogue.warnings(found.kind, secrets, found.settings)


@needs("operator")
async def warnings(
    pool: Pool, actor: Actor, connection_ids: Collection[int], vault_key: str
) -> Mapping[int, Sequence[str]]:
    """The sentences on these connections, by id; ask outside of any transaction."""
    async with pools.workspace(pool, actor.workspace_id, operator=actor.operator) as conn:
        found = await connections.sealed(conn, connection_ids)
        set_so = await connections.some(conn, connection_ids)
        pairs = {
            one.id: one.fallback_connection_id for one in set_so if one.fallback_connection_id is not None
        }
        waiting = await left_behind(conn, pairs)
    told = {one.id: warnings_of(one, vault_key) for one in found}
    return {key: (*said, waiting[key]) if key in waiting else said for key, said in told.items()}
