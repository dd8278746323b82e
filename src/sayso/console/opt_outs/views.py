"""R6.1: blocks by number, scope and source, and the proof of one number. Nothing here changes anything."""

from __future__ import annotations

from datetime import UTC, datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from sayso.actions.proof import NEWEST, Part, prove
from sayso.console.access import Area, opens
from sayso.console.components.pages import cursor
from sayso.console.loop import perform
from sayso.console.opt_outs import exporting
from sayso.console.opt_outs.reading import asked, looked_for, page
from sayso.console.proof import proving, words
from sayso.console.refusing import demand

ENTRIES = 50
MOST_IN_FILE = 10_000
FORMATS = {
    "json": ("application/json; charset=utf-8", exporting.as_json),
    "txt": ("text/plain; charset=utf-8", exporting.as_text),
}


@require_safe
@opens(Area.OPT_OUTS)
def overview(request: HttpRequest) -> HttpResponse:
    """Who asked to stop, newest first; by number, scope, source and date where they are given."""
    filters, country = asked(request.GET), request.place.workspace.country
    context = {
        "filters": filters,
        "looked_for": looked_for(filters, country),
        "page": page(filters, country, cursor(request.GET.get("before", ""))),
        "address": request.get_full_path(),
        "scopes": words.SCOPES.items(),
        "sources": words.SOURCES.items(),
    }
    return render(request, f"opt_outs/{'results' if _fragment(request) else 'overview'}.html", context)


@require_safe
@opens(Area.OPT_OUTS)
def number(request: HttpRequest, phone: str) -> HttpResponse:
    """May it be texted now, and why; every block; what was said and sent; the ledger."""
    before, said_before = (cursor(request.GET.get(name, "")) for name in ("before", "said_before"))
    context = {
        "shown": _shown(request, phone, Part(ENTRIES, before or NEWEST, said_before or NEWEST)),
        "said_before": said_before,
        "zone": request.place.zone,
        "address": request.get_full_path(),
        "before": before,
    }
    return render(request, f"opt_outs/{'proof' if _fragment(request) else 'number'}.html", context)


@require_safe
@opens(Area.OPT_OUTS)
def export(request: HttpRequest, phone: str, kind: str) -> HttpResponse:
    """The proof of one number as a file."""
    content_type, written = FORMATS[kind]
    shown = _shown(request, phone, Part(MOST_IN_FILE))
    name = f"proof-{shown.proof.phone}-{shown.proof.at:%Y%m%d-%H%M%S}.{kind}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(written(shown, request.place.zone), content_type=content_type, headers=headers)


def _shown(request: HttpRequest, phone: str, part: Part) -> proving.Shown:
    key = int(phone)
    if not -(2**63) <= key < 2**63:
        raise Http404(phone)
    return proving.shown(demand(perform(request, prove, key, part, datetime.now(UTC))))


def _fragment(request: HttpRequest) -> bool:
    return bool(request.htmx and not request.htmx.history_restore_request)
