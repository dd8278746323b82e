"""What goes to a provider, and what its answers mean: taken, later, refused, or nobody knows."""

import json
from base64 import b64encode
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest
from sinch.domains.sms.models.v1.shared.media_request import MediaRequest

from sayso.providers.catalogue import PROVIDERS
from sayso.providers.contract import Accepted, HttpRequest, Later, Outbound, Refused, Unsure

MESSAGE = Outbound(
    sender="+12015550199",
    to="+14155550123",
    body="Spring sale: –20 % ☀ {ok}",
    client_reference="m-77",
    receipts_url="https://texts.example.org/hooks/token/receipts",
)
SINCH_SECRETS, SINCH_SETTINGS = {"api_token": "tok"}, {"service_plan_id": "plan/1", "region": "eu"}
TWILIO_SECRETS, TWILIO_SETTINGS = {"auth_token": "t"}, {"account_sid": "AC1"}


def sent(kind: str, outbound: Outbound, secrets: dict[str, str], settings: dict[str, Any]) -> HttpRequest:
    written = PROVIDERS[kind].send_request(outbound, secrets, settings)
    assert isinstance(written, HttpRequest)
    return written


def test_sinch_gets_a_batch_of_one() -> None:
    written = sent("sinch", MESSAGE, SINCH_SECRETS, SINCH_SETTINGS)
    assert (written.method, written.url) == ("POST", "https://eu.sms.api.sinch.com/xms/v1/plan%2F1/batches")
    assert written.headers["authorization"] == "Bearer tok"
    assert json.loads(written.body) == {
        "type": "mt_text",
        "from": "+12015550199",
        "to": ["+14155550123"],
        "body": "Spring sale: –20 % ☀ {ok}",
        "delivery_report": "per_recipient_final",
        "client_reference": "m-77",
        "callback_url": "https://texts.example.org/hooks/token/receipts",
    }


def test_sinch_carries_one_attachment() -> None:
    picture = Outbound("+1", "+2", "look", media=("https://m.example/1.jpg",))
    body = json.loads(sent("sinch", picture, SINCH_SECRETS, SINCH_SETTINGS).body)
    assert (body["type"], body["body"]) == ("mt_media", {"url": "https://m.example/1.jpg", "message": "look"})
    two = Outbound("+1", "+2", "look", media=("https://a", "https://b"))
    refused = PROVIDERS["sinch"].send_request(two, SINCH_SECRETS, SINCH_SETTINGS)
    assert refused == Refused("media", code="one_attachment_only")


def test_the_official_library_reads_our_batch_with_a_picture() -> None:
    picture = Outbound("+12015550199", "+14155550123", "look", media=("https://m.example/1.jpg",))
    read = MediaRequest.model_validate_json(sent("sinch", picture, SINCH_SECRETS, SINCH_SETTINGS).body)
    assert (read.type, read.body.url, read.body.message) == ("mt_media", picture.media[0], "look")


@pytest.mark.parametrize("kind", sorted(PROVIDERS))
def test_every_provider_says_which_pictures_it_carries(kind: str) -> None:
    carries = PROVIDERS[kind].carries
    assert carries.takes(1, 600_000)
    assert not carries.takes(carries.pictures + 1, 0)
    assert not carries.takes(1, carries.total_bytes + 1)


def test_twilio_gets_a_form_and_our_reference_in_its_callback() -> None:
    written = sent("twilio", MESSAGE, TWILIO_SECRETS, TWILIO_SETTINGS)
    assert written.url == "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages.json"
    assert written.headers["authorization"] == "Basic " + b64encode(b"AC1:t").decode()
    assert parse_qs(written.body.decode()) == {
        "To": ["+14155550123"],
        "From": ["+12015550199"],
        "Body": ["Spring sale: –20 % ☀ {ok}"],
        "StatusCallback": ["https://texts.example.org/hooks/token/receipts?client_reference=m-77"],
    }


@pytest.mark.parametrize(
    ("kept", "written"), [("12015550199", "+12015550199"), ("90210", "90210"), ("Fern", "Fern")]
)
def test_a_sender_is_written_as_providers_want_it(kept: str, written: str) -> None:
    """Our lines keep digits; providers want E.164, and short codes and names as they are."""
    message = Outbound(kept, "+14155550123", "Hello")
    batch = json.loads(sent("sinch", message, SINCH_SECRETS, SINCH_SETTINGS).body)
    form = parse_qs(sent("twilio", message, TWILIO_SECRETS, TWILIO_SETTINGS).body.decode())
    assert (batch["from"], form["From"]) == (written, [written])


def test_twilio_takes_a_service_an_api_key_and_several_attachments() -> None:
    settings = {**TWILIO_SETTINGS, "messaging_service_sid": "MG1", "api_key_sid": "SK1"}
    picture = Outbound("", "+2", "", media=("https://a", "https://b"))
    written = sent("twilio", picture, {"api_key_secret": "ks"}, settings)
    assert written.headers["authorization"] == "Basic " + b64encode(b"SK1:ks").decode()
    told = parse_qs(written.body.decode())
    assert (told["MessagingServiceSid"], told["MediaUrl"]) == (["MG1"], ["https://a", "https://b"])
    assert "From" not in told


