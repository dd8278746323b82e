"""Who vouches for people beside their passwords, and what Django is told of it."""

from __future__ import annotations

from typing import Any

from sayso.console.open_id import OpenId, open_id_app
from sayso.console.saml import Saml, saml_app

PATIENCE_SECONDS = 5


def provider_settings(open_id: OpenId | None, saml: Saml | None) -> dict[str, Any]:
    """allauth's settings for the providers; without one nobody is vouched for."""
    return {
        "SOCIALACCOUNT_ADAPTER": "sayso.console.accounts.vouching.Vouched",
        "SOCIALACCOUNT_PROVIDERS": {
            "openid_connect": {"APPS": [open_id_app(open_id)] if open_id else []},
            "saml": {"APPS": [saml_app(saml)] if saml else []},
        },
        "SOCIALACCOUNT_REQUESTS_TIMEOUT": PATIENCE_SECONDS,
        # Nothing is kept of the provider: who somebody is, it says each time.
        "SOCIALACCOUNT_STORE_TOKENS": False,
        "SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT": False,
    }
