"""R8.1: a contact made by hand, changed, deleted."""

from __future__ import annotations

from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from sayso.actions.contact_editing import change_contact, create_contact, delete_contact, editable
from sayso.actions.contacts import show_contact
from sayso.console import once
from sayso.console.access import Area, opens
from sayso.console.components.asking import Question, ask
from sayso.console.contacts import reading
from sayso.console.contacts.bringing import may_write
from sayso.console.contacts.forms import ContactForm, initial
from sayso.console.forms import again, done, go
from sayso.console.lenses.contacts import Contact
from sayso.console.loop import perform
from sayso.console.meanwhile import Edit
from sayso.console.refusing import demand

WAYS = ["GET", "HEAD", "POST"]


@require_http_methods(WAYS)
@opens(Area.CONTACTS)
def new(request: HttpRequest) -> HttpResponse:
    """A contact by hand."""
    may_write(request)
    if request.method == "POST" and once.sent_again(request):
        return go(request, "contacts")
    form = ContactForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if not once.first(request):
            return go(request, "contacts")
        made = perform(request, create_contact, form.wanted(), datetime.now(UTC))
        if not form.refused(made):
            done(request, "The contact is made.")
            return go(request, "contact", demand(made).id)
        once.not_done(request)
    show = again if request.method == "POST" else render
    return show(request, "contacts/new.html", {"form": form, "once": once.token()})


@require_http_methods(WAYS)
@opens(Area.CONTACTS)
def edit(request: HttpRequest, contact_id: str) -> HttpResponse:
    """Change one; of two people who do, the second sees what differs."""
    may_write(request)
    found = demand(perform(request, show_contact, int(contact_id)))
    stood = editable(found)
    change = Edit(request, stood, initial(stood))
    form = ContactForm(change.data, stood=stood)
    if request.method == "POST" and form.is_valid():
        answer = perform(request, change_contact, found.id, form.wanted(), change.seen, datetime.now(UTC))
        if not change.refused(form, answer):
            done(request, "Saved.")
            return go(request, "contact", found.id)
    title = reading.title(Contact.objects.get(id=found.id))
    context = {"form": form, "edit": change, "contact": found, "title": title}
    show = again if request.method == "POST" else render
    return show(request, "contacts/edit.html", context)


@require_http_methods(WAYS)
@opens(Area.CONTACTS)
def delete(request: HttpRequest, contact_id: str) -> HttpResponse:
    """Remove the profile; what its number said and was told stays."""
    may_write(request)
    found = demand(perform(request, show_contact, int(contact_id)))
    if request.method == "POST":
        demand(perform(request, delete_contact, found.id))
        done(request, "The contact is deleted.")
        return go(request, "contacts")
    title = reading.title(Contact.objects.get(id=found.id))
    question = Question(
        f"Delete {title}?",
        "The profile and its places on lists go, for good. Texts, blocks and the consent ledger are the "
        "number’s and stay: a stop holds. Where a person asks that their data be erased, erase the contact "
        "instead.",
        "Delete contact",
        "Keep it",
        request.path.removesuffix("delete/"),
    )
    return ask(request, question)
