"""Blocking a number by hand, and the way back with evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django import forms

from sayso.actions.blocks import LONGEST_REASON, BlockWanted
from sayso.actions.consents import LONGEST_WORDING, ConsentWanted
from sayso.console.forms import Form

Choices = Sequence[tuple[str, str]]
SCOPES = (
    ("channel", "All advertising of this workspace"),
    ("line", "Advertising from one line"),
    ("categories", "Some categories"),
    ("all", "Everything, transactional texts too"),
)
LONGEST_METHOD = 200


class BlockForm(Form):
    """R6.1: a number, what is stopped, and why."""

    fields_of_problems: Mapping[str, str] = {"line_id": "line"}

    phone = forms.CharField(
        label="Number",
        max_length=40,
        help_text="With its country code, or as it is dialled in your country.",
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    scope = forms.ChoiceField(label="Stops", choices=SCOPES, initial="channel", widget=forms.RadioSelect)
    line = forms.ChoiceField(
        label="Line", required=False, help_text="For advertising from one line: which one."
    )
    categories = forms.MultipleChoiceField(
        label="Categories",
        required=False,
        help_text="For some categories: which ones.",
        widget=forms.CheckboxSelectMultiple,
    )
    reason = forms.CharField(
        label="Reason",
        max_length=LONGEST_REASON,
        help_text="It stands in the proof: how the person told you, and when.",
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
    )

    def __init__(self, lines: Choices, categories: Choices, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["line"].choices = [("", "None"), *lines]
        self.fields["categories"].choices = categories
        if not categories:
            del self.fields["categories"]
            self.fields["scope"].choices = [choice for choice in SCOPES if choice[0] != "categories"]
        if not lines:
            del self.fields["line"]
            self.fields["scope"].choices = [
                choice for choice in self.fields["scope"].choices if choice[0] != "line"
            ]

    def wanted(self) -> BlockWanted:
        """What the action is asked for."""
        said = self.cleaned_data
        line = said.get("line")
        return BlockWanted(
            said["phone"],
            said["scope"],
            said["reason"],
            int(line) if line else None,
            tuple(said.get("categories") or ()),
        )


class BackForm(Form):
    """R6.5: a yes of the person, with method, time and wording; without all three it stays pending."""

    fields_of_problems: Mapping[str, str] = {"timestamp": "at"}

    category = forms.ChoiceField(label="They said yes to")
    method = forms.CharField(
        label="How",
        max_length=LONGEST_METHOD,
        help_text="The form, the call or the paper by which they said it: “Bath store sign-up”.",
    )
    at = forms.DateTimeField(
        label="When",
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local", "step": "1"}, format="%Y-%m-%dT%H:%M:%S"),
    )
    wording = forms.CharField(
        label="The words they agreed to",
        required=False,
        max_length=LONGEST_WORDING,
        help_text="As they stood before the person, word for word.",
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )

    def __init__(self, categories: Choices, zone: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].choices = [("*", "All advertising"), *categories]
        self.fields[
            "at"
        ].help_text = f"The clock of {zone}. It must be later than the stop, or it lifts nothing."

    def wanted(self, phone: int) -> ConsentWanted:
        """What the action is asked for."""
        said = self.cleaned_data
        at: datetime | None = said["at"]
        return ConsentWanted(
            phone=f"+{phone}",
            action="accept",
            categories=(said["category"],),
            timestamp=at,
            method=said["method"],
            wording=said["wording"],
        )
