"""Numbers, lines and connections, as an operator makes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.html import format_html

from sayso.actions.connections import Wanted
from sayso.actions.fallback import FEWEST_SECONDS, MOST_SECONDS, NO_FALLBACK, Fallback
from sayso.actions.numbers import LineWanted
from sayso.console import languages
from sayso.console.components.places import country_choices
from sayso.console.forms import Form, Words
from sayso.console.lenses.operators import ProviderConnection
from sayso.console.numbers.reading import KINDS
from sayso.providers import catalogue
from sayso.providers.contract import Choice, Field
from sayso.storage.numbers import NumberDraft
from sayso.storage.workspaces import Named

Other = tuple[int, str]
"""A connection to choose: its id and name."""
PLAIN = {"autocomplete": "off", "spellcheck": "false"}


class NumberForm(Form):
    """A number that customers can text."""

    number = forms.CharField(
        label="Number",
        max_length=40,
        help_text="With its country code; a short code as it is.",
        widget=forms.TextInput(attrs={**PLAIN, "inputmode": "tel"}),
    )
    kind = forms.ChoiceField(label="Kind", choices=list(KINDS.items()))
    country = forms.ChoiceField(label="Country")
    connection = forms.ChoiceField(label="Connection")
    fields_of_problems = {"connection_id": "connection"}  # noqa: RUF012

    def __init__(self, *args: Any, connections: list[ProviderConnection], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].choices = country_choices()
        self.fields["connection"].choices = [(each.id, f"{each.name} ({each.kind})") for each in connections]

    def wanted(self) -> NumberDraft:
        """The number as the action takes it."""
        said = self.cleaned_data
        return NumberDraft(int(said["connection"]), said["number"], said["kind"], said["country"], "")


class HelpForm(Form):
    """R3.3: what a bare HELP on a shared code is told."""

    help_answer = Words(
        label="Answer to a bare HELP",
        required=False,
        strip=True,
        help_text="Whoever texts HELP without a provider keyword is told this. Empty: nothing.",
    )


class LineForm(Form):
    """Who gets a line on a number."""

    workspace = forms.ChoiceField(label="Workspace")
    provider_keyword = forms.CharField(
        label="Provider keyword",
        required=False,
        max_length=40,
        help_text="The word before or after the rest that says who is meant: “baby stop”.",
        widget=forms.TextInput(attrs=PLAIN),
    )
    language = forms.ChoiceField(label="Language", help_text="Of what it answers by itself.")
    fields_of_problems = {"workspace_id": "workspace"}  # noqa: RUF012

    def __init__(self, *args: Any, workspaces: list[Named], shared: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = languages.choices(())
        self.fields["workspace"].choices = [(each.id, each.name) for each in workspaces]
        if not shared:
            del self.fields["provider_keyword"]

    def wanted(self, number_id: int) -> LineWanted:
        """The line as the action takes it."""
        said = self.cleaned_data
        return LineWanted(number_id, said.get("provider_keyword", ""), said["language"])


class ConnectionForm(Form):
    """An account at a provider: what every kind has, then what this kind has; secrets are never shown."""

    name = forms.CharField(
        label="Name", max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    parts_per_second = forms.IntegerField(
        label="Parts per second", min_value=1, max_value=100_000, help_text="What the provider lets you send."
    )

    def __init__(self, *args: Any, kind: str, others: Sequence[Other] | None, **kwargs: Any) -> None:
        """`others`: which may stand in for a stored one; None: it is new."""
        super().__init__(*args, **kwargs)
        self.kind = kind
        stored = others is not None
        for field in catalogue.fields(kind):
            self.fields[field.name] = _drawn(field, stored=stored)
        if others:
            self.fields |= _standing_in(others)
        # On top of the class: an action names a setting `settings.auth_token`.
        named = {f"settings.{field.name}": field.name for field in catalogue.fields(kind)}
        self.fields_of_problems = {**named, "fallback_connection_id": "fallback"}

    def wanted(self) -> Wanted:
        """The connection as the action takes it; a secret left empty stays as it is stored."""
        said = self.cleaned_data
        told = {field.name: said[field.name] for field in catalogue.fields(self.kind)}
        other = said.get("fallback")
        fallback = Fallback(int(other) if other else None, said.get("fallback_after") or NO_FALLBACK.after)
        return Wanted(said["name"], self.kind, told, said["parts_per_second"], fallback)


def _standing_in(others: Sequence[Other]) -> dict[str, forms.Field]:
    return {
        "fallback": forms.ChoiceField(
            label="While the provider is silent",
            required=False,
            choices=[("", "Messages wait"), *((str(id_), f"They leave by {name}") for id_, name in others)],
            help_text="From numbers that are registered there too, as the same kind and without a line. "
            "What may have left already is never sent again. It ends when this provider answers.",
        ),
        "fallback_after": forms.IntegerField(
            label="After seconds of silence",
            min_value=FEWEST_SECONDS,
            max_value=MOST_SECONDS,
            initial=NO_FALLBACK.after,
            required=False,
            help_text="Counted from the alarm that the provider does not answer.",
        ),
    }


def _drawn(field: Field, *, stored: bool) -> forms.Field:
    free = not field.required and not field.choices
    told = f"{field.help} May stay empty.".strip() if free else field.help
    words: dict[str, Any] = {"label": field.label, "help_text": told, "required": field.required}
    if field.choices:
        empty = [] if field.required or field.default else [("", "As is usual")]
        told_more = any(choice.more for choice in field.choices)
        widget = forms.RadioSelect(attrs={"class": "form-check-input"}) if told_more else forms.Select()
        choices = [*empty, *((choice.code, _words(choice)) for choice in field.choices)]
        return forms.ChoiceField(choices=choices, initial=field.default, widget=widget, **words)
    if not field.secret:
        return forms.CharField(initial=field.default, widget=forms.TextInput(attrs=PLAIN), **words)
    if stored:
        words |= {"required": False, "help_text": f"{field.help} Left empty, it stays as it is.".strip()}
    return forms.CharField(
        strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}), **words
    )


def _words(choice: Choice) -> str:
    if not choice.more:
        return choice.words
    return str(format_html('<b>{}</b> <span class="says">{}</span>', choice.words, choice.more))
