"""What is done by hand: a block (R6.1), and the way back (R6.5)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from sayso.actions.actor import ROLES
from sayso.actions.blocks import create_block
from sayso.actions.categories import list_categories
from sayso.actions.consents import Outcome, record_consent
from sayso.console.access import Area, opens
from sayso.console.components.numbers import spaced, typed
from sayso.console.forms import again, done, go
from sayso.console.lenses.numbers import Line
from sayso.console.loop import perform
from sayso.console.opt_outs.forms import BackForm, BlockForm, Choices
from sayso.console.proof.words import line_name
from sayso.console.refusing import demand

SCOPE = "consents:write"
STOPPED = {
    "channel": "for all advertising",
    "line": "for advertising from that line",
    "categories": "for those categories",
    "all": "for everything",
}


@opens(Area.OPT_OUTS)
def block(request: HttpRequest) -> HttpResponse:
    """R6.1: stop a number, with a reason."""
    _may_write(request)
    initial = {"phone": request.GET.get("number", "")[:40]}
    form = BlockForm(_lines(), _categories(request), request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        wanted = form.wanted()
        if not form.refused(perform(request, create_block, wanted, datetime.now(UTC))):
            key = typed(wanted.phone, request.place.workspace.country) or 0
            done(request, f"{spaced(key, wanted.phone)} is blocked {STOPPED[wanted.scope]}.")
            return go(request, "opt_out", key)
    template = "opt_outs/block.html"
    context = {"form": form}
    return (
        again(request, template, context) if request.method == "POST" else render(request, template, context)
    )


@opens(Area.OPT_OUTS)
def back(request: HttpRequest, phone: str) -> HttpResponse:
    """R6.5: record that the person said yes again; it says what that did."""
    _may_write(request)
    key = int(phone)
    if not 0 < key < 10**15:
        raise Http404(phone)
    form = BackForm(_categories(request), request.place.zone, request.POST or None)
    if request.method == "POST" and form.is_valid():
        answer = perform(request, record_consent, form.wanted(key), datetime.now(UTC))
        if not form.refused(answer):
            done(request, _told(demand(answer)))
            return go(request, "opt_out", key)
    template = "opt_outs/back.html"
    context = {"form": form, "phone": key, "number": spaced(key, phone)}
    return (
        again(request, template, context) if request.method == "POST" else render(request, template, context)
    )


def _told(outcomes: Sequence[Outcome]) -> str:
    told = []
    for outcome in outcomes:
        facts = " ".join(step.fact for step in outcome.because)
        told.append(f"{_OUTCOMES[outcome.outcome].format(count=len(outcome.lifted))} {facts}")
    return " ".join(told)


_OUTCOMES = {
    "accepted": "Recorded: consent is given.",
    "lifted": "Recorded, and lifted what stood against it.",
    "pending": "Recorded as pending: nothing is lifted yet.",
    "nothing": "Recorded, but nothing is lifted.",
}


def _may_write(request: HttpRequest) -> None:
    if SCOPE not in ROLES[request.place.workspace.role.value]:
        raise PermissionDenied(SCOPE)


def _lines() -> Choices:
    found = Line.objects.filter(withdrawn_at=None).select_related("inbound_number").order_by("id")[:500]
    return [
        (str(line.id), line_name(line.inbound_number.number, line.inbound_number.kind, line.provider_keyword))
        for line in found
    ]


def _categories(request: HttpRequest) -> Choices:
    return [(found.name, found.name) for found in demand(perform(request, list_categories))]
