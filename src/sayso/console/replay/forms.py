"""What to replay: which texts, on which line, with what changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from sayso.actions.replays import OWN_MODES, ReplayWanted
from sayso.console.forms import Form
from sayso.console.replay.words import keywords
from sayso.core.modes import MODES

AS_NOW = "now"
OWN = "own"
MODE_WORDS = {
    "exact": "exact: the keyword is the whole text",
    "word": "word: the text begins with it",
    "prefix": "prefix: the text begins with it, blanks aside",
    "contains": "contains: it stands anywhere in the text",
}
_MODES = [(name, MODE_WORDS[name]) for name in MODES]


class ReplayForm(Form):
    """A line, its texts, and another mode or other words."""

    fields_of_problems: Mapping[str, str] = {"line_id": "line"}

    line = forms.ChoiceField(label="Line")
    match_mode = forms.ChoiceField(
        label="Match mode of its own keywords", choices=[(AS_NOW, "As it is now"), *_MODES]
    )
    predefined_mode = forms.ChoiceField(
        label="Mode of the predefined words",
        choices=[(AS_NOW, "As it is now"), (OWN, "each word its own"), *_MODES],
    )
    keywords = forms.CharField(
        label="Other keywords",
        required=False,
        max_length=4_000,
        help_text="In place of its own, with commas between. Empty: as they are now.",
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto", "spellcheck": "false"}),
    )
    source = forms.ChoiceField(
        label="Texts",
        choices=[("month", "All texts to this line in the last 30 days"), ("file", "A file")],
        initial="month",
        widget=forms.RadioSelect,
    )
    file = forms.FileField(
        label="File",
        required=False,
        allow_empty_file=True,
        help_text="A CSV of at most 5 MiB. Its header has text, and if you like from, to, received_at.",
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
    )

    def __init__(self, lines: Sequence[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["line"].choices = lines

    def clean(self) -> dict[str, Any]:
        """A file is needed where one is to be read."""
        said: dict[str, Any] = super().clean()
        if said.get("source") == "file" and not said.get("file"):
            self.add_error("file", "Choose the file whose texts are to be read.")
        return said

    def wanted(self) -> ReplayWanted:
        """What the action is asked for."""
        said = self.cleaned_data
        predefined = {AS_NOW: None, OWN: OWN_MODES}.get(said["predefined_mode"], said["predefined_mode"])
        return ReplayWanted(
            int(said["line"]),
            None if said["match_mode"] == AS_NOW else said["match_mode"],
            predefined,
            keywords(said["keywords"]) or None,
        )
