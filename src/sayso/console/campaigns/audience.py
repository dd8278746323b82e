"""Whom a campaign may go to: the choices of the form, and a few real people to try its text on."""

from __future__ import annotations

from collections.abc import Sequence

from sayso.console.lenses.contacts import Contact
from sayso.console.lenses.lists import ContactList, ListMember, how_many, with_people
from sayso.core.campaigns import Recipient

NONE, EVERYBODY, AUTOMATION = "none", "everybody", "automation"
OF_LIST = "list-"
MOST_LISTS = 500
TRIED_ON = 4
# Of a list so many members are looked at for some that have a number.
LOOKED_AT = 200

Choices = list[tuple[str, str]]


def choices(chosen: int | None) -> Choices:
    """Nobody, everybody, each list with how many are on it, automations."""
    every = list(with_people(ContactList.objects.all()).order_by("-id")[:MOST_LISTS])
    if chosen is not None and chosen not in {one.id for one in every}:
        every += with_people(ContactList.objects.filter(id=chosen))
    lists = [
        (f"{OF_LIST}{one.id}", f"Contact list: {one.name} ({how_many(one.people)})")
        for one in sorted(every, key=lambda one: (one.name.casefold(), one.id))
    ]
    return [(NONE, "Nobody yet"), (EVERYBODY, "Everybody"), *lists, (AUTOMATION, "For automations")]


def list_of(choice: str) -> int | None:
    """The list that a choice stands for; None for every other choice."""
    said = choice.removeprefix(OF_LIST)
    return int(said) if said != choice and said.isascii() and said.isdecimal() and len(said) < 10 else None


def choice_of(audience: str, list_id: int | None) -> str:
    """The choice that stands for what is stored."""
    return f"{OF_LIST}{list_id}" if audience == "list" else audience


def some(choice: str) -> Sequence[Contact]:
    """The first few with a number: of the list, else of everybody, for a text is tried before that."""
    found = Contact.objects.filter(phone__isnull=False)
    list_id = list_of(choice)
    if list_id is None:
        return list(found.order_by("phone", "id")[:TRIED_ON])  # by the index that planning walks
    members = ListMember.objects.filter(list_id=list_id).order_by("contact_id")
    first = list(members.values_list("contact_id", flat=True)[:LOOKED_AT])
    return list(found.filter(id__in=first).order_by("id")[:TRIED_ON])


def as_recipient(contact: Contact | None) -> Recipient:
    """A contact as planning reads it; None: somebody of whom nothing is known."""
    if contact is None:
        return Recipient(0, 0, None, None, None, None, None, {})
    return Recipient(
        contact.id,
        contact.phone or 0,
        contact.external_id,
        contact.email,
        contact.language,
        contact.time_zone,
        contact.country,
        contact.attributes,
    )
