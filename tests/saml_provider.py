"""A SAML provider over loopback that signs by code of its own: signxml, which shares nothing with xmlsec."""

from __future__ import annotations

import base64
import threading
import uuid
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from lxml import etree
from signxml import XMLSigner
from signxml.algorithms import CanonicalizationMethod

P = "urn:oasis:names:tc:SAML:2.0:protocol"
A = "urn:oasis:names:tc:SAML:2.0:assertion"
DS = "http://www.w3.org/2000/09/xmldsig#"
UNSPECIFIED = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"
EMAIL_ADDRESS = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"
PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
SUCCESS = "urn:oasis:names:tc:SAML:2.0:status:Success"
DENIED = "urn:oasis:names:tc:SAML:2.0:status:Responder"


class Keys:
    """A key and a certificate that names it."""

    def __init__(self) -> None:
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "A provider of the tests")])
        now = datetime.now(UTC)
        self.certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self.key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .sign(self.key, hashes.SHA256())
        )

    @property
    def pem(self) -> str:
        """The certificate."""
        return self.certificate.public_bytes(serialization.Encoding.PEM).decode()

    def sign(self, element: Any, **more: Any) -> Any:
        """The element, signed where it says so."""
        method = CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0
        signer = XMLSigner(c14n_algorithm=method, **more)
        return signer.sign(element, key=self.key, cert=self.pem, reference_uri=element.get("ID"))


KEYS, OTHER_KEYS = Keys(), Keys()


@dataclass(frozen=True)
class Told:
    """What an answer says; every part of it may be told otherwise."""

    asked: str
    to: str
    audience: str
    issuer: str = ""
    name_id: str = ""
    name_format: str = EMAIL_ADDRESS
    attributes: dict[str, str] = field(default_factory=dict)
    status: str = SUCCESS
    since: timedelta = timedelta(minutes=-1)
    until: timedelta = timedelta(minutes=5)
    confirmed_until: timedelta | None = timedelta(minutes=5)
    confirmed_to: str | None = None
    confirmed_asked: str | None = None
    destination: str | None = None
    keys: Keys | None = KEYS
    sign_response: bool = False


def at(apart: timedelta) -> str:
    """So long from now, as SAML writes it."""
    return (datetime.now(UTC) + apart).strftime("%Y-%m-%dT%H:%M:%SZ")


def _attributes(told: Told) -> str:
    if not told.attributes:
        return ""
    each = "".join(
        f'<saml:Attribute Name="{name}"><saml:AttributeValue>{escape(value)}</saml:AttributeValue>'
        "</saml:Attribute>"
        for name, value in told.attributes.items()
    )
    return f"<saml:AttributeStatement>{each}</saml:AttributeStatement>"


def assertion(told: Told) -> Any:
    """What is said of the person, signed if there are keys to sign with."""
    to = told.to if told.confirmed_to is None else told.confirmed_to
    asked = told.asked if told.confirmed_asked is None else told.confirmed_asked
    until = f'NotOnOrAfter="{at(told.confirmed_until)}"' if told.confirmed_until is not None else ""
    audience = f"<saml:Audience>{told.audience}</saml:Audience>" if told.audience else ""
    only_for = f"<saml:AudienceRestriction>{audience}</saml:AudienceRestriction>" if audience else ""
    placeholder = f'<ds:Signature xmlns:ds="{DS}" Id="placeholder"/>' if told.keys else ""
    in_response_to = f'InResponseTo="{asked}"' if asked else ""
    element = etree.fromstring(
        f'<saml:Assertion xmlns:saml="{A}" ID="_{uuid.uuid4().hex}" Version="2.0"'
        f' IssueInstant="{at(timedelta())}"><saml:Issuer>{told.issuer}</saml:Issuer>{placeholder}'
        f'<saml:Subject><saml:NameID Format="{told.name_format}">{escape(told.name_id)}</saml:NameID>'
        '<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">'
        f'<saml:SubjectConfirmationData {in_response_to} Recipient="{to}" {until}/>'
        "</saml:SubjectConfirmation></saml:Subject>"
        f'<saml:Conditions NotBefore="{at(told.since)}" NotOnOrAfter="{at(told.until)}">{only_for}'
        f'</saml:Conditions><saml:AuthnStatement AuthnInstant="{at(timedelta())}"><saml:AuthnContext>'
        "<saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef>"
        f"</saml:AuthnContext></saml:AuthnStatement>{_attributes(told)}</saml:Assertion>"
    )
    return told.keys.sign(element) if told.keys else element


