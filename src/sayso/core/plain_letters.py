"""Letters that force Unicode, where a plain one says the same: a table, offered and applied (R9.2).

Only what reads alike is offered: a quotation mark, a dash, a blank. A letter that carries meaning (ş, ł, я)
and a picture stay, whatever they cost.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sayso.core.segments import Segments, count

INVISIBLE = ""
PLAIN: Mapping[str, str] = MappingProxyType(
    dict.fromkeys("‘’‚‛′`´ʼʹˈ", "'")
    | dict.fromkeys("“”„‟″«»〝〞", '"')
    | dict.fromkeys("‹›", "'")
    | dict.fromkeys("‐‑‒–—―−⁃", "-")
    | dict.fromkeys(
        "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\t", " "
    )
    | dict.fromkeys("\u00ad\u200b\u2060\ufeff\u200e\u200f", INVISIBLE)
    | dict.fromkeys("•·∙●▪", "-")
    | dict.fromkeys("\u2028\u2029", "\n")
    | {"…": "...", "‼": "!!", "⁇": "??", "×": "x", "÷": "/", "⁄": "/", "™": "TM", "℠": "SM", "©": "(c)"}
    | {"®": "(R)", "½": "1/2", "¼": "1/4", "¾": "3/4", "²": "2", "³": "3", "¹": "1", "№": "No."}
    | {"‰": "o/oo", "ﬁ": "fi", "ﬂ": "fl", "≤": "<=", "≥": ">=", "→": "->", "←": "<-"}
)
"""What stands for what."""
_ANY = re.compile("[" + re.escape("".join(PLAIN)) + "]")
NAMES: Mapping[str, str] = MappingProxyType(
    {
        "\u00a0": "no-break space",
        "\u202f": "narrow no-break space",
        "\u00ad": "soft hyphen",
        "\u200b": "zero-width space",
        "\ufeff": "byte order mark",
        "\u200e": "left-to-right mark",
        "\u200f": "right-to-left mark",
        "\t": "tab",
    }
)
"""What is said of a character that nobody can see."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What replacing would make of a text: which characters, by what, and what it takes before and after."""

    replaced: tuple[tuple[str, str], ...]
    remaining: tuple[str, ...]
    before: Segments
    after: Segments

    @property
    def helps(self) -> bool:
        """Whether fewer parts are paid for, or the text is back in the alphabet of telephones."""
        return self.after.parts < self.before.parts or self.after.encoding != self.before.encoding


def plainly(text: str) -> str:
    """The text with every such letter replaced, where that brings it back to the plain alphabet.

    Where a picture or another alphabet forces Unicode all the same nothing is gained, and nothing changed.
    """
    if text.isascii():
        return text
    plain = replaced(text)
    return plain if count(plain).encoding == "GSM-7" else text


def offered(text: str) -> Offer | None:
    """What may be replaced in a text; None where nothing forces Unicode, or nothing can be replaced."""
    before = count(text)
    found = dict.fromkeys(sign.char for sign in before.forcing)
    pairs = tuple((char, PLAIN[char]) for char in found if char in PLAIN)
    if not pairs:
        return None
    remaining = tuple(char for char in found if char not in PLAIN)
    return Offer(pairs, remaining, before, count(replaced(text)))


def replaced(text: str) -> str:
    """The text with every letter of the table replaced, whether that gains anything or not."""
    return _ANY.sub(lambda found: PLAIN[found[0]], text)
