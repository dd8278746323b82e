"""Which keyword a text says (R4.7, R4.12, R4.14): compiled once per line, looked up by the text's words."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import TypeVar

from sayso.core.courtesy import without_courtesy
from sayso.core.modes import EXACT, MODES, SPACED, WORD, Mode, Reach
from sayso.core.policy import rules_for
from sayso.core.text import Folded, fold
from sayso.core.words import VOCABULARIES
from sayso.core.words.vocabulary import listed


class Kind(StrEnum):
    """What a keyword is for, in the order in which keywords are tried (R4.14)."""

    UNSUBSCRIBE = "unsubscribe"
    HELP = "help"
    OPT_IN = "optin"
    OTHER = "other"


class Word(StrEnum):
    """Where a keyword comes from: a process, the workspace's terms (R7.1), or the predefined words."""

    CUSTOM = "custom"
    TERM = "term"
    STRONG = "strong"
    WEAK = "weak"

    @property
    def predefined(self) -> bool:
        return self in {Word.STRONG, Word.WEAK}


@dataclass(frozen=True, slots=True)
class Entry:
    """A keyword on a line. `process_id` is None for predefined words and terms: the floor has no process."""

    keyword: str
    mode: Mode
    kind: Kind
    process_id: int | None = None
    language: str = ""
    kind_of_word: Word = Word.CUSTOM


@dataclass(frozen=True, slots=True)
class Match:
    """The keyword that takes a text. `rank` orders matches: the lowest wins."""

    keyword: str
    mode: Mode
    kind: Kind
    process_id: int | None
    language: str
    kind_of_word: Word
    rank: int

    @property
    def because(self) -> str:
        """The match in words a person understands."""
        return f"“{self.keyword}” {self.mode.told}."


class Matcher:
    """The keywords of one line, ready to be looked up; costs the words of a text, not the keywords.

    `over` holds keywords shared by many lines, such as `predefined(country)`; they are not copied.
    """

    __slots__ = ("_beginnings", "_firsts", "_glued", "_shelves")

    def __init__(self, entries: Iterable[Entry], over: "Matcher | None" = None) -> None:
        filed: dict[tuple[Mode, bool], list[tuple[Folded, Match]]] = {}
        for entry in entries:
            for mode in _modes_of(entry):
                pair = (fold(entry.keyword), _match(entry, mode))
                filed.setdefault((mode, entry.kind_of_word.predefined), []).append(pair)
        self._shelves = tuple(_Shelf(mode, polite, pairs) for (mode, polite), pairs in filed.items())
        known = [(mode, word) for (mode, _), pairs in filed.items() for word, _ in pairs if word.words]
        self._firsts = frozenset(word.words[0] for _, word in known)
        self._glued = frozenset(word.squeezed for mode, word in known if not mode.by_word)
        self._beginnings = any(mode is MODES["prefix"] for mode, _ in known)
        if over is not None:
            self._shelves = over._shelves + self._shelves
            self._firsts |= over._firsts
            self._glued |= over._glued
            self._beginnings |= over._beginnings

    def find(self, text: Folded) -> Match | None:
        """The keyword a text says: unsubscribe, help, opt-in, others; the longest first (R4.14)."""
        polite = without_courtesy(text)
        return self._best(text, polite) if self._may_hold(text, polite) else None

    def _may_hold(self, text: Folded, polite: Folded) -> bool:
        """Whether a text may say a keyword at all: most hold no word that begins one, and are done here."""
        if self._beginnings or not self._firsts.isdisjoint(text.words):
            return True
        # Only predefined words are looked for with nothing between their words, so courtesy is off.
        return polite.squeezed in self._glued

    def _best(self, text: Folded, polite: Folded) -> Match | None:
        best: Match | None = None
        for shelf in self._shelves:
            found = shelf.find(polite if shelf.polite else text)
            if found is not None and (best is None or found.rank < best.rank):
                best = found
        return best


class _Shelf:
    """Keywords of one mode. `polite` ones are looked for in the text without its please and thanks."""

    __slots__ = ("_by_key", "_reach", "mode", "polite")

    def __init__(self, mode: Mode, polite: bool, pairs: list[tuple[Folded, Match]]) -> None:
        self.mode = mode
        self.polite = polite
        self._reach = Reach.of(keyword for keyword, _ in pairs)
        self._by_key: dict[str, Match] = {}
        for keyword, match in sorted(pairs, key=lambda pair: pair[1].rank):
            if keyword.words:
                self._by_key.setdefault(mode.key(keyword), match)

    def find(self, text: Folded) -> Match | None:
        best: Match | None = None
        for reading in self.mode.readings(text, self._reach):
            found = self._by_key.get(reading)
            if found is not None and (best is None or found.rank < best.rank):
                best = found
        return best


