"""What a workspace has to spend, as the frame and every area tell it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import DatabaseError
from django.db.models import OuterRef, Subquery, Sum

from sayso.console.access import Area
from sayso.console.lenses.money import CreditAccount, CreditBalance, CreditFresh
from sayso.console.place import Place
from sayso.core import money


@dataclass(frozen=True, slots=True)
class Credit:
    """What is owned and set aside of it, in millionths of `currency`."""

    currency: str
    owned: int
    reserved: int
    alarm_below: int | None

    @property
    def available(self) -> int:
        """What may still be spent."""
        return self.owned - self.reserved

    @property
    def written(self) -> str:
        """The same, as people read it."""
        return money.written(self.available, self.currency)

    @property
    def low(self) -> bool:
        """Whether somebody wanted to be told by now, or there is nothing left."""
        return self.available <= 0 or (self.alarm_below is not None and self.available < self.alarm_below)


def shown(place: Place) -> Credit | None:
    """The credit of where somebody stands; None: none is kept, or they may not see it. Left out of a page
    whose transaction is broken already."""
    if place.workspace is None or not place.may_open(Area.MONEY):
        return None
    try:
        return _read()
    except DatabaseError:
        return None


def _read() -> Credit | None:
    # One statement, one snapshot: what is moved from the one to the other is counted once.
    of = {"workspace_id": OuterRef("workspace_id")}
    balance = CreditBalance.objects.filter(**of)
    fresh = CreditFresh.objects.filter(**of).order_by().values("workspace_id")
    found = (
        CreditAccount.objects.filter(kept=True)
        .annotate(
            owned=Subquery(balance.values("credit")),
            reserved=Subquery(balance.values("reserved")),
            owned_fresh=Subquery(fresh.annotate(sum=Sum("credit")).values("sum")),
            reserved_fresh=Subquery(fresh.annotate(sum=Sum("reserved")).values("sum")),
        )
        .first()
    )
    if found is None:
        return None
    owned = int((found.owned or 0) + (found.owned_fresh or 0))
    reserved = int((found.reserved or 0) + (found.reserved_fresh or 0))
    return Credit(found.currency, owned, reserved, found.alarm_below)
