"""Two profiles of one person become one: the other is chosen, then whose fields stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from sayso.actions.contact_editing import editable
from sayso.actions.contact_merging import Two, merge_contacts, show_both
from sayso.actions.contacts import show_contact
from sayso.console.access import Area, opens
from sayso.console.components.numbers import spaced
from sayso.console.contacts import reading
from sayso.console.contacts.bringing import may_write
from sayso.console.forms import done, go
from sayso.console.lenses.contacts import Contact
from sayso.console.loop import perform
from sayso.console.refusing import demand
from sayso.core import attribute_lines
from sayso.core.contact_merge import CHOSEN, differing, strictest
from sayso.core.contact_record import ContactRow

_LABELS = {
    "phone": "Mobile number", "email": "E-mail", "language": "Language", "time_zone": "Time zone",
    "country": "Country", "sms_valid": "Number takes texts", "attributes": "Attributes that both have",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Choice:
    """One field that both profiles have, and differently."""

    name: str
    label: str
    ours: str
    theirs: str


@require_safe
@opens(Area.CONTACTS)
def choose(request: HttpRequest, contact_id: str) -> HttpResponse:
    """Which other profile: those with the same number, or whom a search finds."""
    may_write(request)
    found = demand(perform(request, show_contact, int(contact_id)))
    said = reading.asked(request.GET.get("q", ""))
    rows = reading.search(said, request.place.workspace.country).rows if said else []
    if not said and found.phone is not None:
        rows = reading.of_number(found.phone)
    context = {
        "contact": found,
        "title": reading.title(Contact.objects.get(id=found.id)),
        "rows": [row for row in rows if row.id != found.id],
        "said": said,
    }
    return render(request, "contacts/merge_choose.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@opens(Area.CONTACTS)
def merge(request: HttpRequest, contact_id: str, other_id: str) -> HttpResponse:
    """Both side by side; then one."""
    may_write(request)
    theirs = frozenset(name for name in (*CHOSEN, "attributes") if request.POST.get(name) == "theirs")
    two = Two(int(contact_id), int(other_id), theirs)
    if two.kept == two.gone:
        raise Http404
    if request.method == "POST":
        kept = demand(perform(request, merge_contacts, two, datetime.now(UTC)))
        done(request, "The two contacts are one now.")
        return go(request, "contact", kept)
    kept_one, gone = (editable(each) for each in demand(perform(request, show_both, two)))
    context = {
        "contact_id": two.kept,
        "other_id": two.gone,
        "title": reading.title(Contact.objects.get(id=two.kept)),
        "other": reading.title(Contact.objects.get(id=two.gone)),
        "choices": _choices(kept_one, gone),
        "consent": strictest(kept_one.phone or gone.phone, kept_one, gone),
        "external_ids": (kept_one.external_id, gone.external_id),
    }
    return render(request, "contacts/merge.html", context)


def _choices(kept: ContactRow, gone: ContactRow) -> list[Choice]:
    shared = kept.attributes.keys() & gone.attributes.keys()

    def said(row: ContactRow, name: str) -> str:
        if name == "attributes":
            return attribute_lines.lines({each: row.attributes[each] for each in shared})
        value = getattr(row, name)
        if name == "phone":
            return spaced(value, "")
        return {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)

    return [Choice(name, _LABELS[name], said(kept, name), said(gone, name)) for name in differing(kept, gone)]
