"""Campaigns as people edit and watch them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sayso.storage.pool import Connection
from sayso.storage.queries import load
from sayso.storage.statements import many, number, one, run

SQL = load("campaigns")


@dataclass(frozen=True, slots=True)
class CampaignDraft:
    """What a person says of a campaign: audience none, everybody, automation, list or segment (its id)."""

    name: str
    audience: str
    list_id: int | None
    category: str
    body: str
    reply_service: bool
    opt_out_message: str
    per_profile: bool
    segment_id: int | None = None
    plain_letters: bool = False
    media_urls: tuple[str, ...] = ()
    without_mms: str = "text"
    fallback_body: str = ""
    link_tracking: bool = True


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign and where it stands."""

    id: int
    name: str
    state: str
    audience: str
    list_id: int | None
    segment_id: int | None
    category: str
    body: str
    reply_service: bool
    opt_out_message: str
    per_profile: bool
    plain_letters: bool
    media_urls: list[str]
    without_mms: str
    fallback_body: str
    link_tracking: bool
    starts_at: datetime | None
    launched_at: datetime | None
    ended_at: datetime | None
    created_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """A campaign's state, and the moments that go with it."""

    state: str
    starts_at: datetime | None = None
    launched_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """How many messages stand so, and how many parts they take."""

    status: str
    reason: str
    messages: int
    parts: int


@dataclass(frozen=True, slots=True)
class PlanStanding:
    """When the audience was begun to be walked, and when that came to its end."""

    began_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class OptOuts:
    """How many stopped because of a campaign: by its link, and by a text that answers it."""

    by_link: int
    by_keyword: int


async def create(conn: Connection, draft: CampaignDraft, now: datetime) -> int:
    """Store a campaign; its id."""
    made = await number(conn, SQL["create"], _said(draft) | {"now": now})
    assert made is not None  # noqa: S101 - an INSERT without a condition returns its row
    return made


async def get(conn: Connection, campaign_id: int, *, for_update: bool = False) -> Campaign | None:
    """One campaign; locked where a change follows."""
    query = SQL["for_update" if for_update else "get"]
    return await one(conn, Campaign, query, {"campaign_id": campaign_id})


async def page(conn: Connection, before_id: int, limit: int) -> list[Campaign]:
    """A page of campaigns, newest first."""
    return await many(conn, Campaign, SQL["page"], {"before_id": before_id, "limit": limit})


async def update(conn: Connection, campaign_id: int, draft: CampaignDraft, now: datetime) -> None:
    """Store a campaign anew."""
    await run(conn, SQL["update"], _said(draft) | {"campaign_id": campaign_id, "now": now})


async def stand(conn: Connection, campaign_id: int, standing: Standing) -> None:
    """Say where a campaign stands, and wake whoever plans."""
    said = {
        "campaign_id": campaign_id,
        "state": standing.state,
        "starts_at": standing.starts_at,
        "launched_at": standing.launched_at,
        "ended_at": standing.ended_at,
    }
    await run(conn, SQL["stand"], said)
    await run(conn, SQL["wake"], {})


async def delete(conn: Connection, campaign_id: int) -> None:
    """Remove a campaign of which nothing was sent; its rehearsal first, which somebody may be walking."""
    await run(conn, SQL["forget_plan"], {"campaign_id": campaign_id, "rehearsal": True})
    await run(conn, SQL["delete"], {"campaign_id": campaign_id})


async def launch_delay(conn: Connection) -> timedelta:
    """How long the workspace's launches may be undone (R2.5)."""
    return timedelta(seconds=await number(conn, SQL["launch_delay"], {}) or 0)


async def forget_rehearsal(conn: Connection, campaign_id: int) -> None:
    """Forget what was rehearsed: it was of another text, or of other people."""
    said = {"campaign_id": campaign_id, "rehearsal": True}
    await run(conn, SQL["forget_plan"], said)
    await run(conn, SQL["forget_tallies"], said)


async def rehearse(conn: Connection, campaign_id: int, now: datetime) -> None:
    """Have the audience walked anew and only counted (R9.6)."""
    await forget_rehearsal(conn, campaign_id)
    said = {"campaign_id": campaign_id, "rehearsal": True, "now": now}
    await run(conn, SQL["begin_plan"], said)
    await run(conn, SQL["wake"], {})


async def plan(conn: Connection, campaign_id: int, *, rehearsal: bool) -> PlanStanding | None:
    """How far the walk over the audience has come; None: it was not begun."""
    said = {"campaign_id": campaign_id, "rehearsal": rehearsal}
    return await one(conn, PlanStanding, SQL["plan"], said)


async def tallies(conn: Connection, campaign_id: int, *, rehearsal: bool) -> list[Tally]:
    """What planning decided so far, counted."""
    said = {"campaign_id": campaign_id, "rehearsal": rehearsal}
    return await many(conn, Tally, SQL["tallies"], said)


async def opt_outs(conn: Connection, campaign_id: int) -> OptOuts:
    """Who stopped because of a campaign."""
    found = await one(conn, OptOuts, SQL["opt_outs"], {"campaign_id": campaign_id})
    return found or OptOuts(0, 0)


def _said(draft: CampaignDraft) -> dict[str, object]:
    return {
        "name": draft.name,
        "audience": draft.audience,
        "list_id": draft.list_id,
        "segment_id": draft.segment_id,
        "category": draft.category,
        "body": draft.body,
        "reply_service": draft.reply_service,
        "opt_out_message": draft.opt_out_message,
        "per_profile": draft.per_profile,
        "plain_letters": draft.plain_letters,
        "media_urls": list(draft.media_urls),
        "without_mms": draft.without_mms,
        "fallback_body": draft.fallback_body,
        "link_tracking": draft.link_tracking,
    }
