"""What is done with a campaign that goes out: launch, undo, pause, resume, cancel (R2.5, R9.5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sayso.actions import paying
from sayso.actions.actor import Actor, needs, record, state, transaction
from sayso.actions.campaigns import wanting
from sayso.actions.refusal import Refused, conflict, fault, invalid, missing
from sayso.core import campaigns as core
from sayso.storage import audit, campaigns
from sayso.storage.campaigns import Campaign, Standing
from sayso.storage.pool import Connection, Pool


@needs("campaigns:launch")
async def launch(
    pool: Pool, actor: Actor, campaign_id: int, at: datetime | None, now: datetime
) -> Campaign | Refused:
    """Launch a campaign: at a moment, or as soon as the workspace's undo delay is over (R2.5)."""
    if at is not None and at < now:
        return fault("at", "past", "This moment is over. Choose one that comes, or launch now.")
    async with transaction(pool, actor) as conn:
        stood = await _ready(conn, actor, campaign_id, "launch")
        if isinstance(stood, Refused):
            return stood
        problems = await wanting(conn, stood)
        if problems:
            return invalid(*problems)
        refused = await paying.reserve(conn, actor, campaign_id)
        if refused:
            return refused
        soonest = now + await campaigns.launch_delay(conn)
        starts_at = soonest if at is None else max(at, soonest)
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
async def resume(pool: Pool, actor: Actor, campaign_id: int) -> Campaign | Refused:
    """Let a paused campaign go on where it stopped; each message gets its last look all the same."""
    async with transaction(pool, actor) as conn:
        stood = await _ready(conn, actor, campaign_id, "resume")
        if isinstance(stood, Refused):
            return stood
        plan = await campaigns.plan(conn, campaign_id, rehearsal=False)
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


async def _stand(conn: Connection, actor: Actor, stood: Campaign, done: tuple[str, Standing]) -> Campaign:
    verb, standing = done
    await campaigns.stand(conn, stood.id, standing)
    found = await campaigns.get(conn, stood.id)
    assert found is not None  # noqa: S101 - locked by whoever called
    await record(conn, actor, audit.Change(verb, "campaign", str(stood.id), state(stood), state(found)))
    return found


def _standing(campaign: Campaign) -> Standing:
    return Standing(campaign.state, campaign.starts_at, campaign.launched_at, campaign.ended_at)
