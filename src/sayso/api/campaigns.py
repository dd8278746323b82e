"""`campaigns`, with their launch, rehearsal and report."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

import msgspec
from litestar import Router, delete, get, post, put
from litestar.params import FromQuery, JSONBody

from sayso.actions import campaigns, launching, reporting
from sayso.actions.launching import Launch
from sayso.actions.meanwhile import stamp
from sayso.api.problems import settled
from sayso.api.reported import Counted, ReportOut, counted_of, moments_of, report_of
from sayso.api.services import LARGEST_ID, Asked, Asker, Given, Id, Listed, PathId, ShortText, listed
from sayso.core.departures import Pace
from sayso.storage.campaigns import Campaign, CampaignDraft

Text = Annotated[str, msgspec.Meta(max_length=1_600)]
Url = Annotated[str, msgspec.Meta(max_length=2_000)]


class CampaignIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A campaign as asked for. `seen` is the `stamp` of what it was made from: a change meanwhile is told.

    `media_urls`: addresses that POST media gave, or of pictures elsewhere. Where they are not carried goes
    `fallback_body` (empty: the same words) with a link to the first, or, `without_mms: skip`, nothing.
    `plain_letters`: what forces Unicode is replaced once the text is written, where that saves it.
    """

    name: ShortText
    audience: Literal["none", "everybody", "list", "segment", "automation"] = "none"
    list_id: Id | None = None
    segment_id: Id | None = None
    category: ShortText = ""
    body: Text = ""
    reply_service: bool = True
    opt_out_message: Text = ""
    per_profile: bool = False
    plain_letters: bool = False
    media_urls: Annotated[list[Url], msgspec.Meta(max_length=10)] = []
    without_mms: Literal["text", "skip"] = "text"
    fallback_body: Text = ""
    link_tracking: bool = True
    seen: ShortText = ""

    def wanted(self) -> CampaignDraft:
        """As the action takes it."""
        return CampaignDraft(
            name=self.name,
            audience=self.audience,
            list_id=self.list_id,
            category=self.category,
            body=self.body,
            reply_service=self.reply_service,
            opt_out_message=self.opt_out_message,
            per_profile=self.per_profile,
            segment_id=self.segment_id,
            plain_letters=self.plain_letters,
            media_urls=tuple(self.media_urls),
            without_mms=self.without_mms,
            fallback_body=self.fallback_body,
            link_tracking=self.link_tracking,
        )


class CampaignOut(msgspec.Struct, frozen=True):
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
    stamp: str


class CopyIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The copy's name."""

    name: ShortText


class LaunchIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When: null is as soon as the undo delay is over. `recipient_local` (`2026-12-01T09:00`): each at this
    hour of their own. `throttle_most`: no more than so many each `throttle_seconds`. `seen`: the `stamp` of
    the campaign, or of its trial where several texts are tried, as it was read: a change since is told."""

    at: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    recipient_local: Annotated[datetime, msgspec.Meta(tz=False)] | None = None
    throttle_most: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] | None = None
    throttle_seconds: Literal[60, 3600] = 60
    seen: ShortText = ""

    def wanted(self) -> Launch:
        """As the action takes it."""
        pace = Pace(self.recipient_local, self.throttle_most, self.throttle_seconds)
        return Launch(self.at, pace, self.seen)


class RehearsalOut(msgspec.Struct, frozen=True):
    """What a launch would do; `finished_at` null: still counting."""

    began_at: datetime | None
    finished_at: datetime | None
    counted: list[Counted]


@post("/campaigns")
async def create_campaign(services: Given, actor: Asker, data: JSONBody[CampaignIn]) -> CampaignOut:
    """Make a draft. Scope: campaigns:write."""
    made = await campaigns.create_campaign(services.pool, actor, data.wanted(), services.now())
    return _campaign(settled(made))


@get("/campaigns")
async def list_campaigns(services: Given, actor: Asker, page: Asked) -> Listed[CampaignOut]:
    """The workspace's campaigns, newest first. Scope: campaigns:read."""
    before = min(page.before, LARGEST_ID)
    found = settled(await campaigns.list_campaigns(services.pool, actor, before, page.limit))
    return listed(page, [_campaign(one) for one in found], found[-1].id if found else None)


@get("/campaigns/{campaign_id:int}")
async def show_campaign(services: Given, actor: Asker, campaign_id: PathId) -> CampaignOut:
    """One campaign. Scope: campaigns:read."""
    return _campaign(settled(await campaigns.show_campaign(services.pool, actor, campaign_id)))


@put("/campaigns/{campaign_id:int}")
async def change_campaign(
    services: Given, actor: Asker, campaign_id: PathId, data: JSONBody[CampaignIn]
) -> CampaignOut:
    """Change a draft. Scope: campaigns:write."""
    done = await campaigns.change_campaign(
        services.pool, actor, campaign_id, data.wanted(), services.now(), data.seen
    )
    return _campaign(settled(done))


