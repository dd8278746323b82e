"""R2.5, R9.5: the page that says what a launch waits for, and when a campaign is paused by itself."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from sayso.actions.campaign_limits import change_limits, show_limits
from sayso.console.access import Area, opens
from sayso.console.loop import perform
from sayso.console.meanwhile import Edit
from sayso.console.refusing import demand
from sayso.console.workspace_settings.launch_forms import LaunchesForm, initial_of, percent
from sayso.console.workspace_settings.one_form import Page, answered


@require_http_methods(["GET", "HEAD", "POST"])
@opens(Area.SETTINGS)
def limits(request: HttpRequest) -> HttpResponse:
    """Undo, approval, and the automatic pause."""
    stands = demand(perform(request, show_limits))
    initial = initial_of(stands)
    edit = Edit(request, stands, initial)
    form = LaunchesForm(edit.data, initial=initial)
    return answered(
        request,
        edit,
        form,
        lambda: perform(request, change_limits, form.wanted(), edit.seen),
        Page("settings/launches.html", "Launches and automatic pause saved."),
    )


def shown(request: HttpRequest) -> dict[str, Any]:
    """The limits as the overview of the settings tells them."""
    found = demand(perform(request, show_limits))
    return {
        "own": found,
        "opt_outs": percent(found.pause_at_opt_outs),
        "failures": percent(found.pause_at_failures),
    }
