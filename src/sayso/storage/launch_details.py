"""How a launch goes out, as it was asked for, and which places of its throttle are taken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sayso.core.departures import Pace, Windows, windows
from sayso.storage.pool import Connection
from sayso.storage.queries import load
from sayso.storage.statements import many, one, run

SQL = load("launch_details")


class OfCampaign(Protocol):
    """Whatever says which campaign it is of, and whether it is rehearsed."""

    @property
    def workspace_id(self) -> int:
        """Whose."""

    @property
    def campaign_id(self) -> int:
        """Which."""

    @property
    def rehearsal(self) -> bool:
        """Whether it is only counted."""


@dataclass(frozen=True, slots=True)
class Details:
    """What a slice must know of its launch; `walk`: 2 for those who waited for the winner of a trial.

    `starts_at`: the moment that a rehearsal is of; None: now.
    """

    home_zone: str
    walk: int
    began_at: datetime
    local_clock: datetime | None
    most: int | None
    window_seconds: int
    starts_at: datetime | None

    @property
    def pace(self) -> Pace:
        """As it was asked for."""
        return Pace(self.local_clock, self.most, self.window_seconds)


@dataclass(frozen=True, slots=True)
class Throttled:
    """A campaign with a throttle that has something parked and goes on."""

    workspace_id: int
    campaign_id: int
    most: int
    window_seconds: int
    rehearsal: bool = False


async def of_plan(conn: Connection, plan: OfCampaign) -> Details:
    """How a plan goes out."""
    found = await one(conn, Details, SQL["of_plan"], _keys(plan))
    assert found is not None  # noqa: S101 - the plan is held by this transaction
    return found


async def taken(conn: Connection, plan: OfCampaign, pace: Pace, now: datetime) -> Windows | None:
    """The windows of a throttle as they are taken; None: there is none."""
    if pace.most is None:
        return None
    rows = await (await conn.execute(SQL["taken"], _keys(plan) | {"now": now})).fetchall()
    return windows(pace, dict(rows))


async def take(conn: Connection, plan: OfCampaign, places: Mapping[datetime, int]) -> None:
    """Store which places are taken."""
    if places:
        said = {"ats": list(places), "taken": list(places.values())}
        await run(conn, SQL["take"], _keys(plan) | said)


async def set_pace(
    conn: Connection, campaign_id: int, pace: Pace, *, rehearsal: bool, at: datetime | None = None
) -> None:
    """Store how a launch, or its rehearsal, is to go out; `at`: the moment that a rehearsal is of."""
    said: dict[str, object] = {"campaign_id": campaign_id, "rehearsal": rehearsal, "starts_at": at}
    asked: dict[str, object] = {
        "local_clock": pace.local_clock,
        "most": pace.most,
        "window_seconds": pace.window_seconds,
    }
    await run(conn, SQL["set_pace"], said | asked)
    await run(conn, SQL["forget_windows"], said)


async def pace(conn: Connection, campaign_id: int, *, rehearsal: bool) -> Pace:
    """How a launch, or its rehearsal, is to go out."""
    said = {"campaign_id": campaign_id, "rehearsal": rehearsal}
    return await one(conn, Pace, SQL["pace"], said) or Pace()


async def place_again(conn: Connection, limit: int, now: datetime) -> int:
    """Find new places for what was parked of one throttled campaign that goes on, none before it is due; how
    many."""
    going_on = await many(conn, Throttled, SQL["throttled"], {})
    if not going_on:
        return 0
    campaign = going_on[0]
    said = {"workspace_id": campaign.workspace_id, "campaign_id": campaign.campaign_id}
    pace = Pace(None, campaign.most, campaign.window_seconds)
    free = await taken(conn, campaign, pace, now)
    assert free is not None  # noqa: S101 - it has a throttle
    rows = await (await conn.execute(SQL["back"], said | {"limit": limit})).fetchall()
    rows.sort(key=lambda row: (row[2], row[3]))
    before = dict(free.taken)
    dues = [free.take(max(now, row[2])) for row in rows]
    queued = {
        "workspace_id": campaign.workspace_id,
        "connections": [row[0] for row in rows],
        "lanes": [row[1] for row in rows],
        "dues": dues,
        "ids": [row[3] for row in rows],
        "attempts": [row[4] for row in rows],
    }
    await run(conn, SQL["queue_again"], queued)
    await run(conn, SQL["wait_longer"], queued)
    await take(conn, campaign, changed(before, free.taken))
    return len(rows)


def changed(before: Mapping[datetime, int], after: Mapping[datetime, int]) -> dict[datetime, int]:
    """The windows in which places were taken since."""
    return {at: places for at, places in sorted(after.items()) if before.get(at) != places}


def _keys(plan: OfCampaign) -> dict[str, object]:
    return {
        "workspace_id": plan.workspace_id,
        "campaign_id": plan.campaign_id,
        "rehearsal": plan.rehearsal,
    }
