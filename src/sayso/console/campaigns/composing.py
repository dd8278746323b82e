"""R9.1, R9.2: a draft is written and changed, beside a telephone that shows what a real person would read."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from sayso.actions.campaigns import change_campaign, create_campaign, draft_of
from sayso.actions.refusal import Refused
from sayso.console import once
from sayso.console.access import Area, opens
from sayso.console.campaigns import composed, costs, pressing, reading, trying
from sayso.console.campaigns.forms import CampaignForm, as_posted, initial_of
from sayso.console.forms import again, done, go, previewed
from sayso.console.lenses.campaigns import CampaignTrial
from sayso.console.lenses.workspaces import Workspace
from sayso.console.loop import actor, perform
from sayso.console.meanwhile import Edit

WAYS = ["GET", "HEAD", "POST"]


@require_http_methods(WAYS)
@opens(Area.CAMPAIGNS)
def new(request: HttpRequest) -> HttpResponse:
    """A new draft."""
    if not actor(request).may("campaigns:write"):
        raise PermissionDenied("only those who write campaigns")
    if request.method == "POST" and once.sent_again(request):
        return go(request, "campaigns")
    wrong = pressing.pressed(request) if request.method == "POST" else ""
    initial = initial_of(None)
    form = CampaignForm(request.POST if request.method == "POST" else None, initial, _opt_out_message())
    if request.method == "POST" and not form.told(wrong) and not previewed(request) and form.is_valid():
        # Taken before it is made: of a double click the second comes while the first is still at work.
        if not once.first(request):
            return go(request, "campaigns")
        answer = perform(request, create_campaign, form.wanted(), datetime.now(UTC))
        if not form.refused(answer):
            assert not isinstance(answer, Refused)  # noqa: S101 - told beside its field
            return _saved(request, answer.id, form.cleaned_data["name"])
        once.not_done(request)
    return _page(request, form, {"stands": None, "once": once.token()})


@require_http_methods(WAYS)
@opens(Area.CAMPAIGNS)
def edit(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """A draft that stands; of two people who change one, the second sees what differs."""
    stands = reading.stands(campaign_id)
    if not actor(request).may("campaigns:write") or (request.method != "POST" and stands.state != "draft"):
        return go(request, "campaign", campaign_id)
    wrong = pressing.pressed(request) if request.method == "POST" else ""
    initial = initial_of(stands)
    edit = Edit(request, draft_of(stands), initial)
    form = CampaignForm(edit.data, initial, _opt_out_message())
    if request.method == "POST" and not form.told(wrong) and not previewed(request) and form.is_valid():
        answer = perform(request, change_campaign, campaign_id, form.wanted(), datetime.now(UTC), edit.seen)
        if not edit.refused(form, answer):
            return _saved(request, campaign_id, form.cleaned_data["name"])
    tried = CampaignTrial.objects.filter(campaign_id=campaign_id).exists()
    return _page(request, form, {"stands": stands, "edit": edit, "tried": tried})


@require_POST
@opens(Area.CAMPAIGNS)
def preview(request: HttpRequest) -> HttpResponse:
    """The telephone beside the form, and what the text takes, while somebody writes."""
    pressing.pressed(request)
    found = trying.shown(request.POST, request.place.workspace.id, trying.carriers(request, request.POST))
    context = {"shown": found, "count": found.count, "price": costs.of_one(found)}
    return render(request, "campaigns/previewed.html", context)


def _saved(request: HttpRequest, campaign_id: int, name: str) -> HttpResponse:
    if "review" in request.POST:
        return go(request, "campaign_review", campaign_id)
    done(request, f"“{name}” is saved.")
    return go(request, "campaigns")


def _page(request: HttpRequest, form: CampaignForm, more: dict[str, Any]) -> HttpResponse:
    said = form.data if form.is_bound else as_posted(form.initial)
    lines = trying.senders()
    found = trying.shown(said, request.place.workspace.id, trying.carriers(request, said))
    context = {
        "form": form,
        "shown": found,
        "count": found.count,
        "price": costs.of_one(found),
        "lines": trying.by_country(lines),
        "shots": composed.pictures(str(said.get("media_urls", ""))),
        **more,
    }
    show = again if request.method == "POST" else render
    return show(request, "campaigns/compose.html", context)


def _opt_out_message() -> str:
    return str(Workspace.objects.get().opt_out_message)
