"""Invitations to a workspace, stored hashed (R2.1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sayso.storage.pool import Connection
from sayso.storage.queries import load
from sayso.storage.statements import many, number, one, run

SQL = load("invitations")


@dataclass(frozen=True, slots=True)
class Invitation:
    """One invitation of the workspace; open while it is neither accepted nor withdrawn nor past its time."""

    id: int
    email: str
    role: str
    invited_by: int
    created_at: datetime
    expires_at: datetime
    accepted_at: datetime | None
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class NewInvitation:
    """An invitation to be stored; `hash` is the SHA-256 of what its link carries."""

    email: str
    role: str
    hash: bytes
    invited_by: int
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Held:
    """What somebody holds who has the link; `closed`: it was used or withdrawn."""

    workspace_id: int
    id: int
    workspace_name: str
    email: str
    role: str
    invited_by: int
    expires_at: datetime
    closed: bool


async def create(conn: Connection, new: NewInvitation) -> int:
    """Store an invitation; its id."""
    said = {
        "email": new.email,
        "role": new.role,
        "hash": new.hash,
        "invited_by": new.invited_by,
        "expires_at": new.expires_at,
    }
    made = await number(conn, SQL["create"], said)
    assert made is not None  # noqa: S101 - an INSERT without a condition returns its row
    return made


async def withdraw_open(conn: Connection, email: str, now: datetime) -> int:
    """Take back what is open for an address; how many."""
    return await run(conn, SQL["withdraw_open"], {"email": email, "now": now})


async def withdraw_of(conn: Connection, user_id: int) -> list[Invitation]:
    """Take back, as of now, what a person has open; those taken back."""
    return await many(conn, Invitation, SQL["withdraw_of"], {"user_id": user_id})


async def for_update(conn: Connection, invitation_id: int) -> Invitation | None:
    """One invitation, locked."""
    return await one(conn, Invitation, SQL["for_update"], {"id": invitation_id})


async def withdraw(conn: Connection, invitation_id: int, now: datetime) -> bool:
    """Take an open one back; False where it was not open."""
    return await run(conn, SQL["withdraw"], {"id": invitation_id, "now": now}) == 1


async def accept(conn: Connection, invitation_id: int, user_id: int, now: datetime) -> bool:
    """Use it, once; False where it was used, withdrawn or too old."""
    said = {"id": invitation_id, "user_id": user_id, "now": now}
    return await run(conn, SQL["accept"], said) == 1


async def by_hash(conn: Connection, digest: bytes) -> Held | None:
    """The invitation with this link; needs no workspace set."""
    return await one(conn, Held, SQL["by_hash"], {"hash": digest})