@lru_cache(maxsize=512)
def predefined(country: str | None = None, out_mode: str = "", help_mode: str = "") -> Matcher:
    """The words that work without a process, on every line (R4.7, R4.9), with a country's mandatory ones.

    A mandatory word carries the language its confirmation is due in. `out_mode` and `help_mode` name a mode
    chosen for the predefined words (R4.13); empty keeps strong `word`, weak `exact`.
    """
    chosen = {Kind.UNSUBSCRIBE: MODES.get(out_mode), Kind.HELP: MODES.get(help_mode)}
    mandatory = {(kind, fold(word).whole): language for kind, word, language in _mandatory(country)}
    entries = {(entry.kind, fold(entry.keyword).whole): entry for entry in PREDEFINED}
    for key in mandatory.keys() - entries.keys():
        entries[key] = Entry(key[1], EXACT, key[0], kind_of_word=Word.WEAK)
    return Matcher(
        Entry(
            entry.keyword,
            chosen.get(entry.kind) or entry.mode,
            entry.kind,
            language=mandatory.get(key) or entry.language,
            kind_of_word=entry.kind_of_word,
        )
        for key, entry in entries.items()
    )


def kind_of(process_type: str) -> Kind:
    """The kind of keywords that a process of this type has."""
    return _KIND_OF_TYPE.get(process_type, Kind.OTHER)


def terms(written: Iterable[str]) -> tuple[Entry, ...]:
    """A workspace's opt-out terms, which stand anywhere in a text (R7.1)."""
    return tuple(Entry(term, MODES["contains"], Kind.UNSUBSCRIBE, kind_of_word=Word.TERM) for term in written)


T = TypeVar("T")


def addressed(
    text: Folded, keywords: Mapping[str, T], known: Matcher | None = None
) -> tuple[T, Folded] | None:
    """Whom a text to a shared code names, and what it says to them (R3.2); None when it names nobody.

    `keywords` are provider keywords, squeezed. `baby stop` always counts; `stop baby` and `babystop` only
    where `known` (default: the predefined words) takes the rest, so that "I love my baby" names nobody.
    A provider keyword alone keeps its text.
    """
    said = text.words
    for count in range(1, min(len(said), 4) + 1):
        found = keywords.get("".join(said[:count]))
        if found is not None:
            return found, Folded(said[count:]) if count < len(said) else text
    takes = (known or predefined()).find
    return _reversed(text, keywords, takes) or _glued(text, keywords, takes)


def _reversed(
    text: Folded, keywords: Mapping[str, T], takes: Callable[[Folded], Match | None]
) -> tuple[T, Folded] | None:
    said = without_courtesy(text).words
    for count in range(1, min(len(said) - 1, 4) + 1):
        found = keywords.get("".join(said[-count:]))
        if found is not None and takes(rest := Folded(said[:-count])):
            return found, rest
    return None


def _glued(
    text: Folded, keywords: Mapping[str, T], takes: Callable[[Folded], Match | None]
) -> tuple[T, Folded] | None:
    squeezed = text.squeezed
    for keyword in keywords if len(text.words) == 1 else ():
        if keyword and squeezed.startswith(keyword) and takes(rest := Folded((squeezed[len(keyword) :],))):
            return keywords[keyword], rest
    return None


def _modes_of(entry: Entry) -> tuple[Mode, ...]:
    spaced = entry.kind_of_word is Word.STRONG and entry.kind is Kind.UNSUBSCRIBE and entry.mode is WORD
    return (entry.mode, SPACED) if spaced else (entry.mode,)


def _match(entry: Entry, mode: Mode) -> Match:
    order = _KIND_ORDER[entry.kind] * 1_000_000 - len(fold(entry.keyword).squeezed) * 10
    rank = order + _WORD_ORDER[entry.kind_of_word]
    return Match(entry.keyword, mode, entry.kind, entry.process_id, entry.language, entry.kind_of_word, rank)


def _mandatory(country: str | None) -> list[tuple[Kind, str, str]]:
    rules = rules_for(country)
    out = [(Kind.UNSUBSCRIBE, word.word, word.language) for word in rules.opt_out_words.value or ()]
    helping = [(Kind.HELP, word.word, word.language) for word in rules.help_words.value or ()]
    return out + helping


def _all_predefined() -> tuple[Entry, ...]:
    """Every language's words, each once; one that several languages share has no language of its own."""
    found: dict[tuple[Kind, str], Entry] = {}
    for words in VOCABULARIES:
        for kind, mode, strength, written in (
            (Kind.UNSUBSCRIBE, WORD, Word.STRONG, words.strong_out),
            (Kind.UNSUBSCRIBE, EXACT, Word.WEAK, words.weak_out),
            (Kind.HELP, WORD, Word.STRONG, words.strong_help),
            (Kind.HELP, EXACT, Word.WEAK, words.weak_help),
            (Kind.OPT_IN, EXACT, Word.STRONG, words.back),
        ):
            for word in listed(written):
                key = (kind, fold(word).whole)
                international = key in found or key[1] in _INTERNATIONAL
                language = "" if international else words.language
                found[key] = Entry(word, mode, kind, language=language, kind_of_word=strength)
    return tuple(found.values())


_KIND_ORDER = {kind: place for place, kind in enumerate(Kind)}
_WORD_ORDER = {word: place for place, word in enumerate(Word)}
_KIND_OF_TYPE = {
    "unsubscribe": Kind.UNSUBSCRIBE,
    "unsubscribe_event": Kind.UNSUBSCRIBE,
    "help": Kind.HELP,
}
# Said in every language, so the answer's language is not theirs to decide (R4.10).
_INTERNATIONAL = frozenset({"stop", "stopall", "stop all", "start", "unstop", "help", "info"})
PREDEFINED = _all_predefined()
"""Every predefined word once, as it works without a chosen mode."""
