"""The company's own OpenID provider, by the SAYSO_OIDC_ settings, and what allauth is told of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

PROVIDER = "company"


@dataclass(frozen=True, slots=True)
class OpenId:
    """A provider that vouches for people; `name` is what the sign-in page calls it."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    name: str


def open_id_app(provider: OpenId) -> dict[str, Any]:
    """The provider as allauth has it."""
    return {
        "provider_id": PROVIDER,
        "name": provider.name,
        "client_id": provider.client_id,
        "secret": provider.client_secret,
        "settings": {"server_url": provider.issuer, "oauth_pkce_enabled": True},
    }
