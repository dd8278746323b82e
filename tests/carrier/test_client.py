"""The carrier's own client: every answer is a value."""

from __future__ import annotations

import pytest

from sayso.carrier.client import CarrierClient
from tests.carrier.conftest import TOKEN, Carrier, Door

pytestmark = pytest.mark.anyio


@pytest.mark.rule("R15.1")
async def test_a_telephone_is_set_texts_and_shows_it(carrier: Carrier, door: Door) -> None:
    client = CarrierClient(carrier.url)
    told = await client.ask("PUT", "/telephones/447700900001", {"delay_ms": 3000})
    assert (told.status, told.told["behaviour"]["delay_ms"]) == (200, 3000)
    sent = {"from": "447700900001", "to": "90210", "body": "šťóp", "hook_token": TOKEN}
    assert (await client.ask("POST", "/texts", sent)).status == 200
    shown = await client.ask("GET", "/telephones/447700900001")
    assert [each["body"] for each in shown.told["messages"]] == ["šťóp"]
    assert len(door.heard) == 1


async def test_what_the_carrier_refuses_and_where_nobody_answers_are_answers(carrier: Carrier) -> None:
    refused = await CarrierClient(carrier.url).ask("PUT", "/telephones/1", {"loss": 7})
    assert refused.status == 422
    assert "loss" in refused.told["detail"]
    assert (await CarrierClient("http://127.0.0.1:9").ask("GET", "/")).status == 0
