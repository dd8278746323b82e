"""Texts in several languages: a box for each, named for people, and one more on asking."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import get_language_info

from sayso.console.forms import Words
from sayso.core.words import VOCABULARIES

SPOKEN = "text_"
OFFERED = tuple(words.language for words in VOCABULARIES)
"""The languages whose words we know; others can be had through the API."""
_NAMES = {"zh": "Chinese", "nb": "Norwegian"}


def named(code: str) -> str:
    """English for en; a code that nobody has a name for stays as it is."""
    try:
        return _NAMES.get(code) or str(get_language_info(code)["name"])
    except KeyError:
        return code


def choices(without: Iterable[str]) -> list[tuple[str, str]]:
    """Codes with their names, by name, those left out that have a box already."""
    left = [code for code in OFFERED if code not in set(without)]
    return sorted(((code, named(code)) for code in left), key=lambda pair: pair[1])


class SpeakingForm(forms.Form):
    """Part of a form that holds texts by language; `speak` gives it their boxes."""

    languages: list[str]

    def speak(self, languages: Iterable[str]) -> None:
        """A box for each of these languages."""
        self.languages = list(languages)
        for language in self.languages:
            widget = forms.Textarea(attrs={"lang": language})
            self.fields[SPOKEN + language] = Words(
                label=f"In {named(language)}", required=False, widget=widget
            )

    @property
    def spoken(self) -> list[Any]:
        """The boxes."""
        return [self[SPOKEN + language] for language in self.languages]

    @property
    def language_choices(self) -> list[tuple[str, str]]:
        """The languages that may still get a box."""
        return choices(self.languages)

    @property
    def bodies(self) -> dict[str, str]:
        """The texts that say something, by language, as they are typed now."""
        found = {language: str(self[SPOKEN + language].value() or "") for language in self.languages}
        return {language: body.replace("\r\n", "\n") for language, body in found.items() if body.strip()}
