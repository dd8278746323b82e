"""A recipient opens a link: where it leads, and that it was opened (R9.4); the token is all the proof."""

from __future__ import annotations

from collections.abc import Sequence

from sayso.core.clicks import Click
from sayso.storage import clicks, pool
from sayso.storage.clicks import Target
from sayso.storage.pool import Pool


async def target(connections: Pool, message_id: int, link: int) -> Target | None:
    """Where a link leads; nothing is changed by asking. None: there is no such link any more."""
    async with pool.anyone(connections) as conn:
        return await clicks.target(conn, message_id, link)


async def hosts(connections: Pool) -> dict[str, int]:
    """Which workspace each host name of links belongs to."""
    async with pool.anyone(connections) as conn:
        return await clicks.hosts(conn)


async def hear(connections: Pool, heard: Sequence[Click]) -> None:
    """Store what was opened, as it was heard; who opened it is the engine's to judge."""
    async with pool.anyone(connections) as conn:
        await clicks.hear(conn, heard)
