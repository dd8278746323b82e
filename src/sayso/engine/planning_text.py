"""On which lines a campaign's pictures travel (R9.2)."""

from __future__ import annotations

from sayso.core import pictures
from sayso.core.campaign_text import Carried, carrying, every_line
from sayso.providers.catalogue import taking
from sayso.storage import pictures as kept
from sayso.storage.planning import Plan
from sayso.storage.pool import Connection


async def carried(conn: Connection, plan: Plan) -> Carried:
    """Whether a line brings the campaign's pictures to a number; of a text without any every line does."""
    if not plan.media_urls:
        return every_line
    own = [token for token in map(pictures.token_of, plan.media_urls) if token]
    weight = await kept.total_bytes(conn, plan.workspace_id, own)
    kinds = await kept.kinds(conn, plan.workspace_id)
    return carrying(taking(kinds, len(plan.media_urls), weight))
