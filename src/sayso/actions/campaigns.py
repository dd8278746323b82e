"""Campaigns: made, edited, copied and deleted; what is done with a launched one stands in `launching`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sayso.actions import campaign_pictures
from sayso.actions.actor import Actor, needs, record, state, transaction
from sayso.actions.meanwhile import overtaken, stamp
from sayso.actions.refusal import Refused, conflict, fault, invalid, missing
from sayso.core import campaigns as core
from sayso.core import rendering, tracked_links
from sayso.core.departures import Pace, too_far
from sayso.core.problems import Problem
from sayso.core.trials import Trial
from sayso.storage import (
    audit,
    campaign_approvals,
    campaigns,
    categories,
    launch_details,
    links,
    lists,
    segments,
    trials,
    workspaces,
)
from sayso.storage.campaigns import Campaign, CampaignDraft, PlanStanding, Tally
from sayso.storage.pool import Connection, Pool

AUDIENCES = ("none", "everybody", "list", "segment", "automation")


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a launch would do, counted (R9.6). `plan` None: never asked for; unfinished: still counting."""

    plan: PlanStanding | None
    tallies: tuple[Tally, ...]


@needs("campaigns:write")
async def create_campaign(
    pool: Pool, actor: Actor, wanted: CampaignDraft, now: datetime
) -> Campaign | Refused:
    """Store a campaign as a draft; what is wanting for a launch may still be wanting."""
    async with transaction(pool, actor) as conn:
        refused = await _fault(conn, wanted)
        if refused:
            return refused
        return await _created(conn, actor, wanted, now)


@needs("campaigns:write")
async def copy_campaign(
    pool: Pool, actor: Actor, campaign_id: int, name: str, now: datetime
) -> Campaign | Refused:
    """Make a draft that says and reaches the same, pictures, links, tried texts and throttle with it.

    Not its moment, its winner, its figures and whoever approved it.
    """
    async with transaction(pool, actor) as conn:
        stood = await campaigns.get(conn, campaign_id)
        if stood is None:
            return missing("id", "campaign")
        wanted = replace(draft_of(stood), name=name)
        refused = await _fault(conn, wanted)
        if refused:
            return refused
        made = await _created(conn, actor, wanted, now)
        tried = await trials.get(conn, campaign_id)
        if tried is not None:
            await trials.put(conn, made.id, tried)
            await track(conn, made.id, wanted)
        went = await launch_details.pace(conn, campaign_id, rehearsal=False)
        # Its moment is over; how many at once is offered to whoever launches the copy.
        await launch_details.set_pace(conn, made.id, replace(went, local_clock=None), rehearsal=True)
        return made


@needs("campaigns:write")
async def change_campaign(
    pool: Pool, actor: Actor, campaign_id: int, wanted: CampaignDraft, now: datetime, seen: str = ""
) -> Campaign | Refused:
    """Store a draft anew; `seen` is the stamp of what the edit was made from (empty: not looked at)."""
    async with transaction(pool, actor) as conn:
        stood = await campaigns.get(conn, campaign_id, for_update=True)
        if stood is None:
            return missing("id", "campaign")
        if stood.state not in core.ALLOWED["edit"]:
            return conflict("state", "not_a_draft", _NOT_A_DRAFT.format(state=stood.state))
        refused = overtaken("this campaign", draft_of(stood), wanted, seen) or await _fault(conn, wanted)
        if refused:
            return refused
        await campaigns.update(conn, campaign_id, wanted, now)
        await track(conn, campaign_id, wanted)
        await campaigns.forget_rehearsal(conn, campaign_id)
        await campaign_approvals.forget(conn, campaign_id)
        changed = await campaigns.get(conn, campaign_id)
        assert changed is not None  # noqa: S101 - locked above
        change = audit.Change("changed", "campaign", str(campaign_id), state(stood), state(changed))
        await record(conn, actor, change)
        return changed


@needs("campaigns:write")
async def delete_campaign(pool: Pool, actor: Actor, campaign_id: int) -> Campaign | Refused:
    """Remove a campaign of which nothing was ever planned: what was sent is never forgotten."""
    async with transaction(pool, actor) as conn:
        stood = await campaigns.get(conn, campaign_id, for_update=True)
        if stood is None:
            return missing("id", "campaign")
        if stood.state not in core.ALLOWED["delete"] or stood.launched_at is not None:
            told = "It was launched, and its messages stay on record. Only what never began can be deleted."
            return conflict("state", "launched", told)
        await campaigns.delete(conn, campaign_id)
        await record(conn, actor, audit.Change("deleted", "campaign", str(campaign_id), state(stood), None))
        return stood


@needs("campaigns:read")
async def show_campaign(pool: Pool, actor: Actor, campaign_id: int) -> Campaign | Refused:
    """One campaign."""
    async with transaction(pool, actor) as conn:
        return await campaigns.get(conn, campaign_id) or missing("id", "campaign")


@needs("campaigns:read")
async def list_campaigns(pool: Pool, actor: Actor, before_id: int, limit: int) -> list[Campaign]:
    """A page of campaigns, newest first."""
    async with transaction(pool, actor) as conn:
        return await campaigns.page(conn, before_id, limit)


