"""R6.1: blocks by number, scope and source. Nothing here changes anything."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from sayso.console.access import Area, opens
from sayso.console.components.pages import cursor
from sayso.console.opt_outs.reading import page


@require_safe
@opens(Area.OPT_OUTS)
def overview(request: HttpRequest) -> HttpResponse:
    """Who asked to stop, newest first; by number where one is given."""
    phone = request.GET.get("number", "").strip()[:40]
    context = {
        "phone": phone,
        "page": page(phone, request.place.workspace.country, cursor(request.GET.get("before", ""))),
        "zone": request.place.zone,
    }
    fragment = request.htmx and not request.htmx.history_restore_request
    return render(request, "opt_outs/results.html" if fragment else "opt_outs/overview.html", context)
