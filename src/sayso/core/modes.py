"""The ways in which a keyword may stand in a text (R4.12): each a value that knows how to look for it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from sayso.core.text import Folded


@dataclass(frozen=True, slots=True)
class Reach:
    """What a set of keywords asks of a text: their first words, most words, and lengths, longest first."""

    firsts: frozenset[str]
    words: int
    lengths: tuple[int, ...]

    @classmethod
    def of(cls, keywords: Iterable[Folded]) -> "Reach":
        known = [keyword for keyword in keywords if keyword.words]
        return cls(
            frozenset(keyword.words[0] for keyword in known),
            max((len(keyword.words) for keyword in known), default=0),
            tuple(sorted({len(keyword.squeezed) for keyword in known}, reverse=True)),
        )


@dataclass(frozen=True, slots=True)
class Mode:
    """A match mode: which strings of a text to look up, so that a look-up costs words, not keywords.

    `key` is the string a keyword is filed under, `readings` are the strings of a text that may be such keys,
    `told` ends a sentence about the keyword. `by_word`: a text that has the keyword has its first word.
    """

    name: str
    told: str
    by_word: bool
    key: Callable[[Folded], str]
    readings: Callable[[Folded, Reach], Iterable[str]]

    def __str__(self) -> str:
        return self.name

    def matches(self, keyword: Folded, text: Folded) -> bool:
        """Whether one keyword stands in a text."""
        return bool(keyword.words) and self.key(keyword) in self.readings(text, Reach.of([keyword]))


def _whole(text: Folded) -> str:
    return text.whole


def _squeezed(text: Folded) -> str:
    return text.squeezed


def _all_of_it(text: Folded, _: Reach) -> Iterable[str]:
    return (text.whole,)


def _all_of_it_squeezed(text: Folded, _: Reach) -> Iterable[str]:
    return (text.squeezed,)


def _openings(text: Folded, reach: Reach) -> Iterable[str]:
    words = text.words
    if not words or words[0] not in reach.firsts:
        return ()
    return [" ".join(words[:count]) for count in range(1, min(reach.words, len(words)) + 1)]


def _beginnings(text: Folded, reach: Reach) -> Iterable[str]:
    squeezed = text.squeezed
    return [squeezed[:length] for length in reach.lengths if length <= len(squeezed)]


def _phrases(text: Folded, reach: Reach) -> Iterable[str]:
    return () if reach.firsts.isdisjoint(text.words) else _phrases_within(text.words, reach)


def _phrases_within(words: tuple[str, ...], reach: Reach) -> Iterator[str]:
    for start, word in enumerate(words):
        if word in reach.firsts:
            for end in range(start + 1, min(start + reach.words, len(words)) + 1):
                yield " ".join(words[start:end])


EXACT = Mode("exact", "is the whole text", True, _whole, _all_of_it)
WORD = Mode("word", "begins the text", True, _whole, _openings)
PREFIX = Mode("prefix", "begins the text, blanks aside", False, _squeezed, _beginnings)
CONTAINS = Mode("contains", "stands in the text", True, _whole, _phrases)
MODES = {mode.name: mode for mode in (EXACT, WORD, PREFIX, CONTAINS)}

# Not offered to people: how strong words are also read, so that "st op" and "s t o p" are out.
SPACED = Mode("exact", "is the whole text, blanks aside", False, _squeezed, _all_of_it_squeezed)
