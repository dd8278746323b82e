"""A number that changed hands, or may have (R6.8): what was consented to before that is over."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from msgspec import Struct

from sayso.core.gate_asked import ConsentState
from sayso.core.modes import CONTAINS, Reach
from sayso.core.text import Folded, fold
from sayso.core.words import VOCABULARIES
from sayso.core.words.vocabulary import listed

HANDS = "*hands"
"""Under this name stands since when a number is somebody else's: a word of the number alone."""
REVIEW = "*review"
"""Under this one, that a text asks whether it is."""
ENDED, ASKED, SETTLED = "ended", "review", "settled"

OVER = (
    "The number changed hands, or is in use no more: what was consented to before that is over. "
    "Only a later yes counts."
)
ANEW = "A new yes, later than the number changed hands."


class Signs(Struct, frozen=True, gc=False):
    """What says that a number is gone: so many days with a permanent failure, within so long, and nothing
    delivered since the first of them. `reasons` are failures that are about the number itself."""

    days: int
    within: timedelta
    reasons: frozenset[str]


# Decision 0018: one failure is often a network's mistake, and days of them in a row its outage.
SIGNS = Signs(3, timedelta(days=30), frozenset({"bad_number", "unroutable"}))


def ended(states: Iterable[ConsentState], category: str) -> ConsentState | None:
    """That consent for a category is over since a moment, where no later yes began anew."""
    known = tuple(states)
    # Two of them stand where a number was erased, came back, and changed hands once more.
    all_over = [state for state in known if state.category == HANDS]
    over = max(all_over, key=lambda state: state.since, default=None)
    if over is None or any(_outlives(state, over.since, category) for state in known):
        return None
    return over


def in_review(states: Iterable[ConsentState]) -> ConsentState | None:
    """That a text of the number waits for a person to say whose it is."""
    return next((state for state in states if state.category == REVIEW and state.state == ASKED), None)


def asks(text: Folded) -> str | None:
    """The phrase by which a text says that somebody else has the number; None where it has none."""
    if _REACH.firsts.isdisjoint(text.words):
        return None
    return next((said for said in CONTAINS.readings(text, _REACH) if said in _PHRASES), None)


def _outlives(state: ConsentState, since: datetime, category: str) -> bool:
    return state.state == "accept" and state.since > since and state.category in ("*", category)


_NOT_THEIRS = [fold(phrase) for words in VOCABULARIES for phrase in listed(words.not_theirs)]
_PHRASES = frozenset(map(CONTAINS.key, _NOT_THEIRS))
_REACH = Reach.of(_NOT_THEIRS)
