"""R9.11: the page that says what a day may cost, in all and to numbers that begin alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from sayso.actions import spend_caps as actions
from sayso.actions.spend_caps import Caps
from sayso.console.access import Area, opens
from sayso.console.forms import Form, again, done, go
from sayso.console.loop import perform
from sayso.console.meanwhile import Edit
from sayso.console.money.forms import Amount, counted_in
from sayso.console.refusing import demand
from sayso.core import money
from sayso.core.spending import NEARLY, Cap

LINE = "Write a line as +1876 20: how the numbers begin, a blank, and the most a day."


class CapsForm(Form):
    """The most of a day, and those of numbers that begin alike."""

    fields_of_problems = {"caps": "begins"}  # noqa: RUF012

    most = Amount(label="All texts of a day", required=False, help_text="Empty: no cap on them together.")
    begins = forms.CharField(
        label="Texts of a day to numbers that begin with",
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "class": "form-control tab", "spellcheck": "false"}),
        help_text=f"{LINE} Every cap that covers a number counts.",
    )

    def clean_begins(self) -> tuple[Cap, ...]:
        """The caps that were written, a line each."""
        return tuple(_read(line) for line in str(self.cleaned_data["begins"]).splitlines() if line.strip())

    def clean_most(self) -> int | None:
        """The most of a day; None: no cap."""
        found: int | None = self.cleaned_data["most"]
        if found is not None and found < 0:
            raise forms.ValidationError("A cap is nothing or more.")
        return found

    def wanted(self) -> list[Cap]:
        """The caps as the action takes them."""
        most = self.cleaned_data["most"]
        return [*([Cap("", most)] if most is not None else []), *self.cleaned_data["begins"]]


@require_http_methods(["GET", "HEAD", "POST"])
@opens(Area.MONEY)
def caps(request: HttpRequest) -> HttpResponse:
    """The caps, and what is used up of each today."""
    found = demand(perform(request, actions.show_caps, timezone.now()))
    initial = _initial(found)
    edit = Edit(request, actions.plain([one.cap for one in found.used]), initial)
    form = CapsForm(edit.data, initial=initial)
    if found.currency:
        counted_in(form, found.currency, "most")
    if request.method == "POST" and form.is_valid():
        answer = perform(request, actions.set_caps, form.wanted(), timezone.now(), edit.seen)
        if not edit.refused(form, answer):
            done(request, "Spend caps saved.")
            return go(request, "spend_caps")
    context = {"form": form, "edit": edit, "found": found, "nearly": NEARLY}
    return (again if request.method == "POST" else render)(request, "money/caps.html", context)


def _initial(found: Caps) -> Mapping[str, Any]:
    most = {one.cap.prefix: money.plain(one.cap.most) for one in found.used}
    lines = (f"+{prefix} {amount}" for prefix, amount in most.items() if prefix)
    return {"most": most.get("", ""), "begins": "\n".join(lines)}


def _read(line: str) -> Cap:
    begins, _, amount = line.strip().partition(" ")
    digits, most = begins.removeprefix("+"), money.read(amount)
    if not digits.isascii() or not digits.isdecimal() or most is None or most < 0:
        raise forms.ValidationError(f"“{line.strip()[:40]}” cannot be read. {LINE}")
    return Cap(digits, most)
