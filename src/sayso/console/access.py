"""Who may open what. R2.1: the menu shows it, and every page checks it again."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

View = Callable[..., HttpResponseBase]


class Role(StrEnum):
    """What a person is in one workspace."""

    OWNER = "owner"
    ADMIN = "admin"
    MARKETER = "marketer"
    AGENT = "agent"
    ANALYST = "analyst"
    COMPLIANCE_OWNER = "compliance_owner"

    @property
    def words(self) -> str:
        """The role in a sentence: "compliance owner"."""
        return self.value.replace("_", " ")

    @property
    def a(self) -> str:
        """The same with its article: "an analyst"."""
        return f"{'an' if self.value[0] in 'aeiou' else 'a'} {self.words}"


class Area(StrEnum):
    """A part of the console that is opened or closed as a whole."""

    HOME = "home"
    INBOX = "inbox"
    CAMPAIGNS = "campaigns"
    LISTS = "lists"
    KEYWORDS = "keywords"
    CONTACTS = "contacts"
    OPT_OUTS = "opt_outs"
    REPLAY = "replay"
    COUNTRIES = "countries"
    NUMBERS = "numbers"
    TEMPLATES = "templates"
    SIMULATOR = "simulator"
    SETTINGS = "settings"
    MONEY = "money"
    PEOPLE = "people"
    KEYS = "keys"
    AUDIT = "audit"
    OPERATOR = "operator"


class OperatorsOnlyError(PermissionDenied):
    """No role opens this, and nobody in the workspace can give the right to."""


HELPERS = (Role.OWNER, Role.ADMIN)
_EVERYONE = frozenset(Role)
_NOT_AGENTS = _EVERYONE - {Role.AGENT}
MAY_OPEN: dict[Area, frozenset[Role]] = {
    Area.HOME: _NOT_AGENTS,
    Area.INBOX: _EVERYONE,
    Area.CAMPAIGNS: _NOT_AGENTS,
    Area.LISTS: _NOT_AGENTS,
    Area.KEYWORDS: _NOT_AGENTS,
    Area.CONTACTS: _NOT_AGENTS,
    Area.OPT_OUTS: _NOT_AGENTS,
    Area.REPLAY: _NOT_AGENTS,
    Area.COUNTRIES: _NOT_AGENTS,
    Area.NUMBERS: _NOT_AGENTS,
    Area.TEMPLATES: _NOT_AGENTS,
    Area.SIMULATOR: _NOT_AGENTS - {Role.ANALYST},
    Area.SETTINGS: _NOT_AGENTS,
    Area.MONEY: _NOT_AGENTS,
    Area.PEOPLE: frozenset(HELPERS),
    Area.KEYS: frozenset(HELPERS),
    Area.AUDIT: frozenset({*HELPERS, Role.COMPLIANCE_OWNER}),
    # No role opens it: the person must be an operator of this server.
    Area.OPERATOR: frozenset(),
}


def may_open(role: Role | None, area: Area, *, operator: bool = False) -> bool:
    """Whether this person may open this area at all; what they may change there is the actions' to check."""
    if area is Area.OPERATOR:
        return operator
    return role in MAY_OPEN[area]


def opens(area: Area) -> Callable[[View], View]:
    """Lets a view be reached only by people who may open the area; others are told who can help."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            place = request.place
            if place.workspace is None and area is not Area.OPERATOR:
                return redirect("workspaces")
            if area is Area.OPERATOR and not place.may_open(area):
                raise OperatorsOnlyError
            if not place.may_open(area):
                raise PermissionDenied(f"{place.workspace.role.a if place.workspace else 'you'}: not here")
            return view(request, *args, **kwargs)

        guarded.area = area  # type: ignore[attr-defined]
        return guarded

    return guard
