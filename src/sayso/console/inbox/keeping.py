"""An expired session in the middle of a reply: the words wait in the browser's new session until sign-in."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse

from sayso.actions.message_wanted import LONGEST_BODY

View = Callable[..., HttpResponse]
KEPT = "kept_reply"


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
        if words.strip():
            request.session[KEPT] = [conversation_id, words]
        return redirect_to_login(request.path)

    wrapped: View = kept
    return wrapped


def kept_words(request: HttpRequest, conversation_id: int) -> str:
    """What was kept for this conversation, once."""
    stands = request.session.get(KEPT)
    if not stands or stands[0] != conversation_id:
        return ""
    del request.session[KEPT]
    return str(stands[1])
