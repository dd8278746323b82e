"""To the company's OpenID provider and back (R2.2)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.account.utils import get_next_redirect_url
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from sayso.console.accounts.offering import UNREADABLE, offered
from sayso.console.open_id import PROVIDER

KNOWN_SECONDS = 600
METHODS = "token_endpoint_auth_methods_supported"
NEEDED = ("issuer", "authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri")


class Provider(OpenIDConnectOAuth2Adapter):
    """The provider as the settings name it, reached by this server's public address."""

    @property
    def openid_config(self) -> dict[str, Any]:
        """What the provider says of itself; asked for once in ten minutes by all workers together."""
        issuer = settings.SAYSO_VALUES.open_id.issuer
        key = f"sayso.open_id:{issuer}"
        config: dict[str, Any] | None = cache.get(key)
        if config is None:
            with _reading():
                said = super().openid_config
                config = {name: str(said[name]) for name in NEEDED} | {METHODS: said.get(METHODS) or []}
            if config["issuer"].rstrip("/") != issuer.rstrip("/"):
                raise OAuth2Error(f"SAYSO_OIDC_ISSUER is {issuer}, but it calls itself {config['issuer']}")
            cache.set(key, config, KNOWN_SECONDS)
        return config

    def get_callback_url(self, request: HttpRequest, app: Any) -> str:
        """Where the provider sends people back; it must be told to it beforehand."""
        return str(settings.SAYSO_VALUES.public_url.rstrip("/") + reverse("sign_on_back"))

    def get_access_token_data(self, *args: Any, **kwargs: Any) -> Any:
        """What the provider gives for the code that the browser brought back."""
        with _reading():
            return super().get_access_token_data(*args, **kwargs)

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> Any:
        """Who signs in, if everything that the provider says is about the same person."""
        with _reading():
            login = super().complete_login(request, app, token, **kwargs)
            said = login.account.extra_data
            if said["id_token"]["sub"] != said["userinfo"]["sub"]:
                raise OAuth2Error("the token and the details are about two people")
        return login


@contextmanager
def _reading() -> Iterator[None]:
    """Anything unreadable in an answer of the provider's is its fault, not a mishap of ours."""
    try:
        yield
    except UNREADABLE as fault:
        raise OAuth2Error(f"its answer cannot be read ({type(fault).__name__}: {fault})") from fault


@offered("open_id", "GET")
def start(request: HttpRequest) -> HttpResponse:
    """To the provider. Only where to go afterwards is taken from the address."""
    if request.user.is_authenticated:
        return redirect("start")
    provider = get_adapter(request).get_provider(request, PROVIDER)
    provider.oauth2_adapter_class = Provider
    answer: HttpResponse = provider.redirect(
        request, AuthProcess.LOGIN, next_url=get_next_redirect_url(request)
    )
    return answer


@offered("open_id", "GET")
def back(request: HttpRequest) -> HttpResponse:
    """From the provider: signed in, asked for the second factor, or told why not."""
    answer: HttpResponse = OAuth2CallbackView.adapter_view(Provider(request, PROVIDER))(request)
    return answer
