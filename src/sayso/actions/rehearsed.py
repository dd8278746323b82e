"""The people behind the reasons of a rehearsal, with the sentence that says why (R9.6)."""

from __future__ import annotations

from dataclasses import dataclass

from sayso.actions.actor import Actor, needs, transaction
from sayso.actions.refusal import Refused, missing
from sayso.storage import campaigns, rehearsed
from sayso.storage.pool import Pool
from sayso.storage.rehearsed import Found


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Who is asked for: those who get it later, or never; None: both. `reason` empty: of every reason."""

    later: bool | None = None
    reason: str = ""


@needs("campaigns:read")
@needs("contacts:read")
async def list_people(
    pool: Pool, actor: Actor, campaign_id: int, narrowed: Narrowed, after: int, limit: int
) -> list[Found] | Refused:
    """Who would get it later or not at all, in the order of the walk: the first thousand of each reason."""
    async with transaction(pool, actor) as conn:
        if await campaigns.get(conn, campaign_id) is None:
            return missing("id", "campaign")
        return await rehearsed.people(conn, campaign_id, (narrowed.later, narrowed.reason), (after, limit))
