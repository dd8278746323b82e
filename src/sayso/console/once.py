"""Forms that are sent twice (a double click, "send again" after going back) do once what they ask for.

A form's one time is taken in the request's transaction, which an answer of 500 or above undoes; what an
action did was committed in another, and stays. So that an action begins is noted aside before it does: where
its answer was lost the form does nothing more, and says that nobody knows whether it was done.
"""

from __future__ import annotations

import secrets

from django.core.cache import cache
from django.http import HttpRequest

from sayso.console import aside

FIELD = "once"
KEPT_SECONDS = 24 * 60 * 60
LONGEST = 40
LOOK = "Look whether it is there before you ask for it again, from a new page."


class UnknownError(Exception):
    """The form was sent before and its answer was lost: was it done? The words say where to look."""


def token() -> str:
    """What a form that makes something carries, new for each page."""
    return secrets.token_urlsafe(12)


def sent(request: HttpRequest) -> str:
    """What the form that was sent carries; empty where it carries nothing."""
    return str(request.POST.get(FIELD, ""))[:LONGEST]


def first(request: HttpRequest, look: str = LOOK) -> bool:
    """Whether this form is sent for the first time. A second one waits until the first is answered.

    Raises UnknownError, with `look`, where nobody knows what became of the first.
    """
    return FIELD not in request.POST or take(request, sent(request), look)


def sent_again(request: HttpRequest) -> bool:
    """Whether this form did already what it asks for."""
    return FIELD in request.POST and cache.get(key(request, sent(request))) is not None


def not_done(request: HttpRequest) -> None:
    """The form was refused, so it may be sent again."""
    give_back(request, sent(request))


def take(request: HttpRequest, form: str, look: str = LOOK) -> bool:
    """Whether nobody has taken this form's one time yet. Raises as `first` does."""
    # The row is written in the request's transaction: a second one waits for its end.
    if not cache.add(key(request, form), 1, KEPT_SECONDS):
        return False
    if cache.get(_begun(request, form)) is not None:
        cache.delete(key(request, form))
        raise UnknownError(look)
    request.form_at_work = form
    return True


def give_back(request: HttpRequest, form: str) -> None:
    """Nothing was made: the form may be sent again."""
    cache.delete(key(request, form))
    if getattr(request, "form_at_work", None) is None:
        aside.drop(_begun(request, form))
    request.form_at_work = None


def begins(request: HttpRequest) -> str | None:
    """An action is about to begin: from here on its form is not sent again unless it is refused.

    The form that was taken, for `refused`; None: none was.
    """
    form: str | None = getattr(request, "form_at_work", None)
    if form is not None:
        aside.keep(_begun(request, form), KEPT_SECONDS)
        request.form_at_work = None
    return form


def refused(request: HttpRequest, form: str | None) -> None:
    """The action that began for this form did nothing: whatever page comes of it may give the form back."""
    if form is not None:
        aside.drop(_begun(request, form))
        request.form_at_work = form


def broken_off(request: HttpRequest) -> None:
    """An error page is all that came of the request: where no action did anything, or may have done, the
    form may be sent again."""
    form = getattr(request, "form_at_work", None)
    if form is not None:
        give_back(request, form)


def key(request: HttpRequest, form: str) -> str:
    """Where a form is remembered: by workspace and person, so that nobody meets another's."""
    place = request.place.workspace
    return f"once:{place.id if place else 0}:{request.user.pk}:{form}"


def _begun(request: HttpRequest, form: str) -> str:
    return f"{key(request, form)}:begun"
