"""Forms that are sent twice (a double click, "send again" after going back) do once what they ask for."""

from __future__ import annotations

import secrets

from django.core.cache import cache
from django.http import HttpRequest

FIELD = "once"
KEPT_SECONDS = 24 * 60 * 60


def token() -> str:
    """What a form that makes something carries, new for each page."""
    return secrets.token_urlsafe(12)


def first(request: HttpRequest) -> bool:
    """Whether this form is sent for the first time. A second one waits until the first is answered."""
    return FIELD not in request.POST or bool(cache.add(_key(request), 1, KEPT_SECONDS))


def not_done(request: HttpRequest) -> None:
    """The form was refused, so it may be sent again."""
    cache.delete(_key(request))


def _key(request: HttpRequest) -> str:
    place = request.place.workspace
    return f"once:{place.id if place else 0}:{request.user.pk}:{request.POST.get(FIELD, '')[:40]}"
