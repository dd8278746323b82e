"""Contacts as a list: the newest, or those that a search finds, by what reaches an index under the policy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from sayso.console.components.numbers import spaced, typed
from sayso.console.components.pages import Page, newest
from sayso.console.lenses.contacts import Contact
from sayso.console.lenses.lists import ContactList, ListMember

MOST_FOUND = 50
LONGEST = 100
# Behind every letter: what begins with a word stands between it and this.
_LAST = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Row:
    """One contact as the list shows it; `title` is its name, else whatever it has."""

    id: int
    title: str
    number: str
    email: str
    external_id: str
    consent: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found, and whether there is more than is shown."""

    rows: list[Row]
    more: bool


def page(before: int | None) -> Page[Row]:
    """Up to 50 contacts, newest first."""
    found = newest(Contact.objects.all(), before)
    return Page([_row(each) for each in found.rows], found.first, found.total, found.older)


def search(said: str, country: str) -> Found:
    """Contacts with this number, or whose name, e-mail address or external id begins so."""
    key = typed(said, country)
    found: dict[int, Contact] = {}
    if key is not None:
        for each in Contact.objects.filter(phone=key).order_by("id")[: MOST_FOUND + 1]:
            found[each.id] = each
    for field, word in (("external_id", said), ("name_key", said.lower()), ("email_key", said.lower())):
        if len(found) > MOST_FOUND:
            break
        for each in beginning(field, word):
            found.setdefault(each.id, each)
    every = list(found.values())
    return Found([_row(each) for each in every[:MOST_FOUND]], len(every) > MOST_FOUND)


def of_number(phone: int) -> list[Row]:
    """The contacts with a number, oldest first."""
    return [_row(each) for each in Contact.objects.filter(phone=phone).order_by("id")[:MOST_FOUND]]


def lists_of(contact_id: int) -> list[tuple[int, str]]:
    """The lists that a contact is on, by name; the first of many."""
    ids = [each.list_id for each in ListMember.objects.filter(contact_id=contact_id)[:MOST_FOUND]]
    return [(each.id, each.name) for each in ContactList.objects.filter(id__in=ids).order_by("name")]


def beginning(field: str, word: str) -> QuerySet[Contact]:
    """The first contacts of which a field begins with this word, in the order of its index."""
    between = {f"{field}__gte": word, f"{field}__lt": word + _LAST}
    return Contact.objects.filter(**between).order_by(field)[: MOST_FOUND + 1]


def asked(said: str) -> str:
    """The words of a search, as far as anything can be found by them."""
    return said.replace("\0", "").strip()[:LONGEST]


def title(contact: Contact) -> str:
    """What a contact is called: its name, else its number, its address, its id."""
    number = spaced(contact.phone, "") if contact.phone else ""
    return contact.name or number or contact.email or contact.external_id or f"Contact {contact.id}"


def _row(contact: Contact) -> Row:
    return Row(
        contact.id,
        title(contact),
        spaced(contact.phone, "") if contact.phone else "",
        contact.email or "",
        contact.external_id or "",
        contact.sms_consent,
        contact.created_at,
    )
