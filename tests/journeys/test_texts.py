"""Texts as they come: the same one five at once, late ones, and what nobody can read."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from sayso.providers.simulator.carrier_side import sign
from tests.journeys.shop import GOODBYE, HELP, SECRET, Shop, ago, telephone
from tests.running import Answer, Sayso, post, until


def posted(shop: Shop, body: bytes) -> Answer:
    headers = {"content-type": "application/json", **sign(body, SECRET, datetime.now(UTC))}
    return post(shop.sayso.hook(shop.connection, "inbound"), body, headers)


def stop(shop: Shop, phone: str, message: str) -> bytes:
    return json.dumps({"id": message, "from": phone, "to": shop.number, "body": "stop"}).encode()


@pytest.mark.rule("R5.1", "R5.4", "R5.8")
def test_the_same_text_five_at_once_is_one_text_one_block_and_one_answer(shop: Shop) -> None:
    phone = shop.customer()
    body = stop(shop, phone, "five-at-once")
    with ThreadPoolExecutor(5) as five:
        answers = list(five.map(lambda _: posted(shop, body), range(5)))
    assert {(answer.status, answer.body) for answer in answers} == {(200, b"")}
    shop.received(phone, GOODBYE)
    # A later text of this number is decided after whatever the repeats could have done.
    shop.texted(phone, "thanks")
    assert [each["body"] for each in shop.heard(phone, 2)] == ["thanks", "stop"]
    assert len(shop.blocks(phone)) == 1
    assert len(shop.answers(phone)) == len(shop.shown(phone)) == 1


@pytest.mark.rule("R5.7")
def test_a_stop_of_a_stranger_holds_for_the_profile_made_later(shop: Shop) -> None:
    phone = telephone()
    shop.texted(phone, "stop")
    shop.blocked(phone)
    shop.client.put("/api/v1/contacts", {"external_id": phone, "phone": phone, "sms_consent": True})
    assert shop.advertise(phone)["status"] == "enqueue_failed"


def test_an_address_that_nobody_has_is_not_found(sayso: Sayso, shop: Shop) -> None:
    unknown = f"{sayso.url}/hooks/{'x' * 43}/inbound"
    answer = post(unknown, stop(shop, "+12065550111", "m"), {"content-type": "application/json"})
    assert answer.status == 404
    assert b"No connection has this address" in answer.body


@pytest.mark.rule("R5.1")
@pytest.mark.parametrize("body", [b"{", b"\xff\xfe stop \x00", b"[]", b'{"id": "m", "body": "stop"}'])
def test_what_nobody_can_read_is_kept_as_it_came_and_listed(shop: Shop, body: bytes) -> None:
    assert posted(shop, body).status == 200
    found = shop.sayso.rows(
        "SELECT why FROM unrouted JOIN callbacks USING (id) WHERE callbacks.body = %s"
        " AND unrouted.kind = 'unreadable'",
        body,
    )
    assert len(found) == 1
    assert found[0]["why"]
    listed = {check["name"]: check["sentence"] for check in shop.sayso.command("doctor")["checks"]}
    assert "sayso unrouted" in listed["unreadable"]


@pytest.mark.rule("R5.8")
def test_a_confirmation_leaves_within_five_minutes_or_not_at_all(shop: Shop) -> None:
    late, in_time = shop.customer(), shop.customer()
    shop.texted(late, "stop", at=ago(minutes=6))
    shop.texted(in_time, "stop", at=ago(minutes=4))
    assert shop.blocked(late)["scope"] == "channel"
    shop.received(in_time, GOODBYE)
    (never,) = shop.answers(late)
    told = shop.reaches(never["id"], "expired")
    assert told["reason"] == "too_late"
    assert shop.shown(late) == []


@pytest.mark.rule("R5.8")
def test_help_is_answered_within_a_day(shop: Shop) -> None:
    late, in_time = shop.customer(), shop.customer()
    shop.texted(late, "HELP", at=ago(hours=25))
    shop.texted(in_time, "help", at=ago(hours=23))
    shop.received(in_time, HELP)
    shop.heard(late)
    (never,) = shop.answers(late)
    shop.reaches(never["id"], "expired")
    assert shop.shown(late) == []


@pytest.mark.rule("R5.9")
def test_a_number_gets_five_automatic_answers_in_ten_minutes(shop: Shop) -> None:
    phone = shop.customer()
    for count in range(1, 8):
        shop.texted(phone, "HELP")
        shop.heard(phone, count)
    assert len(shop.answers(phone)) == 5
    assert shop.heard(phone, 7)[0]["because"][-1]["rule"] == "R5.9"
    until("five answers are shown", lambda: len(shop.shown(phone)) == 5)


@pytest.mark.rule("R4.15", "R5.3")
def test_what_is_no_stop_waits_in_the_inbox_with_its_reason(shop: Shop) -> None:
    phone = shop.customer()
    shop.texted(phone, "please cancel my order")
    (heard,) = shop.heard(phone)
    assert heard["decision"] == "inbox"
    assert "waits in the inbox" in heard["because"][-1]["fact"]
    assert shop.blocks(phone) == []


@pytest.mark.rule("R5.2")
def test_a_start_that_does_not_clearly_follow_leaves_the_block(shop: Shop) -> None:
    phone = shop.customer()
    at = ago(seconds=60)
    shop.texted(phone, "stop", at=at)
    shop.blocked(phone)
    shop.texted(phone, "start", at=at)
    newest = shop.heard(phone, 2)
    start = next(each for each in newest if each["body"] == "start")
    assert "out_of_order" in start["flags"], start
    assert shop.blocks(phone)
    shop.texted(phone, "start")
    until("a later START lifts the block", lambda: not shop.blocks(phone))
