"""What is believed of a SAML provider's answer, and all that is not."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest
from django.conf import settings
from django.test import override_settings
from lxml import etree
from signxml.algorithms import DigestAlgorithm, SignatureMethod

from sayso.console.providers import provider_settings
from sayso.console.saml import Saml
from tests.console_visits import text, visitor
from tests.consoles import Console, Person
from tests.running import free_port
from tests.saml_provider import (
    DENIED,
    OTHER_KEYS,
    PERSISTENT,
    RETIRED,
    UNSPECIFIED,
    A,
    Keys,
    Provider,
    providing,
    response,
)

DS = "{http://www.w3.org/2000/09/xmldsig#}"
EMAIL = "urn:oid:0.9.2342.19200300.100.1.3"
ENTRA = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress"
BACK = "/sign-in/saml/back/"


@contextmanager
def offered(metadata: str, email: str = "") -> Iterator[None]:
    """The console offers the provider with this metadata."""
    saml = Saml(metadata, "Fern ID", email)
    values = replace(settings.SAYSO_VALUES, saml=saml)
    with override_settings(SAYSO_VALUES=values, **provider_settings(None, saml)):
        yield


@dataclass
class Scene:
    """Somebody who is here, a browser, and a provider that knows them."""

    person: Person
    client: Any
    provider: Provider

    def ask(self) -> str:
        """Where the browser is sent to."""
        answer = self.client.get("/sign-in/saml/?next=/account/")
        assert answer.status_code == HTTPStatus.FOUND
        return str(answer["Location"])

    def give(self, posted: str) -> Any:
        """The answer, posted from the provider's page; what the browser then shows."""
        return self.client.post(BACK, {"SAMLResponse": posted, "RelayState": ""}, follow=True)

    def signed_on(self, change: Callable[[Any], None] = lambda tree: None, **otherwise: Any) -> Any:
        """The whole journey, with an answer that says this otherwise, or is changed on the way."""
        told = self.provider.told(self.ask(), **({"name_id": self.person.email} | otherwise))
        return self.give(response(told, change))

    @property
    def is_in(self) -> bool:
        """Whether the browser is signed in."""
        return bool(self.client.get("/account/").status_code == HTTPStatus.OK)


@pytest.fixture
def scene(console: Console) -> Iterator[Scene]:
    """Nobody is signed in yet, and the provider's metadata is read at its address."""
    person = console.person((console.workspace(), "owner"))
    with providing() as provider, offered(f"{provider.url}/metadata"):
        yield Scene(person, visitor(), provider)


def disbelieved(scene: Scene, answer: Any, caplog: pytest.LogCaptureFixture, cause: str) -> None:
    """Nobody is in, the page says so in words, and the log why."""
    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert "The answer of Fern ID cannot be believed" in text(answer)
    assert cause in caplog.text
    assert not scene.is_in


@pytest.mark.rule("R2.2")
@pytest.mark.parametrize(
    "told",
    [
        {},
        {"name_format": UNSPECIFIED},
        {"name_id": "n1", "name_format": PERSISTENT, "attributes": {EMAIL: "{email}"}},
        {"name_id": "upn@elsewhere.example", "attributes": {ENTRA: "{email}"}},
        {"keys": RETIRED},
        {"sign_response": True},
    ],
    ids=["NameID", "unspecified", "oid", "claim", "one of two certificates", "response signed too"],
)
def test_whoever_the_provider_vouches_for_is_in(scene: Scene, told: dict[str, Any]) -> None:
    said = {key: value for key, value in told.items() if key != "attributes"}
    attributes = {
        name: value.format(email=scene.person.email) for name, value in told.get("attributes", {}).items()
    }
    answer = scene.signed_on(**said, attributes=attributes)
    assert answer.status_code == HTTPStatus.OK
    assert scene.person.email in text(answer)
    assert scene.is_in


@pytest.mark.rule("R2.2")
def test_what_is_asked_names_this_server_and_the_way_back(scene: Scene, console: Console) -> None:
    scene.signed_on()
    (asked,) = scene.provider.asked
    assert asked.get("AssertionConsumerServiceURL") == f"{console.url}{BACK}"
    assert asked.get("Destination") == f"{scene.provider.url}/sign-on"
    assert asked.findtext(f"{{{A}}}Issuer") == f"{console.url}/sign-in/saml/metadata/"


