"""R6.8, R6.9: lists of opt-outs and of deactivated numbers come in, blocks and the ledger go out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from sayso.actions.actor import ROLES
from sayso.actions.changed_hands import Said, end_consents
from sayso.actions.export_files import TYPES, as_csv
from sayso.actions.list_files import Cells, as_report, as_row, read
from sayso.actions.opt_out_lists import LISTS, MOST, Taken, begin_list, import_blocks
from sayso.console.access import Area, opens
from sayso.console.forms import Form, again
from sayso.console.loop import perform
from sayso.console.refusing import demand
from sayso.console.streaming import handed_out
from sayso.core.import_shapes import Unreadable

MOST_ROWS = 100_000
MOST_SHOWN = 100
TOO_LONG = (
    f"The list has more than {MOST_ROWS:,} numbers, which takes longer than a page waits. Nothing was"
    " stored. Bring it in at the command line (`sayso import`), or by the API a thousand at a time."
)
UNDATED = (
    "Say of which day the list is: not every row has a date, and what people said after that day stands."
    " Nothing was stored."
)


class ListForm(Form):
    """A file, and what the numbers in it are."""

    what = forms.ChoiceField(
        label="The numbers in it",
        choices=[
            ("blocks", "Said stop: block them"),
            ("deactivated", "Are in use no more, or somebody else’s: end their consent"),
        ],
        initial="blocks",
        widget=forms.RadioSelect,
    )
    as_of = forms.DateField(
        label="Of which day the list is",
        required=False,
        help_text="For numbers in use no more: what was said since that day stands. It may be left out where "
        "every row has a date of its own; the day on which a list comes in says nothing.",
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    file = forms.FileField(
        label="File",
        help_text="A CSV with a column of numbers, and perhaps scope (channel, all), reason and date.",
        max_length=255,
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,text/csv"}),
    )


class TakeForm(Form):
    """Which list."""

    which = forms.ChoiceField(
        label="List",
        choices=[("blocks", "The blocks that stand"), ("consents", "The consent ledger")],
        initial="blocks",
        widget=forms.RadioSelect,
    )


@dataclass(slots=True)
class Became:
    """What became of a list, as the page tells it."""

    what: str
    new: int = 0
    stood: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)

    @property
    def shown(self) -> Sequence[tuple[int, str]]:
        """The first of the refused rows."""
        return self.refused[:MOST_SHOWN]


@require_http_methods(["GET", "HEAD", "POST"])
@opens(Area.OPT_OUTS)
def bring(request: HttpRequest) -> HttpResponse:
    """A list comes in, and the page says what became of its rows."""
    if "consents:write" not in ROLES[request.place.workspace.role.value]:
        raise PermissionDenied("consents:write")
    form = ListForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        became = _brought(request, form)
        if became is not None:
            return render(request, "opt_outs/bring.html", {"form": ListForm(), "became": became})
    template, context = "opt_outs/bring.html", {"form": form}
    return (
        again(request, template, context) if request.method == "POST" else render(request, template, context)
    )


@require_http_methods(["GET", "HEAD", "POST"])
@opens(Area.OPT_OUTS)
def take(request: HttpRequest) -> HttpResponseBase:
    """A list goes out, piece by piece."""
    form = TakeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        which = form.cleaned_data["which"]
        if not form.refused(perform(request, begin_list, which)):
            name = f"{which}-{datetime.now(UTC):%Y-%m-%d}.csv"
            return handed_out(request, lambda pool, who: as_csv(LISTS[which](pool, who)), name, TYPES["csv"])
    template, context = "opt_outs/take.html", {"form": form}
    return (
        again(request, template, context) if request.method == "POST" else render(request, template, context)
    )


def _brought(request: HttpRequest, form: ListForm) -> Became | None:
    """What became of it; None where it cannot be read, and the form says why."""
    said = form.cleaned_data
    rows = read(said["file"].file)
    if not isinstance(rows, Unreadable):
        long, undated = _looked_at(rows)
        if undated and said["what"] == "deactivated" and said["as_of"] is None:
            form.add_error("as_of", UNDATED)
            return None
        said["file"].file.seek(0)
        rows = Unreadable(TOO_LONG) if long else read(said["file"].file)
    if isinstance(rows, Unreadable):
        form.add_error("file", rows.because)
        return None
    became = Became(said["what"])
    for done in _taken(rows, _some(request, form)):
        became.new, became.stood = became.new + done.new, became.stood + done.stood
        became.refused += done.refused
    return became


def _looked_at(rows: Iterator[Cells]) -> tuple[bool, bool]:
    """Whether these are too many, and whether one of them has no date."""
    dated = [bool(row.more.get("date")) for row in islice(rows, MOST_ROWS + 1)]
    return len(dated) > MOST_ROWS, not all(dated)


def _taken(rows: Iterator[Cells], some: Callable[[Sequence[Cells]], Taken]) -> Iterator[Taken]:
    while part := list(islice(rows, MOST)):
        yield some(part)


def _some(request: HttpRequest, form: ListForm) -> Callable[[Sequence[Cells]], Taken]:
    said: dict[str, Any] = form.cleaned_data
    day = said["as_of"]
    since = datetime(day.year, day.month, day.day, tzinfo=UTC) if day else None
    named = Said("deactivated", said["file"].name)

    def some(part: Sequence[Cells]) -> Taken:
        now = datetime.now(UTC)
        if said["what"] == "blocks":
            return demand(perform(request, import_blocks, [as_row(one) for one in part], now))
        return demand(perform(request, end_consents, [as_report(one, since) for one in part], named, now))

    return some
