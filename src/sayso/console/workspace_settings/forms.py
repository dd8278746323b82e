"""What a workspace, or a person, sets."""

from __future__ import annotations

from functools import cache
from itertools import groupby
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from sayso.actions.categories import CategoryWanted
from sayso.actions.workspaces import EVENT_FIELDS, LONGEST_EVENT_NAME, EventNames, OptOut
from sayso.console.accounts.models import User
from sayso.console.forms import Form, Words
from sayso.console.lenses.settings import Category


def _mono(placeholder: str) -> forms.TextInput:
    return forms.TextInput(
        attrs={
            "class": "form-control mono",
            "placeholder": placeholder,
            "autocomplete": "off",
            "spellcheck": "false",
        }
    )


class OptOutForm(Form):
    """R7.1: what is said when people stop, and what else means stop."""

    message = Words(
        label="Opt-out message",
        required=False,
        strip=True,
        help_text="How people are told to stop: “Text STOP to end”. A stop is answered by its process.",
    )
    terms = forms.CharField(
        label="Opt-out terms",
        required=False,
        help_text="Words or phrases, with commas between them: take me off, no more texts. Wherever one "
        "stands in a text, on any of your lines, it means stop.",
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )

    def wanted(self) -> OptOut:
        """The settings as the action takes them."""
        said = self.cleaned_data
        written = said["terms"].replace("\n", ",").split(",")
        return OptOut(said["message"], tuple(term.strip() for term in written if term.strip()))


class CategoryForm(Form):
    """A category, its legal basis, and whether a stop rejects it."""

    name = forms.CharField(label="Name", help_text="As your systems call it: promotions, events.")
    legal_basis = forms.ChoiceField(
        label="Legal basis",
        choices=[
            ("consent", "Consent: only who said yes is texted"),
            ("legitimate_interest", "Legitimate interest: everybody but who said no"),
        ],
        widget=forms.RadioSelect,
    )
    rejected_by_stop = forms.BooleanField(
        label="A stop rejects it",
        required=False,
        help_text="The ledger then holds a rejection of this category for everyone who stops; of the "
        "five oldest such categories at most.",
    )

    def __init__(self, *args: Any, fixed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if fixed:
            # Its name is what ledger and messages know it by.
            self.fields["name"].disabled = True
            self.fields["name"].help_text = "Ledger and messages know it by this name, so it stays."

    def clean_name(self) -> str:
        """A new one does not silently take the place of another."""
        name = str(self.cleaned_data["name"])
        if not self.fields["name"].disabled and Category.objects.filter(name=name).exists():
            raise forms.ValidationError(f"There is a category “{name}” already. Change that one.")
        return name

    def wanted(self) -> CategoryWanted:
        """The category as the action takes it."""
        return CategoryWanted(**self.cleaned_data)


class EventForm(Form):
    """R5.6: what the incoming-message event and its fields are called."""

    name = forms.CharField(label="Event name", max_length=LONGEST_EVENT_NAME)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in EVENT_FIELDS:
            self.fields[field] = forms.CharField(
                label=field, required=False, max_length=LONGEST_EVENT_NAME, widget=_mono(field)
            )

    def refused(self, answer: object) -> bool:
        """A problem of `properties.sender` stands beside `sender`."""
        self.fields_of_problems = {f"properties.{field}": field for field in EVENT_FIELDS}
        return super().refused(answer)

    def wanted(self) -> EventNames:
        """The names as the action takes them."""
        said = self.cleaned_data
        return EventNames(said["name"], {field: said[field] for field in EVENT_FIELDS if said[field]})


class ZoneSelect(forms.Select):
    """Four hundred zones under the names of their continents.

    Written out here: Django renders a template an option, which took 130 ms of the page's 150.
    """

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        """The select with its groups."""
        groups = format_html_join(
            "",
            '<optgroup label="{}">{}</optgroup>',
            (
                (continent, _options(list(found), str(value)))
                for continent, found in groupby(zones(), key=lambda zone: zone.partition("/")[0])
            ),
        )
        attributes = flatatt(self.build_attrs(self.attrs, {**(attrs or {}), "name": name}))
        return format_html("<select{}>{}</select>", attributes, groups)


class ZoneForm(Form):
    """In which zone the workspace's times are told."""

    time_zone = forms.ChoiceField(label="Time zone", widget=ZoneSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["time_zone"].choices = [(zone, zone.replace("_", " ")) for zone in zones()]


class LinksForm(Form):
    """R9.4: what links begin with."""

    host = forms.CharField(
        label="Host name",
        required=False,
        max_length=253,
        help_text="Such as go.example.com. The shorter, the more room in a text. Empty: this server’s.",
        widget=_mono("go.example.com"),
    )


class ThemeForm(Form):
    """How the console looks to this person."""

    theme = forms.ChoiceField(
        label="Appearance", required=False, choices=User.Theme.choices, widget=forms.RadioSelect
    )


def _options(found: list[str], chosen: str) -> SafeString:
    rows = (
        (zone, mark_safe(" selected") if zone == chosen else "", zone.replace("_", " "))  # our own constant
        for zone in found
    )
    return format_html_join("", '<option value="{}"{}>{}</option>', rows)


@cache
def zones() -> list[str]:
    """The zones that people know: places, and UTC."""
    places = (
        "Africa/",
        "America/",
        "Antarctica/",
        "Asia/",
        "Atlantic/",
        "Australia/",
        "Europe/",
        "Indian/",
        "Pacific/",
    )
    return ["UTC", *sorted(zone for zone in available_timezones() if zone.startswith(places))]
