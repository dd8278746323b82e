"""A row that can never be stored, told from a database that cannot just now."""

from __future__ import annotations

import psycopg
import pytest

from sayso.storage.faults import is_outage


@pytest.mark.parametrize(
    ("error", "later"),
    [
        (psycopg.OperationalError(), True),
        (psycopg.errors.DiskFull(), True),
        (psycopg.errors.UndefinedColumn(), True),
        (psycopg.errors.ProgramLimitExceeded(), False),
        (psycopg.errors.UntranslatableCharacter(), False),
        (psycopg.errors.UniqueViolation(), False),
    ],
)
def test_only_what_may_succeed_later_is_an_outage(error: psycopg.Error, later: bool) -> None:
    assert is_outage(error) is later