@pytest.mark.rule("R2.2")
def test_a_sign_on_address_may_have_a_query_of_its_own(scene: Scene) -> None:
    metadata = scene.provider.metadata.replace("/sign-on", "/sign-on?idp=fern&amp;app=sayso")
    with offered(metadata):
        scene.signed_on()
        assert scene.is_in
    assert scene.provider.asked[0].get("Destination") == f"{scene.provider.url}/sign-on?idp=fern&app=sayso"


def _elsewhere(tree: Any) -> None:
    tree.find(f".//{{{A}}}NameID").text = "owner@littlefern.example"


def _unsigned(tree: Any) -> None:
    tree.find(f"{{{A}}}Assertion").remove(tree.find(f"{{{A}}}Assertion/{DS}Signature"))


def _wrapped(tree: Any) -> None:
    """The signed assertion moves into an unsigned one that speaks of somebody else."""
    signed = tree.find(f"{{{A}}}Assertion")
    forged = etree.fromstring(etree.tostring(signed))
    forged.set("ID", "_forged")
    forged.find(f".//{{{A}}}NameID").text = "owner@littlefern.example"
    forged.remove(forged.find(f"{DS}Signature"))
    tree.replace(signed, forged)
    advice = etree.SubElement(forged, f"{{{A}}}Advice")
    advice.append(signed)


def _doubled(tree: Any) -> None:
    forged = etree.fromstring(etree.tostring(tree.find(f"{{{A}}}Assertion")))
    forged.find(f".//{{{A}}}NameID").text = "owner@littlefern.example"
    tree.insert(2, forged)


def _encrypted(tree: Any) -> None:
    tree.replace(tree.find(f"{{{A}}}Assertion"), etree.Element(f"{{{A}}}EncryptedAssertion"))


@pytest.mark.rule("R2.2")
@pytest.mark.parametrize(
    ("change", "cause"),
    [
        (_elsewhere, "Signature validation failed"),
        (_unsigned, "The Assertion of the Response is not signed"),
        (_wrapped, "SAML Response must contain 1 assertion"),
        (_doubled, "SAML Response must contain 1 assertion"),
        (_encrypted, "No private key available"),
    ],
    ids=["tampered", "signature removed", "wrapped", "doubled", "encrypted"],
)
def test_what_was_changed_on_the_way_is_refused(
    scene: Scene, caplog: pytest.LogCaptureFixture, change: Callable[[Any], None], cause: str
) -> None:
    disbelieved(scene, scene.signed_on(change), caplog, cause)


@pytest.mark.rule("R2.2")
@pytest.mark.parametrize(
    ("told", "cause"),
    [
        ({"keys": None}, "The Assertion of the Response is not signed"),
        ({"keys": None, "sign_response": True}, "The Assertion of the Response is not signed"),
        ({"keys": OTHER_KEYS}, "Signature validation failed"),
        ({"audience": "https://another.example/"}, "is not a valid audience"),
        ({"audience": ""}, "it does not say that it is for this server"),
        ({"issuer": "https://another.example/"}, "Invalid issuer"),
        ({"until": timedelta(minutes=-10)}, "expired"),
        ({"since": timedelta(minutes=10)}, "not yet valid"),
        ({"confirmed_until": timedelta(minutes=-1)}, "A valid SubjectConfirmation was not found"),
        ({"confirmed_until": None}, "not for this sign-in"),
        ({"confirmed_to": "https://another.example/"}, "A valid SubjectConfirmation was not found"),
        ({"confirmed_to": ""}, "not for this sign-in"),
        ({"confirmed_asked": "_another"}, "A valid SubjectConfirmation was not found"),
        ({"confirmed_asked": ""}, "not for this sign-in"),
        ({"destination": "https://another.example/"}, "instead of https://another.example/"),
    ],
    ids=lambda value: repr(value) if isinstance(value, dict) else "",
)
def test_an_answer_that_is_not_signed_for_this_server_sign_in_and_time_is_refused(
    scene: Scene, caplog: pytest.LogCaptureFixture, told: dict[str, Any], cause: str
) -> None:
    disbelieved(scene, scene.signed_on(**told), caplog, cause)


