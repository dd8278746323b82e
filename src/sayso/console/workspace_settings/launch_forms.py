"""R2.5, R9.5: what a launch waits for, and when a campaign is paused by itself."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms

from sayso.actions.campaign_limits import LONGEST_DELAY, MOST
from sayso.console.forms import Form
from sayso.storage.campaign_approvals import Limits


def _percent(label: str, help_text: str = "") -> forms.DecimalField:
    return forms.DecimalField(
        label=label, min_value=0, max_value=100, max_digits=4, decimal_places=1, help_text=help_text
    )


class LaunchesForm(Form):
    """Undo, approval, and the automatic pause."""

    launch_delay_seconds = forms.IntegerField(
        label="A launch can be undone for, seconds",
        min_value=0,
        max_value=LONGEST_DELAY,
        help_text="So long nothing of it is planned. 0: it begins at once.",
    )
    approve_above = forms.IntegerField(
        label="A second person approves what reaches more than",
        required=False,
        min_value=0,
        max_value=MOST,
        help_text="People, as a rehearsal counts them. Empty: nobody needs to.",
    )
    pause_from = forms.IntegerField(
        label="Look from so many texts on",
        min_value=1,
        max_value=MOST,
        help_text="Of a few texts a share says nothing.",
    )
    pause_at_opt_outs = _percent("Pause where more than this share stops, percent", "0: never.")
    pause_at_failures = _percent("Pause where more than this share fails, percent", "0: never.")

    def wanted(self) -> Limits:
        """The limits as the action takes them."""
        said = self.cleaned_data
        return Limits(
            said["approve_above"],
            said["pause_from"],
            int(said["pause_at_opt_outs"] * 10),
            int(said["pause_at_failures"] * 10),
            said["launch_delay_seconds"],
        )


def initial_of(stands: Limits) -> Mapping[str, Any]:
    """What the form begins with."""
    return {
        "launch_delay_seconds": stands.launch_delay_seconds,
        "approve_above": "" if stands.approve_above is None else stands.approve_above,
        "pause_from": stands.pause_from,
        "pause_at_opt_outs": percent(stands.pause_at_opt_outs),
        "pause_at_failures": percent(stands.pause_at_failures),
    }


def percent(thousandths: int) -> str:
    """As people write it: 3, 2.5."""
    return f"{(Decimal(thousandths) / 10).normalize():f}"
