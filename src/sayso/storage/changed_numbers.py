"""Whose number changed while a campaign is planned: nobody is texted by the old one and the new one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from sayso.core.campaigns import Recipient
from sayso.storage.pool import Connection
from sayso.storage.queries import load
from sayso.storage.statements import Cursor, run

SQL = load("changed_numbers")


class OfCampaign(Protocol):
    """Whatever says which campaign it is of."""

    @property
    def workspace_id(self) -> int:
        """Whose."""

    @property
    def campaign_id(self) -> int:
        """Which."""


async def ask(conn: Connection, workspace_id: int) -> Cursor:
    """Ask whether a workspace has any."""
    return await conn.execute(SQL["any"], {"workspace_id": workspace_id})


async def walked_before(
    conn: Connection, plan: OfCampaign, people: Sequence[Recipient], asked: Cursor
) -> frozenset[int]:
    """Which of these contacts get the campaign by a number that they had before; `asked`: what `ask` said."""
    if await asked.fetchone() is None:
        return frozenset()
    said = {
        "workspace_id": plan.workspace_id,
        "campaign_id": plan.campaign_id,
        "contacts": [one.contact_id for one in people],
    }
    rows = await (await conn.execute(SQL["walked"], said)).fetchall()
    return frozenset(row[0] for row in rows)


async def forget(conn: Connection, workspace_id: int) -> None:
    """Forget old numbers, once nothing is planned any more."""
    await run(conn, SQL["forget"], {"workspace_id": workspace_id})
