"""What is believed of a SAML provider's answer: signed, for us, for this sign-in, and in time (R2.2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from allauth.socialaccount.providers.saml.provider import SAMLProvider
from lxml.etree import LxmlError
from onelogin.saml2.constants import OneLogin_Saml2_Constants as Words
from onelogin.saml2.errors import OneLogin_Saml2_Error, OneLogin_Saml2_ValidationError
from onelogin.saml2.response import OneLogin_Saml2_Response
from onelogin.saml2.settings import OneLogin_Saml2_Settings
from onelogin.saml2.utils import OneLogin_Saml2_Utils
from onelogin.saml2.xml_utils import OneLogin_Saml2_XML

from sayso.console.accounts.offering import UNREADABLE
from sayso.console.accounts.saml_peers import here, request_data

USUAL = SAMLProvider.default_attribute_mapping
# A NameID of another kind is no address, though it may look like one.
ADDRESSES = (None, Words.NAMEID_EMAIL_ADDRESS, Words.NAMEID_UNSPECIFIED)
DISPLAY_NAMES = (
    "urn:oid:2.16.840.1.113730.3.1.241",
    "http://schemas.microsoft.com/identity/claims/displayname",
    "displayName",
)
CONFIRMED = (
    "/samlp:Response/saml:Assertion/saml:Subject"
    f"/saml:SubjectConfirmation[@Method='{Words.CM_BEARER}']/saml:SubjectConfirmationData"
)
_FAULTS = (*UNREADABLE, LxmlError, OneLogin_Saml2_Error, OneLogin_Saml2_ValidationError)


class DisbelievedError(Exception):
    """The answer is not the provider's, or not for this sign-in; the message is for the log."""


class DeclinedError(Exception):
    """The provider says that it did not let the person through."""


@dataclass(frozen=True, slots=True)
class Said:
    """What the provider says of a person; `email` is empty where it says none."""

    email: str
    name: str
    verified: bool = True


def opened(peers: OneLogin_Saml2_Settings, text: str) -> OneLogin_Saml2_Response:
    """The answer as it came, of which nothing is believed yet."""
    try:
        return OneLogin_Saml2_Response(peers, text)
    except _FAULTS as fault:
        raise DisbelievedError(f"it cannot be read ({fault})") from fault


def believed(answer: OneLogin_Saml2_Response, peers: OneLogin_Saml2_Settings, asked: str, email: str) -> Said:
    """Who signs in, if all of it holds; `asked` is the id of what this browser asked the provider."""
    try:
        answer.is_valid(request_data(), asked, raise_exceptions=True)
        _bound(answer, peers, asked)
        return _said(answer, email)
    except OneLogin_Saml2_ValidationError as fault:
        if fault.code == OneLogin_Saml2_ValidationError.STATUS_CODE_IS_NOT_SUCCESS:
            raise DeclinedError(str(fault)) from fault
        raise DisbelievedError(str(fault)) from fault
    except _FAULTS as fault:
        raise DisbelievedError(f"{type(fault).__name__}: {fault}") from fault


def _bound(answer: OneLogin_Saml2_Response, peers: OneLogin_Saml2_Settings, asked: str) -> None:
    """What the library checks only where the assertion says it: then nobody's assertion fits elsewhere."""
    # One assertion alone, and signed: `is_valid` has seen to that.
    if peers.get_sp_data()["entityId"] not in answer.get_audiences():
        raise DisbelievedError("it does not say that it is for this server (AudienceRestriction)")
    if peers.get_idp_data()["entityId"] not in answer.get_issuers():
        raise DisbelievedError("it does not say who issued it (Issuer)")
    now = OneLogin_Saml2_Utils.now()
    for data in OneLogin_Saml2_XML.query(answer.document, CONFIRMED):
        until = data.get("NotOnOrAfter")
        fits = data.get("InResponseTo") == asked and data.get("Recipient") == here("saml_back")
        if fits and until and OneLogin_Saml2_Utils.parse_SAML_to_time(until) > now:
            return
    raise DisbelievedError(
        "what is signed in it is not for this sign-in (SubjectConfirmationData: InResponseTo, Recipient, "
        "NotOnOrAfter)"
    )


def _said(answer: OneLogin_Saml2_Response, email: str) -> Said:
    attributes = answer.get_attributes()
    address = _first(attributes, (email,) if email else USUAL["email"])
    if not address and not email and answer.get_nameid_format() in ADDRESSES:
        address = answer.get_nameid() or ""
    given, family = (_first(attributes, USUAL[part]) for part in ("first_name", "last_name"))
    denied = _first(attributes, USUAL["email_verified"]).lower() in {"false", "0"}
    return Said(
        address.strip() if "@" in address else "",
        _first(attributes, DISPLAY_NAMES) or f"{given} {family}".strip(),
        verified=not denied,
    )


def _first(attributes: dict[str, list[Any]], names: tuple[str, ...] | list[str]) -> str:
    """The first text under the first of these names that has one."""
    values = (value for name in names for value in attributes.get(name, ()))
    return next((value for value in values if isinstance(value, str)), "")
