"""Where a person starts: the first steps of a new workspace, then what happened and what needs you."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from sayso.actions.first_steps import show_reach
from sayso.console.access import Area, opens
from sayso.console.home.figures import Country, figures
from sayso.console.home.needs import needs
from sayso.console.home.steps import steps
from sayso.console.home.stops import stops
from sayso.console.lenses.blocks import Block
from sayso.console.loop import perform
from sayso.console.refusing import demand
from sayso.core.money import plain

LAST = 5


@require_safe
@opens(Area.HOME)
def overview(request: HttpRequest) -> HttpResponse:
    """The first steps while one of the first three is undone, else the dashboard."""
    found = steps(request.place, demand(perform(request, show_reach)))
    if found.now:
        context = {"steps": found, "first_name": request.user.name.partition(" ")[0]}
        return render(request, "home/first_run.html", context)
    return render(request, "home/dashboard.html", {"steps": found, **_standing(request), **_figures(request)})


@require_safe
@opens(Area.HOME)
def counted(request: HttpRequest) -> HttpResponse:
    """The figures of the days in the address, anew."""
    return render(request, "home/figures.html", _figures(request))


@require_safe
@opens(Area.HOME)
def by_country(request: HttpRequest) -> HttpResponse:
    """The table by country as CSV."""
    found = figures(request)
    head = (
        "country,messages,parts,delivered,texts,opt-outs,charged parts,cost,currency,messages without a price"
    )
    told = [head, *(_line(one, found.currency) for one in found.countries)]
    answer = HttpResponse("\r\n".join((*told, "")), content_type="text/csv; charset=utf-8")
    name = f"by-country-{found.days.first}-{found.days.last}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@require_safe
@opens(Area.HOME)
def heard(request: HttpRequest) -> HttpResponse:
    """What changed on the dashboard."""
    return render(request, "home/heard.html", _standing(request))


def _standing(request: HttpRequest) -> dict[str, Any]:
    last = Block.objects.filter(lifted_at=None).order_by("-id")[:LAST]
    return {"stops": stops(timezone.now()), "needs": needs(request.place), "last": list(last)}


def _line(one: Country, currency: str) -> str:
    """A cost that nobody knows is an empty cell, which no sum takes for nothing paid."""
    known = currency and (one.cost.known or not one.cost.messages)
    return (
        f"{one.code},{one.messages},{one.parts},{one.delivered},{one.received},{one.opted_out},"
        f"{one.cost.parts},{plain(one.cost.price) if known else ''},{currency},{one.cost.unpriced}"
    )


def _figures(request: HttpRequest) -> dict[str, Any]:
    found = figures(request)
    return {"figures": found, "figures_address": f"{reverse('home_figures')}?{found.days.asked}"}
