"""The form of a template: a name, a class, and a text for each language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from sayso.actions.templates import TemplateWanted
from sayso.console.forms import Form
from sayso.console.languages import SPOKEN, SpeakingForm

CLASSES = (
    ("transactional", "Transactional", "an answer or a notice that somebody waits for"),
    ("advertising", "Advertising", "everything that sells; never to people who stopped"),
)


class TemplateForm(SpeakingForm, Form):
    """A new template, or an edit, which ends its approval."""

    name = forms.CharField(label="Name", max_length=200, help_text="For you and your colleagues.")
    message_class = forms.ChoiceField(
        label="It is", choices=[(value, word) for value, word, _ in CLASSES], widget=forms.RadioSelect
    )

    def __init__(self, data: Any, initial: Mapping[str, Any], languages: Iterable[str]) -> None:
        super().__init__(data, initial=dict(initial))
        self.locked = False
        self.speak(languages)

    @property
    def fields_of_problems(self) -> Mapping[str, str]:  # type: ignore[override]
        """Where the action's names stand here."""
        first = {"texts": SPOKEN + self.languages[0]} if self.languages else {}
        spoken = {f"texts.{language}": SPOKEN + language for language in self.languages}
        return {"class": "message_class"} | first | spoken

    @property
    def classes(self) -> list[tuple[Any, str]]:
        """The radio buttons of the class, each with what it means."""
        return list(zip(self["message_class"], (told for *_, told in CLASSES), strict=True))

    def wanted(self) -> TemplateWanted:
        """What is asked for."""
        return TemplateWanted(self.cleaned_data["name"], self.cleaned_data["message_class"], self.bodies)

    def lock(self) -> None:
        """For those who may look, not change."""
        self.locked = True
        for field in self.fields.values():
            field.disabled = True
