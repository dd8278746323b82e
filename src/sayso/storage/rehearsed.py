"""The people behind the reasons of a rehearsal, as the gate answered for each (R9.6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from sayso.storage.pool import Connection
from sayso.storage.queries import load
from sayso.storage.statements import many, run

SQL = load("rehearsed")


class OfCampaign(Protocol):
    """Whatever says which campaign it is of."""

    @property
    def workspace_id(self) -> int:
        """Whose."""

    @property
    def campaign_id(self) -> int:
        """Which."""


class Person(NamedTuple):
    """A contact who would get nothing, or get it at `due`, and the sentence that says why."""

    contact_id: int
    status: str
    reason: str
    told: str
    due: datetime | None


async def counted(conn: Connection, plan: OfCampaign) -> Mapping[tuple[str, str], int]:
    """How many get nothing, or get it later, so far, by status and reason."""
    rows = await (await conn.execute(SQL["counted"], _keys(plan))).fetchall()
    return {(status, reason): messages for status, reason, messages in rows}


async def keep(conn: Connection, plan: OfCampaign, people: Sequence[Person]) -> None:
    """Store these, in their order."""
    said = {
        "contacts": [one.contact_id for one in people],
        "statuses": [one.status for one in people],
        "reasons": [one.reason for one in people],
        "told": [one.told for one in people],
        "dues": [one.due for one in people],
    }
    await run(conn, SQL["keep"], _keys(plan) | said)


@dataclass(frozen=True, slots=True)
class Found:
    """A contact who would get nothing, or get it at `due`, as whoever asks sees them."""

    id: int
    contact_id: int
    phone: int | None
    external_id: str | None
    status: str
    reason: str
    told: str
    due: datetime | None


async def people(
    conn: Connection, campaign_id: int, narrowed: tuple[bool | None, str], page: tuple[int, int]
) -> list[Found]:
    """A page, after an id and at most so many, of the workspace's own; narrowed to those who get it later
    (True) or never (False), and to a reason."""
    later, reason = narrowed
    after, limit = page
    said = {"campaign_id": campaign_id, "later": later, "reason": reason, "after": after, "limit": limit}
    return await many(conn, Found, SQL["people"], said)


async def forget(conn: Connection, plan: OfCampaign) -> None:
    """Forget all of a campaign: its report tells better."""
    await run(conn, SQL["forget"], _keys(plan))


def _keys(plan: OfCampaign) -> dict[str, object]:
    return {"workspace_id": plan.workspace_id, "campaign_id": plan.campaign_id}
