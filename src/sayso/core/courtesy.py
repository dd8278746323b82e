"""Please and thanks in every language, which change nothing about what a text asks for (R4.7)."""

from collections.abc import Iterable

from sayso.core.text import Folded, fold
from sayso.core.words import VOCABULARIES
from sayso.core.words.vocabulary import listed


def without_courtesy(text: Folded) -> Folded:
    """A text without the please, thanks and pictures at its ends; a text of nothing else stays whole."""
    words = text.words
    if len(words) < 2 or not (_polite_start(words[0]) or _polite_end(words[-1])):
        return text
    start, end = 0, len(words)
    while start < end and (taken := _leading(words[start:end])):
        start += taken
    while start < end and (taken := _trailing(words[start:end])):
        end -= taken
    return Folded(words[start:end]) if start < end else text


def _polite_start(word: str) -> bool:
    return word in _FIRST or not word[0].isalnum()


def _polite_end(word: str) -> bool:
    return word in _LAST or not word[0].isalnum()


def _leading(words: tuple[str, ...]) -> int:
    if not words[0][0].isalnum():
        return 1
    return max(
        (len(phrase) for phrase in _FIRST.get(words[0], ()) if words[: len(phrase)] == phrase), default=0
    )


def _trailing(words: tuple[str, ...]) -> int:
    if not words[-1][0].isalnum():
        return 1
    return max(
        (len(phrase) for phrase in _LAST.get(words[-1], ()) if words[-len(phrase) :] == phrase), default=0
    )


Phrases = dict[str, list[tuple[str, ...]]]


def _by_word(phrases: Iterable[tuple[str, ...]], place: int) -> Phrases:
    found: Phrases = {}
    for phrase in phrases:
        found.setdefault(phrase[place], []).append(phrase)
    return found


_PHRASES = sorted({fold(written).words for words in VOCABULARIES for written in listed(words.courtesy)})
_FIRST = _by_word(_PHRASES, 0)
_LAST = _by_word(_PHRASES, -1)