@pytest.mark.rule("R2.2")
def test_a_signature_of_broken_methods_is_refused(
    scene: Scene, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The library of the tests refuses to sign so, and has to be told to.
    monkeypatch.setattr("signxml.XMLSigner.check_deprecated_methods", lambda *_: None)
    sign = Keys.sign
    old = {"signature_algorithm": SignatureMethod.RSA_SHA1, "digest_algorithm": DigestAlgorithm.SHA1}
    monkeypatch.setattr(Keys, "sign", lambda keys, element: sign(keys, element, **old))
    disbelieved(scene, scene.signed_on(), caplog, "Deprecated signature algorithm")


@pytest.mark.rule("R2.2")
@pytest.mark.parametrize("place", ["NameID", "AttributeValue"])
def test_a_comment_in_the_address_does_not_shorten_it(scene: Scene, place: str) -> None:
    stranger = f"{scene.person.email}.elsewhere.example"

    def change(tree: Any) -> None:
        name = tree.find(f".//{{{A}}}{place}")
        name.text = scene.person.email
        comment = etree.Comment("")
        comment.tail = ".elsewhere.example"
        name.append(comment)

    # Signatures do not cover comments: this one still holds.
    attributes = {EMAIL: stranger} if place == "AttributeValue" else {}
    answer = scene.signed_on(change, name_id=stranger, attributes=attributes)
    assert f"Fern ID knows you as {stranger}, but nobody here has that address" in text(answer)
    assert not scene.is_in


@pytest.mark.rule("R2.2")
@pytest.mark.parametrize(
    "posted",
    [
        "geheim",
        base64.b64encode(b"<no").decode(),
        base64.b64encode(b"<other/>").decode(),
        base64.b64encode(b'<!DOCTYPE a [<!ENTITY b "b">]><a>&b;</a>').decode(),
    ],
    ids=["no base64", "no XML", "another document", "entities"],
)
def test_what_is_no_answer_is_refused(scene: Scene, posted: str) -> None:
    scene.ask()
    answer = scene.give(posted)
    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert "You are not signed in" in text(answer)
    assert not scene.is_in


@pytest.mark.rule("R2.2")
@pytest.mark.parametrize("posted", ["", "A" * 400_001], ids=["none", "too long"])
def test_what_is_too_long_or_nothing_is_not_even_put_aside(
    scene: Scene, console: Console, posted: str
) -> None:
    before = console.execute("SELECT count(*) FROM console.django_session")
    answer = visitor().post(BACK, {"SAMLResponse": posted})
    assert "cannot be believed" in text(answer)
    assert console.execute("SELECT count(*) FROM console.django_session") == before


@pytest.mark.rule("R2.2")
def test_an_answer_is_good_once_and_in_one_browser_alone(scene: Scene) -> None:
    told = scene.provider.told(scene.ask(), name_id=scene.person.email)
    posted = response(told)
    thief = replace(scene, client=visitor())
    assert "was not begun in this browser" in text(thief.give(posted))
    thief.ask()
    assert "was not begun in this browser" in text(thief.give(posted))
    assert not thief.is_in
    scene.give(posted)
    assert scene.is_in
    scene.client.post("/sign-out/")
    assert "was not begun in this browser" in text(scene.give(posted))
    assert not scene.is_in


@pytest.mark.rule("R2.2")
def test_a_stolen_assertion_in_an_answer_of_ones_own_is_refused(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    stolen = scene.provider.told(scene.ask(), name_id=scene.person.email).asked
    thief = replace(scene, client=visitor())
    # The answer around it is not signed: it may name what the thief's browser asked.
    disbelieved(thief, thief.signed_on(confirmed_asked=stolen), caplog, "A valid SubjectConfirmation")


@pytest.mark.rule("R2.2")
def test_whom_the_provider_sends_unasked_is_told_to_begin_here(scene: Scene) -> None:
    answer = scene.signed_on(asked="")
    assert "this sign-in has to begin here" in text(answer)
    assert not scene.is_in


@pytest.mark.rule("R2.2")
def test_whom_the_provider_does_not_let_through_is_told(scene: Scene) -> None:
    answer = scene.signed_on(status=DENIED)
    assert "Fern ID did not let you through" in text(answer)
    assert not scene.is_in


@pytest.mark.rule("R2.2")
@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"name_id": "nora@littlefern.example", "name_format": PERSISTENT}, "did not say which e-mail"),
        ({"name_id": "nora", "name_format": UNSPECIFIED}, "did not say which e-mail"),
        ({"attributes": {"http://schemas.auth0.com/email_verified": "false"}}, "is verified"),
    ],
    ids=["persistent", "no address", "unverified"],
)
def test_a_name_that_is_no_address_or_denied_is_refused(
    scene: Scene, told: dict[str, Any], words: str
) -> None:
    assert words in text(scene.signed_on(**told))
    assert not scene.is_in


