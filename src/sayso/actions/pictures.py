"""Pictures that texts carry: brought, checked, kept, served (R9.2)."""

from __future__ import annotations

import asyncio
import secrets
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from sayso.actions.actor import Actor, needs, record, transaction
from sayso.actions.refusal import Refused, fault, invalid
from sayso.core import pictures as core
from sayso.core.problems import Problem
from sayso.storage import audit, pictures
from sayso.storage import pool as pools
from sayso.storage.pictures import Kept, Served
from sayso.storage.pool import Pool

LONGEST_DESCRIPTION = 500
# One at a time: each takes a few hundred megabytes while it is unpacked.
_READER = ThreadPoolExecutor(1, "pictures")


@needs("campaigns:write")
async def add_picture(
    pool: Pool, actor: Actor, data: bytes, description: str, now: datetime
) -> Kept | Refused:
    """Keep a picture under an address that nobody can guess; the same picture is kept once."""
    if len(description) > LONGEST_DESCRIPTION:
        told = f"A description has at most {LONGEST_DESCRIPTION} characters."
        return fault("description", "form", told)
    # It is unpacked and written anew: that takes a while, and others wait on this loop.
    read = await asyncio.get_running_loop().run_in_executor(_READER, core.read, data)
    if isinstance(read, Problem):
        return invalid(read)
    async with transaction(pool, actor) as conn:
        kept = await pictures.add(conn, secrets.token_urlsafe(16), read, description.strip(), now)
        told_later = {"content_type": kept.content_type, "bytes": kept.bytes, "description": kept.description}
        await record(conn, actor, audit.Change("added", "picture", core.PATH + kept.token, None, told_later))
        return kept


async def served(connections: Pool, token: str) -> Served | None:
    """A picture for whoever has its address."""
    if len(token) != core.TOKEN_LENGTH or not token.isascii():
        return None
    async with pools.anyone(connections) as conn:
        return await pictures.served(conn, token)
