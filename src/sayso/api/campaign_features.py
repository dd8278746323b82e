"""Beside campaigns themselves: tests, trials of several texts, whom a rehearsal leaves out, approvals."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from datetime import datetime
from typing import Annotated, Literal

import msgspec
from litestar import Router, delete, get, post, put
from litestar.params import FromQuery, JSONBody

from sayso.actions import campaign_limits, campaign_tests, campaign_trials, launching, rehearsed
from sayso.actions.campaign_tests import TestWanted
from sayso.actions.campaign_trials import Tried
from sayso.api.problems import settled
from sayso.api.services import Asked, Asker, Given, Id, Listed, PathId, Phone, ShortText, listed
from sayso.core.campaign_text import Links
from sayso.core.trials import Trial, Variant
from sayso.storage.campaign_approvals import Limits
from sayso.storage.rehearsed import Found

Text = Annotated[str, msgspec.Meta(max_length=1_600)]
Percent = Annotated[int, msgspec.Meta(ge=0, le=100)]


class TestIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """To which numbers, as which contact reads it (null: nothing is known), and which of several texts."""

    to: Annotated[list[Phone], msgspec.Meta(min_length=1, max_length=5)]
    external_id: ShortText | None = None
    variant: Annotated[int, msgspec.Meta(ge=1, le=4)] = 1


class TestedOut(msgspec.Struct, frozen=True):
    """What became of one; `detail` says why."""

    id: str
    to: str
    status: str
    reason: str
    detail: str
    body: str


class TestsOut(msgspec.Struct, frozen=True):
    """Every number's."""

    messages: list[TestedOut]


class RehearsedOut(msgspec.Struct, frozen=True):
    """One who would get it `later` (`due`: not before) or `never`; `detail` is the sentence that says why."""

    contact_id: str
    external_id: str | None
    phone: str | None
    when: Literal["later", "never"]
    status: str
    reason: str
    detail: str
    due: datetime | None


class VariantIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A text and its share of the tested in percent."""

    body: Text
    share: Percent


class TrialIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Two to four texts, tried on `tested` percent of those who are not of the `control` percent; after
    `hours` the others get the one that `measure` names."""

    variants: list[VariantIn]
    tested: Percent = 20
    control: Percent = 0
    measure: Literal["replies", "opt_outs", "clicks"] = "replies"
    hours: Annotated[int, msgspec.Meta(ge=0, le=1_000)] = 4


class VariantOut(msgspec.Struct, frozen=True):
    """A text, and its messages by status."""

    variant: int
    body: str
    share: int
    messages: dict[str, int]


class TrialOut(msgspec.Struct, frozen=True):
    """How texts are tried; without variants there is one text. `because` says why the winner won; `stamp`
    is of all that the campaign says, for its launch."""

    variants: list[VariantOut]
    tested: int
    control: int
    measure: str
    hours: int
    winner: int | None
    because: str
    decided_at: datetime | None
    stamp: str


class HoldOut(msgspec.Struct, frozen=True):
    """Why a campaign stands still by itself: overdue, opt_outs, failures, approval; empty: it does not."""

    reason: str = ""
    detail: str = ""
    since: datetime | None = None


class LimitsIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Above how many people a second person approves (null: never); from how many texts on, and at how many
    of a thousand, a campaign is paused by itself (0: never); for how many seconds a launch can be
    undone (null: as it is)."""

    approve_above: int | None = None
    pause_from: Id = 200
    pause_at_opt_outs: Annotated[int, msgspec.Meta(ge=0, le=1_000)] = 30
    pause_at_failures: Annotated[int, msgspec.Meta(ge=0, le=1_000)] = 200
    launch_delay_seconds: Annotated[int, msgspec.Meta(ge=0, le=86_400)] | None = None


@post("/campaigns/{campaign_id:int}/test", status_code=202)
async def send_test(services: Given, actor: Asker, campaign_id: PathId, data: JSONBody[TestIn]) -> TestsOut:
    """Send its text to one to five numbers; it counts for no campaign. Scope: campaigns:write."""
    links = Links.of(services.vault_key, services.public_url)
    wanted = TestWanted(data.to, data.external_id, variant=data.variant)
    done = settled(
        await campaign_tests.send_test(services.pool, actor, campaign_id, wanted, links, services.now())
    )
    return TestsOut(
        [
            TestedOut(str(one.id), f"+{one.phone}", one.status, one.reason, one.sentence, one.body)
            for one in done
        ]
    )


@put("/campaigns/{campaign_id:int}/trial")
async def put_trial(services: Given, actor: Asker, campaign_id: PathId, data: JSONBody[TrialIn]) -> TrialOut:
    """Try several texts; the campaign's own is kept, and goes to nobody. Scope: campaigns:write."""
    variants = tuple(Variant(n, one.body, one.share) for n, one in enumerate(data.variants, 1))
    wanted = Trial(data.tested, data.control, data.measure, data.hours, variants)
    return _trial(settled(await campaign_trials.put_trial(services.pool, actor, campaign_id, wanted)))


