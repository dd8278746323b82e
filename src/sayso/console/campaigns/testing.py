"""R9.5: a campaign's text sent to a few telephones, as a real person would read it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from sayso.actions.campaign_tests import Tested, TestWanted, send_test
from sayso.actions.refusal import Refused
from sayso.console import once
from sayso.console.access import Area, opens
from sayso.console.campaigns import audience, reading, telephone, trying, words
from sayso.console.campaigns.forms import as_posted, initial_of
from sayso.console.components.numbers import spaced
from sayso.console.forms import done, go
from sayso.console.lenses.campaigns import Campaign, CampaignVariant
from sayso.console.lenses.workspaces import Workspace
from sayso.console.loop import perform
from sayso.console.refusing import demand, sentence
from sayso.core.campaign_text import Carried, Links
from sayso.core.fiction import telephones
from sayso.core.trials import letter

LEFT = frozenset({"queued", "deferred"})
LOOK = "Look at the telephones that the test was for before you send another, from the campaign's page."
# In the session: what was asked for when nothing was sent, for the page that comes next.
ASKED = "campaign_test"


@require_POST
@opens(Area.CAMPAIGNS)
def test(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Send the draft as it is saved; what became of each number is told on the page it was asked from."""
    reading.stands(campaign_id)
    wanted = _wanted(request)
    contact = wanted.contact_id or 0
    if "show" in request.POST:
        request.session[ASKED] = [campaign_id, request.POST.get("to", "")[:500], contact, ""]
        return go(request, "campaign_review", campaign_id)
    if not once.first(request, LOOK):
        done(request, "This test was sent already, and is not sent twice. From here it can be sent anew.")
        return go(request, "campaign_review", campaign_id)
    answer = perform(request, send_test, campaign_id, wanted, _links(), datetime.now(UTC))
    if isinstance(answer, Refused) and answer.kind in {"invalid", "conflict"}:
        once.not_done(request)
        told = f"No test was sent. {sentence(answer)}"
        request.session[ASKED] = [campaign_id, request.POST.get("to", "")[:500], contact, told]
    else:
        _tell(request, demand(answer))
    return go(request, "campaign_review", campaign_id)


@require_POST
@opens(Area.CAMPAIGNS)
def shown_before(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """The first telephone, and what the test takes and costs, while somebody types."""
    stands, wanted = reading.stands(campaign_id), _wanted(request)
    carries = trying.carriers(request, as_posted(initial_of(stands)))
    found = telephone.shown(stands, wanted.to, wanted.contact_id or 0, wanted.variant, carries)
    return render(request, "campaigns/test_shown.html", {"stands": stands, "tested": found})


def _wanted(request: HttpRequest) -> TestWanted:
    to = _numbers(request.POST.get("to", "")[:500])
    shown = request.POST.get("as", "")
    contact = int(shown) if shown.isascii() and shown.isdecimal() and 0 < len(shown) < 19 else 0
    which = request.POST.get("variant", "1")
    return TestWanted(to, contact_id=contact or None, variant=int(which) if which in set("1234") else 1)


def _numbers(written: str) -> list[str]:
    return [one for one in re.split(r"[\n,;]", written) if one.strip()]


def offered(request: HttpRequest, stands: Campaign, carries: Carried) -> dict[str, Any]:
    """What the page offers for a test: whose values, which text, which telephones; what was refused again."""
    asked = request.session.pop(ASKED, None)
    # A session may be older than this version.
    asked = asked if asked and len(asked) == 4 and asked[0] == stands.id else [stands.id, "", None, ""]
    here = Workspace.objects.get()
    people = audience.some(audience.choice_of(stands))
    texts = CampaignVariant.objects.filter(campaign_id=stands.id).order_by("variant")
    return {
        "test_to": asked[1],
        "test_wrong": asked[3],
        "test_once": once.token(),
        "tested": telephone.shown(stands, _numbers(asked[1]), asked[2] or 0, 1, carries),
        "test_as": asked[2],
        "test_texts": [(one, letter(one)) for one in texts.values_list("variant", flat=True)],
        "test_people": [(one.id, one.name or spaced(one.phone or 0, "")) for one in people],
        "test_phones": [(one.number, one.name) for one in telephones(here.id, here.country)],
    }


def _tell(request: HttpRequest, tested: list[Tested]) -> None:
    for one in tested:
        number = spaced(one.phone, "")
        if one.status in LEFT:
            done(request, f"A test is on its way to {number}.")
        else:
            messages.error(request, f"No test went to {number}. {words.why_not_sent(one.reason)}.")


def _links() -> Links:
    values = settings.SAYSO_VALUES
    return Links.of(values.secret_key, values.public_url)
