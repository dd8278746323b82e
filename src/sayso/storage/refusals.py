"""What the database refused, for an operator: the cause and the remedy instead of a stack trace."""

from __future__ import annotations

import psycopg

from sayso.storage.databases import Databases


def in_words(fault: BaseException, owner_url: str) -> str:
    """The sentence for a refusal that an operator can mend; empty for anything else, which is a bug.

    `owner_url` is that of the external database in use; empty for the embedded one, which is all ours.
    """
    if isinstance(fault, psycopg.errors.InsufficientPrivilege) and owner_url:
        role = Databases.external(owner_url).login or "that Sayso logs in as"
        return f"The role {role} may not do this: set SAYSO_DATABASE_OWNER_URL, see docs/database.md."
    if isinstance(fault, psycopg.errors.DiskFull):
        return f"The database's disk is full: {_said(fault)}. Make room, and run this again."
    if isinstance(fault, psycopg.OperationalError):
        return f"The database broke off: {_said(fault)}. `sayso doctor` may say why; then run this again."
    return ""


def _said(fault: psycopg.Error) -> str:
    return str(fault).strip().rstrip(".")
