"""Signatures: what the official packages accept we accept, and what they refuse we refuse."""

import hashlib
from base64 import b64encode
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from multidict import MultiDict
from sinch.domains.sms.sinch_events.v1 import SmsSinchEvent
from twilio.request_validator import RequestValidator

from sayso.providers.contract import Forged, Genuine, Stale
from sayso.providers.signatures import base64_mac, signed_message
from sayso.providers.simulator.carrier_side import sign
from sayso.providers.simulator.provider import Simulator
from sayso.providers.sinch.provider import Sinch
from sayso.providers.twilio.provider import Twilio
from tests.providers.callbacks import FORM, JSON, NOW, SINCH_TEXT, TWILIO_TEXT, as_form, as_json, request

SINCH, TWILIO, SIMULATOR = Sinch(), Twilio(), Simulator()
SECRET = "s3cret-ünicode"
BODY = as_json(SINCH_TEXT)

texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=40)
names = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=12)
header_texts = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=40)


def sinch_headers(
    body: bytes, secret: str = SECRET, algorithm: str = "sha256", age: float = 0
) -> dict[str, str]:
    timestamp = str(int(NOW.timestamp() - age))
    signature = base64_mac(secret, signed_message(body, "nonce-1", timestamp), algorithm)
    return {
        **JSON,
        "x-sinch-webhook-signature": signature.decode(),
        "x-sinch-webhook-signature-timestamp": timestamp,
        "x-sinch-webhook-signature-nonce": "nonce-1",
        "x-sinch-webhook-signature-algorithm": f"Hmac{algorithm.upper()}",
    }


# --- Sinch -----------------------------------------------------------------------------------------


@settings(max_examples=150, deadline=None)
@given(texts, header_texts, header_texts, st.sampled_from(["", "body", "nonce", "secret", "signature"]))
def test_sinch_signatures_agree_with_the_official_package(
    content: str, nonce: str, secret: str, spoilt: str
) -> None:
    body, timestamp = content.encode(), str(int(NOW.timestamp()))
    signed = signed_message(body + b"!" * (spoilt == "body"), nonce, timestamp)
    signature = base64_mac(secret + "x" * (spoilt == "secret"), signed).decode()
    headers = {
        "x-sinch-webhook-signature": signature.swapcase() if spoilt == "signature" else signature,
        "x-sinch-webhook-signature-timestamp": timestamp,
        "x-sinch-webhook-signature-nonce": nonce + "n" * (spoilt == "nonce"),
        "x-sinch-webhook-signature-algorithm": "HmacSHA256",
    }
    theirs = SmsSinchEvent(secret).validate_authentication_header(headers, content)
    ours = SINCH.verify(request(body, headers), {"webhook_secret": secret}, {}, NOW)
    assert isinstance(ours, Genuine) == theirs == (not spoilt)


@pytest.mark.parametrize("algorithm", ["sha256", "sha384", "sha512"])
def test_sinch_algorithms_on_the_list_pass(algorithm: str) -> None:
    signed = request(BODY, sinch_headers(BODY, algorithm=algorithm))
    assert SINCH.verify(signed, {"webhook_secret": SECRET}, {}, NOW) == Genuine()


@pytest.mark.parametrize("named", ["HmacMD5", "HmacSHA1", "none", "", "HmacSHA512"])
def test_sinch_algorithms_off_the_list_or_other_than_used_are_forged(named: str) -> None:
    headers = {**sinch_headers(BODY), "x-sinch-webhook-signature-algorithm": named}
    assert isinstance(SINCH.verify(request(BODY, headers), {"webhook_secret": SECRET}, {}, NOW), Forged)


@pytest.mark.rule("R5.11")
@pytest.mark.parametrize("age", [301, 86_400, -301])
def test_a_good_signature_of_another_time_is_stale_not_forged(age: float) -> None:
    judged = SINCH.verify(request(BODY, sinch_headers(BODY, age=age)), {"webhook_secret": SECRET}, {}, NOW)
    assert isinstance(judged, Stale)


@pytest.mark.parametrize("age", [300, 0, -300])
def test_a_signature_within_the_window_is_genuine(age: float) -> None:
    signed = request(BODY, sinch_headers(BODY, age=age))
    assert SINCH.verify(signed, {"webhook_secret": SECRET}, {}, NOW) == Genuine()


def test_the_window_is_a_setting() -> None:
    signed = request(BODY, sinch_headers(BODY, age=60))
    assert isinstance(SINCH.verify(signed, {"webhook_secret": SECRET}, {"timestamp_window": 30}, NOW), Stale)


@pytest.mark.rule("R5.11")
def test_an_old_and_wrong_signature_is_forged() -> None:
    signed = request(BODY, sinch_headers(BODY, secret="other", age=9999))
    assert isinstance(SINCH.verify(signed, {"webhook_secret": SECRET}, {}, NOW), Forged)


