"""A shop on Sinch: callbacks as Sinch posts them, signed by hand as its documents say."""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools
import json
import time
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from sinch.domains.sms.sinch_events.v1 import SmsSinchEvent

from sayso.cli.demo_client import Client
from tests.journeys.provider_api import Api, Asked, api
from tests.journeys.shop import GOODBYE, Shop, ago, connect, open_shop, own_number, telephone
from tests.running import Answer, Sayso, post, until

SECRET = "the callback secret of the service plan"
PLAN = {"service_plan_id": "plan1", "api_token": "token"}
_ids = itertools.count(1)


def ulid() -> str:
    return f"01HQZ3{next(_ids):020d}"


def as_sinch(_asked: Asked) -> tuple[int, dict[str, object]]:
    return 201, {"id": ulid()}


@pytest.fixture(scope="module")
def sinch() -> Iterator[Api]:
    with api(as_sinch) as made:
        yield made


@pytest.fixture(scope="module")
def shop(sayso: Sayso, operator: Client, sinch: Api) -> Shop:
    return open_shop(sayso, operator, "sinch", **PLAN, webhook_secret=SECRET, base_url=sinch.url)


def signed(body: bytes, secret: str = SECRET, age: int = 0) -> dict[str, str]:
    """Signature headers: base64 of HMAC-SHA256 over body, nonce and time, joined by dots."""
    nonce, at = f"nonce-{next(_ids)}", str(int(time.time()) - age)
    mac = hmac.new(secret.encode(), body + f".{nonce}.{at}".encode(), hashlib.sha256)
    headers = {
        "x-sinch-webhook-signature": base64.b64encode(mac.digest()).decode(),
        "x-sinch-webhook-signature-timestamp": at,
        "x-sinch-webhook-signature-nonce": nonce,
        "x-sinch-webhook-signature-algorithm": "HmacSHA256",
    }
    # Sinch's own package would believe these bytes.
    assert SmsSinchEvent(secret).validate_authentication_header(headers, body.decode())
    return headers


def posted(shop: Shop, kind: str, told: Mapping[str, Any], **proof: Any) -> Answer:
    body = json.dumps(told, ensure_ascii=False).encode()
    headers = {"content-type": "application/json", **signed(body, **proof)}
    return post(shop.sayso.hook(shop.connection, kind), body, headers)


def text(shop: Shop, phone: str, body: str) -> dict[str, Any]:
    """An mo_text; Sinch writes numbers without their plus."""
    return {
        "type": "mo_text",
        "id": ulid(),
        "from": phone.removeprefix("+"),
        "to": shop.number.removeprefix("+"),
        "body": body,
        "received_at": ago(seconds=1),
        "operator_id": "310260",
    }


def batches(sinch: Api, phone: str) -> list[dict[str, Any]]:
    told = [json.loads(asked.body) for asked in sinch.asked]
    return [batch for batch in told if batch["to"] == [phone]]


def quarantined(shop: Shop) -> list[dict[str, Any]]:
    query = "SELECT why, released_at FROM quarantine WHERE connection_id = %s ORDER BY id"
    return shop.sayso.rows(query, shop.connection["id"])


@pytest.mark.rule("R5.3", "R5.4", "R5.5", "R5.8")
def test_a_stop_through_sinch_is_blocked_written_down_and_confirmed(shop: Shop, sinch: Api) -> None:
    phone = shop.customer()
    assert posted(shop, "inbound", text(shop, phone, "Stop.")).status == 200
    block = shop.blocked(phone)
    assert (block["scope"], block["source"], block["said"]) == ("channel", "keyword", "Stop.")
    entry = shop.ledger(phone)[0]
    told = (entry["action"], entry["source"], entry["identification_type"], entry["message"])
    assert told == ("reject", "sms_reply", "phone", "Stop.")
    (heard,) = shop.heard(phone)
    assert (heard["decision"], heard["keyword"], heard["scope"]) == ("unsubscribe", "stop", "channel")
    (bye,) = until("the confirmation is sent", lambda: batches(sinch, phone))
    assert (bye["from"], bye["body"], bye["type"]) == (shop.number, GOODBYE, "mt_text")


def test_a_picture_message_that_says_stop_is_a_stop(shop: Shop) -> None:
    phone = shop.customer()
    picture = {"url": "https://mms.example/1.jpg", "content_type": "image/jpeg", "status": "Uploaded"}
    body = {"subject": "No subject", "message": "stop", "media": [picture]}
    assert posted(shop, "inbound", {**text(shop, phone, ""), "type": "mo_media", "body": body}).status == 200
    assert shop.blocked(phone)["said"] == "stop"
    (heard,) = shop.heard(phone)
    assert heard["media"] == [{"url": "https://mms.example/1.jpg", "content_type": "image/jpeg"}]


