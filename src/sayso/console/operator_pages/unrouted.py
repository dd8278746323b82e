"""R3.3: texts that belong to nobody, and what could not be read or decided."""

from __future__ import annotations

from typing import cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sayso.actions.unrouted import decide_again, settle
from sayso.console.access import Area, opens
from sayso.console.components.asking import Question, ask
from sayso.console.components.pages import cursor, newest
from sayso.console.forms import done, go
from sayso.console.lenses.operators import UnroutedText
from sayso.console.loop import perform
from sayso.console.refusing import demand
from sayso.console.standing import stands


@require_safe
@opens(Area.OPERATOR)
@stands
def overview(request: HttpRequest) -> HttpResponse:
    """What nobody has settled yet, newest first."""
    kind = request.GET.get("kind", "")
    kind = kind if kind in UnroutedText.Kind.values else ""
    found = UnroutedText.objects.filter(settled_at=None)
    page = newest(found.filter(kind=kind) if kind else found, cursor(request.GET.get("before", "")))
    context = {"page": page, "kind": kind, "kinds": UnroutedText.Kind.choices}
    fragment = request.htmx and not request.htmx.history_restore_request
    return render(
        request, "operators/unrouted_results.html" if fragment else "operators/unrouted.html", context
    )


@require_POST
@opens(Area.OPERATOR)
@stands
def again(request: HttpRequest, text_id: int) -> HttpResponse:
    """Have a text decided once more."""
    _found(text_id)
    demand(perform(request, decide_again, text_id, timezone.now()))
    done(request, "The text waits to be decided again. If still nobody has it, it is back here soon.")
    return go(request, "unrouted")


@require_http_methods(["GET", "HEAD", "POST"])
@opens(Area.OPERATOR)
@stands
def settle_one(request: HttpRequest, text_id: int) -> HttpResponse:
    """Take one off the list, once asked."""
    found = _found(text_id)
    if request.method == "POST":
        demand(perform(request, settle, text_id, timezone.now()))
        done(request, "Settled.")
        return go(request, "unrouted")
    who = f"the text from {found.sender}" if found.sender else "this callback"
    return ask(
        request,
        Question(
            f"Take {who} off the list?",
            "Nobody is answered, and nobody is stopped by it. It stays stored, and can’t be put back here.",
            "Take off",
            "Leave it",
            reverse("unrouted"),
        ),
    )


def _found(text_id: int) -> UnroutedText:
    found = UnroutedText.objects.filter(pk=text_id, settled_at=None).first()
    if found is None:
        raise Http404(str(text_id))
    return cast("UnroutedText", found)
