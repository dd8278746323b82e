"""Workspaces: their settings, opt-out terms, members, and the confirmations that they permit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg.types.json import Jsonb

from sayso.storage.pool import Connection
from sayso.storage.queries import load
from sayso.storage.statements import many, number, one, run

SQL = load("workspaces")


@dataclass(frozen=True, slots=True)
class Workspace:
    """One client and its settings."""

    id: int
    name: str
    country: str
    time_zone: str
    language: str
    event_name: str
    event_properties: Mapping[str, object]
    opt_out_message: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Term:
    """An opt-out term, folded for matching and as a person wrote it (R7.1)."""

    folded: str
    written: str


@dataclass(frozen=True, slots=True)
class Member:
    """A person's role in the workspace (R2.1)."""

    user_id: int
    role: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Membership:
    """A workspace that a person may choose at sign-in."""

    workspace_id: int
    name: str
    country: str
    role: str


@dataclass(frozen=True, slots=True)
class Named:
    """A workspace as an operator chooses it."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Permission:
    """A country whose unknown confirmation rule a compliance owner settled (R14.2)."""

    country: str
    allowed_by: int
    allowed_at: datetime


async def create(conn: Connection, name: str, country: str, time_zone: str, language: str) -> int:
    """Make a workspace, as the engine's role; its id."""
    said = {"name": name, "country": country, "time_zone": time_zone, "language": language}
    made = await number(conn, SQL["create"], said)
    assert made is not None  # noqa: S101 - an INSERT without a condition returns its row
    return made


async def current(conn: Connection, *, for_update: bool = False) -> Workspace | None:
    """The transaction's workspace; locked where a change follows."""
    return await one(conn, Workspace, SQL["current_for_update" if for_update else "current"], {})


async def every(conn: Connection) -> list[Workspace]:
    """All workspaces, for a role that may see them."""
    return await many(conn, Workspace, SQL["every"], {})


async def set_opt_out_message(conn: Connection, message: str) -> None:
    """Store the workspace's own opt-out message (R7.1)."""
    await run(conn, SQL["set_opt_out_message"], {"message": message})


async def terms(conn: Connection) -> list[Term]:
    """The workspace's opt-out terms."""
    return await many(conn, Term, SQL["terms"], {})


async def replace_terms(conn: Connection, wanted: Sequence[Term]) -> None:
    """Make the workspace's opt-out terms exactly these."""
    folded, written = [term.folded for term in wanted], [term.written for term in wanted]
    await run(conn, SQL["remove_terms"], {"folded": folded})
    await run(conn, SQL["add_terms"], {"folded": folded, "written": written})


async def members(conn: Connection) -> list[Member]:
    """Who works in the workspace."""
    return await many(conn, Member, SQL["members"], {})


async def member_for_update(conn: Connection, user_id: int) -> Member | None:
    """One person's membership, locked."""
    return await one(conn, Member, SQL["member_for_update"], {"user_id": user_id})


async def role_of(conn: Connection, user_id: int) -> str | None:
    """Which role somebody has here; None: none."""
    row = await (await conn.execute(SQL["role_of"], {"user_id": user_id})).fetchone()
    return None if row is None else str(row[0])


async def set_member(conn: Connection, user_id: int, role: str) -> None:
    """Give a person a role, in place of any former one."""
    await run(conn, SQL["set_member"], {"user_id": user_id, "role": role})


async def owners_for_update(conn: Connection) -> list[Member]:
    """The workspace's owners, locked: whoever changes one of them knows that no other goes meanwhile."""
    return await many(conn, Member, SQL["owners_for_update"], {})


async def set_event(conn: Connection, name: str, properties: Mapping[str, str]) -> None:
    """Store the incoming-message event's name, and the names of its fields that differ (R5.6)."""
    await run(conn, SQL["set_event"], {"name": name, "properties": Jsonb(dict(properties))})


async def set_time_zone(conn: Connection, time_zone: str) -> None:
    """Store the zone in which the console tells this workspace's times."""
    await run(conn, SQL["set_time_zone"], {"time_zone": time_zone})


async def names(conn: Connection) -> list[Named]:
    """Every workspace by name, for an operator; nobody else sees any."""
    return await many(conn, Named, SQL["names"], {})


async def remove_member(conn: Connection, user_id: int) -> None:
    """End a person's membership."""
    await run(conn, SQL["remove_member"], {"user_id": user_id})


async def of_person(conn: Connection, user_id: int) -> list[Membership]:
    """The workspaces that a person may choose; needs no workspace set."""
    return await many(conn, Membership, SQL["of_person"], {"user_id": user_id})


async def permitted_confirmations(conn: Connection) -> list[Permission]:
    """Where a compliance owner allowed a confirmation whose rule is unknown (R14.2)."""
    return await many(conn, Permission, SQL["permitted_confirmations"], {})


async def permit_confirmation(conn: Connection, country: str, user_id: int) -> bool:
    """Allow confirmations in a country of unknown rule; False where that was so already."""
    return await run(conn, SQL["permit_confirmation"], {"country": country, "user_id": user_id}) == 1


async def withdraw_confirmation(conn: Connection, country: str) -> bool:
    """Take that permission back; False where there was none."""
    return await run(conn, SQL["withdraw_confirmation"], {"country": country}) == 1
