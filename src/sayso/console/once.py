"""Forms that are sent twice (a double click, "send again" after going back) do once what they ask for."""

from __future__ import annotations

import secrets

from django.core.cache import cache
from django.http import HttpRequest

FIELD = "once"
KEPT_SECONDS = 24 * 60 * 60
LONGEST = 40


def token() -> str:
    """What a form that makes something carries, new for each page."""
    return secrets.token_urlsafe(12)


def sent(request: HttpRequest) -> str:
    """What the form that was sent carries; empty where it carries nothing."""
    return str(request.POST.get(FIELD, ""))[:LONGEST]


def first(request: HttpRequest) -> bool:
    """Whether this form is sent for the first time. A second one waits until the first is answered."""
    return FIELD not in request.POST or take(request, sent(request))


def sent_again(request: HttpRequest) -> bool:
    """Whether this form did already what it asks for."""
    return FIELD in request.POST and cache.get(key(request, sent(request))) is not None


def not_done(request: HttpRequest) -> None:
    """The form was refused, so it may be sent again."""
    give_back(request, sent(request))


def take(request: HttpRequest, form: str) -> bool:
    """Whether nobody has taken this form's one time yet."""
    # The row is written in the request's transaction: a second one waits for its commit.
    is_first = bool(cache.add(key(request, form), 1, KEPT_SECONDS))
    if is_first:
        request.form_at_work = form
    return is_first


def give_back(request: HttpRequest, form: str) -> None:
    """Nothing was made: the form may be sent again."""
    cache.delete(key(request, form))
    request.form_at_work = None


def was_done(request: HttpRequest) -> None:
    """Something was done since the form was taken: whatever comes after it, it is not done twice."""
    request.form_at_work = None


def broken_off(request: HttpRequest) -> None:
    """An error page is all that came of the request: where nothing was done, the form may be sent again."""
    form = getattr(request, "form_at_work", None)
    if form is not None:
        give_back(request, form)


def key(request: HttpRequest, form: str) -> str:
    """Where a form is remembered: by workspace and person, so that nobody meets another's."""
    place = request.place.workspace
    return f"once:{place.id if place else 0}:{request.user.pk}:{form}"
