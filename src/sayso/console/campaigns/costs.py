"""What a campaign would cost, and has cost, as its pages tell it (R9.6, R13.2)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils import timezone

from sayso.actions.costs import Costs, show_costs
from sayso.actions.spend_caps import Caps, Used, show_caps
from sayso.console.campaigns.trying import Shown
from sayso.console.components.places import country_named
from sayso.console.lenses.contacts import Contact
from sayso.console.lenses.money import CreditAccount, Price
from sayso.console.loop import perform
from sayso.console.refusing import demand
from sayso.core.credit import ANYWHERE, Cost, PriceList
from sayso.core.money import written_whole
from sayso.core.phones import country_of
from sayso.core.rendering import Missing
from sayso.core.segments import count
from sayso.storage.campaign_money import CountryCost
from sayso.storage.credit import Account, Charged


@dataclass(frozen=True, slots=True)
class Place:
    """What goes to one country: its parts, and the price of each; None: unknown, or not one price."""

    place: str
    parts: int
    each: int | None


@dataclass(frozen=True, slots=True)
class Told:
    """A campaign's money; `account` None: the workspace knows none, and nothing is told."""

    account: Account | None
    rehearsed: list[Place]
    estimate: Cost
    short_by: int
    planned: bool
    plan: Cost
    charged: Charged
    cap: Used | None = None

    @property
    def waits(self) -> bool:
        """R9.11: whether it costs more than the cap of all texts leaves of today."""
        return self.cap is not None and self.estimate.price > self.cap.cap.most - self.cap.spent

    @property
    def free(self) -> int:
        """What may be spent."""
        return max(self.account.available, 0) if self.account else 0

    @property
    def taken(self) -> int:
        """What was charged, before anything was given back."""
        return self.charged.charged + self.charged.refunded

    @property
    def returned(self) -> int:
        """What was given back, as it is taken away."""
        return -self.charged.refunded


def cost(request: HttpRequest, campaign_id: int) -> Told:
    """The money of a campaign that stands."""
    found: Costs = demand(perform(request, show_costs, campaign_id))
    return Told(
        found.account,
        [_place(one) for one in found.rehearsed],
        found.estimate,
        found.short_by if found.complete else 0,
        bool(found.planned),
        found.plan,
        found.charged,
        _cap(request) if found.complete and not found.planned else None,
    )


def _cap(request: HttpRequest) -> Used | None:
    found = perform(request, show_caps, timezone.now())
    used = found.used if isinstance(found, Caps) else ()
    return next((one for one in used if not one.cap.prefix), None)


def of_one(shown: Shown) -> str:
    """What the text costs to whom it is tried on: `€0.082 to them`; empty where money is unknown."""
    account, parts, media = CreditAccount.objects.first(), shown.count.parts, bool(shown.pictures)
    if account is None or not parts:
        return ""
    phone = Contact.objects.filter(id=int(shown.chosen)).values_list("phone", flat=True).first()
    if not phone:
        return ""
    price = _prices().of(country_of(phone), parts, media=media)
    return f"{written_whole(price, account.currency)} to them" if price is not None else "price unknown"


def of_these(read: Iterable[tuple[int, str | Missing, bool]]) -> str:
    """What texts to these numbers cost, each with whether pictures go along; empty: money is unknown."""
    account = CreditAccount.objects.first()
    if account is None:
        return ""
    known, whole = _prices(), 0
    for phone, words, media in read:
        parts = 0 if isinstance(words, Missing) else count(words).parts
        price = known.of(country_of(phone), parts, media=media) if parts else 0
        if price is None:
            return "price unknown"
        whole += price
    return written_whole(whole, account.currency)


def _prices() -> PriceList:
    held = Price.objects.filter(valid_from__lte=timezone.now()).order_by("valid_from")
    return PriceList({(one.kind, one.country): one.price for one in held})


def _place(one: CountryCost) -> Place:
    named = "Elsewhere" if one.country == ANYWHERE else country_named(one.country)
    whole = one.priced == one.messages and one.parts and one.price % one.parts == 0
    return Place(named, one.parts, one.price // one.parts if whole else None)
