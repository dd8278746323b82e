"""What may be written into a text of what is known of somebody, and what is said where nothing is (R9.2)."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

LONGEST_VALUE = 1_600
MOST_ITEMS = 100
TOO_MUCH = "it makes more text, or takes more steps, than a message has room for."
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Missing:
    """Nothing can be written for somebody: there is no value for a name that has no default.

    Or (`why`) the text cannot be written with what is known of them.
    """

    name: str
    why: str = ""

    @property
    def reason(self) -> str:
        """A stable code."""
        if self.why == TOO_MUCH:
            return "too_long"
        return "unwritable" if self.why else "missing_value"

    @property
    def told(self) -> str:
        """The sentence that goes with it."""
        if self.why:
            return f"The text cannot be written for them: {self.why}"
        return f"The text asks for {self.name}, which is not known of them, and has no default for it."


def as_text(value: object) -> str | None:
    """What may be written: a word, a number, a yes or no; one that is empty counts as missing."""
    if isinstance(value, str):
        shown = value if value.isprintable() else clean(value)
        return shown.strip()[:LONGEST_VALUE] or None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return f"{value:g}" if isinstance(value, float) else str(value)
    return None


def clean(value: str) -> str:
    """Without what no telephone shows: line ends are line feeds, tabs blanks, other controls gone."""
    if value.isprintable():
        return value
    ended = _LINE_ENDS.sub("\n", value).replace("\t", " ")
    return "".join(char for char in ended if char == "\n" or unicodedata.category(char) not in ("Cc", "Cs"))
