"""R2.5: nothing leaves by a connection, until somebody lets it go on."""

from __future__ import annotations

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from sayso.actions.connection_stops import let_connection_go_on, stop_connection
from sayso.actions.sending_rules import LONGEST_WHY
from sayso.console.access import Area, opens
from sayso.console.components.asking import Question, ask
from sayso.console.forms import Form, again, done, go
from sayso.console.lenses.operators import ProviderConnection
from sayso.console.lenses.standing import Pause
from sayso.console.loop import perform
from sayso.console.refusing import demand
from sayso.console.standing import stands

WAYS = ["GET", "HEAD", "POST"]


class StopForm(Form):
    """Why it is stopped: whoever finds it so wants to know."""

    why = forms.CharField(
        label="Why",
        required=False,
        max_length=LONGEST_WHY,
        help_text="It stands at the connection and among the alarms, with your name in the audit trail.",
    )


@require_http_methods(WAYS)
@opens(Area.OPERATOR)
@stands
def stop(request: HttpRequest, connection_id: int) -> HttpResponse:
    """Ask, with room for why; then nothing leaves by it."""
    connection = _found(connection_id)
    if stopped(connection_id):
        return go(request, "connection", connection_id)
    form = StopForm(request.POST if request.method == "POST" else None)
    if (
        request.method == "POST"
        and form.is_valid()
        and not form.refused(perform(request, stop_connection, connection_id, form.cleaned_data["why"]))
    ):
        done(
            request,
            f"Nothing leaves by {connection.name} any more.",
            undo=reverse("let_connection_go_on", args=[connection_id]),
        )
        return go(request, "connection", connection_id)
    context = {"form": form, "connection": connection}
    return (again if request.method == "POST" else render)(request, "numbers/stop.html", context)


@require_http_methods(WAYS)
@opens(Area.OPERATOR)
@stands
def go_on(request: HttpRequest, connection_id: int) -> HttpResponse:
    """Ask, then let it go on."""
    connection = _found(connection_id)
    if not stopped(connection_id):
        return go(request, "connection", connection_id)
    if request.method != "POST":
        told = (
            "What waits is looked at once more and leaves, each text in its recipient’s hours. Campaigns "
            "go on where they stood: have those paused or cancelled first that must not go out."
        )
        back = reverse("connection", args=[connection_id])
        question = Question(
            f"Let {connection.name} go on?", told, "Go on", "Leave it stopped", back, dangerous=False
        )
        return ask(request, question)
    demand(perform(request, let_connection_go_on, connection_id))
    done(request, f"{connection.name} goes on.")
    return go(request, "connection", connection_id)


def stopped(connection_id: int) -> Pause | None:
    """Why a connection stands still, and since when; None: it goes on."""
    found: Pause | None = Pause.objects.filter(resource=f"connection:{connection_id}").first()
    return found


def _found(connection_id: int) -> ProviderConnection:
    found: ProviderConnection | None = (
        ProviderConnection.objects.defer("secrets").filter(pk=connection_id).first()
    )
    if found is None:
        raise Http404(str(connection_id))
    return found
