"""R13.2: what became of a campaign, and how it stands while it goes out."""

from __future__ import annotations

from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from sayso.actions.links import opened_links
from sayso.actions.reporting import campaign_report
from sayso.console import once
from sayso.console.access import Area, opens
from sayso.console.campaigns import audience, composed, costs, leaving, reading, sums, timeline, words
from sayso.console.campaigns.trials import tried
from sayso.console.forms import go
from sayso.console.lenses.campaigns import Campaign, CampaignPace, CampaignPlan
from sayso.console.loop import perform
from sayso.console.refusing import demand
from sayso.core.campaigns import ALLOWED

# Until it begins by itself and the seconds count.
SOON_SECONDS = 120


@require_safe
@opens(Area.CAMPAIGNS)
def report(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Planned, sent, delivered, failed and not sent by reason; a draft has a review instead.

    A page that is open while somebody takes the launch back says so, and does not leave by itself.
    """
    stands = reading.stands(campaign_id)
    fragment = request.htmx and not request.htmx.history_restore_request
    if stands.state == "draft" and not fragment:
        return go(request, "campaign_review", campaign_id)
    found = demand(perform(request, campaign_report, campaign_id, datetime.now(UTC)))
    opened = demand(perform(request, opened_links, campaign_id))
    seconds = _seconds(stands)
    kind, word = words.STATES[stands.state]
    context = {
        "stands": stands,
        "kind": kind,
        "state": word,
        "type": words.type_of(stands),
        "recipients": words.recipients(stands, audience.called(stands)),
        "hold": reading.hold_of(stands),
        **_times(stands),
        "still": leaving.still(stands),
        **tried(request, stands.id),
        "became": sums.became(
            found.planned, found.became, found.opt_outs, replied=found.replies, clicked=opened.numbers
        ),
        "chart": timeline.drawn(found.timeline),
        "timeline_full": found.timeline is not None and found.timeline.whole,
        "opt_outs": found.opt_outs,
        "opened": opened,
        "shots": composed.pictures(" ".join(stands.media_urls)),
        "cost": costs.cost(request, campaign_id),
        "may": {verb for verb, states in ALLOWED.items() if stands.state in states},
        "seconds": seconds,
        "address": request.path,
        # Planning and sending tell no open page: what moves is asked for often.
        "every": "2s" if stands.state in words.RUNNING or seconds is not None else "10s",
        "once": once.token(),
    }
    return render(request, "campaigns/reported.html" if fragment else "campaigns/report.html", context)


def _times(stands: Campaign) -> dict[str, datetime | None]:
    """Until when others wait for the winner of a trial; at which hour of their own (naive) each gets it."""
    plan = CampaignPlan.objects.filter(campaign_id=stands.id, rehearsal=False).first()
    pace = CampaignPace.objects.filter(campaign_id=stands.id, rehearsal=False).first()
    return {"waits": plan.waits_until if plan else None, "local": pace.local_clock if pace else None}


def _seconds(stands: Campaign) -> int | None:
    """In how many seconds it begins; None where that is far off, or begun."""
    if stands.state != "scheduled" or stands.starts_at is None:
        return None
    left = (stands.starts_at - datetime.now(UTC)).total_seconds()
    return max(int(left), 0) if left <= SOON_SECONDS else None
