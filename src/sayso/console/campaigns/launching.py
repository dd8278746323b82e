"""R2.5, R9.5: what is done with a campaign that was launched: undone, paused, resumed, cancelled."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from sayso.actions import launching
from sayso.actions.campaign_limits import approve as approve_it
from sayso.actions.refusal import Refused
from sayso.console.access import Area, opens
from sayso.console.campaigns import reading
from sayso.console.components.asking import Question, ask
from sayso.console.forms import done, go
from sayso.console.lenses.campaigns import Campaign
from sayso.console.loop import perform
from sayso.console.refusing import demand, sentence

WAYS = ["GET", "HEAD", "POST"]
Action = Callable[..., Awaitable[Any]]


@require_POST
@opens(Area.CAMPAIGNS)
def undo(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Take a launch back: the campaign is a draft again."""
    stands = reading.stands(campaign_id)
    return _carried_out(
        request, stands, launching.undo_launch, "The launch is taken back: it is a draft again."
    )


@require_POST
@opens(Area.CAMPAIGNS)
def approve(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """R2.5: say that a colleague may launch it."""
    stands = reading.stands(campaign_id)
    told = "You approved it. Somebody else may launch it now; an edit takes that back."
    seen = str(request.POST.get("seen", ""))
    return _carried_out(request, stands, approve_it, told, datetime.now(UTC), seen)


@require_http_methods(WAYS)
@opens(Area.CAMPAIGNS)
def pause(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Let nothing more leave."""
    stands = reading.stands(campaign_id)
    if request.method != "POST":
        said = "What has left has left; nothing more leaves until somebody resumes it."
        return _ask(request, stands, (f"Pause “{stands.name}”?", said, "Pause", "Let it go on"))
    return _carried_out(request, stands, launching.pause, f"“{stands.name}” is paused.")


@require_http_methods(WAYS)
@opens(Area.CAMPAIGNS)
def resume(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Go on where it stopped."""
    stands = reading.stands(campaign_id)
    if request.method != "POST":
        said = "It goes on where it stopped. Whoever said stop meanwhile gets nothing."
        return _ask(
            request, stands, (f"Resume “{stands.name}”?", said, "Resume", "Leave it paused"), dangerous=False
        )
    return _carried_out(request, stands, launching.resume, f"“{stands.name}” goes on.", datetime.now(UTC))


@require_http_methods(WAYS)
@opens(Area.CAMPAIGNS)
def cancel(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """End it for good."""
    stands = reading.stands(campaign_id)
    if request.method != "POST":
        said = (
            "Nothing more of it leaves, for good. What has left stays in the report; a copy can be launched."
        )
        safe = "Leave it paused" if stands.state == "paused" else "Let it go on"
        return _ask(request, stands, (f"Cancel “{stands.name}” for good?", said, "Cancel it", safe))
    now = datetime.now(UTC)
    return _carried_out(request, stands, launching.cancel, f"“{stands.name}” is cancelled.", now)


def _ask(
    request: HttpRequest, stands: Campaign, said: tuple[str, str, str, str], *, dangerous: bool = True
) -> HttpResponse:
    title, consequence, verb, safe = said
    back = reverse("campaign", args=[stands.id])
    return ask(request, Question(title, consequence, verb, safe, back, dangerous=dangerous))


def _carried_out(
    request: HttpRequest, stands: Campaign, action: Action, told: str, *more: Any
) -> HttpResponse:
    """Do it, and show how it stands; where it has gone on meanwhile, say so there."""
    answer = perform(request, action, stands.id, *more)
    if isinstance(answer, Refused) and answer.kind == "conflict":
        messages.error(request, sentence(answer))
    else:
        answer = demand(answer)
        done(request, told)
        if answer.state == "draft":
            return go(request, "campaign_review", stands.id)
    return go(request, "campaign", stands.id)
