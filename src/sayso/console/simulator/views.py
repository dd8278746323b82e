"""R15.1: three telephones in the browser, and what happens behind them."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from sayso.actions.telephones import (
    LONGEST_TEXT,
    Network,
    Shown,
    Table,
    send_text,
    set_telephone,
    show_telephones,
)
from sayso.console.access import Area, opens
from sayso.console.forms import go
from sayso.console.loop import carrier, perform
from sayso.console.refusing import demand
from sayso.console.simulator.forms import KnobsForm, TextForm
from sayso.console.simulator.reading import Ledger, ledger
from sayso.console.simulator.scenes import Scene, scenes
from sayso.console.simulator.talks import Talk, talk


@dataclass(frozen=True, slots=True)
class Telephone:
    """A telephone with what can be done at it."""

    talk: Talk
    text: TextForm
    knobs: KnobsForm


@require_safe
@opens(Area.SIMULATOR)
def overview(request: HttpRequest) -> HttpResponse:
    """The telephones, and behind the scenes."""
    table, known = _looked(request)
    phones = [_telephone(request, table, known, place) for place in range(len(table.telephones))]
    # What was typed on the first page's telephone goes on here.
    if phones and request.GET.get("text"):
        phones[0].text.initial["body"] = request.GET["text"][:LONGEST_TEXT]
    context = {"phones": phones, "lines": table.lines, "away": table.away, "scenes": _scenes(table, known)}
    return render(request, "simulator/overview.html", context)


@require_safe
@opens(Area.SIMULATOR)
def heard(request: HttpRequest) -> HttpResponse:
    """What changed on the telephones and behind them: asked for by the page when it hears of something."""
    table, known = _looked(request)
    talks = [_talk(request, shown, known, place) for place, shown in enumerate(table.telephones)]
    context = {"talks": talks, "away": table.away, "scenes": _scenes(table, known), "out_of_band": True}
    return render(request, "simulator/heard.html", context)


@require_POST
@opens(Area.SIMULATOR)
def text(request: HttpRequest, place: int) -> HttpResponse:
    """Text from one telephone; the box is emptied and keeps the focus."""
    table, known = _looked(request)
    _there(table, place)
    form = TextForm(table.lines, request.POST, auto_id=f"%s-{place}")
    if form.is_valid() and not form.refused(perform(request, send_text, _network(), form.wanted(place))):
        if not request.htmx:
            return go(request, reverse("simulator") + f"#phone-{place}")
        table, known = _looked(request)
        fresh = TextForm(table.lines, auto_id=f"%s-{place}", initial={"line": form.cleaned_data["line"]})
        fresh.fields["body"].widget.attrs["autofocus"] = True
        return _again(request, table, known, (place, fresh, None), HTTPStatus.OK)
    form.fields["body"].widget.attrs["autofocus"] = True
    return _again(request, table, known, (place, form, None), HTTPStatus.UNPROCESSABLE_ENTITY)


@require_POST
@opens(Area.SIMULATOR)
def knobs(request: HttpRequest, place: int) -> HttpResponse:
    """Set one telephone."""
    table, known = _looked(request)
    shown = _there(table, place)
    form = KnobsForm(shown.setting, request.POST, auto_id=f"%s-{place}")
    if form.is_valid() and not form.refused(
        perform(request, set_telephone, _network(), place, form.wanted())
    ):
        if not request.htmx:
            return go(request, reverse("simulator") + f"#phone-{place}")
        table, known = _looked(request)
        return _again(request, table, known, (place, None, None), HTTPStatus.OK)
    return _again(request, table, known, (place, None, form), HTTPStatus.UNPROCESSABLE_ENTITY)


def _again(
    request: HttpRequest,
    table: Table,
    known: Ledger,
    at: tuple[int, TextForm | None, KnobsForm | None],
    status: HTTPStatus,
) -> HttpResponse:
    """The telephone that something was done at; without htmx the whole page with it."""
    place, text_form, knobs_form = at
    phones = [_telephone(request, table, known, each) for each in range(len(table.telephones))]
    ours = phones[place]
    phones[place] = Telephone(ours.talk, text_form or ours.text, knobs_form or ours.knobs)
    context: dict[str, Any] = {"lines": table.lines, "away": table.away}
    if request.htmx:
        context["phone"] = phones[place]
        return render(request, "simulator/phone.html", context, status=status)
    context |= {"phones": phones, "scenes": _scenes(table, known)}
    return render(request, "simulator/overview.html", context, status=status)


def _looked(request: HttpRequest) -> tuple[Table, Ledger]:
    table: Table = demand(perform(request, show_telephones, _network()))
    return table, ledger([shown.telephone.key for shown in table.telephones])


def _network() -> Network:
    asking = carrier()
    if asking is None:
        raise RuntimeError("the console was given no carrier: see `console.attach`")
    return Network(asking, settings.SAYSO_VALUES.secret_key)


def _there(table: Table, place: int) -> Shown:
    if place >= len(table.telephones):
        raise Http404
    return table.telephones[place]


def _talk(request: HttpRequest, shown: Shown, known: Ledger, place: int) -> Talk:
    return talk(place, shown, known, request.place.workspace.id, timezone.now())


def _telephone(request: HttpRequest, table: Table, known: Ledger, place: int) -> Telephone:
    shown = table.telephones[place]
    said = _talk(request, shown, known, place)
    # As on any telephone: the answer goes to whom it spoke last.
    chosen = said.line_id if said.line_id in {line.id for line in table.lines} else None
    text_form = TextForm(table.lines, auto_id=f"%s-{place}", initial={"line": chosen})
    return Telephone(said, text_form, KnobsForm(shown.setting, auto_id=f"%s-{place}"))


def _scenes(table: Table, known: Ledger) -> list[Scene]:
    names = {shown.telephone.key: shown.telephone.name for shown in table.telephones}
    return scenes(known, names)
