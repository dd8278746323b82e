"""What a text takes: parts, characters, and the signs that cost more. The same count as at sending."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from sayso.core.segments import count

MOST_SIGNS = 6
LONGEST = 5_000
ONE_PART = {"GSM-7": 160, "UCS-2": 70}
MANY_PARTS = {"GSM-7": 153, "UCS-2": 67}


@dataclass(frozen=True, slots=True)
class Count:
    """A text's parts, the room in them, and the first signs that force Unicode, with their places from 1."""

    parts: int
    units: int
    room: int
    unicode: bool
    signs: tuple[tuple[str, int], ...]
    more_signs: int


def counted(text: str) -> Count:
    """Count a text as it will be sent."""
    found = count(text.replace("\r\n", "\n"))
    room = ONE_PART[found.encoding] if found.parts <= 1 else MANY_PARTS[found.encoding] * found.parts
    places: dict[str, int] = {}
    for sign in found.forcing:
        places.setdefault(sign.char, sign.position + 1)
    shown = tuple(places.items())
    return Count(
        found.parts,
        found.units,
        room,
        found.encoding == "UCS-2",
        shown[:MOST_SIGNS],
        len(shown[MOST_SIGNS:]),
    )


@require_POST
def parts(request: HttpRequest) -> HttpResponse:
    """The line under a box, counted anew while somebody types: the box is sent under its own name."""
    name = request.GET.get("box", "")[:100]
    text = request.POST.get(request.GET.get("name", ""), "")[:LONGEST]
    return render(request, "parts/counter.html", {"count": counted(text), "name": name})
