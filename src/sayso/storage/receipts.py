"""Delivery reports: claimed, and matched to messages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from msgspec import Struct

from sayso.storage.pool import Connection
from sayso.storage.queries import load
from sayso.storage.statements import many

SQL = load("receipts")


class Waiting(Struct, frozen=True, gc=False):
    """A report in the queue with the message that it is about; `message_id` 0: none known by its names.

    `about` is the recipient as the report names it, which may be empty; `recipient` is the message's.
    `simulated`: its connection has telephones that pages show.
    """

    ctid: str
    id: int
    connection_id: int
    provider_ref: str
    status: str
    reason: str
    code: str
    opted_out: bool
    about: str
    provider_at: datetime | None
    received_at: datetime
    by_reference: bool
    workspace_id: int
    message_id: int
    phone: int
    recipient: str
    line_id: int
    shared: bool
    sender: str
    purpose: str
    simulated: bool


@dataclass(frozen=True, slots=True)
class ReportedLine:
    """A line that a report's connection serves or served, or stands in for, or did (`standing_in`).

    `texted`: it texted the report's number. `withdrawn`: its workspace gave it back.
    """

    connection_id: int
    phone: int
    workspace_id: int
    line_id: int
    shared: bool
    texted: bool
    number: str
    standing_in: bool
    withdrawn: bool


async def waiting(conn: Connection, after: int, limit: int) -> list[Waiting]:
    """Reports after an id, oldest first, with the messages they are about."""
    cursor = await conn.execute(SQL["waiting"], {"after": after, "limit": limit}, prepare=True)
    # By place, as in outbox.claim.
    return [Waiting(*row) for row in await cursor.fetchall()]


async def take(conn: Connection, rows: Sequence[Waiting]) -> set[str]:
    """Take reports out of the queue, to be done in this transaction; the `ctid` of those still there."""
    said = {"ctids": [row.ctid for row in rows], "ids": sorted({row.id for row in rows})}
    taken = await (await conn.execute(SQL["take"], said, prepare=True)).fetchall()
    return {row[0] for row in taken}


async def name(conn: Connection, found: Sequence[Waiting]) -> None:
    """Remember a provider's name of messages that a report named by our own reference."""
    ordered = sorted({(row.connection_id, row.provider_ref): row for row in found}.items())
    said = {
        "connections": [row.connection_id for _, row in ordered],
        "refs": [row.provider_ref for _, row in ordered],
        "workspaces": [row.workspace_id for _, row in ordered],
        "ids": [row.message_id for _, row in ordered],
    }
    if ordered:
        await conn.execute(SQL["name"], said, prepare=True)


async def lines(conn: Connection, asked: Sequence[tuple[int, int]]) -> list[ReportedLine]:
    """The lines of connections, given with a number each: (connection, phone)."""
    said = {"connections": [pair[0] for pair in asked], "phones": [pair[1] for pair in asked]}
    return await many(conn, ReportedLine, SQL["lines"], said)


async def set_aside(conn: Connection, row: Waiting, kind: str, why: str, now: datetime) -> None:
    """List a report for the operator: `poison` could not be worked on, `unrouted` is nobody's."""
    said = {"id": row.id, "connection_id": row.connection_id, "sender": row.about, "kind": kind, "why": why}
    await conn.execute(SQL["set_aside"], said | {"now": now})
