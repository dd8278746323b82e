"""R8.3: lists of contacts: made, filled by what is pasted, looked at, deleted."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from sayso.actions.lists import Added, add_to_list, create_list, delete_list, remove_from_list
from sayso.actions.refusal import Refused
from sayso.console import once
from sayso.console.access import Area, opens
from sayso.console.components.asking import Question, ask
from sayso.console.components.pages import cursor, newest
from sayso.console.forms import again, done, go
from sayso.console.lenses.contacts import Contact
from sayso.console.lenses.lists import ContactList, ListMember, how_many, with_people
from sayso.console.lists.forms import ListForm, PeopleForm
from sayso.console.loop import actor, perform
from sayso.console.refusing import demand, sentence

WAYS = ["GET", "HEAD", "POST"]
SHOWN_UNKNOWN = 10


@require_safe
@opens(Area.LISTS)
def overview(request: HttpRequest) -> HttpResponse:
    """All lists, newest first, with how many are on each."""
    found = newest(with_people(ContactList.objects.all()), cursor(request.GET.get("before", "")))
    context = {
        "page": found,
        "rows": [(one, how_many(one.people)) for one in found.rows],
        "new_address": reverse("lists_new"),
        "address_all": reverse("lists"),
    }
    return render(request, "lists/overview.html", context)


@require_http_methods(WAYS)
@opens(Area.LISTS)
def new(request: HttpRequest) -> HttpResponse:
    """Make an empty list."""
    if not actor(request).may("contacts:write"):
        raise PermissionDenied("only those who write contacts")
    if request.method == "POST" and once.sent_again(request):
        return go(request, "lists")
    form = ListForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if not once.first(request):
            return go(request, "lists")
        answer = perform(request, create_list, form.cleaned_data["name"])
        if not form.refused(answer):
            done(request, f"“{form.cleaned_data['name']}” is made. Now put people on it.")
            return go(request, "list", demand(answer).id)
        once.not_done(request)
    show = again if request.method == "POST" else render
    return show(request, "lists/new.html", {"form": form, "once": once.token()})


@require_http_methods(WAYS)
@opens(Area.LISTS)
def one(request: HttpRequest, list_id: int) -> HttpResponse:
    """Who is on a list; a POST puts people on it, or takes them off."""
    stands = _stands(list_id)
    form = PeopleForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        change = remove_from_list if "off" in request.POST else add_to_list
        answer = perform(request, change, list_id, form.written(), numbers=True)
        if not form.refused(answer):
            _told(request, demand(answer), "off" in request.POST)
            return go(request, "list", list_id)
    members = ListMember.objects.filter(list_id=list_id)
    people = Contact.objects.filter(id__in=members.values("contact_id"))
    page = newest(people, cursor(request.GET.get("before", "")))
    context = {"stands": stands, "form": form, "page": page, "total": how_many(page.total)}
    show = again if request.method == "POST" else render
    return show(request, "lists/one.html", context)


@require_http_methods(WAYS)
@opens(Area.LISTS)
def delete(request: HttpRequest, list_id: int) -> HttpResponse:
    """Delete a list that no campaign goes to; of any other the refusal says why it stays."""
    stands = _stands(list_id)
    if request.method != "POST":
        said = "The people on it stay contacts. Nobody can choose it for a campaign any more."
        return ask(request, Question(f"Delete “{stands.name}”?", said, "Delete", "Keep it", reverse("lists")))
    answer = perform(request, delete_list, list_id)
    if isinstance(answer, Refused) and answer.kind == "conflict":
        messages.error(request, f"“{stands.name}” stays. {sentence(answer)}")
        return go(request, "list", list_id)
    demand(answer)
    done(request, f"“{stands.name}” is deleted.")
    return go(request, "lists")


def _stands(list_id: int) -> ContactList:
    found: ContactList | None = ContactList.objects.filter(id=list_id).first()
    if found is None:
        raise Http404("no such list in this workspace")
    return found


def _told(request: HttpRequest, added: Added, off: bool) -> None:
    """How many came on or off, and who of them is nobody here."""
    people = "person" if added.changed == 1 else "people"
    done(request, f"{added.changed:,} {people} {'taken off' if off else 'put on'} the list.")
    if added.unknown:
        shown = ", ".join(f"“{one}”" for one in added.unknown[:SHOWN_UNKNOWN])
        more = len(added.unknown) - SHOWN_UNKNOWN
        rest = f" and {more:,} more" if more > 0 else ""
        messages.error(request, f"No contact here is or has {shown}{rest}. Everybody else was found.")
