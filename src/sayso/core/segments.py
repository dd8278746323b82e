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
_extended = re.compile(f"[{re.escape(GSM_EXTENSION)}]")
_escape_pair = re.compile("\x1b.", re.DOTALL)
_surrogate_pair = re.compile("[\ud800-\udbff][\udc00-\udfff]")


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
    if _all_gsm(text) is None:
        return _count_unicode(text)
    pairs = len(_extended.findall(text))
    units = len(text) + pairs
    if units <= 160:
        return Segments("GSM-7", units, 1 if units else 0, text)
    parts = _parts(_extended.sub("\x1b\\g<0>", text), 153, _escape_pair) if pairs else -(-units // 153)
    return Segments("GSM-7", units, parts, text)


def _count_unicode(text: str) -> Segments:
    units = len(text.encode("utf-16-le", "surrogatepass")) // 2
    if units <= 70:
        return Segments("UCS-2", units, 1, text)
    if units == len(text):
        return Segments("UCS-2", units, -(-units // 67), text)
    halves = text.encode("utf-16-le", "surrogatepass")
    spread = "".join(chr(halves[at] | halves[at + 1] << 8) for at in range(0, len(halves), 2))
    return Segments("UCS-2", units, _parts(spread, 67, _surrogate_pair), text)


def _parts(units: str, size: int, pair: re.Pattern[str]) -> int:
    """Parts of `size` units; a pair that would be parted moves to the next part whole."""
    parts = start = 0
    while start < len(units):
        start += size
        if start < len(units) and pair.match(units, start - 1):
            start -= 1
        parts += 1
    return parts
