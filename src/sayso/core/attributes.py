"""How much a contact's attributes may hold, however they come: by API, by hand, in a file (R8.1)."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import json

from sayso.core.problems import Problem

MOST = 200
LONGEST_NAME = 100
LONGEST_VALUE = 2_000
"""Characters of a name and of a value, which is written as JSON where it is no text."""


def faults(said: Mapping[str, object]) -> list[Problem]:
    """What is wrong with these; a null takes an attribute away, whatever its name."""
    if len(said) > MOST:
        return [Problem("attributes", "form", f"A contact has at most {MOST} attributes.")]
    kept = {name: value for name, value in said.items() if value is not None}
    found = []
    if any(not name.strip() or len(name) > LONGEST_NAME for name in kept):
        told = f"The name of an attribute has 1 to {LONGEST_NAME} characters."
        found.append(Problem("attributes", "name", told))
    long = next((name for name, value in kept.items() if _characters(value) > LONGEST_VALUE), None)
    if long is not None:
        told = f"The value of {long[:LONGEST_NAME]} has more than {LONGEST_VALUE:,} characters."
        found.append(Problem("attributes", "too_long", told))
    return found


def _characters(value: object) -> int:
    return len(value if isinstance(value, str) else json.encode(value).decode())
