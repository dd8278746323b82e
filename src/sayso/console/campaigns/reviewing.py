"""R9.6, R2.5: before a launch: what is wanting, what it would do; and the launch, now or at a moment."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from sayso.actions.campaigns import draft_of, rehearse, said_by
from sayso.actions.launching import Launch, launch
from sayso.actions.refusal import Refused
from sayso.console import once
from sayso.console.access import Area, opens
from sayso.console.campaigns import (
    audience,
    composed,
    costs,
    links,
    reading,
    sums,
    testing,
    trials,
    trying,
    words,
)
from sayso.console.campaigns.forms import LaunchForm, as_posted, initial_of
from sayso.console.forms import again, done, go
from sayso.console.lenses.campaigns import Campaign, CampaignPace, CampaignPlan, CampaignTally
from sayso.console.lenses.workspaces import Workspace
from sayso.console.loop import perform
from sayso.console.refusing import demand, sentence

WAYS = ["GET", "HEAD", "POST"]


@require_http_methods(WAYS)
@opens(Area.CAMPAIGNS)
def review(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """What goes out, to whom, what it would do; a POST launches it."""
    stands = reading.stands(campaign_id)
    if stands.state != "draft":
        return go(request, "campaign", campaign_id)
    posted = request.POST if request.method == "POST" else None
    form = LaunchForm(request.place.zone, posted, initial=_rehearsed_for(campaign_id, request.place.zone))
    if request.method == "POST" and not once.first(request):
        return go(request, "campaign", campaign_id)
    if request.method == "POST":
        launched = _launched(request, stands, form)
        if launched is not None:
            return launched
        once.not_done(request)
    return _page(request, stands, form)


@require_http_methods(WAYS)
@opens(Area.CAMPAIGNS)
def rehearsal(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Begin to count (POST), or see how far it has come; with htmx the figures alone."""
    stands = reading.stands(campaign_id)
    if request.method == "POST":
        form = LaunchForm(request.place.zone, request.POST)
        pace = form.pace() if form.is_valid() else None
        moment = form.moment() if form.is_valid() else None
        answer = perform(request, rehearse, campaign_id, datetime.now(UTC), pace, moment)
        if isinstance(answer, Refused) and answer.kind in {"invalid", "conflict"}:
            messages.error(request, f"Nothing was rehearsed. {sentence(answer)}")
            return go(request, "campaign_review", campaign_id)
        demand(answer)
        return go(request, f"{reverse('campaign_review', args=[campaign_id])}#rh")  # the result has the focus
    if not request.htmx or request.htmx.history_restore_request:
        return go(request, "campaign_review", campaign_id)
    return render(request, "campaigns/rehearsed.html", _rehearsed(request, stands))


def _rehearsed_for(campaign_id: int, zone: str) -> dict[str, Any]:
    """What the form begins with: as it was rehearsed."""
    pace = CampaignPace.objects.filter(campaign_id=campaign_id, rehearsal=True).first()
    if pace is None:
        return {"when": "now"}
    said = {"most": pace.most, "per": pace.window_seconds}
    if pace.starts_at is not None:
        at = pace.starts_at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        return {"when": "at", "at": at, **said}
    return {"when": "now" if pace.local_clock is None else "local", "at": pace.local_clock, **said}


def _launched(request: HttpRequest, stands: Campaign, form: LaunchForm) -> HttpResponse | None:
    """The page after a launch; None: the form says what is wrong."""
    if not form.is_valid():
        return None
    wanted = Launch(form.moment(), form.pace(), str(request.POST.get("seen", "")))
    answer = perform(request, launch, stands.id, wanted, datetime.now(UTC))
    if isinstance(answer, Refused) and answer.kind == "conflict":
        messages.error(request, sentence(answer))
        if answer.problems[0].code == "changed_meanwhile":
            # The form stays as it was filled in, under the text as it stands now.
            return None
        once.not_done(request)
        return go(request, "campaign", stands.id)
    if form.refused(answer):
        return None
    done(request, f"“{stands.name}” is launched.")
    return go(request, "campaign", stands.id)


def _page(request: HttpRequest, stands: Campaign, form: LaunchForm) -> HttpResponse:
    here = Workspace.objects.get()
    said = as_posted(initial_of(stands))
    carries = trying.carriers(request, said)
    found = trying.shown(said, here.id, carries)
    tried = trials.tried(request, stands.id)
    context: dict[str, Any] = {
        "form": form,
        "stands": stands,
        "automation": stands.audience == "automation",
        "recipients": words.recipients(stands, audience.called(stands)),
        "opt_out_message": stands.opt_out_message or here.opt_out_message,
        "shown": found,
        "shots": composed.pictures(" ".join(stands.media_urls)),
        "links": links.of_campaign(stands),
        "count": found.count,
        "delay": here.launch_delay_seconds,
        "approve_above": here.approve_above,
        **tried,
        # What the page shows, and no other, is launched or approved from it.
        "seen": said_by(draft_of(stands), tried["tried"].trial),
        **testing.offered(request, stands, carries),
        "once": once.token(),
        **_rehearsed(request, stands),
    }
    show = again if request.method == "POST" else render
    return show(request, "campaigns/review.html", context)


def _rehearsed(request: HttpRequest, stands: Campaign) -> dict[str, Any]:
    plan = CampaignPlan.objects.filter(campaign_id=stands.id, rehearsal=True).first()
    tallies = CampaignTally.objects.filter(campaign_id=stands.id, rehearsal=True) if plan else ()
    return {
        "stands": stands,
        "plan": plan,
        "of": CampaignPace.objects.filter(campaign_id=stands.id, rehearsal=True).first() if plan else None,
        "sums": sums.rehearsed(tallies),
        "cost": costs.cost(request, stands.id),
        "missing": words.wanting(stands, Workspace.objects.get().opt_out_message),
    }
