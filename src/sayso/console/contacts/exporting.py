"""R8.2: contacts as a file: who, which columns, CSV or XLSX."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from sayso.actions import export_files, exporting
from sayso.actions.exporting import Export, ExportWanted
from sayso.console.access import Area, opens
from sayso.console.contacts import reading
from sayso.console.forms import Form, again
from sayso.console.lenses.lists import ContactList
from sayso.console.lenses.segments import Segment
from sayso.console.loop import perform
from sayso.console.refusing import demand
from sayso.console.streaming import handed_out
from sayso.core.contact_columns import FIELDS, OTHERS
from sayso.core.importing import ATTRIBUTE

MOST_OFFERED = 200
_WORDS = {
    "external_id": "External id", "phone": "Mobile number", "email": "E-mail", "language": "Language",
    "time_zone": "Time zone", "country": "Country", "sms_consent": "Consent to texts",
    "sms_valid": "Number takes texts", "created_at": "Known since", "updated_at": "Changed last",
    OTHERS: "All other attributes, in one column",
}  # fmt: skip


class ExportForm(Form):
    """Which contacts, in which columns and form."""

    whom = forms.ChoiceField(label="Who")
    search = forms.CharField(label="Search", required=False, widget=forms.HiddenInput)
    form = forms.ChoiceField(
        label="File",
        choices=[("csv", "CSV, for any number of contacts"), ("xlsx", "XLSX, for at most 100,000")],
        initial="csv",
        widget=forms.RadioSelect,
    )
    columns = forms.MultipleChoiceField(label="Columns", widget=forms.CheckboxSelectMultiple)
    fields_of_problems: Mapping[str, str] = {"format": "form", "list": "whom", "segment": "whom"}

    def __init__(self, *args: Any, attributes: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["whom"].choices = [("everybody", "Every contact"), *_groups(self["search"].value())]
        offered = [*FIELDS, *attributes, OTHERS]
        self.fields["columns"].choices = [(name, _word(name)) for name in offered]
        self.fields["columns"].initial = [*FIELDS, *attributes]

    def wanted(self) -> ExportWanted:
        """As the action takes it."""
        said = self.cleaned_data
        kind, _, number = said["whom"].partition("-")
        which = {"list": "list_id", "segment": "segment_id"}.get(kind)
        more: dict[str, Any] = {which: int(number)} if which else {}
        search = said["search"] if kind == "search" else ""
        return ExportWanted(tuple(said["columns"]), said["form"], search=search, **more)


@require_http_methods(["GET", "HEAD", "POST"])
@opens(Area.CONTACTS)
def export(request: HttpRequest) -> HttpResponseBase:
    """Choose, and be handed the file while it is made."""
    attributes = list(demand(perform(request, exporting.attribute_columns)))
    searched = reading.asked(request.GET.get("search", ""))
    initial = {"search": searched, "whom": "search" if searched else "everybody"}
    form = ExportForm(request.POST or None, initial=initial, attributes=attributes)
    if request.method == "POST" and form.is_valid():
        answer = perform(request, exporting.begin_export, form.wanted(), datetime.now(UTC))
        if not form.refused(answer):
            return _file(request, demand(answer))
    if request.method == "POST":
        return again(request, "contacts/export.html", {"form": form})
    return render(request, "contacts/export.html", {"form": form})


def _file(request: HttpRequest, begun: Export) -> HttpResponseBase:
    form = begun.wanted.form
    return handed_out(
        request,
        lambda pool, who: export_files.written(form, exporting.rows(pool, who, begun)),
        f"contacts-{begun.now:%Y-%m-%d}.{form}",
        export_files.TYPES[form],
    )


def _groups(searched: str | None) -> list[tuple[str, str]]:
    found = [("search", f"Those found by “{searched}”, at most 10,000")] if searched else []
    lists = ContactList.objects.order_by("name")[:MOST_OFFERED]
    segments = Segment.objects.order_by("name")[:MOST_OFFERED]
    found += [(f"list-{one.id}", f"List “{one.name}”") for one in lists]
    return found + [(f"segment-{one.id}", f"Segment “{one.name}”") for one in segments]


def _word(column: str) -> str:
    return _WORDS.get(column) or f"Attribute {column.removeprefix(ATTRIBUTE)}"
