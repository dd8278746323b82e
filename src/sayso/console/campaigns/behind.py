"""R9.6: the people behind the reasons of a rehearsal, each with the sentence that says why; and as CSV."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from sayso.console.access import Area, opens
from sayso.console.campaigns import reading, sums, words
from sayso.console.campaigns.exporting import MARK, line, named
from sayso.console.components.pages import cursor, newest
from sayso.console.lenses.campaigns import CampaignPlan, CampaignTally, RehearsedPerson
from sayso.console.lenses.contacts import Contact
from sayso.core.rehearsed import MOST

LATER, NEVER = "later", "never"


@dataclass(frozen=True, slots=True)
class Why:
    """A reason that the list is narrowed to: its word in the address, its name, and how many have it."""

    word: str
    name: str
    figure: int

    @property
    def status(self) -> str:
        """Whether they get it later, or never."""
        return self.word.partition("-")[0]

    @property
    def reason(self) -> str:
        """Its code."""
        return self.word.partition("-")[2]


@dataclass(frozen=True, slots=True)
class Row:
    """One of them; `contact` None: erased just now."""

    contact: Contact | None
    name: str
    told: str
    due: datetime | None
    later: bool


@require_safe
@opens(Area.CAMPAIGNS)
def people(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Who would get it later or not at all, by reason."""
    stands = reading.stands(campaign_id)
    whys = _whys(campaign_id)
    chosen = next((why for why in whys if why.word == request.GET.get("why")), None)
    page = newest(_found(campaign_id, chosen), cursor(request.GET.get("before", "")))
    context: dict[str, Any] = {
        "stands": stands,
        "plan": CampaignPlan.objects.filter(campaign_id=campaign_id, rehearsal=True).first(),
        "whys": whys,
        "chosen": chosen,
        "figure": chosen.figure if chosen else sum(why.figure for why in whys),
        "more": any(why.figure > MOST for why in ([chosen] if chosen else whys)),
        "most": MOST,
        "page": page,
        "rows": _rows(page.rows),
        "timed": any(one.due for one in page.rows),
    }
    part = request.htmx and not request.htmx.history_restore_request
    return render(request, f"campaigns/behind{'_results' if part else ''}.html", context)


@require_safe
@opens(Area.CAMPAIGNS)
def file(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """The same as CSV, of one reason or of all."""
    stands = reading.stands(campaign_id)
    chosen = next((why for why in _whys(campaign_id) if why.word == request.GET.get("why")), None)
    found = list(_found(campaign_id, chosen).order_by("id"))
    head = ("number", "external id", "when", "reason", "why", "not before (UTC)")
    body = MARK + "".join(map(line, [head, *map(_cells, found, _rows(found))]))
    answer = HttpResponse(body, content_type="text/csv; charset=utf-8")
    return named(answer, f"{stands.name} rehearsal")


def _found(campaign_id: int, chosen: Why | None) -> Any:
    found = RehearsedPerson.objects.filter(campaign_id=campaign_id)
    if chosen is None:
        return found
    statuses = ["deferred"] if chosen.status == LATER else sorted(sums.NOT_SENT)
    return found.filter(reason=chosen.reason, status__in=statuses)


def _whys(campaign_id: int) -> list[Why]:
    """Every reason that was counted, those who wait first."""
    counted = sums.rehearsed(CampaignTally.objects.filter(campaign_id=campaign_id, rehearsal=True))
    waiting = [Why(f"{LATER}-{one.reason}", f"Later: {one.name}", one.figure) for one in counted.later]
    return waiting + [Why(f"{NEVER}-{one.reason}", one.name, one.figure) for one in counted.reasons]


def _rows(found: Iterable[RehearsedPerson]) -> list[Row]:
    kept = list(found)
    asked = Contact.objects.filter(id__in={one.contact_id for one in kept})
    known: Mapping[int, Contact] = {one.id: one for one in asked}
    return [
        Row(
            known.get(one.contact_id),
            words.why_later(one.reason) if one.status == "deferred" else words.why_not_sent(one.reason),
            one.told,
            one.due,
            one.status == "deferred",
        )
        for one in kept
    ]


def _cells(kept: RehearsedPerson, row: Row) -> tuple[object, ...]:
    # Without a plus: a cell that begins with one is disarmed like any other.
    number = row.contact.phone if row.contact else None
    external_id = row.contact.external_id if row.contact else None
    due = row.due.astimezone(UTC).isoformat(timespec="seconds") if row.due else ""
    when = LATER if row.later else NEVER
    return number or "", external_id or "", when, kept.reason, row.told, due
