"""R9.8, R9.11: when, how often and where to a workspace sends advertising; and why it stops."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from sayso.actions.sending_rules import LONGEST_WHY, MOST_TEXTS
from sayso.console.forms import Form
from sayso.storage.sending_rules import OwnRules

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_NAMED = {"0123456": "Every day", "012345": "Monday to Saturday", "01234": "Monday to Friday"}
_CLOCKS = [f"{minutes // 60:02}:{minutes % 60:02}" for minutes in range(0, 24 * 60 + 1, 30)]


class SendingForm(Form):
    """When, how often and where to."""

    days = forms.ChoiceField(label="Days")
    opens = forms.ChoiceField(label="From")
    closes = forms.ChoiceField(label="Until")
    holidays = forms.BooleanField(label="On public holidays too", required=False)
    per_day = forms.IntegerField(
        label="Texts to one number in 24 hours",
        required=False,
        min_value=1,
        max_value=MOST_TEXTS,
        help_text="Empty: no cap of your own. Those of a state, three in Florida and Oklahoma, stay.",
    )
    per_week = forms.IntegerField(
        label="Texts to one number in 7 days", required=False, min_value=1, max_value=MOST_TEXTS
    )
    countries = forms.CharField(
        label="Countries that are texted",
        required=False,
        help_text="Two letters each, with commas between them: GB, IE. Empty: your own country alone.",
    )
    practises = forms.BooleanField(
        label="On simulated lines too",
        required=False,
        help_text="Nobody is at the other end there, so hours, caps and countries are not asked unless you "
        "want to see them at work.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        initial: Mapping[str, Any] = kwargs.get("initial", {})
        stood = str(initial.get("days", ""))
        self.fields["days"].choices = [*(_NAMED | {stood: named_days(stood)}).items()]
        for name in ("opens", "closes"):
            clocks = sorted({*_CLOCKS, str(initial.get(name, "09:00"))})
            self.fields[name].choices = [(clock, clock) for clock in clocks]

    def wanted(self) -> OwnRules:
        """The rules as the action takes them."""
        said = self.cleaned_data
        written = said["countries"].replace(",", " ").split()
        return OwnRules(
            days=[int(day) for day in said["days"]],
            opens=said["opens"],
            closes=said["closes"],
            holidays=said["holidays"],
            per_day=said["per_day"],
            per_week=said["per_week"],
            countries=[country.upper() for country in written],
            practises=said["practises"],
        )


class StopForm(Form):
    """Why everything is to stand still."""

    why = forms.CharField(
        label="Why",
        required=False,
        max_length=LONGEST_WHY,
        help_text="Your colleagues read it on every page, and it stays in the audit trail.",
    )


def initial_of(rules: OwnRules) -> dict[str, Any]:
    """The rules as the form shows them."""
    return {
        "days": "".join(map(str, rules.days)),
        "opens": rules.opens,
        "closes": rules.closes,
        "holidays": rules.holidays,
        "per_day": rules.per_day or "",
        "per_week": rules.per_week or "",
        "countries": ", ".join(rules.countries),
        "practises": rules.practises,
    }


def named_days(days: str | Sequence[int]) -> str:
    """`Monday to Friday`, or the days one by one."""
    written = days if isinstance(days, str) else "".join(map(str, days))
    return _NAMED.get(written) or ", ".join(DAYS[int(day)] for day in written)