@pytest.mark.parametrize("timestamp", ["soon", "", "9" * 400, "9" * 5000, "-1", "1e9", "\ud800"])
def test_a_signed_but_senseless_time_is_stale(timestamp: str) -> None:
    signature = base64_mac(SECRET, signed_message(BODY, "n", timestamp)).decode()
    headers = {
        "x-sinch-webhook-signature": signature,
        "x-sinch-webhook-signature-timestamp": timestamp,
        "x-sinch-webhook-signature-nonce": "n",
    }
    assert isinstance(SINCH.verify(request(BODY, headers), {"webhook_secret": SECRET}, {}, NOW), Stale)


@pytest.mark.parametrize("part", ["signature", "signature-timestamp", "signature-nonce"])
def test_a_missing_signature_header_is_forged(part: str) -> None:
    headers = sinch_headers(BODY)
    del headers[f"x-sinch-webhook-{part}"]
    assert isinstance(SINCH.verify(request(BODY, headers), {"webhook_secret": SECRET}, {}, NOW), Forged)


def test_basic_credentials_are_checked() -> None:
    secrets, told = {"basic_password": "pä:ss"}, {"basic_username": "sinch"}
    right = {"authorization": "basic " + b64encode("sinch:pä:ss".encode()).decode()}
    assert SINCH.verify(request(BODY, right), secrets, told, NOW) == Genuine()
    for wrong in ("Basic " + b64encode(b"sinch:pass").decode(), "Basic ?", "Bearer x", "", "Basic é"):
        judged = SINCH.verify(request(BODY, {"authorization": wrong}), secrets, told, NOW)
        assert isinstance(judged, Forged)


def test_every_scheme_that_has_a_secret_must_hold() -> None:
    secrets, told = {"basic_password": "p", "webhook_secret": SECRET}, {"basic_username": "u"}
    basic = {"authorization": "Basic " + b64encode(b"u:p").decode()}
    assert isinstance(SINCH.verify(request(BODY, basic), secrets, told, NOW), Forged)
    assert isinstance(SINCH.verify(request(BODY, sinch_headers(BODY)), secrets, told, NOW), Forged)
    assert isinstance(SINCH.verify(request(BODY, basic | sinch_headers(BODY)), secrets, told, NOW), Genuine)


def test_without_any_secret_the_hook_token_stands_alone() -> None:
    for provider in (SINCH, TWILIO, SIMULATOR):
        assert provider.verify(request(BODY, JSON), {}, {}, NOW) == Genuine()


def test_settings_can_insist_on_a_scheme() -> None:
    for provider in (SINCH, TWILIO, SIMULATOR):
        judged = provider.verify(request(BODY, JSON), {}, {"callback_auth": "signature"}, NOW)
        assert isinstance(judged, Forged)
    assert isinstance(SINCH.verify(request(BODY, JSON), {}, {"callback_auth": "basic"}, NOW), Forged)


# --- the simulator ---------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200), texts.filter(bool), st.booleans())
def test_the_simulator_believes_its_own_carrier_only(body: bytes, secret: str, spoil: bool) -> None:
    signed = request(body + b"." * spoil, dict(sign(body, secret, NOW)))
    assert isinstance(SIMULATOR.verify(signed, {"webhook_secret": secret}, {}, NOW), Forged) == spoil


@pytest.mark.rule("R5.11")
def test_an_old_callback_of_the_simulator_is_stale() -> None:
    signed = request(BODY, dict(sign(BODY, SECRET, NOW - timedelta(hours=1))))
    assert isinstance(SIMULATOR.verify(signed, {"webhook_secret": SECRET}, {}, NOW), Stale)


def test_the_same_callback_at_another_moment_has_another_nonce() -> None:
    first, second = sign(BODY, SECRET, NOW), sign(BODY, SECRET, NOW + timedelta(microseconds=1))
    assert first["x-sayso-signature-nonce"] != second["x-sayso-signature-nonce"]


# --- Twilio ----------------------------------------------------------------------------------------

CALL = {
    "CallSid": "CA1234567890ABCDE",
    "Digits": "1234",
    "From": "+14158675309",
    "To": "+18005551212",
    "Caller": "+14158675309",
}


def twilio_verdict(
    body: bytes, signature: str, *, origin: str, query: str = "", headers: dict[str, str] = FORM
) -> object:
    told = {**headers, "x-twilio-signature": signature}
    asked = request(body, told, query=query, path="/myapp.php", public_url=origin)
    return TWILIO.verify(asked, {"auth_token": "12345"}, {}, NOW)


