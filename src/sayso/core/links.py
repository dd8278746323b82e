"""Whether a text holds a link: anything a telephone might make tappable (R12.3)."""

from __future__ import annotations

import re
import unicodedata
from itertools import groupby

# It only matters to who is blocked, so it is strict: new endings come up every month, and a false hit costs
# an agent one blank ("Yes.No"). A single letter after the full stop ("e.g.") ends no address.
_LINK = re.compile(
    r"\b(?:https?|ftp)\s*:\s*/"
    r"|\bwww\s*\.\s*\w"
    # Any scheme. From where its letters begin, so that each run of them is read once, however long it is.
    r"|(?<![a-z\d+.-])[\d+.-]*[a-z][a-z\d+.-]+:[\w/+]"
    r"|\b\d+(?:\.\d+){3}\b"
    r"|(?:\w|[^\x00-\u2070\s])\.[^\W\d_]{2}",  # a picture may be a host too
    re.IGNORECASE,
)
_SAME_AS_FULL_STOP = str.maketrans("․。｡．", "....")
# Between their own letters the full stop of Chinese and Japanese ends a sentence, and no blank follows it.
_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
_SENTENCE_END = re.compile(rf"(?<=[{_CJK}])[。｡](?=[{_CJK}])")
# Marks on letters go with what is invisible: they must not part a host from its ending.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Mn", "Me"})


def first_link(text: str) -> str | None:
    """The first link as a telephone reads it, from blank to blank; None where there is none."""
    seen = _as_read(text)
    found = _LINK.search(seen)
    if found is None:
        return None
    return seen[seen.rfind(" ", 0, found.start()) + 1 :].split(maxsplit=1)[0]


def _as_read(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    # Before what is compatible is unified, as that joins the full stops that are told apart here.
    plain = _SENTENCE_END.sub(" ", text).translate(_SAME_AS_FULL_STOP)
    plain = unicodedata.normalize("NFKC", _in_order(plain))
    spaced = "".join(" " if char.isspace() else char for char in plain)
    return "".join(char for char in spaced if unicodedata.category(char) not in _UNSEEN)


def _in_order(text: str) -> str:
    """The same text in parts, with the marks on each letter in their canonical order.

    The library sorts them by exchanging neighbours, a thousand marks in a million steps.
    """
    parts = "".join(unicodedata.normalize("NFKD", char) for char in text)
    runs = groupby(parts, key=lambda char: unicodedata.combining(char) > 0)
    return "".join("".join(sorted(run, key=unicodedata.combining) if marks else run) for marks, run in runs)
