"""What can be done at a telephone: text from it, set it."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType
from typing import Any

from django import forms

from sayso.actions.telephones import Setting, TextWanted
from sayso.console.components.numbers import spaced
from sayso.console.forms import Form
from sayso.storage.numbers import Line

STATES = [("on", "on"), ("off", "off")]
RECEIPTS = [("on", "delivered"), ("failed", "failed"), ("off", "none")]
DELAYS = [("0", "none"), ("3000", "3 s"), ("10000", "10 s"), ("30000", "30 s")]
LOSSES = [("0.0", "none"), ("0.2", "1 in 5"), ("0.5", "1 in 2")]
SLIM = {"class": "form-select slim"}
BOX = {"class": "form-control slim", "autocomplete": "off", "dir": "auto"}


class TextForm(Form):
    """A text, or a picture with or without words, to one of the workspace's lines."""

    line = forms.TypedChoiceField(label="To", coerce=int, widget=forms.Select(SLIM))
    body = forms.CharField(
        required=False, strip=False, widget=forms.TextInput(BOX | {"placeholder": "Text, STOP for instance"})
    )
    media = forms.CharField(required=False, widget=forms.TextInput(BOX | {"placeholder": "https://"}))
    fields_of_problems = MappingProxyType({"line_id": "line"})

    def __init__(self, lines: Sequence[Line], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["line"].choices = [(line.id, name_of(line)) for line in lines]
        told = next(
            (line for line in lines if line.id == self.initial.get("line")), lines[0] if lines else None
        )
        if told is not None and told.provider_keyword:
            # On a shared code a STOP that names nobody may reach nobody here (R3.3).
            hint = f"Text, {told.provider_keyword} STOP for instance"
            self.fields["body"].widget.attrs["placeholder"] = hint

    def add_error(self, field: str | None, error: Any) -> None:
        """As any form's; the box names the sentence that stands under it."""
        super().add_error(field, error)
        if field in self.fields:
            named = self[field].id_for_label
            self.fields[field].widget.attrs |= {"aria-invalid": "true", "aria-describedby": f"{named}-error"}

    def wanted(self, place: int) -> TextWanted:
        """What was asked for; a box sends its line ends as a telephone never would."""
        said = self.cleaned_data
        media = (said["media"],) if said["media"] else ()
        return TextWanted(place, said["line"], said["body"].replace("\r\n", "\n"), media)


class KnobsForm(Form):
    """How a telephone is set. A value that only the carrier's own interface can set stays to be chosen."""

    on = forms.ChoiceField(label="Telephone", choices=STATES, widget=forms.Select(SLIM))
    receipts = forms.ChoiceField(label="Receipts", choices=RECEIPTS, widget=forms.Select(SLIM))
    delay = forms.ChoiceField(label="Delay", choices=DELAYS, widget=forms.Select(SLIM))
    loss = forms.ChoiceField(label="Loss", choices=LOSSES, widget=forms.Select(SLIM))

    def __init__(self, setting: Setting, *args: Any, **kwargs: Any) -> None:
        stands = {
            "on": "on" if setting.on else "off",
            "receipts": setting.receipts,
            "delay": str(setting.delay_ms),
            "loss": str(setting.loss),
        }
        super().__init__(*args, initial=stands, **kwargs)
        for name, word in (("delay", f"{setting.delay_ms} ms"), ("loss", f"{setting.loss:.0%}")):
            field = self.fields[name]
            if stands[name] not in dict(field.choices):
                field.choices = [*field.choices, (stands[name], word)]

    def wanted(self) -> Setting:
        """What was asked for."""
        said = self.cleaned_data
        return Setting(said["on"] == "on", int(said["delay"]), float(said["loss"]), said["receipts"])


def name_of(line: Line) -> str:
    """A line as people read it."""
    shown = spaced(int(line.number), line.number) if line.kind == "long_code" else line.number
    return shown + (f" / {line.provider_keyword}" if line.provider_keyword else "")
