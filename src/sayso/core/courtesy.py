"""Please and thanks in every language, which change nothing about what a text asks for (R4.7)."""

from collections.abc import Iterable

from sayso.core.text import Folded, fold
from sayso.core.words import VOCABULARIES
from sayso.core.words.vocabulary import listed


def without_courtesy(text: Folded) -> Folded:
    """A text without the please, thanks and pictures at its ends; a text of nothing else stays whole."""
    words = text.words
    if len(words) < 2 or not _has_polite_end(words[0], words[-1]):
        return text
    while words and (taken := _leading(words)):
        words = words[taken:]
    while words and (taken := _trailing(words)):
        words = words[:-taken]
    return Folded(words) if words else text


def _has_polite_end(first: str, last: str) -> bool:
    return first in _FIRST or last in _LAST or not (first[0].isalnum() and last[0].isalnum())


def _leading(words: tuple[str, ...]) -> int:
    """How many words of courtesy, or pictures, stand in front."""
    for phrase in _FIRST.get(words[0], ()):
        if words[: len(phrase)] == phrase:
            return len(phrase)
    return 0 if words[0][0].isalnum() else 1


def _trailing(words: tuple[str, ...]) -> int:
    for phrase in _LAST.get(words[-1], ()):
        if words[-len(phrase) :] == phrase:
            return len(phrase)
    return 0 if words[-1][0].isalnum() else 1


Phrases = dict[str, list[tuple[str, ...]]]


def _by_word(phrases: Iterable[tuple[str, ...]], place: int) -> Phrases:
    found: Phrases = {}
    for phrase in phrases:
        found.setdefault(phrase[place], []).append(phrase)
    return found


# Longest first, so that "tack så mycket" goes before "tack".
_PHRASES = sorted({fold(said).words for words in VOCABULARIES for said in listed(words.courtesy)}, key=len)[
    ::-1
]
_FIRST = _by_word(_PHRASES, 0)
_LAST = _by_word(_PHRASES, -1)
