"""The form of a process: a field for everything that R4.5 names; keywords stand in it one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms

from sayso.actions.process_rules import SCOPES, STARTABLE, Wanted
from sayso.console.forms import Form
from sayso.console.keywords.lines import Place
from sayso.console.keywords.reading import TYPES
from sayso.console.languages import SPOKEN, SpeakingForm

OWN = "own"
MODES = (
    ("exact", "it is only the keyword", "“Stop!” yes · “stop please” no"),
    ("word", "it begins with the word", "“Stop please” yes · “stopwatches?” no · usual choice"),
    ("prefix", "its letters begin with it", "“šťóp”, “s t o p”, “stopwatches” yes · “please stop” no"),
    ("contains", "the word is anywhere", "“please stop” yes · but “bus stop moved?” too"),
)
PREDEFINED_MODES = (
    ("", "each as it is meant"),
    *((mode, f"{told}, all of them") for mode, told, _ in MODES),
)


class LaterTypes(forms.Select):
    """A select in which the types of later releases stand greyed, so that one sees what is coming."""

    def create_option(self, name: str, value: Any, label: Any, *rest: Any, **more: Any) -> dict[str, Any]:
        option: dict[str, Any] = super().create_option(name, value, label, *rest, **more)
        if str(value) not in STARTABLE:
            option["attrs"]["disabled"] = True
            option["label"] = f"{label} (comes later)"
        return option


@dataclass(frozen=True, slots=True)
class Offered:
    """What can be chosen: lines, templates by id, categories; and the words that come along from a page."""

    lines: Mapping[int, Place]
    templates: Mapping[int, str]
    categories: Sequence[str]
    keywords: Sequence[str] = ()
    languages: Sequence[str] = ()
    texts_from: str = ""


class ProcessForm(SpeakingForm, Form):
    """A new process, or an edit: then its type and line are fixed."""

    name = forms.CharField(label="Name", max_length=200)
    type = forms.ChoiceField(label="Does", choices=list(TYPES.items()), widget=LaterTypes)
    line = forms.ChoiceField(label="Line", widget=forms.Select(attrs={"class": "form-select mono"}))
    word = forms.CharField(label="Your keywords", required=False, max_length=60, strip=True)
    match_mode = forms.ChoiceField(
        label="A text matches when",
        choices=[(mode, told) for mode, told, _ in MODES],
        widget=forms.RadioSelect,
    )
    predefined_mode = forms.ChoiceField(
        label="The words that come with it match", choices=PREDEFINED_MODES, required=False
    )
    scope = forms.ChoiceField(label="Then stop", choices=(), widget=forms.RadioSelect)
    categories = forms.MultipleChoiceField(
        label="Categories", required=False, widget=forms.CheckboxSelectMultiple
    )
    message = forms.ChoiceField(label="And answer", required=False)

    def __init__(self, data: Any, initial: Mapping[str, Any], offered: Offered, *, fixed: bool) -> None:
        super().__init__(data, initial=dict(initial))
        self.offered = offered
        self.words = list(offered.keywords)
        self.fixed = fixed
        self.refused_word = self.last_added = ""
        self.locked = False
        self._offer()
        self.speak(offered.languages)
        if fixed:
            for name in ("type", "line"):
                self.fields[name].disabled = True
                self.fields[name].required = False

    @property
    def fields_of_problems(self) -> Mapping[str, str]:  # type: ignore[override]
        """Where the action's names stand here."""
        spoken = {f"texts.{language}": SPOKEN + language for language in self.languages}
        return {"keywords": "word", "template_id": "message", "line_id": "line", "texts": "message"} | spoken

    @property
    def place(self) -> Place | None:
        """The line that is chosen now, however far the rest of the form has come."""
        said = str(self["line"].value() or "")
        return self.offered.lines.get(int(said)) if said.isascii() and said.isdecimal() else None

    @property
    def process_type(self) -> str:
        """The type that is chosen now."""
        said = str(self["type"].value() or "")
        return said if said in TYPES else "unsubscribe"

    @property
    def modes(self) -> list[tuple[Any, str]]:
        """The radio buttons of the match mode, each with what it takes and what it does not."""
        return list(zip(self["match_mode"], (example for *_, example in MODES), strict=True))

    @property
    def scopes(self) -> list[tuple[Any, str]]:
        """The radio buttons of the scope, each with what it means here."""
        return list(zip(self["scope"], self._reach, strict=True))

    @property
    def stops(self) -> bool:
        """Whether it stops somebody, so that a scope is to be chosen."""
        return self.process_type in ("unsubscribe", "unsubscribe_event")

    def added(self, word: str) -> None:
        """Take one more keyword, and empty the field for the next."""
        self.words.append(word)
        self.initial["word"] = ""
        self.last_added = word

    def watch(self, address: str) -> None:
        """Type and line decide what stands around them: a change of either has the page look again."""
        looking = {
            "hx-post": address,
            "hx-vals": '{"preview": "1"}',
            "hx-trigger": "change",
            "hx-target": "#editor",
            "hx-select": "#editor",
            "hx-swap": "outerMorph",
        }
        for name in () if self.fixed else ("type", "line"):
            self.fields[name].widget.attrs |= looking

    def lock(self) -> None:
        """For those who may look, not change."""
        self.locked = True
        for field in self.fields.values():
            field.disabled = True

    def wanted(self) -> Wanted:
        """What is asked for, as far as the form can be read; a half-typed one is fit to be tried."""
        said = {name: self[name].value() or "" for name in ("name", "match_mode", "predefined_mode", "scope")}
        chosen = str(self["message"].value() or "")
        return Wanted(
            self.process_type,
            str(said["name"]),
            self.place.id if self.place else 0,
            tuple(self.words),
            str(said["match_mode"]) or "word",
            str(said["predefined_mode"]) or None,
            str(said["scope"]) if said["scope"] in SCOPES else "channel",
            tuple(self["categories"].value() or ()) if said["scope"] == "categories" else (),
            next((key for key in self.offered.templates if str(key) == chosen), None),
            self.bodies if chosen == OWN else None,
            self.offered.texts_from,
        )

    def _offer(self) -> None:
        lines = self.offered.lines.values()
        choices = [(str(line.id), line.name) for line in lines if not line.withdrawn or self._stands_on(line)]
        self.fields["line"].choices = choices
        told = (
            "was withdrawn from your workspace while this form was open. Your words are kept: choose another."
        )
        self.fields["line"].error_messages["invalid_choice"] = f"This line {told}"
        self.fields["type"].error_messages["invalid_choice"] = "This type comes later. Choose another."
        self.fields["message"].choices = [
            ("", "Nothing"),
            (OWN, "With words of its own"),
            *((str(key), f"With the template “{name}”") for key, name in self.offered.templates.items()),
        ]
        self.fields["categories"].choices = [(name, name) for name in self.offered.categories]
        scopes = [
            ("channel", "All advertising", "every advertising text of the workspace"),
            ("line", "Only this line", "advertising sent from this line"),
            ("categories", "Some categories", "the ones that you tick below"),
            ("all", "Everything", "transactional texts too, one-time codes aside"),
        ]
        if not self.offered.categories:
            del scopes[2]
        self.fields["scope"].choices = [(value, told) for value, told, _ in scopes]
        self._reach = [reach for *_, reach in scopes]

    def _stands_on(self, line: Place) -> bool:
        return str(self.initial.get("line", "")) == str(line.id)
