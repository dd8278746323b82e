"""R9.1: the campaigns of a workspace, and what is done with one as a whole: copied, deleted."""

from __future__ import annotations

from datetime import UTC, datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sayso.actions.campaigns import copy_campaign, delete_campaign
from sayso.actions.refusal import Refused
from sayso.console import once
from sayso.console.access import Area, opens
from sayso.console.campaigns import reading, words
from sayso.console.campaigns.reading import Filter
from sayso.console.components.asking import Question, ask
from sayso.console.components.pages import cursor
from sayso.console.forms import done, go
from sayso.console.loop import perform
from sayso.console.refusing import demand, sentence
from sayso.core.campaigns import LONGEST_NAME

COPY = "Copy of "


@require_safe
@opens(Area.CAMPAIGNS)
def overview(request: HttpRequest) -> HttpResponse:
    """What is written, what waits for its moment, what goes out, what went."""
    return _list(request, launched=False)


@require_safe
@opens(Area.CAMPAIGNS)
def reporting(request: HttpRequest) -> HttpResponse:
    """R9.1: what was launched, batch or automated."""
    return _list(request, launched=True)


def _list(request: HttpRequest, *, launched: bool) -> HttpResponse:
    asked = Filter(*(request.GET.get(name, "").strip()[:200] for name in ("q", "state", "kind")))
    found = reading.page(asked, cursor(request.GET.get("before", "")), launched=launched)
    by_state = reading.counted_by_state()
    context = {
        "page": found,
        "asked": asked,
        "groups": {
            value: word
            for value, (word, states) in words.GROUPS.items()
            if not launched or set(states) & set(words.LAUNCHED)
        },
        "kinds": words.KINDS,
        "launched": launched,
        "going_out": sum(by_state.get(state, 0) for state in words.RUNNING),
        "scheduled": by_state.get("scheduled", 0),
        "drafts": by_state.get("draft", 0),
        "any": bool(by_state),
        "address": request.get_full_path(),
        # Planning and sending tell no open page: what moves is asked for often.
        "every": "3s" if words.RUNNING & set(by_state) else "30s",
        "new_address": reverse("campaigns_new"),
        "address_all": request.path,
        "once": once.token(),
    }
    fragment = request.htmx and not request.htmx.history_restore_request
    return render(request, "campaigns/results.html" if fragment else "campaigns/overview.html", context)


@require_POST
@opens(Area.CAMPAIGNS)
def copy(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """A draft that says and reaches the same, opened to be changed."""
    stood = reading.stands(campaign_id)
    if not once.first(request):
        return go(request, "campaigns")
    name = f"{COPY}{stood.name.removeprefix(COPY)}"[:LONGEST_NAME]
    made = demand(perform(request, copy_campaign, campaign_id, name, datetime.now(UTC)))
    done(request, f"“{stood.name}” is copied. This is the copy.")
    return go(request, "campaign_edit", made.id)


@require_http_methods(["GET", "HEAD", "POST"])
@opens(Area.CAMPAIGNS)
def delete(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Delete what never began; of anything else the refusal says why it stays."""
    stood = reading.stands(campaign_id)
    if request.method != "POST":
        said = "Its text and its rehearsal go with it. Nothing of it was ever sent."
        return ask(
            request, Question(f"Delete “{stood.name}”?", said, "Delete", "Keep it", reverse("campaigns"))
        )
    answer = perform(request, delete_campaign, campaign_id)
    if isinstance(answer, Refused) and answer.kind == "conflict":
        messages.error(request, f"“{stood.name}” stays. {sentence(answer)}")
        return go(request, "campaigns")
    demand(answer)
    done(request, f"“{stood.name}” is deleted.")
    return go(request, "campaigns")
