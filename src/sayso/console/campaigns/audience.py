"""Whom a campaign may go to: the choices of the form, and a few real people to try its text on."""

from __future__ import annotations

from collections.abc import Sequence

from sayso.console.lenses.campaigns import Campaign
from sayso.console.lenses.contacts import Contact
from sayso.console.lenses.lists import ContactList, ListMember, how_many, with_people
from sayso.console.lenses.segments import Segment
from sayso.core.campaigns import Recipient

NONE, EVERYBODY, AUTOMATION = "none", "everybody", "automation"
OF_LIST, OF_SEGMENT = "list-", "segment-"
MOST_LISTS = 500
TRIED_ON = 200
# Of a list so many members are looked at for some that have a number.
LOOKED_AT = 400

Choices = list[tuple[str, str]]


def choices(choice: str) -> Choices:
    """Nobody, everybody, each list with how many are on it, each segment, automations; `choice` is there."""
    chosen = list_of(choice)
    every = list(with_people(ContactList.objects.all()).order_by("-id")[:MOST_LISTS])
    if chosen is not None and chosen not in {one.id for one in every}:
        every += with_people(ContactList.objects.filter(id=chosen))
    lists = [
        (f"{OF_LIST}{one.id}", f"Contact list: {one.name} ({how_many(one.people)})")
        for one in sorted(every, key=lambda one: (one.name.casefold(), one.id))
    ]
    first = [(NONE, "Nobody yet"), (EVERYBODY, "Everybody")]
    return [*first, *lists, *_segments(segment_of(choice)), (AUTOMATION, "For Automation Center")]


def list_of(choice: str) -> int | None:
    """The list that a choice stands for; None for every other choice."""
    return _id_in(choice, OF_LIST)


def segment_of(choice: str) -> int | None:
    """The segment that a choice stands for; None for every other choice."""
    return _id_in(choice, OF_SEGMENT)


def choice_of(campaign: Campaign) -> str:
    """The choice that stands for what is stored."""
    kept = {"list": f"{OF_LIST}{campaign.list_id}", "segment": f"{OF_SEGMENT}{campaign.segment_id}"}
    return kept.get(campaign.audience, str(campaign.audience))


def called(campaign: Campaign) -> str:
    """The name of the list or segment that a campaign goes to; empty where it goes to none."""
    if campaign.list_id is not None:
        return str(ContactList.objects.get(id=campaign.list_id).name)
    if campaign.segment_id is not None:
        return str(Segment.objects.get(id=campaign.segment_id).name)
    return ""


def some(choice: str) -> Sequence[Contact]:
    """Some with a number: of the list, else of everybody, for a text is tried before a segment is asked."""
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


def _segments(chosen: int | None) -> Choices:
    every = list(Segment.objects.order_by("-id")[:MOST_LISTS])
    if chosen is not None and chosen not in {one.id for one in every}:
        every += Segment.objects.filter(id=chosen)
    every.sort(key=lambda one: (one.name.casefold(), one.id))
    return [(f"{OF_SEGMENT}{one.id}", f"Segment: {one.name}") for one in every]


def _id_in(choice: str, kind: str) -> int | None:
    said = choice.removeprefix(kind)
    return int(said) if said != choice and said.isascii() and said.isdecimal() and len(said) < 10 else None
