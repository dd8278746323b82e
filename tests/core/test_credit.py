"""Amounts to the millionth, prices by country, and a purse that does not go below zero."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.core import credit, money
from sayso.core.campaigns import NOTHING, Addressed, Planned, Recipient
from sayso.core.credit import PriceList, Purse
from sayso.core.segments import count

NOW = datetime(2026, 11, 26, tzinfo=UTC)
BRITON, FRENCH, AMERICAN = 447700900123, 33612345678, 12065550100
PRICES = PriceList({("sms", "GB"): 41_000, ("sms", "*"): 60_000, ("sms", "FR"): None, ("mms", "GB"): 90_000})


def planned(phone: int, body: str = "Sale.", status: str = "queued") -> Planned:
    to = Addressed(Recipient(1, phone, None, None, None, None, None, {}), None, 7)
    return Planned(to, status, "", (), body, count(body) if body else NOTHING, NOW)


@given(st.integers(-money.LARGEST, money.LARGEST))
def test_what_is_written_plainly_is_read_as_the_same_amount(amount: int) -> None:
    assert money.read(money.plain(amount)) == amount


@pytest.mark.parametrize("written", ["", "1.0000001", "1e3", "٣", "--1", "1,000.00", "99999999999", "€1"])
def test_what_is_no_amount_is_not_taken_for_one(written: str) -> None:
    assert money.read(written) is None


def test_people_read_cents_and_a_lack_is_never_told_too_small() -> None:
    assert money.written(1_284_600_000, "EUR") == "€1,284.60"
    assert money.written(-5_000, "EUR") == "€0.00"
    assert money.written(-15_000, "EUR") == "−€0.02"
    assert money.written_up(139_720_001, "GBP") == "£139.73"
    assert money.written_whole(41_000, "USD") == "$0.041"
    assert money.written_part(41_000, "USD") == "$0.0410"
    assert money.written(12_000_000, "JPY") == "JPY\N{NO-BREAK SPACE}12"


@pytest.mark.rule("R13.3")
def test_a_price_is_of_each_part_by_country_and_one_that_nobody_knows_is_not_zero() -> None:
    assert PRICES.of("GB", 2) == 82_000
    assert PRICES.of("US", 1) == PRICES.of(None, 1) == 60_000
    assert PRICES.of("FR", 3) is None
    assert PRICES.of("GB", 3, media=True) == 90_000
    assert PRICES.of("US", 1, media=True) is None


@pytest.mark.rule("R9.6")
def test_a_purse_pays_in_turn_and_skips_what_it_cannot_pay() -> None:
    purse = Purse(PRICES, "EUR", left=125_000)
    told = [credit.paid(purse, planned(phone)) for phone in (BRITON, AMERICAN, BRITON, FRENCH)]
    assert [one.price for one in told] == [41_000, 60_000, None, None]
    assert [one.reason for one in told] == ["", "", "insufficient_credit", ""]
    assert "€0.041" in told[2].because[-1].fact and "€0.02" in told[2].because[-1].fact
    assert (told[2].body, told[2].segments.parts) == ("", 0)
    assert purse.left == 24_000


def test_what_is_not_to_leave_costs_nothing_and_what_is_free_is_never_refused() -> None:
    purse = Purse(PriceList({("sms", "*"): 0}), "EUR", left=-5)
    assert credit.paid(purse, planned(BRITON, status="skipped")).price is None
    assert credit.paid(purse, planned(BRITON)).price == 0
    assert credit.paid(None, planned(BRITON)).price is None


def test_costs_add_up_by_country_and_say_of_how_many_they_are_known() -> None:
    purse = Purse(PRICES, "EUR")
    every = [credit.paid(purse, planned(phone)) for phone in (BRITON, BRITON, FRENCH)]
    costs = credit.by_country([*every, planned(AMERICAN, status="skipped")])
    assert set(costs) == {"GB", "FR"}
    cost = credit.total(costs.values())
    assert (cost.messages, cost.priced, cost.price, cost.unpriced) == (3, 2, 82_000, 1)
    assert not costs["FR"].known
