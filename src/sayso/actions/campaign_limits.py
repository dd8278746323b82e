"""R2.5, R9.5: who may launch what reaches many, and when a campaign is paused by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sayso.actions.actor import Actor, needs, record, state, transaction
from sayso.actions.campaigns import draft_of, said_by
from sayso.actions.meanwhile import overtaken, unlike
from sayso.actions.refusal import Refused, conflict, fault, invalid, missing
from sayso.core import campaigns as core
from sayso.core.problems import Problem
from sayso.storage import audit, campaign_approvals, campaigns, trials
from sayso.storage.campaign_approvals import Limits
from sayso.storage.pool import Connection, Pool

MOST = 1_000_000
MOST_PEOPLE = 1_000_000_000
LONGEST_DELAY = 86_400


@needs("settings:read")
async def show_limits(pool: Pool, actor: Actor) -> Limits:
    """What holds in the workspace."""
    async with transaction(pool, actor) as conn:
        return await campaign_approvals.limits(conn)


@needs("settings:write")
async def change_limits(pool: Pool, actor: Actor, wanted: Limits, seen: str = "") -> Limits | Refused:
    """Store what holds; campaigns that go out obey it from the next second on.

    `seen`: the stamp of what the edit was made from (empty: not looked at).
    """
    rates = (wanted.pause_at_opt_outs, wanted.pause_at_failures)
    checks = (
        (
            wanted.approve_above is None or 0 <= wanted.approve_above <= MOST_PEOPLE,
            "approve_above",
            "It is a number of people, at most 1,000,000,000.",
        ),
        (1 <= wanted.pause_from <= MOST, "pause_from", "It is 1 to 1,000,000 texts."),
        (
            all(0 <= rate <= 1_000 for rate in rates),
            "pause_at_opt_outs",
            "A limit is 0 to 1,000 of a thousand.",
        ),
        (
            wanted.launch_delay_seconds is None or 0 <= wanted.launch_delay_seconds <= LONGEST_DELAY,
            "launch_delay_seconds",
            "It is 0 to 86,400 seconds.",
        ),
    )
    problems = [Problem(field, "form", told) for holds, field, told in checks if not holds]
    if problems:
        return invalid(*problems)
    async with transaction(pool, actor) as conn:
        stood = await campaign_approvals.limits(conn, for_update=True)
        refused = overtaken("the limits of launches", stood, wanted, seen)
        if refused:
            return refused
        await campaign_approvals.set_limits(conn, wanted)
        stands = await campaign_approvals.limits(conn)
        await record(conn, actor, audit.Change("changed", "campaign_limits", "", state(stood), state(stands)))
        return stands


@dataclass(frozen=True, slots=True)
class Reach:
    """How many people a launch may reach until somebody else lets it reach more; None: any number."""

    most: int | None


@needs("campaigns:launch")
async def approve(
    pool: Pool, actor: Actor, campaign_id: int, now: datetime, seen: str = ""
) -> campaigns.Campaign | Refused:
    """Say that a draft may be launched by somebody else; an edit takes that back. Never by a test key.

    `seen` is the stamp of what was read: refused where it says something else by now.
    """
    if actor.test_mode:
        return fault("key", "test_mode", "A test key reaches only the simulator, so it approves nothing.")
    async with transaction(pool, actor) as conn:
        stood = await campaigns.get(conn, campaign_id, for_update=True)
        if stood is None:
            return missing("id", "campaign")
        if stood.state not in core.ALLOWED["launch"]:
            return conflict(
                "state", "not_now", f"There is nothing to approve: the campaign is {stood.state}."
            )
        refused = await unseen(conn, stood, seen)
        if refused:
            return refused
        await campaign_approvals.approve(conn, campaign_id, who(actor), now)
        await record(conn, actor, audit.Change("approved", "campaign", str(campaign_id), None, state(stood)))
        return stood


async def unseen(conn: Connection, stood: campaigns.Campaign, seen: str) -> Refused | None:
    """Why nobody launches or approves a campaign: it says something else than what they were shown."""
    return unlike("this campaign", said_by(draft_of(stood), await trials.get(conn, stood.id)), seen)


async def permitted(conn: Connection, actor: Actor, campaign_id: int) -> Reach | Refused:
    """R2.5: how many a launch may reach, or why it must wait for a second person.

    The limit is read once and stands until this transaction has ended: what was checked is what is kept. Who
    joins the audience after the rehearsal counts too, so it is kept with the launch.
    """
    above = (await campaign_approvals.limits(conn, standing=True)).approve_above
    if above is None or await campaign_approvals.approved_by_others(conn, campaign_id, who(actor)):
        return Reach(None)
    reached = await campaign_approvals.reached(conn, campaign_id)
    if reached is None:
        told = (
            f"What reaches more than {above:,} people needs a second person. Rehearse it, to have it counted."
        )
        return conflict("state", "rehearse_first", told)
    if reached <= above:
        return Reach(above)
    told = (
        f"It reaches {reached:,} people, and above {above:,} a second person approves. Ask a colleague who "
        "may launch to approve it; then launch it."
    )
    return conflict("state", "approval_wanted", told)


async def unseconded(conn: Connection, actor: Actor, campaign_id: int) -> Refused | None:
    """Why whoever resumes what reached its limit must be somebody else; None: they are."""
    if await campaign_approvals.let_reach(conn, campaign_id, who(actor)):
        return None
    told = "It reached more people than you may reach alone. Ask a colleague who may launch to resume it."
    return conflict("state", "approval_wanted", told)


def who(actor: Actor) -> str:
    """Who somebody is, as approvals are told apart."""
    return f"user:{actor.user_id}" if actor.user_id is not None else f"key:{actor.key_id}"