def response(told: Told, change: Callable[[Any], None] = lambda tree: None) -> str:
    """The answer as the browser posts it; `change`: what somebody does to it after the signing."""
    destination = told.to if told.destination is None else told.destination
    in_response_to = f'InResponseTo="{told.asked}"' if told.asked else ""
    placeholder = f'<ds:Signature xmlns:ds="{DS}" Id="placeholder"/>' if told.sign_response else ""
    tree = etree.fromstring(
        f'<samlp:Response xmlns:samlp="{P}" xmlns:saml="{A}" ID="_{uuid.uuid4().hex}" Version="2.0"'
        f' IssueInstant="{at(timedelta())}" Destination="{destination}" {in_response_to}>'
        f"<saml:Issuer>{told.issuer}</saml:Issuer>{placeholder}"
        f'<samlp:Status><samlp:StatusCode Value="{told.status}"/></samlp:Status></samlp:Response>'
    )
    if told.status == SUCCESS:
        tree.append(assertion(told))
    if told.sign_response:
        tree = KEYS.sign(tree)
    change(tree)
    return base64.b64encode(etree.tostring(tree)).decode()


@dataclass
class Provider:
    """Its address, and whom it says is there; `asked` is what it was asked, newest last."""

    url: str
    said: dict[str, Any]
    asked: list[Any] = field(default_factory=list)

    @property
    def metadata(self) -> str:
        """What it says of itself, a retired certificate included."""
        keys = "".join(
            f'<md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="{DS}"><ds:X509Data><ds:X509Certificate>'
            f"{''.join(each.pem.splitlines()[1:-1])}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>"
            "</md:KeyDescriptor>"
            for each in (RETIRED, KEYS)
        )
        redirect = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
        return (
            f'<?xml version="1.0"?><md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata"'
            f' entityID="{self.url}/metadata"><md:IDPSSODescriptor protocolSupportEnumeration="{P}">{keys}'
            f'<md:SingleSignOnService Binding="{redirect}" Location="{self.url}/sign-on"/>'
            "</md:IDPSSODescriptor></md:EntityDescriptor>"
        )

    def told(self, question: str, **otherwise: Any) -> Told:
        """What it answers to what stands in the address that somebody was sent to."""
        (packed,) = parse_qs(urlsplit(question).query)["SAMLRequest"]
        asked = etree.fromstring(zlib.decompress(base64.b64decode(packed), -15))
        self.asked.append(asked)
        told = Told(
            asked=asked.get("ID"),
            to=asked.get("AssertionConsumerServiceURL"),
            audience=asked.findtext(f"{{{A}}}Issuer"),
            issuer=f"{self.url}/metadata",
        )
        return replace(told, **self.said, **otherwise)

    def page(self, question: str) -> str:
        """A page that sends the browser back by itself, as providers do."""
        told = self.told(question)
        return (
            '<!doctype html><html lang="en"><title>Fern ID</title><h1>Fern ID</h1>'
            f'<form method="post" action="{told.to}"><input type="hidden" name="RelayState" value="">'
            f'<input type="hidden" name="SAMLResponse" value="{response(told)}"></form>'
            "<script>document.forms[0].submit()</script></html>"
        )


RETIRED = Keys()


@contextmanager
def providing(**said: Any) -> Iterator[Provider]:
    """A provider that answers, on another site than the console: 127.0.0.1 is not localhost."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            is_page = self.path.startswith("/sign-on?")
            body = (provider.page(self.path) if is_page else provider.metadata).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8" if is_page else "application/xml")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider = Provider(f"http://127.0.0.1:{server.server_port}", said)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()