@pytest.mark.parametrize("kind", sorted(PROVIDERS))
def test_a_connection_without_its_settings_refuses_before_sending(kind: str) -> None:
    assert PROVIDERS[kind].send_request(MESSAGE, {}, {}) == Refused("account", code="unconfigured")


@pytest.mark.parametrize("kind", sorted(PROVIDERS))
def test_another_address_takes_the_place_of_the_providers_own(kind: str) -> None:
    settings = {**SINCH_SETTINGS, **TWILIO_SETTINGS, "base_url": "http://127.0.0.1:9/"}
    written = sent(kind, MESSAGE, {"api_token": "a", "auth_token": "t"}, settings)
    assert written.url.startswith("http://127.0.0.1:9/")
    assert "//" not in written.url.removeprefix("http://")


@pytest.mark.parametrize("kind", sorted(PROVIDERS))
def test_a_half_character_does_not_stop_a_message(kind: str) -> None:
    settings = {**SINCH_SETTINGS, **TWILIO_SETTINGS, "base_url": "http://127.0.0.1:9"}
    odd = Outbound("+1", "+2", "a\ud800b\x00", client_reference="\udfff")
    assert sent(kind, odd, {"api_token": "a", "auth_token": "t"}, settings).body


@pytest.mark.parametrize(
    ("kind", "status", "told", "outcome"),
    [
        ("sinch", 201, {"id": "01H"}, Accepted("01H")),
        ("sinch", 201, {}, Unsure("lost_answer")),
        ("sinch", 400, {"code": "syntax_invalid_parameter_format"}, ("content", False)),
        ("sinch", 403, {"code": "unauthorized"}, ("account", False)),
        ("sinch", 401, {}, ("account", False)),
        ("sinch", 302, {}, ("account", False)),
        ("sinch", 500, {}, Unsure("lost_answer")),
        ("sinch", 504, {}, Unsure("lost_answer")),
        ("twilio", 201, {"sid": "SM1", "num_segments": "2", "status": "queued"}, Accepted("SM1", 2)),
        ("twilio", 201, {"sid": "SM1", "num_segments": "0"}, Accepted("SM1")),
        ("twilio", 201, {"status": "queued"}, Unsure("lost_answer")),
        ("twilio", 201, {"sid": "SM1", "status": "failed", "error_code": 30034}, ("sender_config", False)),
        ("twilio", 400, {"code": 21211, "status": 400}, ("bad_number", False)),
        ("twilio", 400, {"code": 99999}, ("unclassified", False)),
        ("twilio", 401, {"code": 20003}, ("account", False)),
        ("twilio", 400, {"code": 21611}, Later(timedelta(minutes=10), "throttled")),
        ("twilio", 502, {}, Unsure("lost_answer")),
        ("simulator", 202, {"id": "s1", "parts": 3}, Accepted("s1", 3)),
        ("simulator", 422, {"reason": "bad_number"}, ("bad_number", False)),
        ("simulator", 401, {}, ("account", False)),
        ("simulator", 500, {}, Unsure("lost_answer")),
    ],
)
def test_answers_of_providers(kind: str, status: int, told: dict[str, object], outcome: object) -> None:
    read = PROVIDERS[kind].read_response(status, {}, json.dumps(told).encode())
    assert ((read.reason, read.opted_out) if isinstance(read, Refused) else read) == outcome


@pytest.mark.rule("R6.6")
@pytest.mark.parametrize(
    ("kind", "status", "told"),
    [("twilio", 400, {"code": 21610}), ("simulator", 422, {"reason": "opted_out", "opted_out": True})],
)
def test_a_refusal_for_opting_out_asks_for_a_block(kind: str, status: int, told: dict[str, object]) -> None:
    read = PROVIDERS[kind].read_response(status, {}, json.dumps(told).encode())
    assert isinstance(read, Refused)
    assert (read.reason, read.opted_out) == ("opted_out", True)


@pytest.mark.parametrize("kind", sorted(PROVIDERS))
def test_a_throttled_message_may_come_back_when_told(kind: str) -> None:
    read = PROVIDERS[kind].read_response(429, {"retry-after": "7"}, b"")
    assert read == Later(timedelta(seconds=7), "throttled")
    assert PROVIDERS[kind].read_response(429, {}, b"") == Later(timedelta(seconds=1), "throttled")


@pytest.mark.parametrize("kind", ["sinch", "twilio"])
def test_an_overload_is_a_throttle_only_where_it_names_a_time(kind: str) -> None:
    read = PROVIDERS[kind].read_response(503, {"retry-after": "7"}, b"")
    assert read == Later(timedelta(seconds=7), "throttled")
    assert PROVIDERS[kind].read_response(503, {}, b"") == Unsure("lost_answer")


@pytest.mark.parametrize("kind", sorted(PROVIDERS))
@pytest.mark.parametrize("body", [b"", b"<html>", b"\xff", b"[1]"])
def test_an_answer_that_cannot_be_read_leaves_the_outcome_open(kind: str, body: bytes) -> None:
    assert PROVIDERS[kind].read_response(200, {}, body) == Unsure("lost_answer")
