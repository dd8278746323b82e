"""R8.1, R8.2: contacts, and one of them: may we text, what happened, what is known."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from sayso.actions.proof import Part, prove
from sayso.console.access import Area, opens
from sayso.console.components.numbers import spaced
from sayso.console.components.pages import cursor
from sayso.console.contacts import reading, timeline
from sayso.console.lenses.contacts import Contact
from sayso.console.lenses.conversations import Conversation
from sayso.console.loop import perform
from sayso.console.proof import proving
from sayso.console.refusing import demand
from sayso.core.phones import possible_mobile

MOST_SHARING = 5


@require_safe
@opens(Area.CONTACTS)
def overview(request: HttpRequest) -> HttpResponse:
    """Every contact, newest first, or what a search finds."""
    said = reading.asked(request.GET.get("q", ""))
    context: dict[str, Any] = {"said": said, "zone": request.place.zone, "address": request.get_full_path()}
    if said:
        context["found"] = reading.search(said, request.place.workspace.country)
    else:
        context["page"] = reading.page(cursor(request.GET.get("before", "")))
    fragment = request.htmx and not request.htmx.history_restore_request
    return render(request, f"contacts/{'results' if fragment else 'overview'}.html", context)


@require_safe
@opens(Area.CONTACTS)
def contact(request: HttpRequest, contact_id: str) -> HttpResponse:
    """One contact."""
    found = Contact.objects.filter(id=int(contact_id)).first()
    if found is None:
        raise Http404(contact_id)
    context = {
        "contact": found,
        "title": reading.title(found),
        "zone": request.place.zone,
        "lists": reading.lists_of(found.id),
    }
    return render(request, "contacts/contact.html", context | _of_number(request, found))


def _of_number(request: HttpRequest, found: Contact) -> dict[str, Any]:
    """What is known of the contact's number; nothing where it has none."""
    if found.phone is None:
        return {}
    kind, before = timeline.kind_of(request.GET.get("show", "")), cursor(request.GET.get("before", ""))
    older = {"before_id": before, "said_before_id": before} if before else {}
    part = Part(timeline.LENGTH, said=timeline.said_of(kind), **older)
    shown = proving.shown(demand(perform(request, prove, found.phone, part, datetime.now(UTC))))
    sharing = list(Contact.objects.filter(phone=found.phone).order_by("id")[: MOST_SHARING + 2])
    return {
        "number": spaced(found.phone, ""),
        "shown": shown,
        "past": timeline.timeline(request, found, shown, kind, before),
        "kinds": timeline.KINDS,
        "sharing": [(each.id, reading.title(each)) for each in sharing if each.id != found.id][:MOST_SHARING],
        "talks": list(Conversation.objects.filter(phone=found.phone).order_by("-last_id")[:1]),
        "computed": found.sms_valid is None,
        "valid": possible_mobile(found.phone) if found.sms_valid is None else found.sms_valid,
    }
