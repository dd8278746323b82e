"""Somebody forgot their password: a link by mail where there is a mail server, else whom to ask (R2.2)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from allauth.account.views import PasswordResetFromKeyView, PasswordResetView
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse_lazy
from django.views.decorators.http import require_safe

from sayso.actions.accounts import note_account
from sayso.actions.actor import Actor
from sayso.console import mail
from sayso.console.loop import act_as
from sayso.console.settings import LINK_LIVES_MINUTES


class Ask(PasswordResetView):
    """Asks for the address; the answer is the same whether somebody has it or not."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Without a mail server: whom to ask."""
        if not mail.can_send():
            return render(request, "account/password_ask.html")
        answer: HttpResponse = super().dispatch(request, *args, **kwargs)
        return answer


class SetAnew(PasswordResetFromKeyView):
    """Where the link leads: a new password, then the sign-in with whatever second factor there is."""

    success_url = reverse_lazy("account_login")

    def form_valid(self, form: Any) -> HttpResponse:
        """Keep the password, which makes the link worthless and ends every session."""
        person = self.reset_user.pk
        act_as(Actor(0, user_id=person), note_account, person, {"password": "set anew by a mailed link"})
        answer: HttpResponse = super().form_valid(form)
        return answer

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        """A link that is used or old says so."""
        if context.get("token_fail"):
            kwargs["status"] = HTTPStatus.GONE
        answer: HttpResponse = super().render_to_response(context, **kwargs)
        return answer


ask = login_not_required(Ask.as_view())
set_anew = SetAnew.as_view()


@login_not_required
@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    """What was done, without a word on whether anybody has the address."""
    return render(request, "account/password_reset_done.html", {"minutes": LINK_LIVES_MINUTES})
