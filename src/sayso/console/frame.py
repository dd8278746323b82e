"""What stands around every page: the rail, the bar, the person."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache, partial
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from sayso.actions.actor import ROLES
from sayso.console import credit
from sayso.console.access import Area
from sayso.console.accounts.models import User
from sayso.console.lenses.conversations import Conversation
from sayso.console.lenses.sending_rules import Halt
from sayso.console.place import Place


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the menu: shown where its page exists and the person may open its area."""

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
    page: str


Groups = list[tuple[str, list[Item]]]


@dataclass(frozen=True, slots=True)
class Standstill:
    """All sending is stopped: since when, why, and by which person, if one."""

    since: datetime
    why: str
    by: str


# The map of CONSOLE. An entry shows itself on the day a page has its name (the third word) as address name.
MENU: tuple[tuple[str, tuple[Entry, ...]], ...] = (
    ("", (Entry("Dashboard", "home", "home", Area.HOME),)),
    (
        "Listen",
        (
            Entry("Inbox", "inbox", "inbox", Area.INBOX),
            Entry("Keywords", "hash", "keywords", Area.KEYWORDS),
        ),
    ),
    ("Send", (Entry("Campaigns", "megaphone", "campaigns", Area.CAMPAIGNS),)),
    (
        "People",
        (
            Entry("Contacts", "people", "contacts", Area.CONTACTS),
            Entry("Lists and segments", "funnel", "lists", Area.LISTS),
        ),
    ),
    (
        "Proof",
        (
            Entry("Reports", "bars", "campaigns_reporting", Area.CAMPAIGNS),
            Entry("Opt-outs", "hand", "opt_outs", Area.OPT_OUTS),
            Entry("Replay", "refresh", "replay", Area.REPLAY),
            Entry("Country rules", "globe", "countries", Area.COUNTRIES),
        ),
    ),
    (
        "Set up",
        (
            Entry("Numbers", "phone", "numbers", Area.NUMBERS),
            Entry("Templates", "file", "templates", Area.TEMPLATES),
            Entry("Simulator", "devices", "simulator", Area.SIMULATOR),
            Entry("Settings", "settings", "settings", Area.SETTINGS),
        ),
    ),
    (
        "Operator",
        (
            Entry("Alarms", "warning", "alarms", Area.OPERATOR),
            Entry("Unrouted texts", "route", "unrouted", Area.OPERATOR),
            Entry("Quarantine", "shield", "quarantine", Area.OPERATOR),
        ),
    ),
    ("You", (Entry("Your account", "person", "mfa_index"), Entry("Sign out", "leave", "account_logout"))),
)
# The bar of a telephone: the first of these that are there, then the menu.
SHORT = ("home", "inbox", "campaigns", "contacts", "keywords", "opt_outs", "mfa_index")
SHORT_WORDS = {"home": "Home", "mfa_index": "Account"}  # five words stand beside each other on 320 px
MOST_SHORT = 4
MOST_WAITING = 99  # beyond, the menu says "99+"
# Reached from the settings, whose entry is the current one there, though their addresses stand beside it.
OF_SETTINGS = ("people", "keys", "audit", "prices", "credit")
# Where a person starts: the first that may be opened.
START = tuple(entry for _, entries in MENU for entry in entries if entry.area)


@cache
def address_of(page: str) -> str:
    """The address of a page by its name; empty while nobody has built it."""
    try:
        return str(reverse(page))
    except NoReverseMatch:
        return ""


def frame(request: HttpRequest) -> dict[str, Any]:
    """The context of the frame. Survives a request that failed before it had a place."""
    place: Place = getattr(request, "place", Place(None, ()))
    groups = [(title, _visible(entries, place)) for title, entries in MENU]
    path = _standing(request.path)
    menu = [(title, items) for title, items in _with_current(path, groups) if items]
    by_address = {item.address: item for _, items in menu for item in items}
    found = [by_address[address] for page in SHORT if (address := address_of(page)) in by_address]
    found = [replace(item, label=SHORT_WORDS.get(item.page, item.label)) for item in found[:MOST_SHORT]]
    # Of its own entries: where the menu's current one is not among them, what it belongs to is.
    ((_, short),) = _with_current(path, [("", found)])
    return {
        "place": place,
        "menu": menu,
        "short_menu": short,
        "allowed": _allowed(place),
        "finds": "a number or a keyword" if place.may_open(Area.KEYWORDS) else "a number",
        "waiting": cache(partial(_waiting, place)),
        "credit": cache(partial(credit.shown, place)),
        "standstill": cache(partial(_standstill, place)),
        "release": settings.SAYSO_VALUES.version,
        "sign_ons": _sign_ons(),
        "public_host": settings.SAYSO_VALUES.public_url.partition("://")[2].rstrip("/"),
    }


def _sign_ons() -> list[tuple[str, str]]:
    """The providers that one may sign in with: what each is called, and where it begins."""
    ways = ((settings.SAYSO_VALUES.open_id, "sign_on"), (settings.SAYSO_VALUES.saml, "saml_sign_on"))
    return [(way.name, address_of(page)) for way, page in ways if way]


def _waiting(place: Place) -> int:
    """How many conversations wait for an answer, up to one more than the menu tells. Asked by a page with a
    menu alone, and left out of one whose transaction is broken already."""
    if place.workspace is None or not place.may_open(Area.INBOX):
        return 0
    try:
        return int(Conversation.objects.filter(open=True, unanswered__gt=0)[: MOST_WAITING + 1].count())
    except DatabaseError:
        return 0


def _standstill(place: Place) -> Standstill | None:
    """Whether somebody stopped all sending here; asked by a page with a frame alone."""
    if place.workspace is None:
        return None
    try:
        found = Halt.objects.first()
    except DatabaseError:
        return None
    if found is None:
        return None
    person = User.objects.filter(pk=found.user_id).first() if found.user_id else None
    return Standstill(found.since, found.why, str(person) if person else "")


def _allowed(place: Place) -> frozenset[str]:
    """The scopes of the person's role: `{% if "processes:write" in allowed %}` shows a button."""
    scopes = ROLES[place.workspace.role.value] if place.workspace else frozenset()
    return scopes | {"operator"} if place.operator else scopes


def _visible(entries: tuple[Entry, ...], place: Place) -> list[Item]:
    return [
        Item(entry.label, entry.icon, address, False, entry.page)
        for entry in entries
        if (address := address_of(entry.page)) and (entry.area is None or place.may_open(entry.area))
    ]


def _with_current(path: str, groups: Groups) -> Groups:
    """The same with one entry current: the one whose address says most of where this is."""
    standing = [item.address for _, items in groups for item in items if _stands_in(path, item.address)]
    here = max(standing, key=len, default=None)
    return [
        (title, [replace(item, current=item.address == here) for item in items]) for title, items in groups
    ]


def _standing(path: str) -> str:
    """Where the menu has this page."""
    within = any((address := address_of(page)) and _stands_in(path, address) for page in OF_SETTINGS)
    return address_of("settings") if within else path


def _stands_in(path: str, address: str) -> bool:
    return path == address or (address != "/" and path.startswith(address))
