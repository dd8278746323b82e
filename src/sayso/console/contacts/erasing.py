"""R8.4: a person is erased, once somebody typed who is meant."""

from __future__ import annotations

from datetime import UTC, datetime

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from sayso.actions.contacts import show_contact
from sayso.actions.erasing import erase_contact
from sayso.console.access import Area, opens
from sayso.console.components.numbers import spaced
from sayso.console.contacts import reading
from sayso.console.forms import Form, again, done, go
from sayso.console.lenses.contacts import Contact
from sayso.console.loop import actor, perform
from sayso.console.refusing import demand

SCOPE = "contacts:erase"
MOST_SHARING = 20


class EraseForm(Form):
    """Who is meant, typed, and that all who share the number are."""

    confirm = forms.CharField(
        label="Type the number, or the external id",
        max_length=250,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    everyone = forms.BooleanField(label="All contacts of this number are meant", required=False)


@require_http_methods(["GET", "HEAD", "POST"])
@opens(Area.CONTACTS)
def erase(request: HttpRequest, contact_id: str) -> HttpResponse:
    """What goes and what stays, and the form."""
    if not actor(request).may(SCOPE):
        raise PermissionDenied(SCOPE)
    found = demand(perform(request, show_contact, int(contact_id)))
    sharing = _sharing(found.phone, found.id)
    form = EraseForm(request.POST if request.method == "POST" else None)
    if not sharing:
        del form.fields["everyone"]
    if request.method == "POST" and form.is_valid():
        said, everyone = form.cleaned_data["confirm"], bool(form.cleaned_data.get("everyone"))
        answer = perform(request, erase_contact, found.id, said, everyone=everyone, now=datetime.now(UTC))
        if not form.refused(answer):
            kept = demand(answer).kept
            stays = "The number stays blocked, under a hash." if kept else "Nothing of them had to stay."
            done(request, f"The contact is erased. {stays}")
            return go(request, "contacts")
    context = {
        "form": form,
        "contact": found,
        "title": reading.title(Contact.objects.get(id=found.id)),
        "number": spaced(found.phone, "") if found.phone else "",
        "sharing": sharing,
    }
    show = again if request.method == "POST" else render
    return show(request, "contacts/erase.html", context)


def _sharing(phone: int | None, contact_id: int) -> list[str]:
    if phone is None:
        return []
    others = Contact.objects.filter(phone=phone).order_by("id")[: MOST_SHARING + 1]
    return [reading.title(each) for each in others if each.id != contact_id][:MOST_SHARING]
