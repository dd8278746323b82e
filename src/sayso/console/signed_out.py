"""A session that ended under an open page: htmx is answered with a sentence, not with the sign-in page.

That page would be swapped in where a row or a dialog was asked for, and leaving the open page would lose what
is being written in it.
"""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse

EVENTS = "text/event-stream"


class SignedOut:
    """Turns a redirect to the sign-in page into a hint at the top of the page that is open."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        sign_in = reverse("account_login")
        away = response.status_code == HTTPStatus.FOUND and response["Location"].startswith(f"{sign_in}?")
        if away and request.headers.get("Accept") == EVENTS:
            # To a stream of news a page is no answer at all; by this it ends, and asks no more.
            return HttpResponse("Signed out.", status=HTTPStatus.UNAUTHORIZED, content_type="text/plain")
        if not away or "HX-Request" not in request.headers:
            return response
        headers = {
            "HX-Retarget": "#signed-out",
            "HX-Reselect": "#signed-out",
            "HX-Reswap": "outerMorph",
        }
        said = render_to_string("parts/signed_out.html", {"sign_in": sign_in})
        return HttpResponse(said, status=HTTPStatus.UNAUTHORIZED, headers=headers)