@delete("/campaigns/{campaign_id:int}", status_code=200)
async def delete_campaign(services: Given, actor: Asker, campaign_id: PathId) -> CampaignOut:
    """Remove a campaign that never began. Scope: campaigns:write."""
    return _campaign(settled(await campaigns.delete_campaign(services.pool, actor, campaign_id)))


@post("/campaigns/{campaign_id:int}/copy")
async def copy_campaign(
    services: Given, actor: Asker, campaign_id: PathId, data: JSONBody[CopyIn]
) -> CampaignOut:
    """Make a draft that says and reaches the same. Scope: campaigns:write."""
    done = await campaigns.copy_campaign(services.pool, actor, campaign_id, data.name, services.now())
    return _campaign(settled(done))


@post("/campaigns/{campaign_id:int}/rehearsal", status_code=202)
async def rehearse(
    services: Given,
    actor: Asker,
    campaign_id: PathId,
    recipient_local: FromQuery[datetime | None] = None,
    at: FromQuery[datetime | None] = None,
) -> RehearsalOut:
    """Begin to count what a launch would do; nothing is sent. `at`: as if it were for this moment;
    `recipient_local`: for this hour of each one's own. Scope: campaigns:write."""
    pace = Pace(recipient_local.replace(tzinfo=None) if recipient_local else None)
    moment = at if at is None or at.tzinfo else at.replace(tzinfo=UTC)
    done = await campaigns.rehearse(services.pool, actor, campaign_id, services.now(), pace, moment)
    return _rehearsal(settled(done))


@get("/campaigns/{campaign_id:int}/rehearsal")
async def show_rehearsal(services: Given, actor: Asker, campaign_id: PathId) -> RehearsalOut:
    """What the last rehearsal counted. Scope: campaigns:read."""
    return _rehearsal(settled(await campaigns.show_rehearsal(services.pool, actor, campaign_id)))


@get("/campaigns/{campaign_id:int}/report")
async def report(services: Given, actor: Asker, campaign_id: PathId) -> ReportOut:
    """What was planned, and where every message stands. Scope: campaigns:read."""
    found = settled(await reporting.campaign_report(services.pool, actor, campaign_id, services.now()))
    return report_of(found)


@post("/campaigns/{campaign_id:int}/launch", status_code=200)
async def launch(services: Given, actor: Asker, campaign_id: PathId, data: JSONBody[LaunchIn]) -> CampaignOut:
    """Launch a draft, at a moment or soon. Scope: campaigns:launch."""
    done = await launching.launch(services.pool, actor, campaign_id, data.wanted(), services.now())
    return _campaign(settled(done))


@post("/campaigns/{campaign_id:int}/undo", status_code=200)
async def undo_launch(services: Given, actor: Asker, campaign_id: PathId) -> CampaignOut:
    """Take a launch back that has not begun. Scope: campaigns:launch."""
    return _campaign(settled(await launching.undo_launch(services.pool, actor, campaign_id)))


@post("/campaigns/{campaign_id:int}/pause", status_code=200)
async def pause(services: Given, actor: Asker, campaign_id: PathId) -> CampaignOut:
    """Let nothing more leave. Scope: campaigns:launch."""
    return _campaign(settled(await launching.pause(services.pool, actor, campaign_id)))


@post("/campaigns/{campaign_id:int}/resume", status_code=200)
async def resume(services: Given, actor: Asker, campaign_id: PathId) -> CampaignOut:
    """Go on where it stopped. Scope: campaigns:launch."""
    return _campaign(settled(await launching.resume(services.pool, actor, campaign_id, services.now())))


@post("/campaigns/{campaign_id:int}/cancel", status_code=200)
async def cancel(services: Given, actor: Asker, campaign_id: PathId) -> CampaignOut:
    """End it for good. Scope: campaigns:launch."""
    return _campaign(settled(await launching.cancel(services.pool, actor, campaign_id, services.now())))


def _campaign(found: Campaign) -> CampaignOut:
    told = {name: getattr(found, name) for name in CampaignOut.__struct_fields__ if name != "stamp"}
    return CampaignOut(**told, stamp=stamp(campaigns.draft_of(found)))


def _rehearsal(found: campaigns.Rehearsal) -> RehearsalOut:
    return RehearsalOut(*moments_of(found.plan), counted_of(found.tallies))


router = Router(
    "",
    tags=["Campaigns"],
    route_handlers=[
        create_campaign,
        list_campaigns,
        show_campaign,
        change_campaign,
        delete_campaign,
        copy_campaign,
        rehearse,
        show_rehearsal,
        report,
        launch,
        undo_launch,
        pause,
        resume,
        cancel,
    ],
)