@pytest.mark.parametrize("form", ["recipient", "batch"])
def test_delivery_reports_of_both_forms_move_the_message_on(shop: Shop, sinch: Api, form: str) -> None:
    phone = shop.customer()
    message = shop.advertise(phone)["id"]
    shop.reaches(message, "sent")
    (batch,) = batches(sinch, phone)
    (kept,) = shop.sayso.rows("SELECT provider_ref FROM provider_ids WHERE message_id = %s", int(message))
    assert batch["client_reference"] == message
    common = {"batch_id": kept["provider_ref"], "client_reference": message}
    bare = phone.removeprefix("+")
    if form == "recipient":
        state = {"code": 0, "status": "Delivered", "recipient": bare, "at": ago()}
        report = {"type": "recipient_delivery_report_sms", **common, **state}
    else:
        statuses = [{"code": 0, "status": "Delivered", "count": 1, "recipients": [bare]}]
        report = {"type": "delivery_report_sms", **common, "total_message_count": 1, "statuses": statuses}
    assert posted(shop, "receipts", report).status == 200
    shop.reaches(message, "delivered")


@pytest.mark.rule("R5.11")
def test_a_stop_with_a_wrong_signature_is_kept_and_counts_once_the_secret_is_mended(
    sayso: Sayso, operator: Client, sinch: Api
) -> None:
    shop = open_shop(sayso, operator, "sinch", **PLAN, webhook_secret="mistyped", base_url=sinch.url)
    phone = shop.customer()
    assert posted(shop, "inbound", text(shop, phone, "stop")).status == 403
    (kept,) = quarantined(shop)
    assert kept["released_at"] is None
    assert shop.blocks(phone) == []
    subject = f"connection:{shop.connection['id']}"
    told = [check["sentence"] for check in sayso.command("doctor")["checks"] if check["name"] == "alarm"]
    assert [each for each in told if subject in each and "bad_signature" in each], told

    mended = {"name": "sinch", "kind": "sinch", "parts_per_second": 200}
    settings = {**PLAN, "webhook_secret": SECRET, "base_url": sinch.url}
    operator.put(f"/api/v1/connections/{shop.connection['id']}", {**mended, "settings": settings})

    assert shop.blocked(phone)["said"] == "stop"
    until("the callback is marked as released", lambda: quarantined(shop)[0]["released_at"])
    until("the confirmation is sent", lambda: batches(sinch, phone))


@pytest.mark.rule("R5.11")
def test_a_good_signature_that_is_old_is_accepted_and_marked(shop: Shop) -> None:
    phone = shop.customer()
    assert posted(shop, "inbound", text(shop, phone, "stop"), age=3600).status == 200
    shop.blocked(phone)
    (heard,) = shop.heard(phone)
    assert "stale" in heard["flags"]


@pytest.mark.rule("R5.11")
def test_a_callback_recorded_and_played_again_changes_nothing(shop: Shop) -> None:
    phone = shop.customer()
    body = json.dumps(text(shop, phone, "stop")).encode()
    headers = {"content-type": "application/json", **signed(body)}
    assert post(shop.sayso.hook(shop.connection, "inbound"), body, headers).status == 200
    shop.blocked(phone)
    assert posted(shop, "inbound", text(shop, phone, "start")).status == 200
    shop.heard(phone, 2)
    before = shop.blocks(phone)
    assert post(shop.sayso.hook(shop.connection, "inbound"), body, headers).status == 200
    assert posted(shop, "inbound", text(shop, phone, "hello")).status == 200
    assert [each["body"] for each in shop.heard(phone, 3)] == ["hello", "start", "stop"]
    assert shop.blocks(phone) == before


@pytest.mark.rule("R5.11")
def test_basic_credentials_prove_a_callback_too(sayso: Sayso, operator: Client) -> None:
    basic = {"basic_username": "sinch", "basic_password": "p:ss"}
    shop = open_shop(sayso, operator, "sinch", **PLAN, **basic)
    phone = shop.customer()
    body = json.dumps(text(shop, phone, "stop")).encode()
    right = "Basic " + base64.b64encode(b"sinch:p:ss").decode()
    hook = sayso.hook(shop.connection, "inbound")
    for wrong in ({}, {"authorization": right[:-4]}):
        assert post(hook, body, {"content-type": "application/json", **wrong}).status == 403
    assert shop.blocks(phone) == []
    assert post(hook, body, {"content-type": "application/json", "authorization": right}).status == 200
    shop.blocked(phone)
    kept = sayso.rows("SELECT headers FROM callbacks WHERE connection_id = %s", shop.connection["id"])
    assert all(right.encode() not in bytes(row["headers"]) for row in kept)


@pytest.mark.rule("R5.11")
def test_without_any_secret_the_address_alone_proves_a_callback(sayso: Sayso, operator: Client) -> None:
    connection = connect(operator, "sinch", PLAN)
    number, number_id = own_number(operator, connection)
    line = operator.post("/api/v1/lines", {"inbound_number_id": number_id})["id"]
    shop = Shop(sayso, operator, connection, number, line, {})
    phone = telephone()
    body = json.dumps(text(shop, phone, "stop")).encode()
    guess = f"{sayso.url}/hooks/{'x' * 43}/inbound"
    assert post(guess, body, {"content-type": "application/json"}).status == 404
    assert post(sayso.hook(connection, "inbound"), body, {"content-type": "application/json"}).status == 200
    shop.blocked(phone)
