"""Error pages: what happened, what was and was not done, what to do, and a number to quote."""

from __future__ import annotations

import logging
import secrets
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from sayso.console.access import HELPERS
from sayso.console.accounts.models import User
from sayso.console.lenses.models import Membership

log = logging.getLogger("sayso.console")


def unreadable(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400. Rendered without a session: the request may not be ours at all."""
    return _alone("errors/400.html", HTTPStatus.BAD_REQUEST)


def not_yours(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403, with the names of those who can change it."""
    return render(request, "errors/403.html", {"helpers": _helpers(request)}, status=HTTPStatus.FORBIDDEN)


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form whose protecting token is old or missing."""
    return render(request, "errors/stale_form.html", status=HTTPStatus.FORBIDDEN)


def nowhere(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404."""
    return render(request, "errors/404.html", status=HTTPStatus.NOT_FOUND)


def too_many(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """429."""
    return render(request, "errors/429.html", status=HTTPStatus.TOO_MANY_REQUESTS)


def broken(request: HttpRequest) -> HttpResponse:
    """500. Touches neither database nor session: either may be what broke."""
    reference = secrets.token_hex(4)
    log.error("a page failed", exc_info=True, extra={"reference": reference, "path": request.path})
    return _alone("errors/500.html", HTTPStatus.INTERNAL_SERVER_ERROR, reference=reference)


def _alone(template: str, status: HTTPStatus, **context: str) -> HttpResponse:
    return HttpResponse(render_to_string(template, context), status=status)


def _helpers(request: HttpRequest) -> list[User]:
    if getattr(request, "place", None) is None or request.place.workspace is None:
        return []
    ids = Membership.objects.filter(role__in=HELPERS).values_list("user_id", flat=True)[:5]
    return list(User.objects.filter(id__in=list(ids)).order_by("name", "email"))
