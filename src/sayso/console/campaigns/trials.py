"""R9.5: several texts of one campaign: written, their shares chosen, and what became of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from sayso.actions.campaign_trials import Tried, put_trial, show_trial
from sayso.actions.meanwhile import stamp
from sayso.console.access import Area, opens
from sayso.console.campaigns import reading
from sayso.console.campaigns.forms import Body
from sayso.console.forms import Form, again, done, go
from sayso.console.lenses.campaigns import Campaign, CampaignTrial, CampaignVariant
from sayso.console.loop import actor, perform
from sayso.console.meanwhile import Edit
from sayso.console.refusing import demand
from sayso.core.campaigns import LONGEST_BODY
from sayso.core.trials import Trial, Variant, letter

LETTERS = "ABCD"
ONE = "Everybody gets the campaign’s own text."
SEVERAL = "The texts are saved. A rehearsal counts them all."
WAITING = frozenset({"queued", "deferred", "cancelled", "skipped", "enqueue_failed"})
COUNTED = (("clicks", "Most clicks"), ("replies", "Most replies"), ("opt_outs", "Fewest opt-outs"))


@dataclass(frozen=True, slots=True)
class Row:
    """A text and what became of its messages."""

    letter: str
    share: int
    body: str
    sent: int
    delivered: int
    won: bool


class TextsForm(Form):
    """Two to four texts with their shares, and how the one for the others is chosen."""

    fields_of_problems: Mapping[str, str] = {"variants": "body_1", "shares": "share_1"}

    tested = forms.IntegerField(
        label="Try them on, percent", min_value=1, max_value=100, help_text="100: everybody gets one of them."
    )
    control = forms.IntegerField(
        label="Control group, percent",
        min_value=0,
        max_value=50,
        help_text="They get nothing, so that what the campaign does can be told.",
    )
    measure = forms.ChoiceField(label="The others get the one with", choices=COUNTED)
    hours = forms.IntegerField(label="After hours", min_value=1, max_value=72)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for n, sign in enumerate(LETTERS, 1):
            self.fields[f"body_{n}"] = Body(label=f"Text {sign}", required=n < 3, max_length=LONGEST_BODY)
            self.fields[f"share_{n}"] = forms.IntegerField(
                label=f"Share of {sign}, percent", required=False, min_value=0, max_value=100
            )

        # As they are read, so that the first that is wrong has the focus.
        self.order_fields([field.name for pair in self.texts() for field in pair])

    def texts(self) -> Iterator[tuple[Any, Any]]:
        """Each text's field with that of its share."""
        for n in range(1, len(LETTERS) + 1):
            yield self[f"body_{n}"], self[f"share_{n}"]

    def wanted(self) -> Trial:
        """What is asked for; a text that is left empty is none."""
        said = self.cleaned_data
        variants = tuple(
            Variant(n, said[f"body_{n}"], said[f"share_{n}"] or 0)
            for n in range(1, len(LETTERS) + 1)
            if said[f"body_{n}"].strip()
        )
        return Trial(said["tested"], said["control"], said["measure"], said["hours"], variants)


@require_http_methods(["GET", "HEAD", "POST"])
@opens(Area.CAMPAIGNS)
def texts(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Write several texts of a draft, or (`one`) go back to one."""
    stands = reading.stands(campaign_id)
    if not actor(request).may("campaigns:write"):
        raise PermissionDenied("only those who write campaigns")
    if stands.state != "draft":
        return go(request, "campaign", campaign_id)
    initial = _initial(stands)
    edit = Edit(request, stamp(demand(perform(request, show_trial, campaign_id)).trial), initial)
    form = TextsForm(edit.data, initial=initial)
    if "one" in request.POST or (request.method == "POST" and form.is_valid()):
        wanted, told = (None, ONE) if "one" in request.POST else (form.wanted(), SEVERAL)
        if not edit.refused(form, perform(request, put_trial, campaign_id, wanted, edit.seen)):
            done(request, told)
            return go(request, "campaign_review", campaign_id)
    show = again if request.method == "POST" else render
    return show(request, "campaigns/texts.html", {"form": form, "stands": stands, "edit": edit})


def tried(request: HttpRequest, campaign_id: int) -> dict[str, Any]:
    """What a page shows of a trial: itself, and its texts with what became of them."""
    found: Tried = demand(perform(request, show_trial, campaign_id))
    return {"tried": found, "tried_rows": list(_rows(found))}


def _rows(found: Tried) -> Iterator[Row]:
    for one in found.trial.variants if found.trial else ():
        became = {each.status: each.messages for each in found.became if each.variant == one.variant}
        sent = sum(figure for status, figure in became.items() if status not in WAITING)
        won = found.trial is not None and found.trial.winner == one.variant
        yield Row(letter(one.variant), one.share, one.body, sent, became.get("delivered", 0), won)


def _initial(stands: Campaign) -> dict[str, Any]:
    found = CampaignTrial.objects.filter(campaign_id=stands.id).first()
    if found is None:
        return {
            "tested": 20, "control": 0, "measure": "replies", "hours": 4,
            "body_1": stands.body, "share_1": 50, "body_2": "", "share_2": 50,
        }  # fmt: skip
    told = {name: getattr(found, name) for name in ("tested", "control", "measure", "hours")}
    for one in CampaignVariant.objects.filter(campaign_id=stands.id):
        told |= {f"body_{one.variant}": one.body, f"share_{one.variant}": one.share}
    return told
