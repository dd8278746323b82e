"""R3.1: all numbers, and who has a line on them. The operator's."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from sayso.actions.freeing import HOURS, free_number, list_stood_in
from sayso.actions.meanwhile import stamp
from sayso.actions.numbers import (
    create_number,
    give_line,
    lines_of_all,
    names_of_workspaces,
    set_help_answer,
    take_line,
)
from sayso.actions.refusal import Refused
from sayso.console import once
from sayso.console.access import Area, opens
from sayso.console.components.asking import Question, ask
from sayso.console.forms import again, done, go, previewed
from sayso.console.lenses.numbers import InboundNumber
from sayso.console.lenses.operators import ProviderConnection
from sayso.console.loop import perform
from sayso.console.meanwhile import Edit
from sayso.console.numbers.forms import HelpForm, LineForm, NumberForm
from sayso.console.numbers.reading import NumberRow, number_rows
from sayso.console.refusing import demand
from sayso.console.standing import stands

WAYS = ["GET", "HEAD", "POST"]


@require_safe
@opens(Area.OPERATOR)
@stands
def overview(request: HttpRequest) -> HttpResponse:
    """Every number of this server."""
    numbers = InboundNumber.objects.order_by("number", "id")
    rows = number_rows(numbers, demand(perform(request, lines_of_all)))
    connections = {each.id: each for each in _connections()}
    return render(request, "numbers/all.html", {"rows": rows, "connections": connections})


@require_http_methods(WAYS)
@opens(Area.OPERATOR)
@stands
def new_number(request: HttpRequest) -> HttpResponse:
    """One more number, on a connection that there is."""
    connections = _connections()
    form = NumberForm(
        request.POST or None, connections=connections, initial={"country": request.place.workspace.country}
    )
    if request.method == "POST" and form.is_valid():
        if not once.first(request):
            return go(request, "all_numbers")
        made = perform(request, create_number, form.wanted())
        if not isinstance(made, Refused):
            done(request, "Number added. Give it to a workspace next.")
            return go(request, "number", made.id)
        once.not_done(request)
        form.refused(made)
    context = {"form": form, "connections": connections, "once": once.token()}
    return (again if request.method == "POST" else render)(request, "numbers/new_number.html", context)


@require_http_methods(WAYS)
@opens(Area.OPERATOR)
@stands
def number(request: HttpRequest, number_id: int) -> HttpResponse:
    """One number: who has it; on a shared code also what a bare HELP is told."""
    row = _row(request, number_id)
    initial = {"help_answer": row.help_answer}
    edit = Edit(request, stamp(row.help_answer), initial)
    form = HelpForm(edit.data, initial=initial)
    if (
        request.method == "POST"
        and not previewed(request)
        and form.is_valid()
        and not edit.refused(
            form, perform(request, set_help_answer, number_id, form.cleaned_data["help_answer"], edit.seen)
        )
    ):
        done(request, "Answer to HELP saved.")
        return go(request, "number", number_id)
    connection = ProviderConnection.objects.defer("secrets").get(pk=row.connection_id)
    stood = demand(perform(request, list_stood_in, number_id))
    context = {"form": form, "row": row, "connection": connection, "edit": edit, "stood": stood}
    context["held"] = any(each.today or each.freed_at is None for each in stood)
    return (again if request.method == "POST" else render)(request, "numbers/number.html", context)


@require_http_methods(WAYS)
@opens(Area.OPERATOR)
@stands
def give(request: HttpRequest, number_id: int) -> HttpResponse:
    """A line on this number for a workspace."""
    row = _row(request, number_id)
    workspaces = demand(perform(request, names_of_workspaces))
    here = request.place.workspace.id
    initial = {"language": "en", "workspace": here}
    form = LineForm(request.POST or None, workspaces=workspaces, shared=row.shared, initial=initial)
    if request.method == "POST" and form.is_valid():
        if not once.first(request):
            return go(request, "number", number_id)
        chosen = int(form.cleaned_data["workspace"])
        if not form.refused(perform(request, give_line, chosen, form.wanted(number_id))):
            done(request, "Line given.")
            return go(request, "number", number_id)
        once.not_done(request)
    context = {"form": form, "row": row, "once": once.token()}
    return (again if request.method == "POST" else render)(request, "numbers/give.html", context)


@require_http_methods(WAYS)
@opens(Area.OPERATOR)
@stands
def take(request: HttpRequest, line_id: int) -> HttpResponse:
    """Take a line back, once asked."""
    lines = demand(perform(request, lines_of_all))
    line = next((each for each in lines if each.id == line_id and each.withdrawn_at is None), None)
    if line is None:
        raise Http404(str(line_id))
    row = _row(request, line.inbound_number_id)
    if request.method == "POST":
        demand(perform(request, take_line, line_id, timezone.now()))
        done(request, f"{line.workspace_name} no longer has this line.")
        return go(request, "number", row.id)
    name = row.name + (f" / {line.provider_keyword}" if line.provider_keyword else "")
    return ask(
        request,
        Question(
            f"Take {name} back from {line.workspace_name}?",
            "Its processes no longer answer there, and what waits to leave from it is cancelled. A stop "
            "still reaches whoever was texted from it; what was said and sent stays.",
            "Take back",
            "Leave it",
            reverse("number", args=[row.id]),
        ),
    )


@require_http_methods(WAYS)
@opens(Area.OPERATOR)
@stands
def free(request: HttpRequest, number_id: int) -> HttpResponse:
    """Let a number that stood in for another have a line again, once asked."""
    row = _row(request, number_id)
    if request.method == "POST":
        demand(perform(request, free_number, number_id, timezone.now()))
        done(request, f"{row.name} may be given to a workspace.")
        return go(request, "number", row.id)
    return ask(
        request,
        Question(
            f"Free {row.name} for a workspace?",
            "Until it is given to one, texts that come in here are for the number that it stood in for. Then "
            "they are for whoever has it, and it cannot stand in any more; a stop still reaches, too, those "
            f"who texted its sender from the other number. It is freed {HOURS:.0f} hours after the last "
            "message that left here, at the earliest.",
            "Free it",
            "Leave it",
            reverse("number", args=[row.id]),
        ),
    )


def _row(request: HttpRequest, number_id: int) -> NumberRow:
    found = InboundNumber.objects.filter(pk=number_id)
    rows = number_rows(found, demand(perform(request, lines_of_all)))
    if not rows:
        raise Http404(str(number_id))
    return rows[0]


def _connections() -> list[ProviderConnection]:
    return list(ProviderConnection.objects.defer("secrets").order_by("name", "id"))
