"""Which people a rehearsal tells by name: the first of each reason; all of them are counted (R9.6)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from sayso.core.campaigns import Planned

MOST = 1_000
"""So many of a reason."""
NO_NUMBER = "They have no number, so no text can reach them."

Reason = tuple[str, str]


def behind(planned: Sequence[Planned], counted: Mapping[Reason, int]) -> list[Planned]:
    """Those of a slice who get nothing, or get it later, and are among the first of their reason.

    `counted`: how many there were before this slice, by status and reason.
    """
    seen = Counter(counted)
    kept = []
    for one in planned:
        if one.status == "queued":
            continue
        reason = one.status, one.reason
        if seen[reason] < MOST:
            kept.append(one)
        seen[reason] += 1
    return kept


def room(counted: Mapping[Reason, int], reason: Reason) -> int:
    """How many more of a reason are told."""
    return max(MOST - counted.get(reason, 0), 0)
