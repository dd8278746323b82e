"""Beside planning: campaigns that must stand still, and trials that are decided (R9.5)."""

from __future__ import annotations

import logging
from datetime import datetime

from sayso.core import spending, trials
from sayso.core.departures import OVERDUE
from sayso.core.guarding import Hold, judge
from sayso.engine.supervisor import Works
from sayso.storage import alarms, campaign_ends, campaign_holds, launch_details, planning
from sayso.storage import trials as stored
from sayso.storage.planning import Plan
from sayso.storage.pool import Connection

log = logging.getLogger(__name__)
CANCELLED = "campaign_cancelled", "Its campaign was cancelled before it was sent."
"""The reason of what waited then, and its sentence."""
LATE = (
    "It should have begun more than an hour ago, and did not: Sayso was not there, or all sending was "
    "stopped. It waits for you: resume it to let it begin now, or cancel it."
)


async def ring_left_out(conn: Connection, plan: Plan, error: Exception, now: datetime) -> None:
    """Say that somebody cannot be planned: one alarm a campaign, that counts them, until it is over."""
    told = (
        f"Campaign {plan.campaign_id} of workspace {plan.workspace_id} leaves people out who cannot be "
        f"planned, for {type(error).__name__}. Where it counts up quickly the fault is the text's or ours: "
        "pause the campaign, and report what the log says."
    )
    subject = campaign_holds.subject(plan.workspace_id, plan.campaign_id)
    await alarms.ring(conn, campaign_holds.LEFT_OUT, subject, told, now)


async def hold_unapproved(conn: Connection, plan: Plan, now: datetime) -> int:
    """R2.5: let a campaign that reaches more than one person may launch alone wait for a second one."""
    told = (
        f"It reaches more than {plan.may_reach:,} people, and above that a second person approves: its "
        "audience grew after it was counted. Somebody else who may launch resumes it, or cancels it."
    )
    if await campaign_holds.hold(conn, plan, Hold("approval", told), now):
        about = campaign_holds.subject(plan.workspace_id, plan.campaign_id)
        await alarms.ring(conn, campaign_holds.ALARM, about, told, now)
    return 1


async def hold_capped(conn: Connection, plan: Plan, why: str, now: datetime) -> None:
    """R9.11: let a campaign wait for a person at the first text that would pass a cap: nobody is lost."""
    told = (
        f"The next text waits at a spend cap. {why} Everybody before it was planned, and nobody is skipped: "
        "resume it when the cap begins anew; or raise the cap under Credit and resume it now; or cancel it."
    )
    if await campaign_holds.hold(conn, plan, Hold(spending.SPEND_CAP, told), now):
        about = campaign_holds.subject(plan.workspace_id, plan.campaign_id)
        await alarms.ring(conn, campaign_holds.ALARM, about, told, now)


async def hold_overdue(works: Works) -> None:
    """Let what should have begun long ago wait for a person."""
    async with works.counted() as conn:
        held = await campaign_holds.hold_overdue(conn, LATE, OVERDUE, works.clock())
    for workspace_id, campaign_id in held:
        await works.ring(campaign_holds.ALARM, campaign_holds.subject(workspace_id, campaign_id), LATE)


async def watch(works: Works) -> None:
    """Pause what passes a limit, and say so; end the alarms of what a person has looked at."""
    async with works.counted() as conn:
        await campaign_holds.count(conn, works.clock())
        seen = await campaign_holds.watched(conn)
        await campaign_holds.settle_alarms(conn)
    for one in seen:
        why = judge(one)
        if why is None:
            continue
        async with works.counted() as conn:
            held = await campaign_holds.hold(conn, one, why, works.clock())
        if held:
            log.warning("campaign %s is paused by itself: %s", one.campaign_id, why.reason)
            about = campaign_holds.subject(one.workspace_id, one.campaign_id)
            await works.ring(campaign_holds.ALARM, about, why.told)


async def place_again(works: Works, limit: int) -> int:
    """Find new places for what was parked of a throttled campaign that goes on; how many."""
    async with works.counted() as conn:
        done = await launch_details.place_again(conn, limit, works.clock())
        if done:
            await planning.wake_senders(conn)
    return done


async def take_back(works: Works, after: tuple[int, int], limit: int) -> tuple[int, tuple[int, int]]:
    """End what waits of some cancelled campaigns, after the last that were looked at, wherever it waits.

    Its sender does so for what it comes to. It may not come to it for long: a connection that stands still,
    an hour that is tomorrow's. How many ended, where there is more at once, and which was looked at last.
    """
    done = 0
    async with works.counted() as conn:
        found = await campaign_ends.cancelled(conn, after, works.clock())
    for one in found:
        # One transaction each, as for those that go out.
        async with works.counted() as conn:
            done += await campaign_ends.take_back(conn, one, CANCELLED, limit, works.clock())
    return done, (found[-1].workspace_id, found[-1].campaign_id) if found else (0, 0)


async def decide_trial(works: Works) -> int:
    """Choose the winner of one trial that has run its time, and let the others be planned with it."""
    now = works.clock()
    async with works.counted() as conn:
        found = await stored.due(conn, now)
        if found is None:
            return 0
        won, told = trials.winner(found.measure, await stored.counted(conn, found))
        await stored.decide(conn, found, won, told, now)
    log.info("campaign %s: %s", found.campaign_id, told)
    return 1
