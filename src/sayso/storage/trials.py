"""Several texts of a campaign: how they are tried, what was counted of each, and which one won (R9.5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import TupleRow

from sayso.core.trials import Counted, Trial, Variant
from sayso.storage.launch_details import OfCampaign
from sayso.storage.pool import Connection
from sayso.storage.queries import load
from sayso.storage.statements import many, one, run

SQL = load("trials")
MEASURED = frozenset(name.removeprefix("measured_by_") for name in SQL if name.startswith("measured_by_"))
"""What a winner can be told by: each has a query of its name that counts by variant."""


@dataclass(frozen=True, slots=True)
class Due:
    """A campaign whose trial is to be decided now."""

    workspace_id: int
    campaign_id: int
    measure: str


@dataclass(frozen=True, slots=True)
class Became:
    """How many messages of a variant stand so."""

    variant: int
    status: str
    messages: int


@dataclass(frozen=True, slots=True)
class Decided:
    """Why the winner won, and since when it is known."""

    told: str
    decided_at: datetime


async def of_plan(conn: Connection, workspace_id: int, campaign_id: int) -> Trial | None:
    """The trial of a campaign, as the engine; None: it has one text."""
    said = {"workspace_id": workspace_id, "campaign_id": campaign_id}
    return _trial(await (await conn.execute(SQL["of_plan"], said)).fetchall())


async def get(conn: Connection, campaign_id: int) -> Trial | None:
    """The trial of a campaign of this workspace; None: it has one text."""
    return _trial(await (await conn.execute(SQL["get"], {"campaign_id": campaign_id})).fetchall())


async def put(conn: Connection, campaign_id: int, trial: Trial | None) -> None:
    """Store how texts are tried; None: there is one text."""
    said = {"campaign_id": campaign_id}
    if trial is None:
        await run(conn, SQL["forget"], said)
        return
    asked = {"tested": trial.tested, "control": trial.control, "measure": trial.measure, "hours": trial.hours}
    await run(conn, SQL["set"], said | asked)
    await run(conn, SQL["forget_variants"], said)
    texts = {
        "variants": [one.variant for one in trial.variants],
        "bodies": [one.body for one in trial.variants],
        "shares": [one.share for one in trial.variants],
    }
    await run(conn, SQL["set_variants"], said | texts)


async def wait(conn: Connection, plan: OfCampaign, now: datetime) -> bool:
    """Let the others wait for the winner, once those who are tried on are planned; False: nobody waits."""
    if plan.rehearsal:
        return False
    said = {"workspace_id": plan.workspace_id, "campaign_id": plan.campaign_id, "now": now}
    return await run(conn, SQL["wait"], said) > 0


async def due(conn: Connection, now: datetime) -> Due | None:
    """A trial that has run its time, held by this transaction."""
    return await one(conn, Due, SQL["due"], {"now": now})


async def counted(conn: Connection, trial: Due) -> list[Counted]:
    """How many got each variant, and how many of them did what is measured."""
    said = {"workspace_id": trial.workspace_id, "campaign_id": trial.campaign_id}
    departed = await _by_variant(conn, SQL["departed"], said)
    measure = f"measured_by_{trial.measure}"
    did = await _by_variant(conn, SQL[measure], said) if measure in SQL else {}
    return [Counted(variant, departed[variant], did.get(variant, 0)) for variant in sorted(departed)]


async def decide(conn: Connection, trial: Due, winner: int, told: str, now: datetime) -> None:
    """Store who won, and let the walk begin anew for those who waited."""
    said = {"workspace_id": trial.workspace_id, "campaign_id": trial.campaign_id}
    await run(conn, SQL["decide"], said | {"winner": winner, "told": told, "now": now})
    await run(conn, SQL["walk_again"], said)


async def became(conn: Connection, campaign_id: int) -> list[Became]:
    """Where the messages of each variant stand now."""
    return await many(conn, Became, SQL["became"], {"campaign_id": campaign_id})


async def decided(conn: Connection, campaign_id: int) -> Decided | None:
    """Who won and why; None: not known yet."""
    return await one(conn, Decided, SQL["decided"], {"campaign_id": campaign_id})


async def _by_variant(conn: Connection, query: bytes, said: Mapping[str, object]) -> dict[int, int]:
    return dict(await (await conn.execute(query, said)).fetchall())


def _trial(rows: list[TupleRow]) -> Trial | None:
    if not rows:
        return None
    tested, control, measure, hours, winner = rows[0][:5]
    return Trial(tested, control, measure, hours, tuple(Variant(*row[5:]) for row in rows), winner)
