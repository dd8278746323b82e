"""R13.3: what a text costs, by the country that it goes to."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from sayso.actions.credit import set_prices, show_prices
from sayso.console.access import Area, opens
from sayso.console.components.places import country_named
from sayso.console.forms import again, done, go
from sayso.console.loop import perform
from sayso.console.money.forms import PriceForm
from sayso.console.refusing import demand
from sayso.console.standing import stands
from sayso.core.credit import ANYWHERE, SMS
from sayso.storage.prices import Price


@dataclass(slots=True)
class Row:
    """A country with its prices now, and those that are to come."""

    country: str
    code: str
    now: dict[str, Price] = field(default_factory=dict)
    later: list[Price] = field(default_factory=list)


@require_safe
@opens(Area.MONEY)
def overview(request: HttpRequest) -> HttpResponse:
    """Every price that holds, and every one that is to come."""
    found = demand(perform(request, show_prices, timezone.now()))
    rows = _rows(found.prices)
    context = {
        "currency": found.currency,
        "rows": rows,
        "rest": next((row for row in rows if row.code == ANYWHERE), None),
    }
    return render(request, "money/prices.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@opens(Area.OPERATOR)
@stands
def set_one(request: HttpRequest) -> HttpResponse:
    """Set one price, from now or from a moment on."""
    now = timezone.now()
    currency = demand(perform(request, show_prices, now)).currency
    initial = {"country": request.GET.get("country") or request.place.workspace.country, "kind": SMS}
    form = PriceForm(request.POST or None, currency, initial=initial)
    if request.method == "POST" and form.is_valid():
        answer = perform(request, set_prices, form.asked(), [form.wanted(now)], now)
        if not form.refused(answer):
            done(request, "The price is set. What was planned before keeps what it cost.")
            return go(request, "prices")
    context: dict[str, Any] = {"form": form, "currency": currency}
    return (again if request.method == "POST" else render)(request, "money/set_price.html", context)


def _rows(found: tuple[Price, ...]) -> list[Row]:
    now = timezone.now()
    rows: defaultdict[str, Row] = defaultdict(lambda: Row("", ""))
    for price in found:
        row = rows[price.country]
        row.code = price.country
        row.country = "Every other country" if price.country == ANYWHERE else country_named(price.country)
        if price.valid_from > now:
            row.later.append(price)
        else:
            row.now[price.kind] = price
    return sorted(rows.values(), key=lambda row: (row.code == ANYWHERE, row.country.casefold()))
