"""Ids begin with the time at which they were made (`sayso.new_id`)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_BEGINS = datetime(2026, 1, 1, tzinfo=UTC)
_TIME_SHIFT = 20


def made_at(row_id: int) -> datetime:
    """When the row with this id was made, to the millisecond."""
    return _BEGINS + timedelta(milliseconds=row_id >> _TIME_SHIFT)
