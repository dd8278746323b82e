"""Who may open what. R2.1: the menu shows it, and every page checks it again."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

View = Callable[..., HttpResponse]


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

    OPT_OUTS = "opt_outs"


HELPERS = (Role.OWNER, Role.ADMIN)
MAY_OPEN: dict[Area, frozenset[Role]] = {
    Area.OPT_OUTS: frozenset(Role) - {Role.AGENT},
}


def may_open(role: Role, area: Area) -> bool:
    """Whether this role may open this area at all; what it may change there is the actions' to check."""
    return role in MAY_OPEN[area]


def opens(area: Area) -> Callable[[View], View]:
    """Lets a view be reached only by roles that may open the area; others are told who can help."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            workspace = request.place.workspace
            if workspace is None:
                return redirect("workspaces")
            if not may_open(workspace.role, area):
                raise PermissionDenied(f"{workspace.role.a} can't open this page")
            return view(request, *args, **kwargs)

        return guarded

    return guard
