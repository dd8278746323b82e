"""A campaign's text with what is known of each recipient in it (R9.2).

Understood is `{{ name }}` and `{{ name | default: "friend" }}`, of a contact's own fields and any attribute.
What has neither a value nor a default is missing: such a text is not sent, for nobody should read "Hi ,".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sayso.core.problems import Problem

OPT_OUT_MESSAGE = "opt_out_message"
FIELDS = ("external_id", "phone", "email", "language", "country", "time_zone")
"""What stands for a contact's own fields; every other name is an attribute."""

_OPEN = re.compile(r"\{\{|\}\}|\{%|%\}")
_VARIABLE = re.compile(
    r"\s*(?:contact\.)?(?P<name>[^\W\d]\w*(?:[.-]\w+)*)\s*"
    r"""(?:\|\s*default\s*:\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)')\s*)?"""
)
LONGEST_VALUE = 1_600


@dataclass(frozen=True, slots=True)
class Variable:
    """A name, and what stands in its place where nothing is known; None: then the text is not sent."""

    name: str
    default: str | None


@dataclass(frozen=True, slots=True)
class Missing:
    """There is no value for a name that has no default."""

    name: str


@dataclass(frozen=True, slots=True)
class Text:
    """A text that was understood: words and variables in turn."""

    pieces: tuple[str | Variable, ...]

    @property
    def names(self) -> frozenset[str]:
        """What it asks for."""
        return frozenset(piece.name for piece in self.pieces if isinstance(piece, Variable))

    def render(self, values: Mapping[str, object]) -> str | Missing:
        """The text for one recipient, or the first name that is missing."""
        said = []
        for piece in self.pieces:
            if isinstance(piece, str):
                said.append(piece)
                continue
            value = _as_text(values.get(piece.name)) or piece.default
            if value is None:
                return Missing(piece.name)
            said.append(value)
        return "".join(said)


def read(body: str, field: str = "body") -> Text | Problem:
    """Understand a text. A problem of `field` says where it is not understood, and what to write instead."""
    pieces: list[str | Variable] = []
    at = 0
    for begins, ends in _braces(body):
        if begins is None or ends is None:
            return _unclosed(field, body, begins if begins is not None else ends)
        inside = body[begins + 2 : ends]
        if not body.startswith("{{", begins):
            return _beyond(field, f"{{%{inside}%}}")
        found = _VARIABLE.fullmatch(inside)
        if found is None:
            return _beyond(field, f"{{{{{inside}}}}}")
        pieces += [body[at:begins], Variable(found["name"], _default(found))]
        at = ends + 2
    pieces.append(body[at:])
    return Text(tuple(piece for piece in pieces if piece != ""))


def with_opt_out(text: Text, message: Text, *, appended: bool) -> Text:
    """R9.3: the opt-out message where it was put, else (`appended`) at the end; it may have names itself."""
    if OPT_OUT_MESSAGE in text.names:
        placed = [
            each
            for piece in text.pieces
            for each in (message.pieces if piece == Variable(OPT_OUT_MESSAGE, None) else (piece,))
        ]
        return Text(tuple(placed))
    if not appended or not message.pieces:
        return text
    last = text.pieces[-1] if text.pieces else ""
    apart = "" if not text.pieces or (isinstance(last, str) and last.endswith((" ", "\n"))) else " "
    return Text((*text.pieces, *([apart] if apart else []), *message.pieces))


def _braces(body: str) -> Iterator[tuple[int | None, int | None]]:
    """Where each pair begins and ends; None for the one that is missing."""
    begins: int | None = None
    for found in _OPEN.finditer(body):
        opens = found[0] in ("{{", "{%")
        if opens and begins is None:
            begins = found.start()
        elif opens or begins is None:
            yield (begins, None) if opens else (None, found.start())
            return
        else:
            yield begins, found.start()
            begins = None
    if begins is not None:
        yield begins, None


def _default(found: re.Match[str]) -> str | None:
    return found["double"] if found["double"] is not None else found["single"]


def _as_text(value: object) -> str | None:
    """What may be written into a text: a word, a number, a yes or no; one that is empty counts as missing."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return f"{value:g}" if isinstance(value, float) else str(value)
    return value.strip()[:LONGEST_VALUE] or None if isinstance(value, str) else None


def _unclosed(field: str, body: str, at: int | None) -> Problem:
    near = body[at or 0 : (at or 0) + 24]
    told = f"The braces near “{near}” do not come in pairs. Write {{{{ name }}}}."
    return Problem(field, "braces", told)


def _beyond(field: str, said: str) -> Problem:
    told = (
        f"“{said[:60]}” is not understood. Write {{{{ name }}}}, "
        'or {{ name | default: "friend" }} for what stands there where the name is not known.'
    )
    return Problem(field, "not_understood", told)
