"""Error pages: what happened, what was and was not done, what to do, and a number to quote."""

from __future__ import annotations

import logging
import secrets
import sys
from collections.abc import Callable
from http import HTTPStatus

from django.core.exceptions import BadRequest, PermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from sayso.console import once, straying
from sayso.console.access import HELPERS, OperatorsOnlyError
from sayso.console.accounts.models import User
from sayso.console.lenses.workspaces import Membership
from sayso.console.refusing import RefusedError
from sayso.storage.statements import UNREACHABLE

log = logging.getLogger("sayso.console")
# Told once a minute (observe.logs): while the database is away it is the same for every page.
away_log = logging.getLogger("sayso.console.away")
RETRY_AFTER = "5"
OPERATORS = "Only whoever runs this server opens it; no role in a workspace does."


class ErrorPages:
    """Answers what a view raised, inside the request's own thread and transaction.

    Django would render its error handlers in another thread, on another connection, with no workspace set.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The page for what was raised; None for bugs, which Django turns into `broken`."""
        once.broken_off(request)
        if isinstance(exception, RefusedError):
            return _refused(request, exception)
        if isinstance(exception, once.UnknownError):
            return render(
                request, "errors/unknown.html", {"look": str(exception)}, status=HTTPStatus.CONFLICT
            )
        if isinstance(exception, PermissionDenied):
            return _forbidden(request, OPERATORS if isinstance(exception, OperatorsOnlyError) else "")
        if isinstance(exception, Http404):
            return _missing(request)
        if isinstance(exception, BadRequest):
            return unreadable(request)
        return None


def _refused(request: HttpRequest, error: RefusedError) -> HttpResponse:
    if error.refused.kind == "forbidden":
        return _forbidden(request, str(error))
    if error.refused.kind == "not_found":
        return _missing(request)
    return render(request, "errors/409.html", {"why": str(error)}, status=HTTPStatus.CONFLICT)


def _forbidden(request: HttpRequest, why: str = "") -> HttpResponse:
    context = {"helpers": [] if why == OPERATORS else _helpers(request), "why": why}
    return render(request, "errors/403.html", context, status=HTTPStatus.FORBIDDEN)


def _missing(request: HttpRequest) -> HttpResponse:
    """404; where an id was asked for that this workspace has not, audited: it may be another's (R2.4)."""
    match, here = request.resolver_match, request.place.workspace
    if here and match and match.kwargs and match.func is not nothing_here:
        straying.note(request)
    return render(request, "errors/404.html", status=HTTPStatus.NOT_FOUND)


def nothing_here(request: HttpRequest, anything: str) -> HttpResponse:
    """The view of every address that is none, so that its 404 comes with the frame."""
    raise Http404(anything)


def too_many(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """429: called by a view that counts."""
    return render(request, "errors/429.html", status=HTTPStatus.TOO_MANY_REQUESTS)


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form whose protecting token is old or missing."""
    return render(request, "errors/stale_form.html", status=HTTPStatus.FORBIDDEN)


# Below: Django's own handlers. They may run in another thread, so they touch neither database nor session.


def unreadable(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400."""
    return _alone("errors/400.html", HTTPStatus.BAD_REQUEST)


def not_yours(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403 from before a view was reached."""
    return _alone("errors/403.html", HTTPStatus.FORBIDDEN)


def nowhere(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404 from before a view was reached."""
    return _alone("errors/404.html", HTTPStatus.NOT_FOUND)


def broken(request: HttpRequest) -> HttpResponse:
    """500; 503 where it is the database that is away."""
    error = sys.exc_info()[1]
    if isinstance(error, (OperationalError, InterfaceError, *UNREACHABLE)):
        away_log.error("the database cannot be reached, so %s is not shown: %s", request.path, error)
        return _alone("errors/503.html", HTTPStatus.SERVICE_UNAVAILABLE, retry_after=RETRY_AFTER)
    reference = secrets.token_hex(4)
    log.error("a page failed", exc_info=True, extra={"reference": reference, "path": request.path})
    return _alone("errors/500.html", HTTPStatus.INTERNAL_SERVER_ERROR, reference=reference)


def away_page() -> str:
    """503, for whoever answers while the database is away."""
    return str(render_to_string("errors/503.html"))


def _alone(template: str, status: HTTPStatus, *, retry_after: str = "", **context: str) -> HttpResponse:
    headers = {"Retry-After": retry_after} if retry_after else {}
    return HttpResponse(render_to_string(template, context), status=status, headers=headers)


def _helpers(request: HttpRequest) -> list[User]:
    if request.place.workspace is None:
        return []
    others = Membership.objects.filter(role__in=HELPERS).exclude(user_id=request.user.pk)
    ids = others.values_list("user_id", flat=True)[:5]
    return list(User.objects.filter(id__in=list(ids)).order_by("name", "email"))
