"""Tells a row that can never be stored from a database that cannot just now."""

from __future__ import annotations

import errno

import psycopg
from psycopg_pool import PoolClosed, PoolTimeout

from sayso.storage.callbacks import InterruptionError, UnavailableError
from sayso.storage.erased import ErasureKeyError

# This machine is out of something; that says nothing of the database, and somebody must be told.
_OWN_WANT = frozenset(
    {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.ENOMEM, errno.EMFILE, errno.ENFILE, errno.EAGAIN}
)


def is_away(error: BaseException) -> bool:
    """Whether the database could not be reached, or was lost on the way: it said nothing about the work."""
    if isinstance(error, PoolTimeout | PoolClosed | InterruptionError | UnavailableError):
        return True
    if isinstance(error, psycopg.Error):
        # A server that answers says a code; these tell that it is ending, starting, or full of callers.
        code = error.sqlstate or ""
        return isinstance(error, psycopg.OperationalError) and (
            not code or code[:2] in {"08", "57"} or code == "53300"
        )
    return isinstance(error, OSError) and error.errno not in _OWN_WANT


def is_held(error: BaseException) -> bool:
    """Whether somebody else holds what the work needs: it may succeed once that is let go."""
    return isinstance(error, psycopg.errors.LockNotAvailable | psycopg.errors.DeadlockDetected)


def is_outage(error: Exception) -> bool:
    """Whether the same work may succeed later, with the same rows: then no row is to blame for it."""
    # OSError: also TimeoutError and broken connections.
    # ErasureKeyError: the key is at fault, and with the right one every row is as good as before.
    if isinstance(
        error, OSError | PoolTimeout | PoolClosed | InterruptionError | UnavailableError | ErasureKeyError
    ):
        return True
    if not isinstance(error, psycopg.Error):
        return False
    if isinstance(error, psycopg.errors.CheckViolation) and not error.diag.constraint_name:
        return True  # a missing partition is reported as a check, but is nobody's row's fault
    # Too large for a limit of the server's, it is so the next time too: together, or a row of it.
    return not isinstance(
        error, psycopg.DataError | psycopg.IntegrityError | psycopg.errors.ProgramLimitExceeded
    )
