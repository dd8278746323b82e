"""What a text says once spelling no longer matters: case, accents, width, invisible characters (R4.11).

A text is folded once; every keyword is folded the same way, so matching is comparing strings.
"""

import re
import string
import unicodedata

from msgspec import Struct

# Beside blanks and hyphens these also part words, so that "stop,please" and "退订。谢谢" begin with
# the keyword.
_SEPARATORS = ",;!?/…。、،؛؟"
_APOSTROPHES = "'’‘ʼʹ`´′"
# Letters whose stroke or ligature Unicode does not take apart, as people write them without it.
_UNDECOMPOSED = {
    **{"ı": "i", "ł": "l", "đ": "d", "ø": "o", "ħ": "h", "ŧ": "t", "ð": "d"},
    **{"æ": "ae", "œ": "oe", "þ": "th", "ٱ": "ا"},
}
_SIGNS = str.maketrans(
    {**dict.fromkeys(_SEPARATORS, " "), **dict.fromkeys(_APOSTROPHES, "'"), **_UNDECOMPOSED}
)
# Cyrillic and Greek letters that look like Latin ones, mostly as capitals (opt-outs are often shouted).
_LOOK_ALIKES = str.maketrans(
    "авеікмнорсԁԛѕтухјԝһӏүαβεζηικμνορτυχ",
    "abeikmhopcdqstyxjwhlyabezhikmnoptyx",
)
_latin = re.compile("[a-z\u00df-\u024f]").search
_cyrillic_or_greek = re.compile("[\u0370-\u03ff\u0400-\u052f]").search
# Default-ignorable code points that are neither format characters (Cf) nor stripped as accents.
_ignorable = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2065\u3164\ufe00-\ufe0f\uffa0\ufff0-\ufff8"
    "\u0640"  # the Arabic stretching stroke says nothing either
    "\U000e0000-\U000e0fff]"
).match
# Accents of Latin, Greek and Cyrillic, Hebrew points, Arabic vowel signs and hamzas. Vowel signs of Indian
# and South-East Asian scripts, and the voicing marks of Japanese, are part of the word.
_ACCENTS = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"
    "\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed"
    "\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
)
_ASCII_SPELLING = bytes.maketrans(
    f"{string.ascii_uppercase},;!?/-`".encode(), f"{string.ascii_lowercase}      '".encode()
)
_ASCII_INVISIBLE = bytes([*range(9), *range(0x0E, 0x1C), 0x7F])
_MEMORY = 20_000


class Folded(Struct, frozen=True, gc=False):
    """A text as keywords see it: its words, folded. Texts that say the same fold to equal values."""

    words: tuple[str, ...]

    @property
    def whole(self) -> str:
        """The words joined by single blanks."""
        return " ".join(self.words)

    @property
    def squeezed(self) -> str:
        """The words with nothing between them."""
        return "".join(self.words)


NOTHING = Folded(())


def fold(text: str) -> Folded:
    """The words of a text without case, accents, width, invisible characters or edge punctuation (R4.11).

    Hyphens and sentence punctuation part words. Look-alike letters become Latin only in a word that mixes
    scripts. Folding what is folded changes nothing, and no text is refused.
    """
    if not text.isascii():
        return _fold_any(text)
    # Bytes are translated by a table, five times as fast as words are found by a pattern.
    words = text.encode().translate(_ASCII_SPELLING, _ASCII_INVISIBLE).decode().split()
    if not "".join(words).isalnum():
        words = [bare for word in words if (bare := word.strip(string.punctuation))]
    return Folded(tuple(words))


def is_blank(text: str) -> bool:
    """Whether nothing at all can be seen of a text (R4.14); punctuation and pictures can be seen."""
    return all(char.isspace() or _is_invisible(char) for char in text)


def _fold_any(text: str) -> Folded:
    spelling = unicodedata.normalize("NFC", text.translate(_spelling))
    words = spelling.split()
    if _cyrillic_or_greek(spelling) and _latin(spelling):
        words = [_one_script(word) for word in words]
    if not spelling.replace(" ", "").isalnum():
        words = [bare for word in words if (bare := _bare(word))]
    return Folded(tuple(words))


class _Spelling(dict[int, str]):
    """What each character folds to, worked out when first met; bounded, as hostile texts hold anything."""

    def __missing__(self, code: int) -> str:
        folded = _fold_character(chr(code))
        if len(self) < _MEMORY:
            self[code] = folded
        return folded


_spelling = _Spelling()


def _fold_character(char: str) -> str:
    if char.isspace():
        return " "
    if _is_invisible(char):
        return ""
    parts = _ACCENTS.sub("", unicodedata.normalize("NFKD", char))
    parts = _ACCENTS.sub("", unicodedata.normalize("NFKD", parts.casefold()))
    seen = "".join(part for part in parts if not _is_invisible(part))
    return "".join(map(_blank_if_dash, seen)).translate(_SIGNS)


def _is_invisible(char: str) -> bool:
    """Format and control characters, lone surrogates, and what Unicode calls default-ignorable."""
    if char.isspace():
        return False
    return unicodedata.category(char) in {"Cf", "Cc", "Cs"} or _ignorable(char) is not None


def _blank_if_dash(char: str) -> str:
    return " " if char == "\u2212" or unicodedata.category(char) == "Pd" else char


def _one_script(word: str) -> str:
    if _cyrillic_or_greek(word) and _latin(word):
        return word.translate(_LOOK_ALIKES)
    return word


def _bare(word: str) -> str:
    """A word without punctuation and signs at its edges; a word of pictures alone stays as it is."""
    start, end = 0, len(word)
    while start < end and _is_edge(word[start]):
        start += 1
    while end > start and _is_edge(word[end - 1]):
        end -= 1
    if start == end and any(unicodedata.category(char) == "So" for char in word):
        return word
    return word[start:end]


def _is_edge(char: str) -> bool:
    return not char.isalnum() and unicodedata.category(char)[0] in "PS"
