"""Languages by their names, for people who choose one."""

from __future__ import annotations

from django.utils.translation import get_language_info

from sayso.core.words import VOCABULARIES

OFFERED = tuple(words.language for words in VOCABULARIES)
"""The languages whose words we know; others can be had through the API."""


def named(code: str) -> str:
    """English for en; a code that nobody has a name for stays as it is."""
    try:
        return str(get_language_info(code)["name"])
    except KeyError:
        return code


def choices() -> list[tuple[str, str]]:
    """Codes with their names, by name."""
    return sorted(((code, named(code)) for code in OFFERED), key=lambda pair: pair[1])
