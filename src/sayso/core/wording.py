"""Whether words are one's own, or those of a text that is stored (R12.3)."""

from __future__ import annotations

from collections.abc import Iterable

from sayso.core.text import fold

# What is shorter ("Yes.", "Till 18:00.") stands in too many answers by chance: it must be the whole of one.
LEAST_OF_A_TEXT = 16


def repeats(body: str, stored: Iterable[str]) -> bool:
    """Say whether a text holds a stored one, however it is spelled, spaced, or added to (R4.11's folding)."""
    said = fold(body).squeezed
    return any(_held(fold(one).squeezed, said) for one in stored)


def _held(stored: str, said: str) -> bool:
    # What folds to nothing, such as a picture alone, is nobody's words.
    return stored == said != "" or (len(stored) >= LEAST_OF_A_TEXT and stored in said)
