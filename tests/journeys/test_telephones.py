"""Telephones that lose texts, take their time, and fail: the simulator on demand."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote

import pytest

from tests.journeys.shop import Shop
from tests.running import until


def set_to(shop: Shop, phone: str, **behaviour: object) -> None:
    shop.sayso.carrier.put(f"/telephones/{quote(phone)}", behaviour)


@pytest.mark.rule("R15.1")
def test_a_text_that_is_lost_on_the_way_is_reported_as_failed(shop: Shop) -> None:
    phone = shop.customer()
    set_to(shop, phone, loss=1)
    message = shop.advertise(phone)["id"]
    assert shop.reaches(message, "failed")["reason"] == "temp_unreachable"
    assert shop.shown(phone) == []


@pytest.mark.rule("R15.1")
def test_a_slow_telephone_receives_later_and_is_reported_then(shop: Shop) -> None:
    slow, slower = shop.customer(), shop.customer()
    set_to(shop, slow, delay_ms=700)
    set_to(shop, slower, delay_ms=600_000)
    message, waiting = shop.advertise(slow)["id"], shop.advertise(slower)["id"]
    shop.received(slow, "20% off")
    shop.reaches(message, "delivered")
    reported = until("the report is in the carrier's log", lambda: logged(shop, message, "receipts"))
    waited = reported[0] - logged(shop, message, "send")[0]
    assert waited.total_seconds() >= 0.7
    # Ten minutes cannot have passed: it is sent, and neither shown nor reported.
    assert shop.reaches(waiting, "sent")["history"][-1]["status"] == "sent"
    assert shop.shown(slower) == []


def logged(shop: Shop, message: str, kind: str) -> list[datetime]:
    """When the carrier wrote down that it took or reported a message."""
    found = [entry for entry in shop.sayso.journal() if entry["kind"] == kind]
    return [
        datetime.fromisoformat(entry["at"])
        for entry in found
        for about in entry.get("receipts", [entry])
        if about["client_reference"] == message
    ]


@pytest.mark.rule("R15.1")
def test_receipts_may_fail_or_stay_out(shop: Shop) -> None:
    failing, silent = shop.customer(), shop.customer()
    set_to(shop, failing, receipts="failed")
    set_to(shop, silent, receipts="off")
    first, second = shop.advertise(failing)["id"], shop.advertise(silent)["id"]
    shop.reaches(first, "failed")
    shop.received(silent, "20% off")
    # The telephone shows it before the engine has recorded the carrier's answer.
    shop.reaches(second, "sent")
    assert [step["status"] for step in shop.message(second)["history"]][-1] == "sent"


@pytest.mark.rule("R15.1", "R6.6")
@pytest.mark.parametrize(
    ("reject", "status", "reason"),
    [("refuse", "rejected", "unclassified"), ("break", "unconfirmed", "lost_answer")],
)
def test_a_carrier_that_refuses_or_breaks_is_believed(
    shop: Shop, reject: str, status: str, reason: str
) -> None:
    phone = shop.customer()
    set_to(shop, phone, reject=reject)
    told = shop.reaches(shop.advertise(phone)["id"], status)
    assert told["reason"] == reason
    assert len([one for one in shop.sayso.journal() if one.get("client_reference") == told["id"]]) == 1


@pytest.mark.rule("R15.1", "R6.6")
def test_a_carrier_that_knows_an_opt_out_makes_a_block(shop: Shop) -> None:
    phone = shop.customer()
    set_to(shop, phone, reject="opted_out")
    shop.reaches(shop.advertise(phone)["id"], "rejected")
    block = shop.blocked(phone)
    assert (block["source"], block["scope"]) == ("provider", "channel")


@pytest.mark.rule("R15.1")
def test_a_telephone_replies_and_shows_both_sides(shop: Shop) -> None:
    phone = shop.customer()
    shop.texted(phone, "help")
    shop.received(phone, "Fern & Co")
    told = shop.sayso.carrier.get(f"/telephones/{quote(phone)}")["messages"]
    assert [each["direction"] for each in told] == ["texted", "received"]


@pytest.mark.rule("R15.1")
def test_a_confirmation_that_was_throttled_goes_out_once(shop: Shop) -> None:
    phone = shop.customer()
    set_to(shop, phone, reject="throttle")
    shop.texted(phone, "stop")
    shop.blocked(phone)
    (bye,) = until("there is a confirmation", lambda: shop.answers(phone))
    shop.reaches(bye["id"], "deferred")
    set_to(shop, phone, reject="")
    shop.received(phone, "You are out.")
    assert len(shop.shown(phone)) == 1
