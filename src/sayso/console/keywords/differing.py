"""Two people edited one process: what stands now beside what the second one wants, field by field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sayso.console.keywords.forms import MODES, OWN, ProcessForm
from sayso.console.keywords.opening import Opening
from sayso.console.languages import named
from sayso.console.meanwhile import Differs

_MODES = {mode: told for mode, told, _ in MODES}
_SCOPES = {
    "channel": "All advertising",
    "line": "Only this line",
    "categories": "Some categories",
    "all": "Everything",
}
_LABELS = {
    "name": "Name",
    "keywords": "Keywords",
    "match_mode": "A text matches when",
    "predefined_mode": "The words that come with it",
    "scope": "Then stop",
    "categories": "Categories",
    "message": "Message",
}


def differences(difference: Mapping[str, Any], opening: Opening, form: ProcessForm) -> list[Differs]:
    """Every field that differs, in the order of the form."""
    named_here = {"message" if name in ("template_id", "texts") else name for name in difference}
    return [
        Differs(name, label, *_pair(name, difference, opening, form), str(form.data.get(f"keep_{name}", "")))
        for name, label in _LABELS.items()
        if name in named_here
    ]


def _pair(name: str, difference: Mapping[str, Any], opening: Opening, form: ProcessForm) -> tuple[str, str]:
    if name == "message":
        theirs = _message(str(opening.initial["message"]), opening.texts, opening)
        return theirs, _message(str(form["message"].value() or ""), form.bodies, opening)
    both: Mapping[str, Any] = difference[name]
    return _words(name, both["stands"]), _words(name, both["yours"])


def _message(chosen: str, texts: Mapping[str, str], opening: Opening) -> str:
    if chosen == OWN:
        said = [f"{named(language)}: {body}" for language, body in sorted(texts.items())]
        return "\n".join(said) or "Nothing"
    name = opening.templates.get(int(chosen)) if chosen.isdecimal() else None
    return f"The template “{name}”" if name else "Nothing"


def _words(name: str, value: Any) -> str:
    if name in ("match_mode", "predefined_mode"):
        return _MODES.get(value, "each as it is meant")
    if name == "scope":
        return _SCOPES.get(value, str(value))
    return ", ".join(value) or "none" if isinstance(value, list | tuple) else str(value)
