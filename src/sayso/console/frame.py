"""What stands around every page: the rail, the bar, the person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from sayso.console.access import Area, may_open
from sayso.console.place import Place


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the menu: shown where the role may open its area, current under its address."""

    label: str
    icon: str
    page: str
    area: Area | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """An entry as one request sees it."""

    label: str
    icon: str
    address: str
    current: bool


# Only what exists is listed: a page enters here on the day it can be opened.
MENU: tuple[tuple[str, tuple[Entry, ...]], ...] = (
    ("Proof", (Entry("Opt-outs", "hand", "opt_outs", Area.OPT_OUTS),)),
    ("You", (Entry("Your account", "person", "mfa_index"), Entry("Sign out", "leave", "account_logout"))),
)


def frame(request: HttpRequest) -> dict[str, Any]:
    """The context of the frame. Survives a request that failed before it had a place."""
    place: Place = getattr(request, "place", Place(None, ()))
    groups = [(title, _visible(request, entries, place)) for title, entries in MENU]
    menu = [(title, items) for title, items in groups if items]
    return {
        "place": place,
        "menu": menu,
        "short_menu": [item for _, items in menu for item in items if item.label != "Sign out"],
        "version": settings.SAYSO_VALUES.version,
        "public_host": settings.SAYSO_VALUES.public_url.partition("://")[2].rstrip("/"),
    }


def _visible(request: HttpRequest, entries: tuple[Entry, ...], place: Place) -> list[Item]:
    return [
        Item(entry.label, entry.icon, address, request.path.startswith(address))
        for entry in entries
        if _allowed(entry, place)
        for address in [reverse(entry.page)]
    ]


def _allowed(entry: Entry, place: Place) -> bool:
    if entry.area is None:
        return True
    return place.workspace is not None and may_open(place.workspace.role, entry.area)
