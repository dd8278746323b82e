"""`prices` and `credit`: what sending costs, what there is for it, and its ledger."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Literal

import msgspec
from litestar import Router, get, post, put
from litestar.params import JSONBody

from sayso.actions import costs, credit
from sayso.actions.credit import Prices, Spending
from sayso.api.problems import settled
from sayso.api.services import Asked, Asker, Given, Listed, PathId, ShortText, listed
from sayso.core import money
from sayso.storage.campaign_money import CountryCost
from sayso.storage.credit import Account, Entry
from sayso.storage.prices import Price

Country = Annotated[str, msgspec.Meta(pattern=r"^([A-Z]{2}|\*)$", description="Two letters; * is any other.")]
Currency = Annotated[str, msgspec.Meta(pattern=r"^([A-Z]{3})?$", description="Three letters, such as EUR.")]
Amount = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^-?[0-9]{1,10}(\.[0-9]{1,6})?$", description="A decimal to the millionth, such as 0.041."
    ),
]


class PriceIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A price of one part of an SMS, or of one MMS; null: unknown from then. `valid_from` null: now."""

    country: Country
    price: Amount | None
    kind: Literal["sms", "mms"] = "sms"
    valid_from: Annotated[datetime, msgspec.Meta(tz=True)] | None = None


class PricesIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Prices to be set; others stay. `currency` is needed the first time."""

    prices: Annotated[list[PriceIn], msgspec.Meta(min_length=1, max_length=1_000)]
    currency: Currency = ""


class PriceOut(msgspec.Struct, frozen=True):
    """A price that holds, or that will from `valid_from` on."""

    country: str
    kind: str
    price: str | None
    valid_from: datetime


class PricesOut(msgspec.Struct, frozen=True):
    """All of them; `currency` null: no price was ever set."""

    currency: str | None
    prices: list[PriceOut]


class CreditOut(msgspec.Struct, frozen=True):
    """What there is. `kept` false: nothing was ever topped up, so that nothing is refused for want of it."""

    currency: str | None
    kept: bool
    balance: str | None
    reserved: str | None
    available: str | None
    alarm_below: str | None


class CreditIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Below which amount somebody must be told; null: never."""

    alarm_below: Amount | None


class SpendingIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An amount to be written into the ledger, and why."""

    amount: Amount
    note: ShortText = ""
    currency: Currency = ""

    def wanted(self) -> Spending:
        """As the action takes it."""
        return Spending(money.read(self.amount) or 0, self.note, self.currency)


class EntryOut(msgspec.Struct, frozen=True):
    """An entry: what it added to the credit, and to what is reserved of it."""

    id: str
    at: datetime
    kind: str
    campaign_id: int | None
    credit: str
    reserved: str
    messages: int
    parts: int
    note: str


class CountryOut(msgspec.Struct, frozen=True):
    """What goes to one country; `price` null: unknown of all of it, `unpriced`: of how many messages."""

    country: str
    messages: int
    parts: int
    unpriced: int
    price: str | None


class CostOut(msgspec.Struct, frozen=True):
    """A campaign's money; `currency` null: no price was ever set. `rehearsal_complete`: it has counted to
    its end. `charged` is what was taken so far, less what was given back; `reserved` is still set aside."""

    currency: str | None
    rehearsed: list[CountryOut]
    rehearsal_complete: bool
    estimate: str | None
    short_by: str | None
    planned: list[CountryOut]
    charged: str | None
    refunded: str | None
    reserved: str | None


@get("/prices")
async def list_prices(services: Given, actor: Asker) -> PricesOut:
    """What a part costs by destination country, now and later. Scope: credit:read."""
    return _prices(settled(await credit.show_prices(services.pool, actor, services.now())))


@put("/prices")
async def set_prices(services: Given, actor: Asker, data: JSONBody[PricesIn]) -> PricesOut:
    """Set prices, each from a moment on; what was planned keeps its price. Scope: operator."""
    now = services.now()
    wanted = [
        Price(
            one.country, one.kind, one.valid_from or now, None if one.price is None else money.read(one.price)
        )
        for one in data.prices
    ]
    return _prices(settled(await credit.set_prices(services.pool, actor, data.currency, wanted, now)))


@get("/credit")
async def show_credit(services: Given, actor: Asker) -> CreditOut:
    """What there is, and what is set aside of it. Scope: credit:read."""
    return _credit(settled(await credit.show_credit(services.pool, actor)))


@put("/credit")
async def set_alarm(services: Given, actor: Asker, data: JSONBody[CreditIn]) -> CreditOut:
    """Say below which amount somebody must be told. Scope: settings:write."""
    below = None if data.alarm_below is None else money.read(data.alarm_below)
    return _credit(settled(await credit.set_credit_alarm(services.pool, actor, below)))


@get("/credit/ledger")
async def list_ledger(services: Given, actor: Asker, page: Asked) -> Listed[EntryOut]:
    """The ledger, newest first. Scope: credit:read."""
    found = settled(await credit.list_ledger(services.pool, actor, page.before, page.limit))
    return listed(page, [_entry(one) for one in found], found[-1].id if found else None)


@post("/credit/top-ups")
async def top_up(services: Given, actor: Asker, data: JSONBody[SpendingIn]) -> CreditOut:
    """Add credit; from the first time on it is kept. Scope: operator."""
    return _credit(settled(await credit.top_up(services.pool, actor, data.wanted())))


@post("/credit/corrections")
async def correct(services: Given, actor: Asker, data: JSONBody[SpendingIn]) -> CreditOut:
    """Add or take what a mistake made wrong; no entry is ever changed. Scope: operator."""
    return _credit(settled(await credit.correct_credit(services.pool, actor, data.wanted())))


@get("/campaigns/{campaign_id:int}/cost")
async def show_cost(services: Given, actor: Asker, campaign_id: PathId) -> CostOut:
    """What a campaign would cost by its rehearsal, and what it has cost so far. Scope: campaigns:read."""
    found = settled(await costs.show_costs(services.pool, actor, campaign_id))
    known = found.account is not None
    return CostOut(
        found.account.currency if found.account else None,
        [_country(one) for one in found.rehearsed],
        found.complete,
        money.plain(found.estimate.price) if found.estimate.known else None,
        money.plain(found.short_by) if known else None,
        [_country(one) for one in found.planned],
        money.plain(found.charged.charged) if known else None,
        money.plain(found.charged.refunded) if known else None,
        money.plain(found.charged.reserved) if known else None,
    )


def _country(one: CountryCost) -> CountryOut:
    price = money.plain(one.price) if one.priced else None
    return CountryOut(one.country, one.messages, one.parts, one.cost.unpriced, price)


def _prices(found: Prices) -> PricesOut:
    return PricesOut(found.currency or None, list(_priced(found.prices)))


def _priced(found: Iterable[Price]) -> Iterable[PriceOut]:
    for one in found:
        price = None if one.price is None else money.plain(one.price)
        yield PriceOut(one.country, one.kind, price, one.valid_from)


def _credit(found: Account | None) -> CreditOut:
    if found is None:
        return CreditOut(None, kept=False, balance=None, reserved=None, available=None, alarm_below=None)
    return CreditOut(
        found.currency,
        found.kept,
        money.plain(found.credit),
        money.plain(found.reserved),
        money.plain(found.available),
        None if found.alarm_below is None else money.plain(found.alarm_below),
    )


def _entry(one: Entry) -> EntryOut:
    return EntryOut(
        str(one.id),
        one.at,
        one.kind,
        one.campaign_id,
        money.plain(one.credit),
        money.plain(one.reserved),
        one.messages,
        one.parts,
        one.note,
    )


router = Router(
    "",
    tags=["Prices and credit"],
    route_handlers=[list_prices, set_prices, show_credit, set_alarm, list_ledger, top_up, correct, show_cost],
)
