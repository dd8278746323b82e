"""The company's own OpenID provider, by the SAYSO_OIDC_ settings, and what Django is told of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

PATIENCE_SECONDS = 5
PROVIDER = "company"


@dataclass(frozen=True, slots=True)
class OpenId:
    """A provider that vouches for people; `name` is what the sign-in page calls it."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    name: str


def open_id_settings(provider: OpenId | None) -> dict[str, Any]:
    """allauth's settings for the provider; without one nobody is vouched for."""
    app = provider and {
        "provider_id": PROVIDER,
        "name": provider.name,
        "client_id": provider.client_id,
        "secret": provider.client_secret,
        "settings": {"server_url": provider.issuer, "oauth_pkce_enabled": True},
    }
    return {
        "SOCIALACCOUNT_ADAPTER": "sayso.console.accounts.vouching.Vouched",
        "SOCIALACCOUNT_PROVIDERS": {"openid_connect": {"APPS": [app] if app else []}},
        "SOCIALACCOUNT_REQUESTS_TIMEOUT": PATIENCE_SECONDS,
        # Nothing is kept of the provider: who somebody is, it says each time.
        "SOCIALACCOUNT_STORE_TOKENS": False,
        "SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT": False,
    }
