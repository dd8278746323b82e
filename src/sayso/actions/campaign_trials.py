"""Several texts of a campaign, tried on a part of its audience (R9.5)."""

from __future__ import annotations

from dataclasses import dataclass

from sayso.actions.actor import Actor, needs, record, state, transaction
from sayso.actions.campaigns import draft_of, said_by, track
from sayso.actions.meanwhile import overtaken
from sayso.actions.refusal import Refused, conflict, invalid, missing
from sayso.core import campaigns as core
from sayso.core import rendering, tracked_links, trials
from sayso.core.problems import Problem
from sayso.core.trials import Trial
from sayso.storage import audit, campaign_approvals, campaigns
from sayso.storage import trials as stored
from sayso.storage.campaigns import Campaign
from sayso.storage.pool import Connection, Pool


@dataclass(frozen=True, slots=True)
class Tried:
    """How texts are tried, what became of each, and who won; `trial` None: there is one text.

    `stamp` is of all that the campaign says, for a launch or an approval to rest on.
    """

    trial: Trial | None
    became: tuple[stored.Became, ...]
    decided: stored.Decided | None
    stamp: str


@needs("campaigns:write")
async def put_trial(
    pool: Pool, actor: Actor, campaign_id: int, wanted: Trial | None, seen: str = ""
) -> Tried | Refused:
    """Store how texts are tried; the campaign's own text is kept, and goes to nobody. None: it alone is sent.

    `seen` is the stamp of the trial that the edit was made from: refused where that changed meanwhile.
    """
    async with transaction(pool, actor) as conn:
        found = await campaigns.get(conn, campaign_id, for_update=True)
        if found is None:
            return missing("id", "campaign")
        if found.state not in core.ALLOWED["edit"]:
            return conflict(
                "state", "not_a_draft", f"Only a draft can be changed, and this one is {found.state}."
            )
        problems = _faults(wanted) if wanted else []
        if problems:
            return invalid(*problems)
        stood = await stored.get(conn, campaign_id)
        refused = overtaken("the texts", stood, wanted, seen)
        if refused:
            return refused
        await stored.put(conn, campaign_id, wanted)
        await track(conn, campaign_id, draft_of(found))
        await campaigns.forget_rehearsal(conn, campaign_id)
        await campaign_approvals.forget(conn, campaign_id)
        change = audit.Change("changed", "campaign", str(campaign_id), _plain(stood), _plain(wanted))
        await record(conn, actor, change)
        return await _tried(conn, found)


@needs("campaigns:read")
async def show_trial(pool: Pool, actor: Actor, campaign_id: int) -> Tried | Refused:
    """How texts of a campaign are tried, and what became of each."""
    async with transaction(pool, actor) as conn:
        found = await campaigns.get(conn, campaign_id)
        if found is None:
            return missing("id", "campaign")
        return await _tried(conn, found)


async def _tried(conn: Connection, found: Campaign) -> Tried:
    trial = await stored.get(conn, found.id)
    stamp = said_by(draft_of(found), trial)
    # Messages are counted one by one, which a report that is polled must not do where there is one text.
    if trial is None:
        return Tried(None, (), None, stamp)
    became = await stored.became(conn, found.id)
    return Tried(trial, tuple(became), await stored.decided(conn, found.id), stamp)


def _faults(wanted: Trial) -> list[Problem]:
    problems = trials.faults(wanted)
    if wanted.measure not in stored.MEASURED and wanted.measure in trials.MEASURES:
        told = f"Nothing counts {wanted.measure} yet. Choose {' or '.join(sorted(stored.MEASURED))}."
        problems.append(Problem("measure", "unknown", told))
    if any(not one.body.strip() for one in wanted.variants):
        problems.append(Problem("variants", "missing", "Write what each of the texts says."))
    if any(len(one.body) > core.LONGEST_BODY for one in wanted.variants):
        problems.append(Problem("variants", "form", "A text has at most 1,600 characters."))
    for one in wanted.variants:
        problems += tracked_links.faults(one.body, "variants")
    read = (rendering.read(one.body, "variants") for one in wanted.variants)
    return problems + [text for text in read if isinstance(text, Problem)]


def _plain(trial: Trial | None) -> dict[str, object]:
    return {"trial": None if trial is None else state(trial)}
