"""What a campaign came to, as the API tells it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec

from sayso.actions import reporting
from sayso.storage.campaigns import PlanStanding, Tally


class Counted(msgspec.Struct, frozen=True):
    """How many messages stand so, and the parts they take."""

    status: str
    reason: str
    messages: int
    parts: int


class Happened(msgspec.Struct, frozen=True):
    """How many messages left, were delivered and were answered in the step of time that began `at`."""

    at: datetime
    sent: int
    delivered: int
    replied: int


class ReportOut(msgspec.Struct, frozen=True):
    """What planning decided, where the messages stand now, and what people did.

    `timeline`: the first 48 hours in steps of `step_minutes`; what came later counts into the last step.
    """

    state: str
    planning_began_at: datetime | None
    planned_at: datetime | None
    planned: list[Counted]
    messages: list[Counted]
    opt_outs_by_link: int
    opt_outs_by_keyword: int
    without_number: int
    replies: int
    step_minutes: int
    timeline: list[Happened]


def report_of(found: reporting.Report) -> ReportOut:
    """The report of a campaign."""
    began, ended = moments_of(found.plan)
    return ReportOut(
        found.campaign.state,
        began,
        ended,
        counted_of(found.planned),
        counted_of(found.became),
        found.opt_outs.by_link,
        found.opt_outs.by_keyword,
        sum(one.messages for one in found.planned if one.reason == "no_number"),
        found.replies,
        found.timeline.minutes if found.timeline else 0,
        _timeline(found.timeline),
    )


def moments_of(plan: PlanStanding | None) -> tuple[datetime | None, datetime | None]:
    """When a walk over an audience began and ended; None where it did not."""
    return (plan.began_at, plan.finished_at) if plan else (None, None)


def counted_of(tallies: Iterable[Tally]) -> list[Counted]:
    """Tallies as they are told."""
    return [Counted(one.status, one.reason, one.messages, one.parts) for one in tallies]


def _timeline(found: reporting.Timeline | None) -> list[Happened]:
    if found is None:
        return []
    told = {(step.at, step.kind): step.messages for step in found.steps}
    moments = sorted({at for at, _ in told})
    kinds = ("left", "delivered", "replied")
    return [Happened(at, *(told.get((at, kind), 0) for kind in kinds)) for at in moments]
