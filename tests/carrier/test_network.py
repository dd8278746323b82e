"""The simulated carrier as Sayso and telephones meet it, over real HTTP (R15.1)."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import msgspec
import pytest

from sayso.carrier.network import Network
from sayso.carrier.server import open_network
from sayso.providers.contract import Genuine, Inbound, Receipt, Request
from sayso.providers.simulator.provider import Simulator
from tests.carrier.conftest import TOKEN, Carrier, Door, until

pytestmark = pytest.mark.anyio
RECEIPTS = f"https://sms.example.com/hooks/{TOKEN}/receipts"


def log_of(network: Network, kind: str) -> list[dict[str, object]]:
    return [entry for entry in network.journal.tail(1_000_000) if entry["kind"] == kind]


@pytest.mark.rule("R15.1")
async def test_a_message_arrives_on_the_telephone_and_its_receipt_at_the_door(
    carrier: Carrier, door: Door
) -> None:
    status, told = await carrier.send(receipts_url=RECEIPTS)
    assert status == 202
    await until(lambda: door.heard)
    path, headers, body = door.heard[0]
    assert path == f"/hooks/{TOKEN}/receipts"
    receipts = Simulator().read_receipts(body, headers)
    assert isinstance(receipts, tuple)
    receipt = receipts[0]
    assert isinstance(receipt, Receipt)
    assert (receipt.provider_ref, receipt.status, receipt.client_reference) == (told["id"], "delivered", "r1")
    assert [each["body"] for each in await carrier.received()] == ["Hello"]


@pytest.mark.rule("R15.1")
async def test_a_telephone_shows_the_pictures_of_an_mms(carrier: Carrier) -> None:
    await carrier.send(media=["https://example.com/cat.png"])
    assert (await carrier.received("+44 7700 900123"))[0]["media"] == ["https://example.com/cat.png"]


async def test_a_message_is_on_disk_before_it_is_answered(carrier: Carrier) -> None:
    _, told = await carrier.send()
    kept = log_of(carrier.network, "send")
    assert [(entry["id"], entry["client_reference"], entry["arrives"]) for entry in kept] == [
        (told["id"], "r1", True)
    ]


async def test_a_message_sent_twice_is_seen_twice(carrier: Carrier) -> None:
    await carrier.send()
    await carrier.send()
    assert [entry["client_reference"] for entry in log_of(carrier.network, "send")] == ["r1", "r1"]
    assert len(await carrier.received()) == 2


@pytest.mark.rule("R15.1")
async def test_a_text_is_posted_signed_and_the_doors_answer_is_told(carrier: Carrier, door: Door) -> None:
    await carrier.ask("PUT", f"/connections/{TOKEN}", {"numbers": ["+90210"], "webhook_secret": "s3cret"})
    door.answers = [503]
    text = {"from": "+447700900123", "to": "90210", "body": "šťóp", "id": "m1"}
    assert await carrier.ask("POST", "/texts", text) == (502, {"id": "m1", "status": 503, "answer": ""})
    status, told = await carrier.ask("POST", "/texts", text)
    assert (status, told["status"]) == (200, 200)
    path, headers, body = door.heard[1]
    request = Request(path, "", headers, body, "http://127.0.0.1")
    verdict = Simulator().verify(request, {"webhook_secret": "s3cret"}, {}, datetime.now(UTC))
    assert isinstance(verdict, Genuine)
    inbound = Simulator().read_inbound(body, headers)
    assert isinstance(inbound, Inbound)
    assert (inbound.ref, inbound.body) == ("m1", "šťóp")
    assert [entry["status"] for entry in log_of(carrier.network, "text")] == [503, 200]


async def test_each_attempt_has_a_nonce_of_its_own(carrier: Carrier, door: Door) -> None:
    await carrier.ask("PUT", f"/connections/{TOKEN}", {"numbers": ["90210"], "webhook_secret": "s3cret"})
    text = {"from": "1", "to": "90210", "body": "stop", "id": "m1"}
    await asyncio.gather(*(carrier.ask("POST", "/texts", text) for _ in range(5)))
    assert len({headers["x-sayso-signature-nonce"] for _, headers, _ in door.heard}) == 5


async def test_a_receipt_is_posted_again_until_the_door_takes_it(carrier: Carrier, door: Door) -> None:
    door.answers = [503, 500, 200]
    await carrier.send(receipts_url=RECEIPTS)
    await until(lambda: log_of(carrier.network, "receipts"))
    assert len(door.heard) == 3
    assert log_of(carrier.network, "receipts")[0]["status"] == 200


async def test_a_telephones_own_setting_wins_over_its_connections(carrier: Carrier) -> None:
    await carrier.ask("PUT", f"/connections/{TOKEN}", {"numbers": ["90210"], "loss": 1})
    await carrier.ask("PUT", "/telephones/447700900123", {"loss": 0})
    await carrier.send()
    await carrier.send(to="447700900124")
    assert len(await carrier.received()) == 1
    assert await carrier.received("447700900124") == []


async def test_a_rejection_is_what_the_codec_reads_as_one(carrier: Carrier) -> None:
    await carrier.ask("PUT", "/telephones/1", {"reject": "opted_out"})
    status, told = await carrier.send(to="1")
    outcome = Simulator().read_response(status, {}, msgspec.json.encode(told))
    assert getattr(outcome, "opted_out", False)


async def test_a_wrong_api_token_is_refused_and_logged(carrier: Carrier) -> None:
    await carrier.ask("PUT", f"/connections/{TOKEN}", {"numbers": ["90210"], "api_token": "right"})
    status, _ = await carrier.send()
    assert status == 422
    assert log_of(carrier.network, "send")[0]["arrives"] is False


async def test_a_connection_is_learnt_from_what_it_sends(carrier: Carrier, door: Door) -> None:
    text = {"from": "447700900123", "to": "90210", "body": "stop"}
    status, told = await carrier.ask("POST", "/texts", text)
    assert status == 404
    assert "PUT /connections" in told["detail"]
    await carrier.send(receipts_url=RECEIPTS)
    status, _ = await carrier.ask("POST", "/texts", text)
    assert status == 200
    await until(lambda: len(door.heard) == 2)


async def test_a_restarted_carrier_knows_its_telephones_and_connections(carrier: Carrier, door: Door) -> None:
    await carrier.ask("PUT", f"/connections/{TOKEN}", {"numbers": ["90210"], "delay_ms": 5})
    await carrier.send()
    await carrier.ask("POST", "/texts", {"from": "447700900123", "to": "90210", "body": "stop"})
    home = carrier.network.journal.path.parent.parent
    again = await open_network(home, door.url)
    assert [text["body"] for text in again.telephones.find("447700900123").texts] == ["Hello", "stop"]
    assert [each.shown()["delay_ms"] for each in again.connections.all()] == [5]
    await again.close()
    await again.callbacks.client.close()


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/texts", b"{"),
        ("POST", "/texts", b'{"to": "1"}'),
        ("POST", "/messages", b"[]"),
        ("POST", "/messages", b"\xff\x00"),
        ("PUT", "/telephones/1", b'{"loss": 2}'),
        ("PUT", "/connections/x", b'{"numbers": [1]}'),
        ("PUT", "/connections/x", b'{"hooks": "http://203.0.113.9/"}'),
        ("PUT", "/connections/x", b'{"hooks": "http://127.0.0.1.example.com:80"}'),
        ("PUT", "/connections/x", b'{"hooks": "http://127.0.0.1@example.com"}'),
        ("PUT", "/connections/x", b'{"hooks": "http://127.0.0.1:80/anything?"}'),
        ("PUT", "/connections/x%2F..%2F..%2Fadmin", b"{}"),
        ("POST", "/texts", b'{"from": "1", "to": "2", "hook_token": "x/../../admin?"}'),
    ],
)
async def test_what_cannot_be_read_is_refused_in_words(
    carrier: Carrier, method: str, path: str, body: bytes
) -> None:
    headers = {"content-type": "application/json"}
    async with carrier.client.request(method, carrier.url + path, data=body, headers=headers) as response:
        assert response.status == 422
        assert (await response.json())["detail"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"host": "rebound.example.com"}, 403),
        ({"host": "127.0.0.1.example.com:8081"}, 403),
        ({"origin": "https://example.com"}, 403),
        ({"origin": "null"}, 403),
        ({"content-type": "text/plain"}, 415),
        ({"content-type": "application/x-www-form-urlencoded"}, 415),
        ({"host": "localhost:8081"}, 404),
        ({"host": "[::1]:8081"}, 404),
    ],
)
async def test_no_web_page_in_a_browser_of_this_machine_can_text(
    carrier: Carrier, door: Door, headers: dict[str, str], status: int
) -> None:
    said = b'{"from": "447700900123", "to": "90210", "body": "stop"}'
    told = {"content-type": "application/json", **headers}
    async with carrier.client.post(carrier.url + "/texts", data=said, headers=told) as response:
        assert response.status == status
    assert door.heard == []


async def test_the_list_of_connections_gives_no_address_away(carrier: Carrier) -> None:
    await carrier.ask("PUT", f"/connections/{TOKEN}", {"numbers": ["90210"], "webhook_secret": "s3cret"})
    _, told = await carrier.ask("GET", "/connections")
    assert TOKEN not in str(told)
    assert "s3cret" not in str(told)
    assert told["connections"][0]["hook_token"] == TOKEN[:6] + "…"
