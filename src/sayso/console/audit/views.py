"""R2.4: who changed what, when, what it was and what it became. Nothing here changes anything."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from sayso.console.access import Area, opens
from sayso.console.audit.reading import Asked, page, people, things
from sayso.console.components.pages import cursor


@require_safe
@opens(Area.AUDIT)
def overview(request: HttpRequest) -> HttpResponse:
    """The trail, newest first; by person, thing and day where they are given."""
    operator = request.place.operator
    known, kinds = people(), things(operator=operator)
    asked = Asked(
        _one_of(request.GET.get("who", ""), known),
        _one_of(request.GET.get("thing", ""), kinds),
        _day(request.GET.get("since", "")),
        _day(request.GET.get("until", "")),
    )
    context = {
        "asked": asked,
        "people": known,
        "things": kinds,
        "page": page(asked, cursor(request.GET.get("before", "")), operator=operator),
    }
    fragment = request.htmx and not request.htmx.history_restore_request
    return render(request, "audit/results.html" if fragment else "audit/overview.html", context)


def _one_of(said: str, choices: list[tuple[str, str]]) -> str:
    return said if said in {value for value, _ in choices} else ""


def _day(said: str) -> date | None:
    try:
        day = date.fromisoformat(said)
    except ValueError:
        return None
    # What lies outside has no id; nothing was changed there.
    return day if 2026 <= day.year < 2100 else None
