"""Whether whoever began something long may go on with it (R2.1, R2.3)."""

from __future__ import annotations

from dataclasses import replace

from sayso.actions.actor import Actor
from sayso.storage import keys, workspaces
from sayso.storage.pool import Connection


class TakenAwayError(Exception):
    """A role or key was taken away while a file was handed out, of which nobody may take a part for all."""


async def still_may(conn: Connection, actor: Actor, scope: str) -> None:
    """Look anew at the role or the key, for each slice of what takes long.

    Raises TakenAwayError where what allowed the first slice does not stand any more.
    """
    if actor.key_id is not None:
        stands = await keys.stands(conn, actor.key_id)
    elif actor.user_id is not None:
        stands = replace(actor, role=await workspaces.role_of(conn, actor.user_id)).may(scope)
    else:
        stands = True  # the house
    if not stands:
        raise TakenAwayError("The role or the key that began this was taken away meanwhile.")
