"""How a text travels: its alphabet, its units and the parts that are paid for.

GSM-7: 160 septets in one part, 153 in each of several; a sign of the extension table takes two, never
parted. UCS-2: 70 units, or 67; a character outside the basic plane takes two, never parted.
"""

import re
from typing import Literal, NamedTuple

Encoding = Literal["GSM-7", "UCS-2"]

GSM_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENSION = "\f^{}\\[~]|€"
_all_gsm = re.compile(f"[{re.escape(GSM_BASIC + GSM_EXTENSION)}]*").fullmatch
_forces_unicode = re.compile(f"[^{re.escape(GSM_BASIC + GSM_EXTENSION)}]").finditer
_ASCII_BASIC = "".join(filter(str.isascii, GSM_BASIC)).encode("ascii")
_ASCII_EXTENSION = "".join(filter(str.isascii, GSM_EXTENSION)).encode("ascii")
_extended = re.compile(f"[{re.escape(GSM_EXTENSION)}]")


class Forcing(NamedTuple):
    """A character that forces Unicode, and where it stands, counted in characters from 0."""

    char: str
    position: int


class Segments(NamedTuple):
    """What a text takes: `units` are septets in GSM-7 and 16-bit units in UCS-2, `parts` are paid for."""

    encoding: Encoding
    units: int
    parts: int
    text: str

    @property
    def forcing(self) -> tuple[Forcing, ...]:
        """Every character that keeps the text out of GSM-7, in order."""
        if self.encoding == "GSM-7":
            return ()
        return tuple(Forcing(found[0], found.start()) for found in _forces_unicode(self.text))


def count(text: str) -> Segments:
    """Count the parts of a text. An empty text takes none: there is nothing to send.

    Only the default alphabet with its extension counts as GSM-7, no national shift tables: `é` and capital
    `Ç` are in it, `ç` is not.
    """
    if text.isascii():
        # Deleting bytes is several times quicker than a pattern, and most texts are ASCII.
        beyond = text.encode("ascii").translate(None, _ASCII_BASIC)
        if beyond and beyond.translate(None, _ASCII_EXTENSION):
            return _count_unicode(text)
        pairs = len(beyond)
    elif _all_gsm(text) is None:
        return _count_unicode(text)
    else:
        pairs = len(_extended.findall(text))
    units = len(text) + pairs
    if units <= 160:
        return Segments("GSM-7", units, 1 if units else 0, text)
    parts = _gsm_parts(_extended.sub("\x1b\\g<0>", text)) if pairs else -(-units // 153)
    return Segments("GSM-7", units, parts, text)


def _gsm_parts(septets: str) -> int:
    """Parts of 153 septets; an escape never ends one, it moves to the next with its character."""
    parts = start = 0
    while start < len(septets):
        start += 153
        if start < len(septets) and septets[start - 1] == "\x1b":
            start -= 1
        parts += 1
    return parts


def _count_unicode(text: str) -> Segments:
    halves = text.encode("utf-16-le", "surrogatepass")
    units = len(halves) // 2
    if units <= 70:
        return Segments("UCS-2", units, 1, text)
    parts = -(-units // 67) if units == len(text) else _unicode_parts(halves)
    return Segments("UCS-2", units, parts, text)


def _unicode_parts(halves: bytes) -> int:
    """Parts of 67 units of two bytes, low byte first; a surrogate pair moves to the next part whole."""
    parts = start = 0
    while start < len(halves):
        start += 134
        # High surrogates are D800 to DBFF.
        if start < len(halves) and 0xD8 <= halves[start - 1] <= 0xDB:
            start -= 2
        parts += 1
    return parts
