"""A test as the first of its telephones would show it, with what it takes and costs, while somebody types."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from sayso.console.campaigns import audience, composed, costs, links, trying
from sayso.console.campaigns.composed import Shot
from sayso.console.campaigns.forms import as_posted, initial_of
from sayso.console.components.counting import Count, counted
from sayso.console.components.numbers import spaced, typed
from sayso.console.lenses.campaigns import Campaign, CampaignVariant
from sayso.console.lenses.contacts import Contact
from sayso.console.lenses.workspaces import Workspace
from sayso.core import campaigns as core
from sayso.core import rendering
from sayso.core.campaign_text import Carried


@dataclass(frozen=True, slots=True)
class OnTelephone:
    """`number`: whose telephone; `others`: how many more get it; `price`: of all of them."""

    number: str
    sender: str
    said: str
    pictures: list[Shot]
    why_not: str
    price: str
    others: int

    @property
    def count(self) -> Count:
        """What it takes."""
        return counted(self.said)


def shown(
    stands: Campaign, numbers: Sequence[str], contact_id: int, variant: int, carries: Carried
) -> OnTelephone | None:
    """What the first of these numbers would read, as a contact does; None: none is a number yet."""
    here = Workspace.objects.get()
    phones = list(dict.fromkeys(key for key in (typed(one, here.country) for one in numbers) if key))
    if not phones:
        return None
    said = as_posted(initial_of(stands))
    text = CampaignVariant.objects.filter(campaign_id=stands.id, variant=variant).first()
    tried = composed.read(said | ({"body": text.body} if text else {}), here.id)
    contact = Contact.objects.filter(id=contact_id).first() if contact_id else None
    lines = trying.senders()
    read = [_read(tried.campaign, contact, phone, (lines, carries)) for phone in phones]
    words, line, carried = read[0]
    return OnTelephone(
        spaced(phones[0], ""),
        line.name if isinstance(line, trying.Sender) else "",
        tried.body if isinstance(words, rendering.Missing) else words,
        tried.pictures if carried else [],
        _why_not(words, line),
        costs.of_these([(phone, one[0], one[2]) for phone, one in zip(phones, read, strict=True)]),
        len(phones) - 1,
    )


Read = tuple[str | rendering.Missing, core.Line | None, bool]
"""The words, the line that they leave from, and whether pictures are carried with them."""


def _read(
    campaign: core.Campaign, contact: Contact | None, phone: int, how: tuple[Sequence[trying.Sender], Carried]
) -> Read:
    lines, carries = how
    line = core.line_for(campaign, phone, lines, ())
    carried = campaign.mms is not None and carries(line, phone)
    recipient = replace(audience.as_recipient(contact), phone=phone)
    to = core.Addressed(recipient, line, unsubscribe_link=links.unsubscribe(), carries=carried)
    return core.said(campaign, to), line, carried


def _why_not(words: str | rendering.Missing, line: core.Line | None) -> str:
    if isinstance(words, rendering.Missing):
        return words.told if words.why else f"“{words.name}” is not known of them. Choose somebody else."
    return "" if line else "You have no number in their country that could take an answer."
