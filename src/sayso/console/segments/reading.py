"""Segments as the list shows them, and what their conditions may speak of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Count
from django.http import Http404

from sayso.console.components.pages import Page, newest
from sayso.console.components.places import country_choices, country_named
from sayso.console.languages import named
from sayso.console.lenses.campaigns import Campaign
from sayso.console.lenses.contacts import Contact
from sayso.console.lenses.lists import ContactList
from sayso.console.lenses.segments import Segment
from sayso.console.lenses.settings import Category
from sayso.core.audience import Tree, conditions
from sayso.core.audience_plain import read
from sayso.core.audience_words import Names, said

MOST = 500
# Contacts whose attributes are looked at for names to offer.
LOOKED_AT = 200
Choices = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Listed:
    """A segment, its conditions in words, and how many campaigns go to it."""

    segment: Segment
    words: str
    campaigns: int


class Offered:
    """What rows may choose from; each is read once, and only where a row asks."""

    @cached_property
    def lists(self) -> Choices:
        """Contact lists, by name."""
        return _by_name(ContactList.objects.order_by("-id")[:MOST].values_list("id", "name"))

    @cached_property
    def campaigns(self) -> Choices:
        """Campaigns that began, the newest first."""
        found = Campaign.objects.filter(launched_at__isnull=False).order_by("-id")[:MOST]
        return [(str(key), name) for key, name in found.values_list("id", "name")]

    @cached_property
    def categories(self) -> Choices:
        """Categories of consent."""
        return [(one.name, one.name) for one in Category.objects.order_by("name")]

    @cached_property
    def attributes(self) -> list[str]:
        """Attributes that some of the newest contacts have."""
        newest_ones = Contact.objects.order_by("-id")[:LOOKED_AT].values_list("attributes", flat=True)
        return sorted({name for each in newest_ones for name in each or {}})

    @property
    def countries(self) -> Choices:
        """Every country."""
        return list(country_choices())


def page(before: int | None) -> Page[Listed]:
    """Fifty segments, newest first."""
    shown = newest(Segment.objects.all(), before)
    trees = [tree_of(one) for one in shown.rows]
    names = names_of(trees)
    used = Campaign.objects.filter(segment_id__in=[one.id for one in shown.rows])
    counts = dict(used.values_list("segment_id").annotate(Count("id")))
    rows = [
        Listed(one, said(tree, names), counts.get(one.id, 0))
        for one, tree in zip(shown.rows, trees, strict=True)
    ]
    return Page(rows, shown.first, shown.total, shown.older)


def stands(segment_id: int) -> Segment:
    """One segment of this workspace; else the page that says that there is none."""
    found: Segment | None = Segment.objects.filter(id=segment_id).first()
    if found is None:
        raise Http404("no such segment in this workspace")
    return found


def tree_of(segment: Segment) -> Tree:
    """Its conditions."""
    return _understood(segment.conditions)


def words_of(plain: Mapping[str, object]) -> str:
    """Conditions that were understood, in words and with the names that people know."""
    tree = _understood(plain)
    return said(tree, names_of([tree]))


def _understood(plain: Mapping[str, object]) -> Tree:
    found = read(plain)
    assert not isinstance(found, tuple)  # noqa: S101 - what is not understood is neither stored nor counted
    return found


def names_of(trees: Iterable[Tree]) -> Names:
    """What people call the lists, campaigns, languages and countries that these speak of."""
    every = [one for tree in trees for one in conditions(tree)]
    lists = ContactList.objects.filter(id__in={one.id for one in every if one.about == "list"})
    campaigns = Campaign.objects.filter(id__in={one.id for one in every if one.about == "campaign"})
    spoken = {one.value for one in every if one.about == "language" and one.value}
    countries = {one.value for one in every if one.about == "country" and one.value}
    return Names(
        dict(lists.values_list("id", "name")),
        dict(campaigns.values_list("id", "name")),
        {code: named(code) for code in spoken},
        {code: country_named(code) for code in countries},
    )


def _by_name(found: Iterable[tuple[int, str]]) -> Choices:
    return [(str(key), name) for key, name in sorted(found, key=lambda pair: (pair[1].casefold(), pair[0]))]