@pytest.mark.parametrize(
    ("origin", "signature"),
    [
        ("https://mycompany.com", "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
        ("https://mycompany.com:1234", "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
        ("http://mycompany.com:1234", "Zmvh+3yNM1Phv2jhDCwEM3q5ebU="),
        ("https://mycompany.com", "kvajT1Ptam85bY51eRf/AJRuM3w="),
        ("http://mycompany.com", "0ZXoZLH/DfblKGATFgpif+LLRf4="),
    ],
)
def test_twilio_signatures_known_from_its_own_package_pass(origin: str, signature: str) -> None:
    assert twilio_verdict(as_form(CALL), signature, origin=origin, query="foo=1&bar=2") == Genuine()
    assert isinstance(twilio_verdict(as_form(CALL), signature, origin=origin, query="foo=1"), Forged)


def test_twilio_signs_a_name_given_twice_in_order_of_its_values() -> None:
    body = b"Sid=CA123&SidAccount=AC123&Digits=5678&Digits=1234"
    judged = twilio_verdict(
        body, "IK+Dwps556ElfBT0I3Rgjkr1wJU=", origin="https://mycompany.com", query="foo=1&bar=2"
    )
    assert judged == Genuine()


def test_twilio_vouches_for_json_by_its_digest() -> None:
    body = b'{"property": "value", "boolean": true}'
    query = f"foo=1&bar=2&bodySHA256={hashlib.sha256(body).hexdigest()}"
    signature, origin = "a9nBmqA0ju/hNViExpshrM61xv4=", "https://mycompany.com"
    assert twilio_verdict(body, signature, origin=origin, query=query, headers=JSON) == Genuine()
    assert isinstance(
        twilio_verdict(body + b" ", signature, origin=origin, query=query, headers=JSON), Forged
    )


def test_json_that_no_digest_vouches_for_is_forged() -> None:
    signature = RequestValidator("12345").compute_signature("https://mycompany.com/myapp.php", {})
    assert isinstance(twilio_verdict(b"{}", signature, origin="https://mycompany.com", headers=JSON), Forged)


hosts = st.sampled_from(
    ["example.org", "a.example:8443", "10.0.0.7:80", "texts.example:443", "localhost:5000"]
)


@settings(max_examples=200, deadline=None)
@given(
    pairs=st.lists(st.tuples(names, texts), max_size=12),
    scheme=st.sampled_from(["https", "http"]),
    host=hosts,
    query=st.lists(st.tuples(names, texts), max_size=3).map(urlencode),
    algorithm=st.sampled_from(["HMAC_SHA1", "HMAC_SHA256"]),
    spoilt=st.sampled_from(["", "", "body", "address", "secret", "signature", "algorithm"]),
)
def test_twilio_signatures_agree_with_the_official_package(
    pairs: list[tuple[str, str]], scheme: str, host: str, query: str, algorithm: str, spoilt: str
) -> None:
    uri = f"{scheme}://{host}/hooks/t/inbound" + ("?" + query if query else "")
    signer, params = RequestValidator("tøken" + "x" * (spoilt == "secret")), MultiDict(pairs)
    if spoilt == "body":
        params.add("Added", "1")
    signature = signer.compute_signature(uri + "/" * (spoilt == "address"), params, algorithm)
    signature = signature.swapcase() if spoilt == "signature" else signature
    named = "HMAC_MD5" if spoilt == "algorithm" else algorithm
    theirs = RequestValidator("tøken").validate(uri, MultiDict(pairs), signature, named)
    headers = {**FORM, "x-twilio-signature": signature}
    if named != "HMAC_SHA1":
        headers["x-twilio-webhooks-signature-settings"] = f"key=webhooks_sharedkey_1,algorithm={named}"
    asked = request(urlencode(pairs).encode(), headers, query, "/hooks/t/inbound", f"{scheme}://{host}")
    ours = TWILIO.verify(asked, {"auth_token": "tøken", "shared_key": "tøken"}, {}, NOW)
    assert isinstance(ours, Genuine) == theirs == (not spoilt)


def test_the_address_that_twilio_calls_can_be_set_for_a_connection() -> None:
    outside = "https://sms.company.example/behind"
    signature = RequestValidator("t").compute_signature(f"{outside}/hooks/token/inbound", TWILIO_TEXT)
    asked = request(as_form(TWILIO_TEXT), {**FORM, "x-twilio-signature": signature})
    assert isinstance(TWILIO.verify(asked, {"auth_token": "t"}, {}, NOW), Forged)
    assert TWILIO.verify(asked, {"auth_token": "t"}, {"public_url": outside + "/"}, NOW) == Genuine()


@pytest.mark.parametrize(
    ("secrets", "header"),
    [
        ({"auth_token": "t"}, "key=k,algorithm=HMAC_SHA256"),
        ({"shared_key": "t"}, ""),
        ({"auth_token": "t", "shared_key": "u"}, "key=k,algorithm=HMAC_SHA256"),
        ({"auth_token": "t", "shared_key": "t"}, "key=k,algorithm=HMAC_SHA3"),
    ],
)
def test_the_header_says_which_secret_signed(secrets: dict[str, str], header: str) -> None:
    url = "https://texts.example.org/hooks/token/inbound"
    algorithm = "HMAC_SHA256" if "SHA256" in header else "HMAC_SHA1"
    signature = RequestValidator("t").compute_signature(url, TWILIO_TEXT, algorithm)
    headers = {**FORM, "x-twilio-signature": signature, "x-twilio-webhooks-signature-settings": header}
    assert isinstance(TWILIO.verify(request(as_form(TWILIO_TEXT), headers), secrets, {}, NOW), Forged)
