"""A campaign's text with what is known of each recipient in it (R9.2).

`{{ name }}` and `{{ name | default: "friend" }}`, of a contact's own fields and any attribute, are compiled
to plain Python. Whatever asks for more is Liquid (`liquid_text`). What has neither a value nor a default is
missing: such a text is not sent, for nobody should read "Hi ,".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sayso.core import liquid_text, plain_letters
from sayso.core.liquid_text import Rich
from sayso.core.problems import Problem
from sayso.core.text_values import Missing, as_text, clean

__all__ = [
    "FIELDS",
    "OPT_OUT_MESSAGE",
    "Missing",
    "Text",
    "Variable",
    "as_written",
    "read",
    "whole",
    "with_opt_out",
]

OPT_OUT_MESSAGE = "opt_out_message"
FIELDS = ("external_id", "phone", "email", "language", "country", "time_zone")
"""What stands for a contact's own fields; every other name is an attribute."""

_OPEN = re.compile(r"\{\{|\}\}|\{%|%\}")
_VARIABLE = re.compile(
    r"\s*(?:contact\.)?(?P<name>[^\W\d]\w*(?:[.-]\w+)*)\s*"
    r"""(?:\|\s*default\s*:\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)')\s*)?"""
)


@dataclass(frozen=True, slots=True)
class Variable:
    """A name, and what stands in its place where nothing is known; None: then the text is not sent."""

    name: str
    default: str | None


@dataclass(frozen=True, slots=True)
class Text:
    """A text that was understood: words, variables and what Liquid writes, in turn.

    `opt_out` is what Liquid finds under {{ opt_out_message }}. `plain`: once written, letters that force
    Unicode are replaced where a plain one says the same.
    """

    pieces: tuple[str | Variable | Rich, ...]
    opt_out: Text | None = None
    plain: bool = False
    names: frozenset[str] = field(init=False, compare=False, repr=False)
    _form: tuple[str, tuple[Variable, ...]] | None = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Work out what it asks for, and, where Liquid writes none of it, its form: words with gaps."""
        variables = tuple(piece for piece in self.pieces if isinstance(piece, Variable))
        rich = [piece for piece in self.pieces if isinstance(piece, Rich)]
        names = frozenset(piece.name for piece in variables).union(*(piece.names for piece in rich))
        words = (piece.replace("%", "%%") if isinstance(piece, str) else "%s" for piece in self.pieces)
        object.__setattr__(self, "names", names)
        object.__setattr__(self, "_form", None if rich else ("".join(words), variables))

    @property
    def is_rich(self) -> bool:
        """Whether Liquid writes any of it."""
        return self._form is None

    def render(self, values: Mapping[str, object]) -> str | Missing:
        """The text for one recipient, or the first name that is missing."""
        whole = self._with_rich(values) if self._form is None else _filled(*self._form, values)
        return plain_letters.plainly(whole) if self.plain and isinstance(whole, str) else whole

    def _with_rich(self, values: Mapping[str, object]) -> str | Missing:
        said = []
        for piece in self.pieces:
            if isinstance(piece, Rich):
                written = self._rich(piece, values)
            elif isinstance(piece, Variable):
                written = _filled("%s", (piece,), values)
            else:
                written = piece
            if isinstance(written, Missing):
                return written
            said.append(written)
        return "".join(said)

    def _rich(self, piece: Rich, values: Mapping[str, object]) -> str | Missing:
        if self.opt_out is None:
            return piece.write(values)
        message = self.opt_out.render(values)
        return message if isinstance(message, Missing) else piece.write({**values, OPT_OUT_MESSAGE: message})


def _filled(form: str, variables: Sequence[Variable], values: Mapping[str, object]) -> str | Missing:
    said = []
    for variable in variables:
        value = as_text(values.get(variable.name)) or variable.default
        if value is None:
            return Missing(variable.name)
        said.append(value)
    return form % tuple(said)


def read(body: str, field: str = "body") -> Text | Problem:
    """Understand a text. A problem of `field` says where it is not understood, and what to write instead."""
    unseen = next((at for at, char in enumerate(body) if char not in "\r\n\t" and clean(char) != char), None)
    if unseen is not None:
        told = f"Character {unseen + 1:,} (U+{ord(body[unseen]):04X}) is shown by no telephone. Delete it."
        return Problem(field, "control", told)
    pieces: list[str | Variable | Rich] = []
    at = 0
    for begins, ends in _braces(body):
        if begins is None or ends is None:
            return _unclosed(field, body, begins if begins is not None else ends)
        found = _VARIABLE.fullmatch(body, begins + 2, ends) if body.startswith("{{", begins) else None
        if found is None:
            rich = liquid_text.read(body, field)
            return rich if isinstance(rich, Problem) else Text((rich,))
        pieces += [body[at:begins], Variable(found["name"], _default(found))]
        at = ends + 2
    pieces.append(body[at:])
    return Text(tuple(piece for piece in pieces if piece != ""))


def whole(body: str, opt_out_message: str, *, appended: bool, plain: bool = False) -> Text:
    """A campaign's text as it is sent: with its opt-out message."""
    text, message = as_written(body), as_written(opt_out_message)
    return replace(with_opt_out(text, message, appended=appended), plain=plain)


def as_written(body: str) -> Text:
    """A text that was looked at before it was stored; what became unclear since stands word for word."""
    text = read(body)
    return text if isinstance(text, Text) else Text((clean(body),))


def with_opt_out(text: Text, message: Text, *, appended: bool) -> Text:
    """R9.3: the opt-out message where it was put, else (`appended`) at the end; it may have names itself."""
    if OPT_OUT_MESSAGE in text.names:
        if any(isinstance(piece, Rich) for piece in text.pieces):
            return replace(text, opt_out=message)
        placed = [
            each
            for piece in text.pieces
            for each in (message.pieces if piece == Variable(OPT_OUT_MESSAGE, None) else (piece,))
        ]
        return replace(text, pieces=tuple(placed))
    if not appended or not message.pieces:
        return text
    last = text.pieces[-1] if text.pieces else ""
    apart = "" if not text.pieces or (isinstance(last, str) and last.endswith((" ", "\n"))) else " "
    return replace(text, pieces=(*text.pieces, *([apart] if apart else []), *message.pieces))


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


def _unclosed(field: str, body: str, at: int | None) -> Problem:
    near = body[at or 0 : (at or 0) + 24]
    told = f"The braces near “{near}” do not come in pairs. Write {{{{ name }}}}."
    return Problem(field, "braces", told)
