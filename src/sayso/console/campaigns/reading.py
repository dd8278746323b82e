"""Campaigns as the list shows them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet, Sum
from django.http import Http404

from sayso.console.campaigns import words
from sayso.console.components.pages import Page, newest
from sayso.console.lenses.campaigns import Campaign, CampaignCount, CampaignHold, CampaignTally
from sayso.console.lenses.lists import ContactList
from sayso.console.lenses.segments import Segment
from sayso.console.lenses.workspaces import Workspace
from sayso.core.campaigns import ALLOWED


@dataclass(frozen=True, slots=True)
class Filter:
    """What the list is narrowed by."""

    words: str
    state: str
    kind: str = ""

    def __bool__(self) -> bool:
        return bool(self.words or self.state or self.kind)


@dataclass(frozen=True, slots=True)
class Row:
    """A campaign as the list shows it; `planned` None: nobody counted."""

    campaign: Campaign
    kind: str
    state: str
    type: str
    recipients: str
    missing: list[str]
    planned: int | None
    sent: int | None
    opted_out: int | None

    @property
    def opt_outs(self) -> str:
        """Who stopped because of it, of those who got it; nothing where nobody did."""
        return f"{100 * self.opted_out / self.sent:.2f}%" if self.opted_out and self.sent else ""

    @property
    def deletable(self) -> bool:
        """Whether nothing of it ever began."""
        return self.campaign.state in ALLOWED["delete"] and self.campaign.launched_at is None

    def may(self, verb: str) -> bool:
        """Whether its state allows this."""
        return self.campaign.state in ALLOWED[verb]

    @property
    def pausable(self) -> bool:
        """Whether it goes out."""
        return self.may("pause")

    @property
    def resumable(self) -> bool:
        """Whether it stands still."""
        return self.may("resume")


def page(asked: Filter, before: int | None, *, launched: bool = False) -> Page[Row]:
    """Fifty campaigns, newest first; `launched`: of those that ever went out alone."""
    found = Campaign.objects.all()
    if launched:
        found = found.filter(state__in=words.LAUNCHED, launched_at__isnull=False)
    if asked.kind in words.KINDS:
        of_programs = Q(audience="automation")
        found = found.filter(of_programs if asked.kind == "automated" else ~of_programs)
    if asked.state in words.GROUPS:
        found = found.filter(state__in=words.GROUPS[asked.state][1])
    if asked.words:
        found = found.filter(Q(name__icontains=asked.words) | Q(body__icontains=asked.words))
    shown = newest(found, before)
    names, planned = names_of(shown.rows), _planned([one.id for one in shown.rows])
    says = Workspace.objects.get().opt_out_message
    sent, holds = _sent(one.id for one in shown.rows), _holds(shown.rows)
    rows = [
        _row(
            one,
            names.get((one.audience, one.list_id or one.segment_id or 0), ""),
            (planned.get(one.id), *sent.get(one.id, (0, 0) if one.launched_at else (None, None))),
            [holds[one.id]] if one.id in holds else _wanting(one, says),
        )
        for one in shown.rows
    ]
    return Page(rows, shown.first, shown.total, shown.older)


def stands(campaign_id: int) -> Campaign:
    """One campaign of this workspace; else the page that says that there is none."""
    found: Campaign | None = Campaign.objects.filter(id=campaign_id).first()
    if found is None:
        raise Http404("no such campaign in this workspace")
    return found


def names_of(campaigns: Iterable[Campaign]) -> dict[tuple[str, int], str]:
    """What the lists and segments are called that these go to."""
    every = list(campaigns)
    lists = ContactList.objects.filter(id__in={one.list_id for one in every if one.list_id is not None})
    segments = Segment.objects.filter(id__in={one.segment_id for one in every if one.segment_id is not None})
    found = {("list", key): name for key, name in lists.values_list("id", "name")}
    return found | {("segment", key): name for key, name in segments.values_list("id", "name")}


def counted_by_state() -> dict[str, int]:
    """How many campaigns stand where."""
    return dict(Campaign.objects.values_list("state").annotate(Count("id")))


def _planned(ids: list[int]) -> dict[int, int]:
    found = CampaignTally.objects.filter(campaign_id__in=ids, rehearsal=False)
    return dict(found.values_list("campaign_id").annotate(Sum("messages")))


def hold_of(campaign: Campaign) -> CampaignHold | None:
    """Why it stands still by itself; None where it does not."""
    found: CampaignHold | None = _held([campaign]).first()
    return found


def _sent(ids: Iterable[int]) -> dict[int, tuple[int, int]]:
    found = CampaignCount.objects.filter(campaign_id__in=list(ids))
    return {one.campaign_id: (one.departed, one.opted_out) for one in found}


def _holds(campaigns: Iterable[Campaign]) -> dict[int, str]:
    return dict(_held(campaigns).values_list("campaign_id", "told"))


def _held(campaigns: Iterable[Campaign]) -> QuerySet[CampaignHold]:
    ids = [one.id for one in campaigns if one.state == "paused"]
    return CampaignHold.objects.filter(campaign_id__in=ids, resumed_at=None)


def _wanting(campaign: Campaign, opt_out_message: str) -> list[str]:
    return words.wanting(campaign, opt_out_message) if campaign.state == "draft" else []


def _row(
    campaign: Campaign, called: str, counted: tuple[int | None, int | None, int | None], missing: list[str]
) -> Row:
    kind, word = words.STATES[campaign.state]
    return Row(
        campaign,
        kind,
        word,
        words.type_of(campaign),
        f"{words.recipients(campaign, called)} – {campaign.name}"
        if called
        else words.recipients(campaign, ""),
        missing,
        *counted,
    )
