"""Whom the company's providers vouch for, and who of them may enter: people who are here or invited."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.providers.base.constants import AuthError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils import timezone

from sayso.actions.accounts import note_account
from sayso.actions.actor import Actor
from sayso.actions.members import held_invitation
from sayso.console.accounts.making import make_vouched
from sayso.console.accounts.models import User
from sayso.console.loop import act_as, perform

log = logging.getLogger("sayso.console")


class Vouched(DefaultSocialAccountAdapter):
    """R2.2: matched by the address that the provider says is verified, each time anew; nobody signs up."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Never."""
        return False

    def authenticate_by_email(self, sociallogin: Any) -> tuple[User, str] | None:
        """The person with the verified address."""
        email = _verified(sociallogin)
        user = User.objects.filter(email=email).first() if email else None
        return (user, user.email) if user else None

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Turn away whom nobody knows; make the account of somebody who holds an invitation."""
        email, name = _verified(sociallogin), str(sociallogin.provider)
        if not email:
            raise ImmediateHttpResponse(told(request, name, "unverified"))
        if sociallogin.is_existing:
            _make_theirs(sociallogin.user)
        elif _is_invited(request, sociallogin, email):
            sociallogin.user = make_vouched(email, str(_said(sociallogin).get("name") or ""))
        else:
            raise ImmediateHttpResponse(told(request, name, "stranger", email=email))

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: str = AuthError.UNKNOWN,
        exception: Exception | None = None,
        extra_context: Any = None,
    ) -> None:
        """Whatever else went wrong, in words."""
        if error == AuthError.CANCELLED:
            raise ImmediateHttpResponse(told(request, str(provider), "cancelled"))
        if exception is not None:
            log.warning("the sign-on provider cannot be used: %s", exception)
            raise ImmediateHttpResponse(told(request, str(provider), "away", HTTPStatus.FAILED_DEPENDENCY))
        raise ImmediateHttpResponse(told(request, str(provider), "stale"))


def told(
    request: HttpRequest, name: str, why: str, status: HTTPStatus = HTTPStatus.FORBIDDEN, email: str = ""
) -> HttpResponse:
    """The page that says why nobody was signed in by the provider of this name."""
    context = {"why": why, "email": email, "name": name}
    return render(request, "account/not_signed_on.html", context, status=status)


def _said(sociallogin: Any) -> dict[str, Any]:
    """What the provider says of the person."""
    said = sociallogin.account.extra_data
    found: dict[str, Any] = said.get("userinfo") or said.get("id_token") or {}
    return found


def _verified(sociallogin: Any) -> str:
    """The address, if the provider vouches for it; some say so in a word, and "false" is a word too."""
    said = _said(sociallogin)
    email = said.get("email")
    if not isinstance(email, str) or said.get("email_verified") not in (True, "true"):
        return ""
    return email.strip().lower()


def _is_invited(request: HttpRequest, sociallogin: Any, email: str) -> bool:
    """Whether they came by the link of an invitation that is open and theirs."""
    try:
        came_by = resolve(sociallogin.state.get("next") or "/")
    except Resolver404:
        return False
    if came_by.url_name != "join":
        return False
    held = perform(request, held_invitation, came_by.kwargs["token"])
    return held is not None and held.email == email and not held.closed and held.expires_at > timezone.now()


def _make_theirs(user: User) -> None:
    """An account made by whoever had a link, maybe for another's address: what they know opens it no more."""
    if not user.joined_by_link:
        return
    after = {"password": "removed", "second_factors": "removed"}
    act_as(Actor(0, user_id=user.pk), note_account, user.pk, after)
    Authenticator.objects.filter(user=user).delete()
    user.set_unusable_password()
    user.joined_by_link = False
    user.save(update_fields=["password", "joined_by_link"])
