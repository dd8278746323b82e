"""An expired session in the middle of a reply: the words wait in the browser's new session until sign-in."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse

from sayso.actions.message_wanted import LONGEST_BODY

View = Callable[..., HttpResponse]
KEPT = "kept_reply"
# Anybody may leave words here: they wait for a sign-in, not for days.
KEPT_SECONDS = 3_600


def keeps_words(view: View) -> View:
    """A view of one conversation: who is signed out by now signs in again, and what they wrote is kept.

    A live part that finds the session over stays as it is: a sign-in page would stand where the talk was.
    """

    @login_not_required
    @wraps(view)
    def kept(request: HttpRequest, conversation_id: int, **more: Any) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, conversation_id, **more)
        if request.htmx:
            return HttpResponse(status=204)
        words = request.POST.get("body", "")[:LONGEST_BODY] if request.method == "POST" else ""
        if words.strip() and _was_signed_in(request):
            request.session[KEPT] = [conversation_id, words]
            request.session.set_expiry(KEPT_SECONDS)
        return redirect_to_login(request.path)

    wrapped: View = kept
    return wrapped


def _was_signed_in(request: HttpRequest) -> bool:
    """Whether it looks so: a cookie came along, and not too many of them from one address of the network."""
    came = settings.SESSION_COOKIE_NAME in request.COOKIES
    return came and bool(ratelimit.consume(request, app="allauth.account", action=KEPT))


def kept_words(request: HttpRequest, conversation_id: int) -> str:
    """What was kept for this conversation, once."""
    stands = request.session.get(KEPT)
    if not stands or stands[0] != conversation_id:
        return ""
    del request.session[KEPT]
    # From here on it is the session of a signed-in person, however they signed in.
    request.session.set_expiry(None)
    return str(stands[1])
