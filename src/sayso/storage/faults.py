"""Tells a row that can never be stored from a database that cannot just now."""

from __future__ import annotations

import psycopg
from psycopg_pool import PoolClosed, PoolTimeout

from sayso.storage.callbacks import InterruptionError, UnavailableError


def is_outage(error: Exception) -> bool:
    """Whether the same work may succeed later, with the same rows: then no row is to blame for it."""
    # OSError: also TimeoutError and broken connections.
    if isinstance(error, OSError | PoolTimeout | PoolClosed | InterruptionError | UnavailableError):
        return True
    if not isinstance(error, psycopg.Error):
        return False
    if isinstance(error, psycopg.errors.CheckViolation) and not error.diag.constraint_name:
        return True  # a missing partition is reported as a check, but is nobody's row's fault
    return not isinstance(error, psycopg.DataError | psycopg.IntegrityError)
