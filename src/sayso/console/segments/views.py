"""R8.3: the segments of a workspace, and how one is removed."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from sayso.actions.refusal import Refused
from sayso.actions.segments import delete_segment
from sayso.console.access import Area, opens
from sayso.console.components.asking import Question, ask
from sayso.console.components.pages import cursor
from sayso.console.forms import done, go
from sayso.console.loop import perform
from sayso.console.refusing import demand, sentence
from sayso.console.segments import reading


@require_safe
@opens(Area.LISTS)
def overview(request: HttpRequest) -> HttpResponse:
    """All segments, newest first, each with its conditions in words."""
    context = {
        "page": reading.page(cursor(request.GET.get("before", ""))),
        "new_address": reverse("segments_new"),
        "address_all": reverse("segments"),
    }
    return render(request, "segments/overview.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@opens(Area.LISTS)
def delete(request: HttpRequest, segment_id: int) -> HttpResponse:
    """Delete a segment that no campaign goes to; of any other the refusal says why it stays."""
    stood = reading.stands(segment_id)
    if request.method != "POST":
        said = "The people in it stay contacts. Nobody can choose it for a campaign any more."
        question = Question(f"Delete “{stood.name}”?", said, "Delete", "Keep it", reverse("segments"))
        return ask(request, question)
    answer = perform(request, delete_segment, segment_id)
    if isinstance(answer, Refused) and answer.kind == "conflict":
        messages.error(request, f"“{stood.name}” stays. {sentence(answer)}")
        return go(request, "segment", segment_id)
    demand(answer)
    done(request, f"“{stood.name}” is deleted.")
    return go(request, "segments")
