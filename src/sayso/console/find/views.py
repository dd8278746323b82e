"""One box for everything: a number leads to its proof and its conversations, a word to its processes."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from sayso.console.access import Area, opens
from sayso.console.find.reading import numbers, processes

LONGEST = 100


@require_safe
@opens(Area.INBOX)
def find(request: HttpRequest) -> HttpResponse:
    """What fits; where one page alone does, that page."""
    said = request.GET.get("q", "").replace("\0", "").strip()[:LONGEST]
    number = numbers(said, request.place)
    found = processes(said) if said and not number and request.place.may_open(Area.KEYWORDS) else []
    if number and number.only:
        return redirect(number.only)
    if len(found) == 1:
        return redirect("keywords_edit", found[0].id)
    context = {"said": said, "number": number, "processes": found}
    return render(request, "find/found.html", context)
