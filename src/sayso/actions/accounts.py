"""What happens to a person's account, told wherever they work (R2.4): the account itself is the console's."""

from __future__ import annotations

from collections.abc import Mapping

from sayso.actions.actor import Actor, record, transaction
from sayso.storage import audit, pool, workspaces
from sayso.storage.pool import Pool


async def note_account(connections: Pool, actor: Actor, user_id: int, after: Mapping[str, object]) -> int:
    """Write into the trail of each of the person's workspaces what changed about their account; how many.

    `actor.user_id` says who did it; None: whoever runs this server. To be called before the change is kept:
    an entry too many is better than one too few.
    """
    async with pool.anyone(connections) as conn:
        places = await workspaces.of_person(conn, user_id)
    change = audit.Change("account_changed", "member", str(user_id), None, after)
    # One transaction each: a trail may be written from inside its own workspace alone.
    for place in places:
        here = Actor(place.workspace_id, user_id=actor.user_id)
        async with transaction(connections, here) as conn:
            await record(conn, here, change)
    return len(places)
