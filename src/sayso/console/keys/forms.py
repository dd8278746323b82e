"""What a new key is told."""

from __future__ import annotations

from typing import Any

from django import forms

from sayso.actions.actor import EXTRA, ORDINARY
from sayso.actions.keys import LONGEST_NAME, KeyDraft
from sayso.console.forms import Form


class KeyForm(Form):
    """Name, reach, mode. Nothing is ticked that nobody ticked; a key without any ordinary scope would be
    given all of them, so one is asked for."""

    name = forms.CharField(
        label="Name",
        max_length=LONGEST_NAME,
        help_text="What will use it: “Shop”, “Nightly import”.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    ordinary = forms.MultipleChoiceField(
        label="It may",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Tick what the key is for: at least one of these."},
    )
    extra = forms.MultipleChoiceField(
        label="Only where it must",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    test_mode = forms.BooleanField(
        label="Test mode", required=False, help_text="It reaches the simulator alone: no text leaves."
    )
    fields_of_problems = {"scopes": "extra"}  # noqa: RUF012

    def __init__(self, *args: Any, may_give: frozenset[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, scopes in (("ordinary", ORDINARY), ("extra", EXTRA)):
            self.fields[name].choices = [
                (scope, f"{words[0].upper()}{words[1:]}")
                for scope, words in scopes.items()
                if scope in may_give
            ]

    def wanted(self) -> KeyDraft:
        """The key as the action takes it."""
        said = self.cleaned_data
        return KeyDraft(said["name"], (*said["ordinary"], *said["extra"]), said["test_mode"])