@delete("/campaigns/{campaign_id:int}/trial", status_code=200)
async def drop_trial(services: Given, actor: Asker, campaign_id: PathId) -> TrialOut:
    """Send the campaign's own text to everybody. Scope: campaigns:write."""
    return _trial(settled(await campaign_trials.put_trial(services.pool, actor, campaign_id, None)))


@get("/campaigns/{campaign_id:int}/trial")
async def show_trial(services: Given, actor: Asker, campaign_id: PathId) -> TrialOut:
    """How texts are tried, and what became of each. Scope: campaigns:read."""
    return _trial(settled(await campaign_trials.show_trial(services.pool, actor, campaign_id)))


@get("/campaigns/{campaign_id:int}/rehearsal/people")
async def rehearsed_people(
    services: Given,
    actor: Asker,
    campaign_id: PathId,
    page: Asked,
    when: FromQuery[Literal["later", "never"] | None] = None,
    reason: FromQuery[ShortText] = "",
) -> Listed[RehearsedOut]:
    """Who would get it later, or never, and why. The first thousand of each reason, until an edit, the next
    rehearsal or the launch. Scopes: campaigns:read and contacts:read."""
    narrowed = rehearsed.Narrowed(None if when is None else when == "later", reason)
    found = settled(
        await rehearsed.list_people(services.pool, actor, campaign_id, narrowed, page.after, page.limit)
    )
    return listed(page, [_rehearsed(one) for one in found], found[-1].id if found else None)


@post("/campaigns/{campaign_id:int}/approve", status_code=204)
async def approve(
    services: Given, actor: Asker, campaign_id: PathId, seen: FromQuery[ShortText] = ""
) -> None:
    """Say that somebody else may launch it; an edit takes that back. `seen`: as for a launch.
    Scope: campaigns:launch."""
    settled(await campaign_limits.approve(services.pool, actor, campaign_id, services.now(), seen))


@get("/campaigns/{campaign_id:int}/hold")
async def show_hold(services: Given, actor: Asker, campaign_id: PathId) -> HoldOut:
    """Why it stands still by itself. Scope: campaigns:read."""
    found = settled(await launching.show_hold(services.pool, actor, campaign_id))
    return HoldOut(found.reason, found.told, found.at) if found.reason else HoldOut()


@get("/campaign-limits")
async def show_limits(services: Given, actor: Asker) -> LimitsIn:
    """When a second person approves, and when a campaign is paused by itself. Scope: settings:read."""
    return _limits(settled(await campaign_limits.show_limits(services.pool, actor)))


@put("/campaign-limits")
async def change_limits(services: Given, actor: Asker, data: JSONBody[LimitsIn]) -> LimitsIn:
    """Change them. Scope: settings:write."""
    wanted = Limits(**msgspec.structs.asdict(data))
    return _limits(settled(await campaign_limits.change_limits(services.pool, actor, wanted)))


def _rehearsed(found: Found) -> RehearsedOut:
    return RehearsedOut(
        str(found.contact_id),
        found.external_id,
        None if found.phone is None else f"+{found.phone}",
        "later" if found.status == "deferred" else "never",
        found.status,
        found.reason,
        found.told,
        found.due,
    )


def _limits(found: Limits) -> LimitsIn:
    return LimitsIn(**dataclasses.asdict(found))


def _trial(tried: Tried) -> TrialOut:
    found, decided = tried.trial, tried.decided
    if found is None:
        return TrialOut([], 100, 0, "", 0, None, "", None, tried.stamp)
    became: defaultdict[int, dict[str, int]] = defaultdict(dict)
    for one in tried.became:
        became[one.variant][one.status] = one.messages
    return TrialOut(
        [VariantOut(one.variant, one.body, one.share, became[one.variant]) for one in found.variants],
        found.tested,
        found.control,
        found.measure,
        found.hours,
        found.winner,
        decided.told if decided else "",
        decided.decided_at if decided else None,
        tried.stamp,
    )


router = Router(
    "",
    tags=["Campaigns"],
    route_handlers=[
        send_test,
        put_trial,
        drop_trial,
        show_trial,
        rehearsed_people,
        approve,
        show_hold,
        show_limits,
        change_limits,
    ],
)
