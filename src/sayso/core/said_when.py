"""When somebody can have said a word about consent, or a number can have changed hands (R6.5, R6.8)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sayso.core.problems import Problem

SKEW = timedelta(minutes=5)
"""So far may two clocks be apart."""
_FIRST = datetime(1970, 1, 1, tzinfo=UTC)


def fault(field: str, at: datetime | None, now: datetime) -> Problem | None:
    """Why it cannot have been then; None where it can, or where nobody says when.

    What is dated ahead would outlive every stop, and every change of hands, until then.
    """
    if at is None:
        return None
    if at > now + SKEW:
        return Problem(field, "future", "This cannot have been in the future. Check clock and zone.")
    if at < _FIRST:
        return Problem(field, "past", "This cannot have been before 1970. Check the date.")
    return None
