"""Consent categories of a workspace."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sayso.storage.pool import Connection
from sayso.storage.queries import load
from sayso.storage.statements import many, one, run

SQL = load("categories")


@dataclass(frozen=True, slots=True)
class Category:
    """A consent category; `legal_basis` is consent or legitimate_interest."""

    name: str
    legal_basis: str
    rejected_by_stop: bool
    created_at: datetime


async def every(conn: Connection) -> list[Category]:
    """The workspace's categories by name."""
    return await many(conn, Category, SQL["every"], {})


async def for_update(conn: Connection, name: str) -> Category | None:
    """One category, locked."""
    return await one(conn, Category, SQL["for_update"], {"name": name})


async def put(conn: Connection, name: str, legal_basis: str, *, rejected_by_stop: bool) -> None:
    """Store a category, in place of a former one of its name."""
    said = {"name": name, "legal_basis": legal_basis, "rejected_by_stop": rejected_by_stop}
    await run(conn, SQL["put"], said)
