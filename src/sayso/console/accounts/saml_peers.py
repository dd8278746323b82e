"""This server and the company's SAML provider, as each says what it is (R2.2)."""

from __future__ import annotations

from copy import deepcopy
from typing import Any
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.base.provider import ProviderException
from django.conf import settings
from django.core.cache import cache
from django.urls import reverse
from lxml.etree import LxmlError
from onelogin.saml2.auth import OneLogin_Saml2_Auth
from onelogin.saml2.authn_request import OneLogin_Saml2_Authn_Request
from onelogin.saml2.constants import OneLogin_Saml2_Constants as Words
from onelogin.saml2.errors import OneLogin_Saml2_Error
from onelogin.saml2.idp_metadata_parser import OneLogin_Saml2_IdPMetadataParser
from onelogin.saml2.settings import OneLogin_Saml2_Settings
from onelogin.saml2.xml_utils import OneLogin_Saml2_XML

from sayso.console.accounts.offering import UNREADABLE
from sayso.console.saml import Saml

KNOWN_SECONDS = 600
SECURITY = {
    "wantAssertionsSigned": True,
    "rejectDeprecatedAlgorithm": True,
    # How people prove themselves there is the provider's affair, and asking for a way refuses all others.
    "requestedAuthnContext": False,
    # Some say who somebody is by the NameID alone, some by an attribute alone.
    "wantAttributeStatement": False,
    "wantNameId": False,
    "allowRepeatAttributeName": True,
    "allowSingleLabelDomains": True,
    # What this server says of itself stays true until its address changes.
    "metadataValidUntil": "",
    "metadataCacheDuration": "",
}


class _Asked(OneLogin_Saml2_Authn_Request):
    """The library writes the provider's address into XML as it is, though it may have an ampersand."""

    def __init__(self, peers: OneLogin_Saml2_Settings, *more: Any) -> None:
        escaped = deepcopy(peers)
        service = escaped.get_idp_data()["singleSignOnService"]
        service["url"] = escape(service["url"], {'"': "&quot;"})
        super().__init__(escaped, *more)


class Question(OneLogin_Saml2_Auth):
    """What a browser takes along to the provider."""

    authn_request_class = _Asked


def here(page: str) -> str:
    """The address of one of our pages, as the world and therefore the provider sees it."""
    return str(settings.SAYSO_VALUES.public_url.rstrip("/") + reverse(page))


def request_data() -> dict[str, str]:
    """Where an answer arrives, whatever a proxy before us made of the request."""
    split = urlsplit(here("saml_back"))
    return {
        "https": "on" if split.scheme == "https" else "off",
        "http_host": split.netloc,
        "script_name": split.path,
    }


def this_server() -> OneLogin_Saml2_Settings:
    """What this server is to any provider."""
    return OneLogin_Saml2_Settings(_said({}), sp_validation_only=True)


def both(provider: Saml) -> OneLogin_Saml2_Settings:
    """This server and the provider; raises ProviderException where that cannot be used."""
    try:
        return OneLogin_Saml2_Settings(_said(_identity(provider.metadata)))
    except OneLogin_Saml2_Error as fault:
        raise ProviderException(f"its metadata cannot be used ({fault})") from fault


def _said(provider: dict[str, Any]) -> dict[str, Any]:
    return {
        "strict": True,
        "sp": {
            "entityId": here("saml_metadata"),
            "assertionConsumerService": {"url": here("saml_back"), "binding": Words.BINDING_HTTP_POST},
            "NameIDFormat": Words.NAMEID_UNSPECIFIED,
        },
        "idp": provider,
        "security": SECURITY,
    }


def _identity(metadata: str) -> dict[str, Any]:
    """Who the provider is; asked for once in ten minutes by all workers together, where it is an address."""
    if metadata.startswith("<"):
        return _read(metadata.encode())
    key = f"sayso.saml:{metadata}"
    known: dict[str, Any] | None = cache.get(key)
    if known is None:
        answer = get_adapter().get_requests_session().get(metadata)
        answer.raise_for_status()
        known = _read(answer.content)
        cache.set(key, known, KNOWN_SECONDS)
    return known


def _read(metadata: bytes) -> dict[str, Any]:
    try:
        tree = OneLogin_Saml2_XML.to_etree(metadata)
        found = len(OneLogin_Saml2_XML.query(tree, "//md:IDPSSODescriptor"))
        said: dict[str, Any] = OneLogin_Saml2_IdPMetadataParser.parse(tree).get("idp", {})
    except (*UNREADABLE, LxmlError) as fault:
        raise ProviderException(f"its metadata cannot be read ({fault})") from fault
    if found != 1:
        raise ProviderException(f"its metadata is of {found} providers; SAYSO_SAML_METADATA names one")
    if "singleSignOnService" not in said:
        raise ProviderException("its metadata names no sign-on address of the binding HTTP-Redirect")
    if not (said.get("x509cert") or said.get("x509certMulti", {}).get("signing")):
        raise ProviderException("its metadata has no certificate to check signatures with")
    return said
