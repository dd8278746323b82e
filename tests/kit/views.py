"""The kit as an area would use it: lens, form, action, question, toast, live part."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django import forms
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from sayso.actions.blocks import BlockWanted, create_block
from sayso.console.components.asking import Question, ask
from sayso.console.components.pages import cursor, newest
from sayso.console.components.parts import Chip
from sayso.console.forms import Form, Words, again, done, go, previewed
from sayso.console.lenses.blocks import Block
from sayso.console.loop import perform
from sayso.core.because import Step, as_plain

SINCE = datetime(2026, 11, 21, 14, 18, 9, tzinfo=UTC)
BECAUSE = as_plain(
    (Step("R3.2", "Provider keyword “baby” removed"), Step("R4.7", "First word is “arret”", SINCE, "French"))
)


class BlockForm(Form):
    """Stops a number."""

    phone = forms.CharField(label="Number", help_text="With its country code.")
    scope = forms.ChoiceField(label="Stops", choices=[("channel", "All advertising"), ("none", "Nothing")])
    answer = Words(label="Answer", required=False)


def kit(request: HttpRequest) -> HttpResponse:
    found = newest(Block.objects.all(), cursor(request.GET.get("before", "")), rows=2)
    context: dict[str, Any] = {
        "page": found,
        "because": BECAUSE,
        "recent": datetime.now(UTC) - timedelta(minutes=14),
        "since": SINCE,
        "words": ["stop", "arret", Chip("genug", "own"), Chip("help 2", "bad"), "basta", "halt"],
        "locked": [Chip("stop", "lock")],
        "form": BlockForm(),
    }
    return render(request, "kit.html", context)


def form(request: HttpRequest) -> HttpResponse:
    filled = BlockForm(request.POST or None)
    if request.method == "POST" and not previewed(request) and filled.is_valid():
        wanted = BlockWanted(filled.cleaned_data["phone"], filled.cleaned_data["scope"])
        if not filled.refused(perform(request, create_block, wanted, datetime.now(UTC))):
            done(request, "Number blocked.", undo="/kit/pause/")
            return go(request, "kit")
    if request.method == "POST":
        return again(request, "kit_form.html", {"form": filled})
    return render(request, "kit_form.html", {"form": filled})


def pause(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        done(request, "Paused.")
        return go(request, "kit")
    title = "Pause “Stop” on 11221 / baby?"
    return ask(
        request, Question(title, "“genug” no longer stops anyone.", "Pause", "Keep it running", "/kit/")
    )


def heard(request: HttpRequest) -> HttpResponse:
    return render(request, "kit_live.html", {"total": Block.objects.count()})


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("for the page that says so")


def away(request: HttpRequest) -> HttpResponse:
    raise OperationalError("for the page that says so")
