"""No callback, whatever is in it, makes a provider raise, and no text that it gives breaks a store."""

import dataclasses
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sayso.providers.catalogue import PROVIDERS
from sayso.providers.contract import Forged, Genuine, Inbound, Provider, Receipt, Stale, Unreadable
from tests.providers.callbacks import (
    FORM,
    JSON,
    NOW,
    SINCH_BATCH_REPORT,
    SINCH_PICTURE,
    SINCH_RECIPIENT_REPORT,
    SINCH_TEXT,
    TWILIO_STATUS,
    TWILIO_TEXT,
    as_form,
    as_json,
    request,
)

KINDS = sorted(PROVIDERS)
SIMULATED = {"id": "1", "from": "+14155550123", "to": "11221", "body": "stop", "at": "2026-03-14T12:00:00Z"}
SECRETS = {
    "webhook_secret": "s",
    "auth_token": "t",
    "shared_key": "k",
    "basic_password": "p",
    "api_token": "a",
}

anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["\x00", "STOP\x00", "9" * 40, "+14155550123", "recipient_delivery_report_sms"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
documented = st.sampled_from(
    [
        SINCH_TEXT,
        SINCH_PICTURE,
        SINCH_RECIPIENT_REPORT,
        SINCH_BATCH_REPORT,
        SIMULATED,
        TWILIO_TEXT,
        TWILIO_STATUS,
    ]
)


@st.composite
def mangled(draw: st.DrawFn) -> bytes:
    """Give a documented callback with some fields replaced or gone, then perhaps cut or overwritten."""
    told: dict[str, Any] = dict(draw(documented))
    for name in draw(st.lists(st.sampled_from(sorted(told)), max_size=3)):
        told[name] = draw(anything)
    for name in draw(st.lists(st.sampled_from(sorted(told)), max_size=2)):
        told.pop(name, None)
    body = as_form(told) if draw(st.booleans()) else json.dumps(told).encode()
    at = draw(st.integers(0, len(body)))
    return body[:at] + draw(st.binary(max_size=6)) + body[at + draw(st.integers(0, 6)) :]


def assert_storable(read: object) -> None:
    """Every text in a value fits PostgreSQL and UTF-8."""
    for value in vars_of(read):
        if isinstance(value, str):
            assert "\x00" not in value
            value.encode()


def vars_of(read: object) -> list[object]:
    if isinstance(read, tuple):
        return [value for item in read for value in vars_of(item)]
    if dataclasses.is_dataclass(read):
        return [v for field in dataclasses.fields(read) for v in vars_of(getattr(read, field.name))]
    return [read]


def assert_answered(provider: Provider, body: bytes, headers: dict[str, str]) -> None:
    inbound = provider.read_inbound(body, headers)
    receipts = provider.read_receipts(body, headers, "client_reference=%00%ff")
    assert isinstance(inbound, Inbound | Unreadable)
    assert isinstance(receipts, Unreadable) or all(isinstance(receipt, Receipt) for receipt in receipts)
    if isinstance(inbound, Unreadable):
        assert inbound.why
    assert_storable(inbound)
    assert_storable(receipts)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(KINDS), mangled() | st.binary(max_size=60), st.sampled_from([FORM, JSON, {}]))
def test_mangled_callbacks_are_read_or_called_unreadable(
    kind: str, body: bytes, headers: dict[str, str]
) -> None:
    assert_answered(PROVIDERS[kind], body, headers)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"null",
        b"[]",
        b"\xff\xfe",
        b"\xef\xbb\xbf{}",
        b"[" * 200_000,
        b'{"a":' * 200_000,
        b'{"body":' + b"9" * 10_000 + b"}",
        b"&" * 1_000_000,
        b"a=1&" * 250_000,
        b"%" * 1_000_000,
        b'{"from":"' + b"\x00" * 1_000_000 + b'"}',
    ],
    ids=range(13),
)
def test_monstrous_callbacks_are_called_unreadable(kind: str, body: bytes) -> None:
    for headers in (FORM, JSON):
        assert_answered(PROVIDERS[kind], body, headers)
        assert isinstance(PROVIDERS[kind].read_inbound(body, headers), Unreadable)


