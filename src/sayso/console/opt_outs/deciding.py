"""R6.8: whose a number is, where a text or a person asks."""

from __future__ import annotations

from datetime import UTC, datetime

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from sayso.actions.actor import ROLES
from sayso.actions.changed_hands import LONGEST_REASON, Report, Said, decide_whose, end_consents, since_asked
from sayso.console.access import Area, opens
from sayso.console.components.numbers import spaced
from sayso.console.forms import Form, again, done, go
from sayso.console.loop import perform
from sayso.console.refusing import demand

SAME = ("same", "It is still the same person’s: advertising goes on as before")
CHANGED = ("changed", "It changed hands: what was consented to before is over")


class WhoseForm(Form):
    """The decision, and for the proof how it is known."""

    decision = forms.ChoiceField(label="Decision", widget=forms.RadioSelect)
    reason = forms.CharField(
        label="How you know",
        required=False,
        max_length=LONGEST_REASON,
        help_text="It stands in the ledger where consent ends.",
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
    )

    def __init__(self, asked: datetime | None, said: object) -> None:
        super().__init__(said)
        self.fields["decision"].choices = [SAME, CHANGED] if asked else [CHANGED]


@opens(Area.OPT_OUTS)
def whose(request: HttpRequest, phone: str) -> HttpResponse:
    """Say whose it is; a text may have asked, or somebody knows by themselves that it changed hands."""
    if "consents:write" not in ROLES[request.place.workspace.role.value]:
        raise PermissionDenied("consents:write")
    key = int(phone)
    if not 0 < key < 10**15:
        raise Http404(phone)
    asked = demand(perform(request, since_asked, key))
    form = WhoseForm(asked, request.POST or None)
    if request.method == "POST" and form.is_valid() and _decided(request, form, key, asked):
        return go(request, "opt_out", key)
    template = "opt_outs/whose.html"
    context = {"form": form, "phone": key, "number": spaced(key, phone), "asked": asked}
    return (
        again(request, template, context) if request.method == "POST" else render(request, template, context)
    )


def _decided(request: HttpRequest, form: WhoseForm, key: int, asked: datetime | None) -> bool:
    decision, reason = form.cleaned_data["decision"], form.cleaned_data["reason"]
    now = datetime.now(UTC)
    if asked and decision == "same":
        answer: object = perform(request, decide_whose, key, decision, now)
    else:
        reports = [Report(0, f"+{key}", None, reason)]
        answer = perform(request, end_consents, reports, Said("wrong_number" if asked else "reassigned"), now)
    if form.refused(answer):
        return False
    done(request, "Advertising goes on." if decision == "same" else "Consent ended, and the ledger says so.")
    return True
