"""The company's own SAML provider, by the SAYSO_SAML_ settings, and what allauth is told of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

PROVIDER = "saml"


@dataclass(frozen=True, slots=True)
class Saml:
    """A provider that vouches for people; `name` is what the sign-in page calls it.

    `metadata` is what it says of itself (XML), or the address where it says so; `email` is the attribute with
    the address of the person, empty where it is one of the usual ones or the NameID.
    """

    metadata: str
    name: str
    email: str = ""


def saml_app(provider: Saml) -> dict[str, Any]:
    """The provider as allauth has it; what is believed of an answer stands in `accounts.saml_answer`."""
    return {"provider_id": PROVIDER, "client_id": PROVIDER, "name": provider.name}
