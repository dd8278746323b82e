"""The form of a segment: its name, and its conditions as the builder's rows say them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django import forms

from sayso.actions.segments import LONGEST_NAME
from sayso.console.forms import Form
from sayso.storage.segments import SegmentDraft


class SegmentForm(Form):
    """`conditions` is JSON that the view puts there out of the rows; its choices say it in words."""

    name = forms.CharField(
        label="Name", max_length=LONGEST_NAME, help_text="What you and your colleagues choose it by."
    )
    conditions = forms.ChoiceField(label="Conditions", widget=forms.HiddenInput)

    def __init__(self, data: Any, initial: Mapping[str, Any], told: Mapping[str, str]) -> None:
        super().__init__(data, initial=dict(initial))
        self.fields["conditions"].choices = list(told.items())

    def wanted(self) -> SegmentDraft:
        """What is asked for."""
        return SegmentDraft(self.cleaned_data["name"], json.loads(self.cleaned_data["conditions"]))


def written(conditions: Mapping[str, object]) -> str:
    """Conditions as the form carries them: equal ones are equal texts."""
    return json.dumps(conditions, sort_keys=True, ensure_ascii=False)
