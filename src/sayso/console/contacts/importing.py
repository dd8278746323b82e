"""R8.2: an import as its page shows it: the mapping with a preview, the progress, the report."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from sayso.actions import export_files
from sayso.actions.imports import (
    list_imports,
    list_refused,
    refused_rows,
    show_import,
    start_import,
    stop_import,
)
from sayso.actions.proof import NEWEST
from sayso.console.access import Area, opens
from sayso.console.components.asking import Question, ask
from sayso.console.components.pages import cursor
from sayso.console.contacts import mapping
from sayso.console.contacts.bringing import may_write
from sayso.console.contacts.words import Progress
from sayso.console.forms import done, go
from sayso.console.loop import perform
from sayso.console.refusing import demand
from sayso.console.streaming import handed_out
from sayso.storage.imports import Import

LISTED = 50
REFUSED_SHOWN = 50
OVER = frozenset({"finished", "stopped", "failed"})


@require_safe
@opens(Area.CONTACTS)
def overview(request: HttpRequest) -> HttpResponse:
    """The imports of this workspace, newest first."""
    before = cursor(request.GET.get("before", ""))
    found = demand(perform(request, list_imports, before or NEWEST, LISTED + 1))
    context = {
        "imports": [Progress(each, datetime.now(UTC)) for each in found[:LISTED]],
        "older": found[LISTED - 1].id if len(found) > LISTED else None,
        "before": before,
        "zone": request.place.zone,
        "address": request.get_full_path(),
    }
    fragment = request.htmx and not request.htmx.history_restore_request
    return render(request, f"contacts/{'import_list' if fragment else 'imports'}.html", context)


@opens(Area.CONTACTS)
def one(request: HttpRequest, import_id: str) -> HttpResponse:
    """An import: while it is a draft its mapping, then how far it has come and what it did."""
    found = demand(perform(request, show_import, int(import_id)))
    fragment = request.htmx and not request.htmx.history_restore_request
    if found.state == "reading":
        context = {"import": Progress(found, datetime.now(UTC)), "address": request.path}
        return render(request, f"contacts/reading{'_part' if fragment else ''}.html", context)
    if found.state == "draft":
        may_write(request)
        if fragment and request.method == "GET":
            return go(
                request, "contact_import", found.id
            )  # the page that waited for it: now it can be mapped
        return mapping.chosen(request, found)
    context = _context(request, found)
    return render(request, f"contacts/{'progress' if fragment else 'import'}.html", context)


@opens(Area.CONTACTS)
def stop(request: HttpRequest, import_id: str) -> HttpResponse:
    """Stop it; it may go on later."""
    may_write(request)
    found = demand(perform(request, show_import, int(import_id)))
    if request.method != "POST":
        question = Question(
            f"Stop importing {found.file_name}?",
            f"{found.rows_read:,} rows were read, and what is stored stays. It may go on from there later.",
            "Stop import",
            "Let it run",
            request.path.removesuffix("stop/"),
        )
        return ask(request, question)
    stopped = demand(perform(request, stop_import, found.id, datetime.now(UTC)))
    done(request, f"Stopped after {stopped.rows_read:,} rows.")
    return go(request, "contact_import", found.id)


@opens(Area.CONTACTS)
def go_on(request: HttpRequest, import_id: str) -> HttpResponse:
    """Let a stopped import go on where it ended."""
    may_write(request)
    found = demand(perform(request, show_import, int(import_id)))
    if request.method == "POST":
        demand(perform(request, start_import, found.id, mapping.AS_BEGUN, datetime.now(UTC)))
    return go(request, "contact_import", found.id)


@require_safe
@opens(Area.CONTACTS)
def refused(request: HttpRequest, import_id: str) -> HttpResponse:
    """Refused rows in the order of the file, each with its reasons."""
    found = demand(perform(request, show_import, int(import_id)))
    after = cursor(request.GET.get("after", "")) or 0
    rows = demand(perform(request, list_refused, found.id, after, REFUSED_SHOWN + 1))
    context = {
        "import": Progress(found, datetime.now(UTC)),
        "rows": rows[:REFUSED_SHOWN],
        "after": after,
        "next": rows[REFUSED_SHOWN - 1].line if len(rows) > REFUSED_SHOWN else None,
    }
    return render(request, "contacts/refused.html", context)


@require_safe
@opens(Area.CONTACTS)
def refused_file(request: HttpRequest, import_id: str) -> HttpResponseBase:
    """The same as a file, to be mended and imported again."""
    found = demand(perform(request, show_import, int(import_id)))
    return handed_out(
        request,
        lambda pool, who: export_files.as_csv(refused_rows(pool, who, found.id)),
        f"refused-{found.id}.csv",
        export_files.TYPES["csv"],
    )


def _context(request: HttpRequest, found: Import) -> dict[str, Any]:
    first = demand(perform(request, list_refused, found.id, 0, 5)) if found.refused else []
    return {
        "import": Progress(found, datetime.now(UTC)),
        "refused": first,
        "zone": request.place.zone,
        "address": request.path,
    }
