"""Pictures that texts carry: brought, checked, kept, served (R9.2)."""

from __future__ import annotations

import asyncio
import secrets
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

from sayso.actions.actor import Actor, needs, record, transaction
from sayso.actions.refusal import Refused, conflict, fault, invalid, missing
from sayso.core import pictures as core
from sayso.core.problems import Problem
from sayso.storage import audit, pictures
from sayso.storage import pool as pools
from sayso.storage.pictures import Kept, Served
from sayso.storage.pool import Pool

LONGEST_DESCRIPTION = 500
KEPT_FOR = timedelta(days=30)
MOST_TOLD = 200
NO_ROOM = (
    "The pictures of this workspace fill the 1 GB that there is for them. Use one that is here, or have some "
    "removed that no campaign uses: the API tells them at /media and removes them."
)
# One at a time: each takes a few hundred megabytes while it is unpacked.
_READER = ThreadPoolExecutor(1, "pictures")


@dataclass(frozen=True, slots=True)
class Room:
    """The bytes that a workspace's pictures take, how many they may, and some that could be removed."""

    taken: int
    most: int
    removable: list[Kept]


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
        if await pictures.taken(conn, read.digest) + len(read.content) > core.ROOM:
            return conflict("picture", "no_room", NO_ROOM)
        kept = await pictures.add(conn, secrets.token_urlsafe(16), read, description.strip(), now)
        told_later = {"content_type": kept.content_type, "bytes": kept.bytes, "description": kept.description}
        await record(conn, actor, audit.Change("added", "picture", core.PATH + kept.token, None, told_later))
        return kept


@needs("campaigns:read")
async def picture_room(pool: Pool, actor: Actor, now: datetime) -> Room:
    """How much room pictures take, and the oldest of those that can be removed."""
    async with transaction(pool, actor) as conn:
        removable = await pictures.unused(conn, now - KEPT_FOR, MOST_TOLD)
        return Room(await pictures.taken(conn), core.ROOM, removable)


@needs("campaigns:write")
async def remove_picture(pool: Pool, actor: Actor, token: str, now: datetime) -> Refused | None:
    """Remove a picture for good; not one that a campaign uses, or that a message took in the last 30 days."""
    async with transaction(pool, actor) as conn:
        if not await pictures.lock(conn, token):
            return missing("token", "picture")
        if not await pictures.remove(conn, token, now - KEPT_FOR):
            told = (
                "A campaign uses this picture, or a message took it in the last 30 days, and whoever got it "
                "may still open it. Take it out of the campaign, or wait."
            )
            return conflict("token", "in_use", told)
        await record(conn, actor, audit.Change("deleted", "picture", core.PATH + token, None, None))
        return None


async def served(connections: Pool, token: str) -> Served | None:
    """A picture for whoever has its address."""
    if len(token) != core.TOKEN_LENGTH or not token.isascii():
        return None
    async with pools.anyone(connections) as conn:
        return await pictures.served(conn, token)
