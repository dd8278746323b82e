"""R5.11: callbacks refused because nothing proved them. Their headers may hold credentials: never shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from django.conf import settings
from django.db.models import BinaryField, Count, F, Func, Max, Value
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sayso.actions.quarantine import Judging, empty, release
from sayso.console.access import Area, opens
from sayso.console.components.asking import Question, ask
from sayso.console.components.moments import time_of
from sayso.console.components.pages import Page, cursor, newest
from sayso.console.forms import done, go
from sayso.console.lenses.operators import ProviderConnection, RefusedCallback
from sayso.console.loop import perform
from sayso.console.refusing import demand
from sayso.console.standing import stands

SHOWN_BYTES = 400


@dataclass(frozen=True, slots=True)
class Row:
    """One refused callback: when, why, and how its body begins."""

    callback: RefusedCallback
    at: object
    beginning: str


@require_safe
@opens(Area.OPERATOR)
@stands
def overview(request: HttpRequest) -> HttpResponse:
    """How much waits, by connection."""
    counted = (
        RefusedCallback.objects.filter(released_at=None)
        .values("connection_id")
        .annotate(waiting=Count("id"), newest=Max("id"))
        .order_by("-newest")
    )
    names = {each.id: each.name for each in ProviderConnection.objects.defer("secrets")}
    rows = [
        (
            row["connection_id"],
            names.get(row["connection_id"], f"connection {row['connection_id']}"),
            row["waiting"],
            time_of(row["newest"]),
        )
        for row in counted
    ]
    return render(request, "operators/quarantine.html", {"rows": rows, "total": sum(row[2] for row in rows)})


@require_safe
@opens(Area.OPERATOR)
@stands
def waiting(request: HttpRequest, connection_id: int) -> HttpResponse:
    """What waits of one connection, newest first."""
    connection = _found(connection_id)
    beginning = Func(
        F("body"), Value(1), Value(SHOWN_BYTES), function="substring", output_field=BinaryField()
    )
    callbacks = RefusedCallback.objects.filter(connection_id=connection_id, released_at=None)
    found = newest(
        callbacks.defer("headers", "body").annotate(beginning=beginning),
        cursor(request.GET.get("before", "")),
    )
    rows = [
        Row(each, time_of(each.id), bytes(each.beginning).decode("utf-8", "replace")) for each in found.rows
    ]
    page = Page(rows, found.first, found.total, found.older)
    return render(request, "operators/quarantine_of.html", {"connection": connection, "page": page})


@require_POST
@opens(Area.OPERATOR)
@stands
def let_in(request: HttpRequest, connection_id: int) -> HttpResponse:
    """Judge all of a connection's anew."""
    _found(connection_id)
    values = settings.SAYSO_VALUES
    by = Judging(values.secret_key, values.public_url)
    found = demand(perform(request, release, connection_id, by, timezone.now()))
    done(
        request,
        f"{found.released} proved themselves and are let in. {found.waiting} are still unproven"
        + (": mend the connection’s secrets, then look again." if found.waiting else "."),
    )
    return go(request, "quarantine_of", connection_id)


@require_http_methods(["GET", "HEAD", "POST"])
@opens(Area.OPERATOR)
@stands
def throw_away(request: HttpRequest, connection_id: int) -> HttpResponse:
    """Throw away what waits of a connection, once asked."""
    connection = _found(connection_id)
    if request.method == "POST":
        thrown = demand(perform(request, empty, connection_id, timezone.now()))
        done(request, f"{thrown} callbacks are thrown away.")
        return go(request, "quarantine")
    waits = RefusedCallback.objects.filter(connection_id=connection_id, released_at=None).count()
    return ask(
        request,
        Question(
            f"Throw away what {connection.name} has in quarantine?",
            f"{waits} callbacks are lost for good. If a provider sent them, a STOP may be among them: look "
            "first, and mend the secrets rather.",
            f"Throw {waits} away",
            "Keep them",
            reverse("quarantine_of", args=[connection_id]),
        ),
    )


def _found(connection_id: int) -> ProviderConnection:
    found = ProviderConnection.objects.defer("secrets").filter(pk=connection_id).first()
    if found is None:
        raise Http404(str(connection_id))
    return cast("ProviderConnection", found)
