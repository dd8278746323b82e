"""What a message costs, and whether there is credit for it (R9.6, R9.7, R13.3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from msgspec.structs import replace

from sayso.core import gate, money
from sayso.core.because import Step
from sayso.core.campaigns import NOTHING, Planned
from sayso.core.phones import country_of
from sayso.core.spending import Budget

SMS, MMS = "sms", "mms"
ANYWHERE = "*"
"""The country of a price that holds where no other does."""
LEAVES = frozenset({"queued", "deferred"})


@dataclass(frozen=True, slots=True)
class PriceList:
    """The prices of one moment, by (kind, country): of a part of an SMS, of an MMS; None: nobody knows."""

    prices: Mapping[tuple[str, str], int | None]

    def of(self, country: str | None, parts: int, *, media: bool = False) -> int | None:
        """What a message costs; None where no price is known. An MMS has one price, whatever its words."""
        kind = MMS if media else SMS
        own = (kind, country or ANYWHERE)
        # A country's own "unknown" holds too: it is not what others cost.
        one = self.prices.get(own if own in self.prices else (kind, ANYWHERE))
        return one if one is None or media else one * parts


@dataclass(slots=True)
class Purse:
    """What one batch may spend of a workspace's credit; `left` None: without limit.

    `budget`: what its spend caps leave of a day; None: they are not asked.
    """

    prices: PriceList
    currency: str
    left: int | None = None
    budget: Budget | None = None

    def pays(self, price: int) -> bool:
        """Take a price out; False, and nothing is taken, where there is not enough for it."""
        if not affordable(price, self.left):
            return False
        if self.left is not None:
            self.left -= price
        return True


@dataclass(frozen=True, slots=True)
class Cost:
    """What many messages come to: `priced` of them have a price, and together cost `price`."""

    messages: int = 0
    parts: int = 0
    priced: int = 0
    price: int = 0

    @property
    def known(self) -> bool:
        """Whether the price of any is known: else the cost is unknown, which is not nothing."""
        return self.priced > 0

    @property
    def unpriced(self) -> int:
        """How many have no price."""
        return self.messages - self.priced

    @property
    def each(self) -> int | None:
        """A part's price, all taken together, to the hundredth of a cent; None where one is unknown."""
        if self.unpriced or not self.parts:
            return None
        return money.round_to(self.price // self.parts, 100)


def affordable(price: int, left: int | None) -> bool:
    """Say whether what is left pays a price; what is free is never refused."""
    return left is None or price == 0 or price <= left


def insufficient(price: int, left: int, currency: str) -> gate.Skip:
    """R9.6: what is not sent because the credit does not pay for it."""
    told = (
        f"It costs {money.written_whole(price, currency)}, and the workspace has "
        f"{money.written(max(left, 0), currency)} of credit left for it."
    )
    return gate.Skip("skipped", "insufficient_credit", (Step("R9.6", told),))


def paid(purse: Purse | None, decided: Planned) -> Planned:
    """A planned message with its price: caps and credit, the gate's last questions before the connection.

    None: the workspace knows no prices.
    """
    if purse is None or decided.status not in LEAVES:
        return decided
    country = country_of(decided.to.recipient.phone) or ANYWHERE
    price = purse.prices.of(country, decided.segments.parts, media=bool(decided.media))
    phone, budget = decided.to.recipient.phone, purse.budget
    full = budget.passed(phone, price, decided.due) if budget else None
    if budget and full:
        return _refused(decided, budget.over(full))
    if price is None:
        return replace(decided, country=country)
    if not purse.pays(price):
        return _refused(decided, insufficient(price, purse.left or 0, purse.currency))
    if budget is None:
        return replace(decided, country=country, price=price)
    budget.take(phone, price, decided.due)
    return replace(decided, country=country, price=price, counts_on=budget.day(decided.due))


def _refused(decided: Planned, refused: gate.Skip) -> Planned:
    return replace(
        decided,
        status=refused.status,
        reason=refused.reason,
        because=refused.because,
        body="",
        segments=NOTHING,
    )


def by_country(planned: Iterable[Planned]) -> dict[str, Cost]:
    """What those that leave come to; nothing where the workspace knows no prices."""
    found: dict[str, Cost] = {}
    for one in planned:
        if one.country:
            so_far = found.get(one.country, Cost())
            found[one.country] = Cost(
                so_far.messages + 1,
                so_far.parts + one.segments.parts,
                so_far.priced + (one.price is not None),
                so_far.price + (one.price or 0),
            )
    return found


def total(costs: Iterable[Cost]) -> Cost:
    """Several together."""
    every = list(costs)
    return Cost(
        sum(one.messages for one in every),
        sum(one.parts for one in every),
        sum(one.priced for one in every),
        sum(one.price for one in every),
    )
