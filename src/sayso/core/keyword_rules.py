"""Which keywords a process may have (R4.6), and when two get in each other's way (R4.8)."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sayso.core.keywords import Entry, Kind, Matcher, kind_of, predefined
from sayso.core.problems import Problem
from sayso.core.text import fold

MOST_KEYWORDS = 100
LONGEST_KEYWORD = 20
_LATIN_OR_DIGIT = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")


def validate_keyword(process_type: str, written: str) -> Problem | None:
    """What is wrong with one custom keyword (R4.6).

    Main unsubscribe and help: letters only, of any script. Other types: at least two Latin letters or
    digits. An opt-out keyword has at most 20 characters.
    """
    if not written.strip():
        return Problem("keywords", "keyword_empty", "A keyword needs letters. Remove the empty one.")
    if process_type in {"unsubscribe", "help"} and not all(map(_is_letter, written)):
        told = f"“{written}” has more than letters. Use letters only: no digits, blanks or other characters."
        return Problem("keywords", "keyword_not_letters", told)
    if process_type not in {"unsubscribe", "help"} and _latin_or_digits(written) < 2:
        told = f"“{written}” is too short. Use at least two Latin letters or digits."
        return Problem("keywords", "keyword_too_short", told)
    if kind_of(process_type) in {Kind.UNSUBSCRIBE, Kind.HELP} and len(written) > LONGEST_KEYWORD:
        told = f"“{written}” is too long. Use at most {LONGEST_KEYWORD} characters."
        return Problem("keywords", "keyword_too_long", told)
    return None


def validate_keywords(process_type: str, written: Sequence[str]) -> tuple[Problem, ...]:
    """Everything that is wrong with a process's custom keywords, the limit of 100 included (R4.6)."""
    problems = [problem for word in written if (problem := validate_keyword(process_type, word))]
    limited = kind_of(process_type) in {Kind.UNSUBSCRIBE, Kind.HELP}
    if limited and len(written) > MOST_KEYWORDS:
        told = f"{len(written)} keywords are too many. Keep at most {MOST_KEYWORDS}."
        problems.append(Problem("keywords", "keywords_too_many", told))
    return tuple(problems)


def taken(new: Entry, others: Iterable[Entry], country: str | None = None) -> Entry | None:
    """Who has this keyword already on the line (R4.8): another process, or predefined words of another kind.

    Predefined words come as an `Entry` without a process.
    """
    keyword = fold(new.keyword)
    for other in others:
        if other.process_id != new.process_id and fold(other.keyword) == keyword:
            return other
    match = predefined(country).find(keyword)
    if match is None or match.kind == new.kind or fold(match.keyword) != keyword:
        return None
    return Entry(
        match.keyword, match.mode, match.kind, language=match.language, kind_of_word=match.kind_of_word
    )


@dataclass(frozen=True, slots=True)
class Shadow:
    """A text that is exactly `hidden` is taken by `by`, so the hidden keyword never works."""

    hidden: Entry
    by: Entry


def shadows(new: Iterable[Entry], others: Iterable[Entry], country: str | None = None) -> tuple[Shadow, ...]:
    """Which keywords would never be reached once `new` stands beside `others` on a line (R4.8's warning)."""
    added, standing = list(new), list(others)
    together = [*added, *standing]
    matcher = Matcher(together, predefined(country))
    found = []
    for entry in together:
        match = matcher.find(fold(entry.keyword))
        if match is None or match.process_id == entry.process_id:
            continue
        by = next((other for other in together if _is(other, match.process_id, match.keyword)), None)
        taker = by or Entry(match.keyword, match.mode, match.kind, kind_of_word=match.kind_of_word)
        if entry in added or taker in added:
            found.append(Shadow(entry, taker))
    return tuple(found)


def _is(entry: Entry, process_id: int | None, keyword: str) -> bool:
    return entry.process_id == process_id and entry.keyword == keyword


def _is_letter(char: str) -> bool:
    # M: the vowel signs of Indian and Thai words are marks beside letters.
    return unicodedata.category(char)[0] in "LM"


def _latin_or_digits(written: str) -> int:
    return sum(char in _LATIN_OR_DIGIT for word in fold(written).words for char in word)
