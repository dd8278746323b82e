"""A new list, and people written down to be put on it."""

from __future__ import annotations

from collections.abc import Mapping

from django import forms

from sayso.actions.lists import LONGEST_NAME
from sayso.console.forms import Form

LONGEST_WRITTEN = 400_000


class ListForm(Form):
    """A list's name."""

    name = forms.CharField(
        label="Name", max_length=LONGEST_NAME, help_text="What you and your colleagues choose it by."
    )


class PeopleForm(Form):
    """Contacts, one a line."""

    fields_of_problems: Mapping[str, str] = {"external_ids": "people"}

    people = forms.CharField(
        label="People",
        max_length=LONGEST_WRITTEN,
        help_text="One a line: an external id, or a number with its country code or as it is dialled in your "
        "country. A number means everybody who has it. At most 10,000 at once.",
        widget=forms.Textarea(attrs={"rows": 6, "dir": "auto", "spellcheck": "false", "autocomplete": "off"}),
    )

    def written(self) -> list[str]:
        """What stands there, each once, in its order."""
        lines = (line.strip() for line in self.cleaned_data["people"].splitlines())
        return list(dict.fromkeys(line for line in lines if line))
