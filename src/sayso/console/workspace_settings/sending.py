"""R2.5, R9.8, R9.11: hours, caps and countries; and the switch that stops all sending."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from sayso.actions.sending_rules import let_sending_go_on, sending_rules, set_sending_rules, stop_sending
from sayso.console.access import Area, opens
from sayso.console.components.asking import Question, ask
from sayso.console.forms import again, done, go
from sayso.console.lenses.sending_rules import Halt
from sayso.console.loop import perform
from sayso.console.meanwhile import Edit
from sayso.console.refusing import demand
from sayso.console.workspace_settings.one_form import Page, answered
from sayso.console.workspace_settings.sending_forms import SendingForm, StopForm, initial_of, named_days

WAYS = ["GET", "HEAD", "POST"]


@require_http_methods(WAYS)
@opens(Area.SETTINGS)
def rules(request: HttpRequest) -> HttpResponse:
    """When, how often and where to advertising goes."""
    stands = demand(perform(request, sending_rules)).rules
    initial = initial_of(stands)
    edit = Edit(request, stands, initial)
    form = SendingForm(edit.data, initial=initial)
    return answered(
        request,
        edit,
        form,
        lambda: perform(request, set_sending_rules, form.wanted(), edit.seen),
        Page("settings/sending.html", "Hours, caps and countries saved."),
    )


@require_http_methods(WAYS)
@opens(Area.SETTINGS)
def stop(request: HttpRequest) -> HttpResponse:
    """Ask, with room for why; then nothing leaves but what people have just asked for."""
    if Halt.objects.exists():
        return go(request, "settings")
    form = StopForm(request.POST if request.method == "POST" else None)
    if (
        request.method == "POST"
        and form.is_valid()
        and not form.refused(perform(request, stop_sending, form.cleaned_data["why"]))
    ):
        return go(request, "settings")
    return (again if request.method == "POST" else render)(request, "settings/stop.html", {"form": form})


@require_http_methods(WAYS)
@opens(Area.SETTINGS)
def go_on(request: HttpRequest) -> HttpResponse:
    """Ask, then let sending go on."""
    if not Halt.objects.exists():
        return go(request, "settings")
    if request.method != "POST":
        told = (
            "What waits is looked at once more and leaves, each text in its recipient’s hours. Campaigns "
            "go on where they stood: pause or cancel first what must not go out."
        )
        return ask(
            request,
            Question(
                "Let sending go on?", told, "Go on", "Leave it stopped", reverse("settings"), dangerous=False
            ),
        )
    demand(perform(request, let_sending_go_on))
    done(request, "Sending goes on.")
    return go(request, "settings")


def shown(request: HttpRequest) -> dict[str, Any]:
    """The rules as the overview of the settings tells them."""
    found = demand(perform(request, sending_rules))
    return {
        "own": found.rules,
        "days": named_days(found.rules.days),
        "countries": found.rules.countries or [found.home],
    }
