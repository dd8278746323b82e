"""Prices and credit as an integrator and an operator meet them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from http import HTTPStatus

import pytest

from sayso.engine import credit_upkeep
from sayso.engine.supervisor import open_works
from sayso.storage.databases import Databases
from tests.doors.api import MOBILE, OTHER_MOBILE, Api, Client, line, serving

pytestmark = pytest.mark.anyio


@pytest.fixture
async def api(database: Databases) -> AsyncIterator[Api]:
    async with serving(database) as made:
        yield made


async def shop(api: Api) -> Client:
    """A workspace with a line and a contact who said yes."""
    client = await api.client()
    await line(client)
    for phone in (MOBILE, OTHER_MOBILE):
        await client.put("contacts", {"external_id": phone, "phone": phone, "sms_consent": True})
    return client


def text(to: str = MOBILE, body: str = "Sale.") -> dict[str, str]:
    return {"to": to, "body": body, "category": "promotions"}


@pytest.mark.rule("R13.3")
async def test_prices_hold_from_a_moment_on_and_what_was_sent_keeps_what_it_cost(api: Api) -> None:
    client = await shop(api)
    assert await client.get("prices") == {"currency": None, "prices": []}
    before = await client.post("messages", text())
    assert (await client.get(f"messages/{before['id']}"))["price"] is None
    later = (api.clock() + timedelta(days=1)).isoformat()
    wanted = [
        {"country": "US", "price": "0.0075"},
        {"country": "US", "price": "0.009", "valid_from": later},
        {"country": "*", "price": "0.06"},
        {"country": "US", "kind": "mms", "price": None},
    ]
    told = await client.put("prices", {"currency": "EUR", "prices": wanted})
    assert [(one["country"], one["kind"], one["price"]) for one in told["prices"]] == [
        ("*", "sms", "0.06"), ("US", "sms", "0.0075"), ("US", "sms", "0.009"), ("US", "mms", None),
    ]  # fmt: skip
    now = await client.post("messages", text(body="x" * 200))
    api.clock.on(days=2)
    then = await client.post("messages", text())
    shown = [(await client.get(f"messages/{one['id']}"))["price"] for one in (before, now, then)]
    assert shown == [None, "0.015", "0.009"]
    for moment in (later, "9999-12-31T23:59:59-23:59"):
        wrong = [{"country": "US", "price": "1", "valid_from": moment}]
        refused = await client.ask("PUT", "prices", {"prices": wrong})
        assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert "what was sent keeps what it cost" in refused.text
    wrong = [{"country": "US", "price": "1", "valid_from": "2027-01-01T09:00:00"}]
    nowhere = await client.ask("PUT", "prices", {"prices": wrong})
    assert nowhere.json()["errors"][0]["field"] == "prices[0].valid_from"
    other = await client.ask("PUT", "prices", {"currency": "USD", "prices": [{"country": "*", "price": "1"}]})
    assert (other.status_code, "nothing is converted" in other.text) == (HTTPStatus.CONFLICT, True)


@pytest.mark.rule("R9.6")
@pytest.mark.rule("R9.7")
async def test_a_message_that_the_credit_does_not_pay_is_skipped_and_every_entry_is_kept(api: Api) -> None:
    client = await shop(api)
    await client.put("prices", {"currency": "EUR", "prices": [{"country": "US", "price": "0.04"}]})
    stands = await client.post("credit/top-ups", {"amount": "0.05", "note": "Invoice 7"})
    assert (stands["kept"], stands["available"]) == (True, "0.05")
    first = await client.post("messages", text())
    second = await client.post("messages", text(OTHER_MOBILE))
    assert (first["status"], second["status"], second["reason"]) == (
        "queued",
        "skipped",
        "insufficient_credit",
    )
    assert "It costs €0.04" in str(second)
    assert await client.get("credit") == {
        "currency": "EUR", "kept": True, "balance": "0.05", "reserved": "0.04", "available": "0.01",
        "alarm_below": None,
    }  # fmt: skip
    fixed = await client.post("credit/corrections", {"amount": "-0.01", "note": "A typing error"})
    assert fixed["available"] == "0.00"
    silent = await client.ask("POST", "credit/corrections", {"amount": "5"})
    assert silent.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    # A stop takes back what waits, and its price with it.
    await client.post("blocks", {"phone": MOBILE, "scope": "channel", "reason": "asked by phone"})
    pages = await client.get("credit/ledger", params={"limit": 3})
    rest = await client.get("credit/ledger", params={"cursor": pages["next_cursor"]})
    entries = [(one["kind"], one["credit"], one["reserved"]) for one in pages["items"] + rest["items"]]
    assert entries == [
        ("release", "0.00", "-0.04"), ("correction", "-0.01", "0.00"), ("reservation", "0.00", "0.04"),
        ("top_up", "0.05", "0.00"),
    ]  # fmt: skip


@pytest.mark.rule("R13.3")
async def test_who_spends_looks_and_only_an_operator_sets_prices_and_credit(api: Api) -> None:
    operator = await shop(api)
    client = await api.client(operator.workspace_id, ["credit:read", "settings:write"])
    for method, path, said in (
        ("PUT", "prices", {"currency": "EUR", "prices": [{"country": "*", "price": "0"}]}),
        ("POST", "credit/top-ups", {"amount": "1000000"}),
        ("POST", "credit/corrections", {"amount": "5", "note": "please"}),
    ):
        assert (await client.ask(method, path, said)).status_code == HTTPStatus.FORBIDDEN
    assert (await client.get("credit"))["currency"] is None
    assert (await client.ask("PUT", "credit", {"alarm_below": "5"})).status_code == HTTPStatus.CONFLICT


@pytest.mark.rule("R9.11")
async def test_a_day_costs_no_more_than_its_caps(api: Api) -> None:
    client = await shop(api)
    refused = await client.ask("PUT", "spend-caps", {"caps": [{"most": "5"}]})
    assert (refused.status_code, "set prices first" in refused.text) == (HTTPStatus.CONFLICT, True)
    await client.put("prices", {"currency": "EUR", "prices": [{"country": "US", "price": "0.04"}]})
    before = await client.post("messages", text())
    wanted = [{"prefix": "+1", "most": "0.07"}, {"most": "100"}]
    set_to = await client.put("spend-caps", {"caps": wanted})
    assert set_to["caps"] == [
        {"prefix": "", "most": "100.00", "used": "0.04"}, {"prefix": "+1", "most": "0.07", "used": "0.04"},
    ]  # fmt: skip
    second = await client.post("messages", text(OTHER_MOBILE))
    assert (before["status"], second["status"], second["reason"]) == ("queued", "skipped", "spend_cap")
    assert "begin with +1 may cost €0.07, and €0.04 of it is used up" in str(second)
    # What is taken back counts no more.
    await client.post("blocks", {"phone": MOBILE, "scope": "channel", "reason": "asked by phone"})
    assert (await client.post("messages", text(OTHER_MOBILE)))["status"] == "queued"
    other = await api.client(client.workspace_id, ["credit:read"])
    assert (await other.get("spend-caps"))["caps"][1]["used"] == "0.04"
    assert (await other.ask("PUT", "spend-caps", {"caps": []})).status_code == HTTPStatus.FORBIDDEN
    assert (await client.put("spend-caps", {"caps": []}))["caps"] == []


@pytest.mark.rule("R13.3")
async def test_low_credit_rings_once_and_is_silent_once_it_was_topped_up(
    api: Api, database: Databases
) -> None:
    client = await shop(api)
    await client.post("credit/top-ups", {"amount": "20", "currency": "EUR"})
    await client.put("credit", {"alarm_below": "50"})
    seen = []
    async with open_works(database.url) as works:
        for amount in (None, None, "40"):
            if amount:
                await client.post("credit/top-ups", {"amount": amount})
            await credit_upkeep.watch(works)
            async with works.pool.connection() as conn:
                rows = await (await conn.execute("SELECT times, sentence FROM sayso.alarms")).fetchall()
            seen.append(rows)
    assert [len(rows) for rows in seen] == [1, 1, 0]
    assert seen[1][0][0] == 1
    assert "€20.00 of credit free, less than the €50.00" in seen[1][0][1]