@needs("campaigns:write")
async def rehearse(
    pool: Pool,
    actor: Actor,
    campaign_id: int,
    now: datetime,
    pace: Pace | None = None,
    at: datetime | None = None,
) -> Rehearsal | Refused:
    """Begin to count what a launch would do; nothing is stored of it but figures, and nothing sent (R9.6).

    `at`: the moment that the launch is meant for, by whose hours and prices it is judged; None: now.
    """
    async with transaction(pool, actor) as conn:
        stood = await campaigns.get(conn, campaign_id, for_update=True)
        if stood is None:
            return missing("id", "campaign")
        if stood.state not in core.ALLOWED["rehearse"]:
            told = f"It is {stood.state} already: its report tells what became of everybody."
            return conflict("state", "launched", told)
        problems = await wanting(conn, stood)
        slip = too_far(pace or Pace(), at, now)
        if problems or slip:
            return invalid(*problems, *([slip] if slip else []))
        walked = await campaigns.plan(conn, campaign_id, rehearsal=True)
        if walked is not None and walked.finished_at is None:
            return await _rehearsal(conn, campaign_id)
        await campaigns.rehearse(conn, campaign_id, now)
        await launch_details.set_pace(conn, campaign_id, pace or Pace(), rehearsal=True, at=at)
        return await _rehearsal(conn, campaign_id)


@needs("campaigns:read")
async def show_rehearsal(pool: Pool, actor: Actor, campaign_id: int) -> Rehearsal | Refused:
    """What the last rehearsal counted so far."""
    async with transaction(pool, actor) as conn:
        if await campaigns.get(conn, campaign_id) is None:
            return missing("id", "campaign")
        return await _rehearsal(conn, campaign_id)


async def wanting(conn: Connection, stood: Campaign) -> list[Problem]:
    """What is still wanting before a launch or a rehearsal."""
    own = await workspaces.current(conn)
    says = stood.opt_out_message or (own.opt_out_message if own else "")
    return core.wanting(draft_of(stood), says)


def said_by(draft: CampaignDraft, trial: Trial | None) -> str:
    """The stamp of what a campaign says, and to whom: its draft, and the texts where several are tried."""
    return stamp(draft) if trial is None else stamp([draft, trial])


def draft_of(campaign: Campaign) -> CampaignDraft:
    """What a person says of a campaign, of one that stands."""
    return CampaignDraft(
        name=campaign.name,
        audience=campaign.audience,
        list_id=campaign.list_id,
        category=campaign.category,
        body=campaign.body,
        reply_service=campaign.reply_service,
        opt_out_message=campaign.opt_out_message,
        per_profile=campaign.per_profile,
        segment_id=campaign.segment_id,
        plain_letters=campaign.plain_letters,
        media_urls=tuple(campaign.media_urls),
        without_mms=campaign.without_mms,
        fallback_body=campaign.fallback_body,
        link_tracking=campaign.link_tracking,
    )


_NOT_A_DRAFT = (
    "Only a draft can be changed, and this one is {state}. Undo its launch if it has not begun, or copy it."
)


async def _created(conn: Connection, actor: Actor, wanted: CampaignDraft, now: datetime) -> Campaign:
    made = await campaigns.create(conn, replace(wanted, name=wanted.name.strip()), now)
    await track(conn, made, wanted)
    found = await campaigns.get(conn, made)
    assert found is not None  # noqa: S101 - stored above, in this transaction
    await record(conn, actor, audit.Change("created", "campaign", str(made), None, state(found)))
    return found


async def track(conn: Connection, campaign_id: int, wanted: CampaignDraft) -> None:
    """R9.4: keep where its links lead; there is no other place that a short one is led to."""
    tried = await trials.get(conn, campaign_id)
    says = [wanted.body, wanted.fallback_body, *(one.body for one in (tried.variants if tried else ()))]
    found = tracked_links.found("\n".join(says)) if wanted.link_tracking else []
    await links.replace(conn, campaign_id, found)


async def _rehearsal(conn: Connection, campaign_id: int) -> Rehearsal:
    return Rehearsal(
        await campaigns.plan(conn, campaign_id, rehearsal=True),
        tuple(await campaigns.tallies(conn, campaign_id, rehearsal=True)),
    )


async def _fault(conn: Connection, wanted: CampaignDraft) -> Refused | None:
    texts = (rendering.read(wanted.body), rendering.read(wanted.opt_out_message, "opt_out_message"))
    checks = (
        (
            0 < len(wanted.name.strip()) <= core.LONGEST_NAME,
            "name",
            "It has a name of at most 200 characters.",
        ),
        (len(wanted.body) <= core.LONGEST_BODY, "body", "A text has at most 1,600 characters."),
        (
            len(wanted.opt_out_message) <= core.LONGEST_BODY,
            "opt_out_message",
            "It has at most 1,600 characters.",
        ),
        (wanted.audience in AUDIENCES, "audience", f"The audience is one of {', '.join(AUDIENCES)}."),
        (
            (wanted.audience == "list") == (wanted.list_id is not None),
            "list_id",
            "Say which list, and only then.",
        ),
        (
            (wanted.audience == "segment") == (wanted.segment_id is not None),
            "segment_id",
            "Say which segment, and only then.",
        ),
    )
    problems = [Problem(field, "form", told) for holds, field, told in checks if not holds]
    problems += [text for text in texts if isinstance(text, Problem)]
    problems += await campaign_pictures.faults(conn, wanted)
    problems += tracked_links.faults(wanted.body)
    if problems:
        return invalid(*problems)
    if wanted.list_id is not None and not await lists.hold(conn, wanted.list_id):
        return fault("list_id", "unknown", "There is no such list in this workspace.")
    if wanted.segment_id is not None and not await segments.hold(conn, wanted.segment_id):
        return fault("segment_id", "unknown", "There is no such segment in this workspace.")
    if wanted.category and wanted.category not in {known.name for known in await categories.every(conn)}:
        return fault("category", "unknown", "There is no such category in this workspace. Make it first.")
    return None
