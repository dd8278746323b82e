"""Accounts at providers: pace, settings, callback addresses. The operator's; secrets are never shown."""

from __future__ import annotations

from typing import Any, cast

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from sayso.actions.connections import change_connection, connection_stamp, create_connection, renew_token
from sayso.actions.refusal import Refused
from sayso.actions.warning import warnings
from sayso.console import once
from sayso.console.access import Area, opens
from sayso.console.components.asking import Question, ask
from sayso.console.forms import again, done, go
from sayso.console.lenses.numbers import InboundNumber
from sayso.console.lenses.operators import ProviderConnection, RefusedCallback
from sayso.console.lenses.standing import Alarm, Pause
from sayso.console.loop import perform
from sayso.console.meanwhile import Edit
from sayso.console.numbers.forms import ConnectionForm, Other
from sayso.console.numbers.stopping import stopped
from sayso.console.refusing import demand
from sayso.console.standing import stands
from sayso.providers.catalogue import PROVIDERS

WAYS = ["GET", "HEAD", "POST"]
MOST_COUNTED = 1_000


@require_safe
@opens(Area.OPERATOR)
@stands
def overview(request: HttpRequest) -> HttpResponse:
    """Every connection, its pace, and what is wrong with it."""
    found = list(ProviderConnection.objects.defer("secrets").order_by("name", "id"))
    numbers = list(InboundNumber.objects.values_list("connection_id", flat=True))
    alarms: dict[str, list[Alarm]] = {}
    for alarm in Alarm.objects.filter(subject__in=[f"connection:{each.id}" for each in found]).order_by(
        "code"
    ):
        alarms.setdefault(alarm.subject, []).append(alarm)
    still = set(Pause.objects.values_list("resource", flat=True))
    rows = [
        (
            each,
            numbers.count(each.id),
            alarms.get(f"connection:{each.id}", []),
            f"connection:{each.id}" in still,
        )
        for each in found
    ]
    rows.sort(key=lambda row: not (row[2] or row[3]))  # what needs somebody stands first
    context = {"rows": rows, "kinds": list(PROVIDERS), "wrong": sum(bool(row[2] or row[3]) for row in rows)}
    return render(request, "numbers/connections.html", context)


@require_http_methods(WAYS)
@opens(Area.OPERATOR)
@stands
def new(request: HttpRequest, kind: str) -> HttpResponse:
    """One more account at a provider of this kind."""
    if kind not in PROVIDERS:
        raise Http404(kind)
    form = ConnectionForm(request.POST or None, kind=kind, others=None, initial={"parts_per_second": 10})
    if request.method == "POST" and form.is_valid():
        if not once.first(request):
            return go(request, "connections")
        made = perform(request, create_connection, form.wanted(), settings.SAYSO_VALUES.secret_key)
        if not isinstance(made, Refused):
            done(request, "Connection added. Point the provider’s callbacks at the addresses below.")
            return go(request, "connection", made.id)
        once.not_done(request)
        form.refused(made)
    context = {"form": form, "kind": kind, "once": once.token()}
    return (again if request.method == "POST" else render)(request, "numbers/connection.html", context)


@require_http_methods(WAYS)
@opens(Area.OPERATOR)
@stands
def edit(request: HttpRequest, connection_id: int) -> HttpResponse:
    """One connection: its settings and pace, and where its provider calls us."""
    found = _found(connection_id)
    key = settings.SAYSO_VALUES.secret_key
    edit = Edit(request, demand(perform(request, connection_stamp, found.id)), _initial(found))
    form = ConnectionForm(edit.data, kind=found.kind, others=_others(found), initial=_initial(found))
    if (
        request.method == "POST"
        and form.is_valid()
        and not edit.refused(
            form, perform(request, change_connection, found.id, form.wanted(), key, edit.seen)
        )
    ):
        done(request, "Connection saved.")
        return go(request, "connection", found.id)
    hooks = f"{settings.SAYSO_VALUES.public_url.rstrip('/')}/hooks/{found.hook_token}"
    alarms = list(Alarm.objects.filter(subject=f"connection:{found.id}").order_by("code"))
    refused = RefusedCallback.objects.filter(connection_id=found.id, released_at=None)
    warned = demand(perform(request, warnings, [found.id], key))
    context = {
        "form": form,
        "edit": edit,
        "kind": found.kind,
        "connection": found,
        "hooks": hooks,
        "alarms": alarms,
        "warned": warned.get(found.id, ()),
        "stopped": stopped(found.id),
        "refused": refused[:MOST_COUNTED].count(),
    }
    return (again if request.method == "POST" else render)(request, "numbers/connection.html", context)


@require_http_methods(WAYS)
@opens(Area.OPERATOR)
@stands
def renew(request: HttpRequest, connection_id: int) -> HttpResponse:
    """New callback addresses, once asked."""
    found = _found(connection_id)
    if request.method == "POST":
        demand(perform(request, renew_token, found.id))
        done(request, "Callback addresses renewed. Tell the provider the new ones.")
        return go(request, "connection", found.id)
    return ask(
        request,
        Question(
            f"Renew the callback addresses of {found.name}?",
            "Callbacks to the old ones are taken no longer: texts and receipts are lost until the provider "
            "knows the new ones.",
            "Renew",
            "Keep them",
            reverse("connection", args=[found.id]),
        ),
    )


def _found(connection_id: int) -> ProviderConnection:
    found = ProviderConnection.objects.defer("secrets").filter(pk=connection_id).first()
    if found is None:
        raise Http404(str(connection_id))
    return cast("ProviderConnection", found)


def _initial(found: ProviderConnection) -> dict[str, Any]:
    fallback = str(found.fallback_connection_id or "")
    told = {"name": found.name, "parts_per_second": found.parts_per_second}
    return {**found.settings, **told, "fallback": fallback, "fallback_after": found.fallback_after}


def _others(found: ProviderConnection) -> list[Other]:
    """Which may stand in for a connection: simulated ones for simulated ones, real ones for real ones."""
    others = ProviderConnection.objects.exclude(pk=found.pk).order_by("name", "id")
    named = others.values_list("id", "name", "kind")
    return [(id_, name) for id_, name, kind in named if (kind == "simulator") == (found.kind == "simulator")]
