"""Ids begin with the time at which they were made (`sayso.new_id`)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_BEGINS = datetime(2026, 1, 1, tzinfo=UTC)
_TIME_SHIFT = 20


def first_id(moment: datetime) -> int:
    """The smallest id that a row made at this moment may have: ids before it are older."""
    return ((moment - _BEGINS) // timedelta(milliseconds=1)) << _TIME_SHIFT


def made_at(row_id: int) -> datetime:
    """When the row with this id was made, to the millisecond."""
    return _BEGINS + timedelta(milliseconds=row_id >> _TIME_SHIFT)
