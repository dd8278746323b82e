"""R13.3: what there is, what is set aside of it, and how it came to that."""

from __future__ import annotations

import csv
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, time
from http import HTTPStatus
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from sayso.actions import credit as actions
from sayso.actions.credit import Statement
from sayso.console import once
from sayso.console.access import Area, opens
from sayso.console.forms import again, done, go
from sayso.console.lenses.money import CreditEntry
from sayso.console.loop import perform
from sayso.console.money.forms import AlarmForm, SpendingForm, counted_in
from sayso.console.refusing import demand
from sayso.console.spreadsheets import disarmed
from sayso.console.standing import stands
from sayso.core import money

WAYS = ["GET", "HEAD", "POST"]
FIRST_YEAR = 2026
TOP_UP = (
    "What was paid in. From the first top-up on nothing is sent that costs more than there is.",
    "What it was paid by: an invoice, an order.",
)
CORRECT = (
    "With a minus to take it away. Entries are never changed: this one is added to them.",
    "What was wrong. It stands in the ledger.",
)
LOOK = "Look into the ledger, under Credit, before you enter it again, on a new page."
HEAD = ("day", "what", "campaign", "note", "messages", "parts", "credit", "reserved", "currency")


@require_safe
@opens(Area.MONEY)
def overview(request: HttpRequest) -> HttpResponse:
    """The balance, and one month of the ledger, the newest by default."""
    month = _month(request.GET.get("month", ""), timezone.localdate())
    found = _statement(request, month)
    context = {
        "found": found,
        "account": found.account,
        "month": month,
        "older": _older(month),
        "newer": _newer(month) if _newer(month) <= timezone.localdate() else None,
        "words": dict(CreditEntry.Kind.choices),
    }
    return render(request, "money/credit.html", context)


@require_safe
@opens(Area.MONEY)
def file(request: HttpRequest, year: int, month: int) -> HttpResponse:
    """The same month as a CSV, to the last digit."""
    if not (FIRST_YEAR <= year <= timezone.localdate().year and 1 <= month <= 12):
        raise Http404(f"{year}-{month}")
    first = date(year, month, 1)
    found = _statement(request, first)
    out = StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow(HEAD)
    currency = found.account.currency if found.account else ""
    for line in found.lines:
        cells = (line.day, line.kind, line.campaign or "", line.note, line.messages, line.parts)
        amounts = (money.plain(line.credit), money.plain(line.reserved), currency)
        # Amounts are ours and begin with a minus by right.
        writer.writerow([*(disarmed(str(cell)) for cell in cells), *amounts])
    headers = {"Content-Disposition": f'attachment; filename="credit-{first:%Y-%m}.csv"'}
    return HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8", headers=headers)


@require_http_methods(WAYS)
@opens(Area.MONEY)
def alarm(request: HttpRequest) -> HttpResponse:
    """Below which amount somebody is told."""
    account = demand(perform(request, actions.show_credit))
    below = account.alarm_below if account else None
    form = AlarmForm(
        request.POST or None, initial={"alarm_below": "" if below is None else money.plain(below)}
    )
    if account:
        counted_in(form, account.currency, "alarm_below")
    if request.method == "POST" and form.is_valid():
        answer = perform(request, actions.set_credit_alarm, form.cleaned_data["alarm_below"])
        if not form.refused(answer):
            done(request, "Saved.")
            return go(request, "credit")
    show = again if request.method == "POST" else render
    return show(request, "money/alarm.html", {"form": form, "account": account})


@require_http_methods(WAYS)
@opens(Area.OPERATOR)
@stands
def add(request: HttpRequest) -> HttpResponse:
    """Top up."""
    return _spend(request, actions.top_up, "top_up", TOP_UP)


@require_http_methods(WAYS)
@opens(Area.OPERATOR)
@stands
def correct(request: HttpRequest) -> HttpResponse:
    """Mend what was entered wrongly."""
    return _spend(request, actions.correct_credit, "correct", CORRECT)


def _spend(
    request: HttpRequest, action: Callable[..., Awaitable[Any]], what: str, words: tuple[str, str]
) -> HttpResponse:
    account = demand(perform(request, actions.show_credit))
    form = SpendingForm(request.POST or None, account.currency if account else "", words)
    if request.method == "POST" and form.is_valid():
        if not once.first(request, LOOK):
            return go(request, "credit")
        answer = perform(request, action, form.wanted())
        if not form.refused(answer):
            done(request, f"It is entered: {money.written(answer.available, answer.currency)} is free.")
            return go(request, "credit")
        once.not_done(request)
    context = {"form": form, "account": account, "what": what, "once": once.token()}
    if request.method == "POST":
        return again(request, "money/spend.html", context)
    return render(request, "money/spend.html", context, status=HTTPStatus.OK)


def _statement(request: HttpRequest, first: date) -> Statement:
    zone = ZoneInfo(request.place.zone)
    stretch = (_begin(first, zone), _begin(_newer(first), zone))
    return demand(perform(request, actions.show_statement, stretch, request.place.zone, timezone.now()))


def _begin(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _month(said: str, today: date) -> date:
    """The first day of the month that an address names; of this one where it names none."""
    try:
        asked = date.fromisoformat(f"{said}-01")
    except ValueError:
        asked = today
    return (asked if FIRST_YEAR <= asked.year <= today.year else today).replace(day=1)


def _older(first: date) -> date | None:
    before = date(first.year - (first.month == 1), (first.month - 2) % 12 + 1, 1)
    return before if before.year >= FIRST_YEAR else None


def _newer(first: date) -> date:
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)
