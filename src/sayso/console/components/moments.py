"""Moments and ids: an id begins with the time, as `sayso.id_at` has it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

FIRST_MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
BITS = 20


def id_at(moment: datetime) -> int:
    """The least id of a moment."""
    return int((moment - FIRST_MOMENT) / timedelta(milliseconds=1)) << BITS


def time_of(id_: int) -> datetime:
    """The moment that an id begins with."""
    return FIRST_MOMENT + timedelta(milliseconds=id_ >> BITS)
