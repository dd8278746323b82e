"""Attributes as a person edits them, `name: value` a line; what was not touched keeps its kind (R8.1)."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from sayso.core.problems import Problem


def lines(attributes: Mapping[str, object]) -> str:
    """The attributes, one a line, by name; what is no plain text is written as JSON."""
    return "\n".join(f"{name}: {_written(attributes[name])}" for name in sorted(attributes))


def read(said: str, stood: Mapping[str, object]) -> Mapping[str, object] | Problem:
    """The attributes that were meant, whole; a value that is written as it stood is what it was.

    How long they may be is asked of the contact (`attributes`).
    """
    told: dict[str, object] = {}
    for line in filter(str.strip, said.splitlines()):
        name, mark, value = (part.strip() for part in line.partition(":"))
        if not mark or not name:
            sentence = (
                f"Write an attribute as name: value, each on its line. This is none: {line.strip()[:60]}"
            )
            return Problem("attributes", "form", sentence)
        if name in told:
            return Problem("attributes", "twice", f"{name} stands twice. Write each attribute once.")
        same = name in stood and _written(stood[name]) == value
        told[name] = stood[name] if same else value
    return told


def changed(wanted: Mapping[str, object], stood: Mapping[str, object]) -> Mapping[str, object]:
    """The same as a record says it: what is gone is taken away by a null."""
    return {**dict.fromkeys(stood), **wanted}


def _written(value: object) -> str:
    if isinstance(value, str) and value == value.strip() and value.isprintable():
        return value
    return msgspec.json.encode(value).decode()