@pytest.mark.parametrize(
    ("written", "body"),
    [
        (b"STOP\\u0000", "STOP\ufffd"),
        (b"STOP\\ud800", "STOP\ufffd"),
        (b"\\udc00STOP", "\ufffdSTOP"),
        (b"STOP\xff", "STOP\ufffd"),
        (b"STOP \\ud83d\\uded1", "STOP \U0001f6d1"),
        ("šťóp".encode(), "šťóp"),
    ],
)
@pytest.mark.parametrize("kind", ["sinch", "simulator"])
def test_broken_characters_lose_no_text(kind: str, written: bytes, body: str) -> None:
    told = SINCH_TEXT if kind == "sinch" else SIMULATED
    raw = as_json({**told, "body": "HERE"}).replace(b"HERE", written)
    read = PROVIDERS[kind].read_inbound(raw, JSON)
    assert isinstance(read, Inbound)
    assert read.body == body


@pytest.mark.parametrize(
    ("written", "body"),
    [(b"STOP%00", "STOP\ufffd"), (b"STOP%FF", "STOP\ufffd"), (b"STOP\xff", "STOP\ufffd"), (b"%", "%")],
)
def test_broken_characters_in_a_form_lose_no_text(written: bytes, body: str) -> None:
    raw = as_form({**TWILIO_TEXT, "Body": "HERE"}).replace(b"HERE", written)
    read = PROVIDERS["twilio"].read_inbound(raw, FORM)
    assert isinstance(read, Inbound)
    assert read.body == body


@pytest.mark.parametrize("kind", ["sinch", "simulator"])
def test_numbers_written_as_json_numbers_are_numbers(kind: str) -> None:
    told = {**(SINCH_TEXT if kind == "sinch" else SIMULATED), "from": 14155550123, "to": 11221, "body": 1}
    read = PROVIDERS[kind].read_inbound(as_json(told), JSON)
    assert isinstance(read, Inbound)
    assert (read.sender.lstrip("+"), read.recipient, read.body) == ("14155550123", "11221", "1")


@pytest.mark.parametrize("sender", ["SAYSO", "Šťastná", "0800123", "whatsapp:+14155550123", "12345"])
def test_senders_that_are_no_telephone_stay_as_they_are(sender: str) -> None:
    for read in (
        PROVIDERS["sinch"].read_inbound(as_json({**SINCH_TEXT, "from": sender}), JSON),
        PROVIDERS["twilio"].read_inbound(as_form({**TWILIO_TEXT, "From": sender}), FORM),
        PROVIDERS["simulator"].read_inbound(as_json({**SIMULATED, "from": sender}), JSON),
    ):
        assert isinstance(read, Inbound)
        assert read.sender == sender


@pytest.mark.parametrize(
    "at", ["", "soon", 5, None, "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"]
)
def test_a_senseless_time_is_no_time(at: object) -> None:
    read = PROVIDERS["sinch"].read_inbound(as_json({**SINCH_TEXT, "received_at": at}), JSON)
    assert isinstance(read, Inbound)
    assert read.at is None


def test_a_megabyte_of_text_is_a_text() -> None:
    read = PROVIDERS["sinch"].read_inbound(as_json({**SINCH_TEXT, "body": "é" * 1_000_000}), JSON)
    assert isinstance(read, Inbound)
    assert len(read.body) == 1_000_000


odd_headers = st.dictionaries(
    st.sampled_from(
        [
            "authorization",
            "content-type",
            "x-twilio-signature",
            "x-twilio-webhooks-signature-settings",
            *(
                f"x-{name}{part}"
                for name in ("sinch-webhook", "sayso")
                for part in ("-signature", "-signature-timestamp", "-signature-nonce", "-signature-algorithm")
            ),
        ]
    ),
    st.text(max_size=30)
    | st.sampled_from(["Basic ////", "HmacSHA256", "application/json", "\ud800", "algorithm=\ud800"]),
)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(KINDS), mangled(), odd_headers, st.text(max_size=40), st.text(max_size=30))
def test_no_header_or_address_makes_a_check_raise(
    kind: str, body: bytes, headers: dict[str, str], query: str, public_url: str
) -> None:
    asked = request(body, headers, query, public_url=public_url)
    judged = PROVIDERS[kind].verify(asked, SECRETS, {}, NOW)
    assert isinstance(judged, Genuine | Stale | Forged)
    assert not isinstance(judged, Genuine)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(KINDS), st.integers(100, 599), mangled() | st.binary(max_size=40), st.text(max_size=5))
def test_no_answer_makes_reading_it_raise(kind: str, status: int, body: bytes, wait: str) -> None:
    assert PROVIDERS[kind].read_response(status, {"retry-after": wait}, body) is not None
