"""R13.2: a campaign's figures and its recipients as CSV, read a slice at a time however many there are."""

from __future__ import annotations

import csv
from collections.abc import AsyncGenerator, Iterable
from datetime import UTC, datetime
from io import StringIO
from typing import TypeVar

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from sayso.actions.actor import Actor
from sayso.actions.links import opened_links
from sayso.actions.refusal import Refused
from sayso.actions.reporting import Report, campaign_recipients, campaign_report
from sayso.console.access import Area, opens
from sayso.console.campaigns import reading, sums
from sayso.console.campaigns.timeline import drawn
from sayso.console.loop import perform
from sayso.console.refusing import demand
from sayso.console.spreadsheets import disarmed
from sayso.console.streaming import handed_out
from sayso.storage.pool import Pool
from sayso.storage.usage import Addressed

# So that a spreadsheet knows the letters.
MARK = "\ufeff"
Cells = tuple[object, ...]
Answer = TypeVar("Answer", bound=HttpResponseBase)


@require_safe
@opens(Area.CAMPAIGNS)
def figures(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Every figure of the report, one a line."""
    stands = reading.stands(campaign_id)
    found = demand(perform(request, campaign_report, campaign_id, datetime.now(UTC)))
    opened = demand(perform(request, opened_links, campaign_id))
    body = MARK + "".join(map(line, [("what", "reason", "messages"), *_figures(found, opened.numbers)]))
    return named(HttpResponse(body, content_type="text/csv; charset=utf-8"), f"{stands.name} figures")


@require_safe
@opens(Area.CAMPAIGNS)
def recipients(request: HttpRequest, campaign_id: int) -> HttpResponseBase:
    """Everybody who was planned, with what became of each."""
    stands = reading.stands(campaign_id)
    demand(perform(request, campaign_recipients, campaign_id, 0))
    kind = "text/csv; charset=utf-8"
    answer = handed_out(request, lambda pool, who: _people(pool, who, campaign_id), "", kind)
    return named(answer, f"{stands.name} recipients")


async def _people(pool: Pool, who: Actor, campaign_id: int) -> AsyncGenerator[bytes, None]:
    head = ("number", "external id", "status", "reason", "since (UTC)", "sender", "parts", "message")
    yield (MARK + line(head)).encode()
    found = await campaign_recipients(pool, who, campaign_id, 0)
    while found and not isinstance(found, Refused):
        yield "".join(line(_person(one)) for one in found).encode()
        found = await campaign_recipients(pool, who, campaign_id, found[-1].id)


def _person(one: Addressed) -> Cells:
    since = one.at.astimezone(UTC).isoformat(timespec="seconds")
    # Without its plus: a cell that begins with one is disarmed like any other.
    return (
        one.recipient.removeprefix("+"), one.external_id or "", one.status, one.reason, since, one.sender,
        one.parts, one.body,
    )  # fmt: skip


def _figures(found: Report, clicked: int) -> Iterable[Cells]:
    became = sums.became(found.planned, found.became)
    yield "planned", "", became.planned
    yield "sent", "", became.left
    yield "parts sent", "", became.parts
    yield "delivered", "", became.delivered
    yield "still to go", "", became.waiting
    yield "clicked", "", clicked
    yield "replied", "", found.replies
    yield "opted out", "by a text that answers it", found.opt_outs.by_keyword
    yield "opted out", "by its link", found.opt_outs.by_link
    yield from (("not sent", reason, figure) for reason, figure in became.not_sent_reasons)
    yield from (("not delivered", reason, figure) for reason, figure in became.not_delivered_reasons)
    chart = drawn(found.timeline)
    for point, (left, delivered) in chart.rows if chart else ():
        yield "sent until", point.name, left
        yield "delivered until", point.name, delivered


def line(cells: Cells) -> str:
    """A line of a CSV in which no cell is a formula."""
    out = StringIO()
    csv.writer(out).writerow([disarmed(one) if isinstance(one, str) else one for one in cells])
    return out.getvalue()


def named(answer: Answer, name: str) -> Answer:
    """The same answer as a file of this name."""
    kept = "".join(char if char.isalnum() or char in " -" else " " for char in name)
    told = "-".join(kept.split()).encode("ascii", "ignore").decode() or "campaign"
    answer["Content-Disposition"] = f'attachment; filename="{told}.csv"'
    return answer