@pytest.mark.rule("R2.2")
def test_the_attribute_that_the_operator_names_is_the_only_one(scene: Scene) -> None:
    with offered(scene.provider.metadata, email="work"):
        refused = scene.signed_on(attributes={EMAIL: scene.person.email})
        assert "did not say which e-mail address is yours" in text(refused)
        assert not scene.is_in
        scene.signed_on(name_id="other@elsewhere.example", attributes={"work": scene.person.email})
        assert scene.is_in


@pytest.mark.rule("R2.2")
def test_a_proxy_that_hides_the_address_changes_nothing(scene: Scene, console: Console) -> None:
    values = replace(settings.SAYSO_VALUES, public_url="https://sms.example.com")
    with override_settings(SAYSO_VALUES=values):
        scene.signed_on()
        assert scene.is_in
        told = scene.provider.asked[0]
        assert told.get("AssertionConsumerServiceURL") == f"https://sms.example.com{BACK}"


@pytest.mark.rule("R2.2")
@pytest.mark.parametrize(
    ("change", "cause"),
    [
        (lambda text: text.replace("HTTP-Redirect", "HTTP-POST"), "names no sign-on address"),
        (lambda text: text.replace("ds:X509Certificate>", "ds:X509SKI>"), "has no certificate"),
        (lambda text: text.replace("IDPSSODescriptor", "SPSSODescriptor"), "is of 0 providers"),
        (lambda text: text[:-9], "cannot be read"),
        (lambda text: text.replace("127.0.0.1", "127 0 0 1"), "cannot be used"),
    ],
    ids=["no redirect", "no certificate", "another server's", "cut off", "no address"],
)
def test_metadata_that_cannot_be_used_is_said(
    scene: Scene, caplog: pytest.LogCaptureFixture, change: Callable[[str], str], cause: str
) -> None:
    with offered(change(scene.provider.metadata)):
        answer = scene.client.get("/sign-in/saml/")
    assert answer.status_code == HTTPStatus.FAILED_DEPENDENCY
    assert "can’t be reached, or answers something unexpected" in text(answer)
    assert cause in caplog.text


@pytest.mark.rule("R2.2")
def test_a_provider_that_is_away_is_said(console: Console) -> None:
    console.person()
    with offered(f"http://127.0.0.1:{free_port()}/metadata"):
        assert visitor().get("/sign-in/saml/").status_code == HTTPStatus.FAILED_DEPENDENCY


@pytest.mark.rule("R2.2")
def test_this_server_says_what_it_is_before_a_provider_is_set_up(console: Console) -> None:
    answer = visitor().get("/sign-in/saml/metadata/")
    tree = etree.fromstring(answer.content)
    assert tree.get("entityID") == f"{console.url}/sign-in/saml/metadata/"
    assert tree.get("validUntil") is None
    (descriptor,) = tree
    assert descriptor.get("WantAssertionsSigned") == "true"
    (back,) = descriptor.iter("{urn:oasis:names:tc:SAML:2.0:metadata}AssertionConsumerService")
    assert back.get("Location") == f"{console.url}{BACK}"
    for page in ("/sign-in/saml/", "/sign-in/saml/back/finish/"):
        assert visitor().get(page).status_code == HTTPStatus.NOT_FOUND
    assert visitor().post(BACK, {"SAMLResponse": "x"}).status_code == HTTPStatus.NOT_FOUND


@pytest.mark.rule("R2.2")
def test_sign_ons_are_limited_like_guesses(scene: Scene) -> None:
    answers = [visitor().post(BACK, {"SAMLResponse": "x"}).status_code for _ in range(31)]
    assert answers == [HTTPStatus.FOUND] * 30 + [HTTPStatus.TOO_MANY_REQUESTS]
