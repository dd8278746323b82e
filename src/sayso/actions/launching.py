"""What is done with a campaign that goes out: launch, undo, pause, resume, cancel (R2.5, R9.5)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from sayso.actions import paying
from sayso.actions.actor import Actor, needs, record, state, transaction
from sayso.actions.campaign_limits import permitted, unseconded, unseen, who
from sayso.actions.campaigns import wanting
from sayso.actions.refusal import Refused, conflict, fault, invalid, missing
from sayso.core import campaigns as core
from sayso.core import departures, wall_clock
from sayso.core.departures import Pace
from sayso.storage import audit, campaign_approvals, campaign_holds, campaigns, launch_details, workspaces
from sayso.storage.campaign_holds import Held
from sayso.storage.campaigns import Campaign, Standing
from sayso.storage.pool import Connection, Pool

MOST_IN_A_WINDOW = 1_000_000


@dataclass(frozen=True, slots=True)
class Launch:
    """When a campaign is to go out: at a moment, or (`at` None) as soon as the undo delay is over (R2.5).

    `pace`: at an hour of the recipients' own, or no more than so many in a time (R9.5). `seen`: the stamp of
    what whoever launches was shown (`campaigns.said_by`; empty: not looked at).
    """

    at: datetime | None = None
    pace: Pace = field(default_factory=Pace)
    seen: str = ""


@needs("campaigns:launch")
async def launch(
    pool: Pool, actor: Actor, campaign_id: int, wanted: Launch, now: datetime
) -> Campaign | Refused:
    """Launch a campaign; refused where it says something else than was seen: it would go to everybody."""
    at, pace = wanted.at, wanted.pace
    async with transaction(pool, actor) as conn:
        stood = await _ready(conn, actor, campaign_id, "launch")
        if isinstance(stood, Refused):
            return stood
        refused = await unseen(conn, stood, wanted.seen)
        if refused:
            return refused
        problems = await wanting(conn, stood)
        if problems:
            return invalid(*problems)
        refused = await _past(conn, pace, at, now)
        if refused:
            return refused
        reach = await permitted(conn, actor, campaign_id)
        if isinstance(reach, Refused):
            return reach
        refused = await paying.reserve(conn, actor, campaign_id)
        if refused:
            return refused
        soonest = now + await campaigns.launch_delay(conn)
        starts_at = departures.begins(pace, at, soonest)
        await launch_details.set_pace(conn, campaign_id, pace, rehearsal=False)
        await campaign_approvals.launched(conn, campaign_id, who(actor), reach.most)
        return await _stand(conn, actor, stood, ("launched", Standing("scheduled", starts_at)))


@needs("campaigns:launch")
async def undo_launch(pool: Pool, actor: Actor, campaign_id: int) -> Campaign | Refused:
    """Take a launch back before anything is planned: the campaign is a draft again."""
    async with transaction(pool, actor) as conn:
        stood = await _ready(conn, actor, campaign_id, "undo")
        if isinstance(stood, Refused):
            return stood
        await paying.give_back(conn, actor, campaign_id)
        return await _stand(conn, actor, stood, ("undone", Standing("draft")))


@needs("campaigns:launch")
async def pause(pool: Pool, actor: Actor, campaign_id: int) -> Campaign | Refused:
    """Let nothing more of a campaign leave: what was not looked at for the last time before this stays."""
    async with transaction(pool, actor) as conn:
        stood = await _ready(conn, actor, campaign_id, "pause")
        if isinstance(stood, Refused):
            return stood
        return await _stand(conn, actor, stood, ("paused", replace(_standing(stood), state="paused")))


@needs("campaigns:launch")
async def resume(pool: Pool, actor: Actor, campaign_id: int, now: datetime) -> Campaign | Refused:
    """Let a paused campaign go on where it stopped; each message gets its last look all the same."""
    async with transaction(pool, actor) as conn:
        stood = await _ready(conn, actor, campaign_id, "resume")
        if isinstance(stood, Refused):
            return stood
        plan = await campaigns.plan(conn, campaign_id, rehearsal=False)
        held = await campaign_holds.of_campaign(conn, campaign_id)
        if held is not None and held.reason == "approval":
            refused = await unseconded(conn, actor, campaign_id)
            if refused:
                return refused
        await campaign_holds.resumed(conn, campaign_id)
        if held is not None and held.reason == "overdue":  # it begins now
            return await _stand(conn, actor, stood, ("resumed", Standing("scheduled", now)))
        state_then = "sending" if plan is not None and plan.finished_at else "planning"
        return await _stand(conn, actor, stood, ("resumed", replace(_standing(stood), state=state_then)))


@needs("campaigns:launch")
async def cancel(pool: Pool, actor: Actor, campaign_id: int, now: datetime) -> Campaign | Refused:
    """End a campaign for good: nothing more is planned, and what waits is cancelled."""
    async with transaction(pool, actor) as conn:
        stood = await _ready(conn, actor, campaign_id, "cancel")
        if isinstance(stood, Refused):
            return stood
        if stood.state == "scheduled":
            await paying.give_back(conn, actor, campaign_id)
        ended = replace(_standing(stood), state="cancelled", ended_at=now)
        return await _stand(conn, actor, stood, ("cancelled", ended))


@needs("campaigns:read")
async def show_hold(pool: Pool, actor: Actor, campaign_id: int) -> Held | Refused:
    """Why a campaign stands still by itself; without a reason nothing holds it."""
    async with transaction(pool, actor) as conn:
        found = await campaigns.get(conn, campaign_id)
        if found is None:
            return missing("id", "campaign")
        held = await campaign_holds.of_campaign(conn, campaign_id) if found.state == "paused" else None
        return held or Held("", "", found.changed_at)


async def _ready(conn: Connection, actor: Actor, campaign_id: int, verb: str) -> Campaign | Refused:
    """The campaign, locked, if this may be done with it now; never by a test key (R2.3)."""
    if actor.test_mode:
        told = "A test key reaches only the simulator, and a campaign reaches everybody. Rehearse it instead."
        return fault("key", "test_mode", told)
    stood = await campaigns.get(conn, campaign_id, for_update=True)
    if stood is None:
        return missing("id", "campaign")
    if stood.state not in core.ALLOWED[verb]:
        return conflict("state", "not_now", f"This cannot be done now: the campaign is {stood.state}.")
    return stood


async def _past(conn: Connection, pace: Pace, at: datetime | None, now: datetime) -> Refused | None:
    if pace.most is not None and not 1 <= pace.most <= MOST_IN_A_WINDOW:
        return fault("most", "form", f"A throttle is 1 to {MOST_IN_A_WINDOW:,} texts.")
    slip = departures.too_far(pace, at, now)
    if slip:
        return invalid(slip)
    if pace.local_clock is None:
        past = at is not None and at < now
    else:
        here = await workspaces.current(conn)
        past = wall_clock.moment(pace.local_clock, here.time_zone if here else "UTC") < now
    if not past:
        return None
    return fault("at", "past", "This moment is over. Choose one that comes, or launch now.")


async def _stand(conn: Connection, actor: Actor, stood: Campaign, done: tuple[str, Standing]) -> Campaign:
    verb, standing = done
    await campaigns.stand(conn, stood.id, standing)
    found = await campaigns.get(conn, stood.id)
    assert found is not None  # noqa: S101 - locked by whoever called
    await record(conn, actor, audit.Change(verb, "campaign", str(stood.id), state(stood), state(found)))
    return found


def _standing(campaign: Campaign) -> Standing:
    return Standing(campaign.state, campaign.starts_at, campaign.launched_at, campaign.ended_at)
