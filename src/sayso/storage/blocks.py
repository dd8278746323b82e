"""Blocks of numbers (R6.1, R6.3), and what a workspace may know of blocks on a shared code (R3.3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sayso.storage.pool import Connection
from sayso.storage.queries import load
from sayso.storage.statements import many, run

SQL = load("blocks")


@dataclass(frozen=True, slots=True)
class Block:
    """That a number may not be sent to, within a scope; `said` are the words that did it."""

    id: int
    phone: int
    written: str
    scope: str
    line_id: int
    category: str
    since: datetime
    said_last_at: datetime | None
    stored_at: datetime
    source: str
    inbound_id: int | None
    process_id: int | None
    said: str
    reason: str
    lifted_at: datetime | None
    lifted_by: str | None


@dataclass(frozen=True, slots=True)
class BlockDraft:
    """A block to be stored, one per category; a scope without categories has the one category `''`."""

    phone: int
    written: str
    scope: str
    line_id: int
    categories: Sequence[str]
    since: datetime
    source: str
    reason: str
    message_id: int | None = None
    """The message by whose link a person stopped."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A number on a list of opt-outs: of all advertising (channel) or of everything (all)."""

    phone: int
    written: str
    scope: str
    reason: str


@dataclass(frozen=True, slots=True)
class CodeBlock:
    """That a number said a bare stop to a shared code."""

    inbound_number_id: int
    phone: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Since:
    """Where a page of blocks begins: ids below `before_id`; lifted ones where asked for."""

    before_id: int
    limit: int
    lifted_too: bool = False


async def add(conn: Connection, draft: BlockDraft) -> int:
    """Store a block; how many were new."""
    said = {
        "phone": draft.phone,
        "written": draft.written,
        "scope": draft.scope,
        "line_id": draft.line_id,
        "categories": sorted(draft.categories),
        "since": draft.since,
        "source": draft.source,
        "reason": draft.reason,
        "message_id": draft.message_id,
    }
    return await run(conn, SQL["add"], said)


async def add_listed(conn: Connection, rows: Sequence[Listed], now: datetime) -> int:
    """Store the blocks of a list in one statement; how many were new."""
    if not rows:
        return 0
    said = {
        "phones": [row.phone for row in rows],
        "writtens": [row.written for row in rows],
        "scopes": [row.scope for row in rows],
        "reasons": [row.reason for row in rows],
        "now": now,
    }
    return await run(conn, SQL["add_listed"], said)


async def active(conn: Connection, phones: Sequence[int], *, for_update: bool = False) -> list[Block]:
    """The blocks that stand on these numbers; locked where they may be lifted."""
    query = SQL["active_for_update" if for_update else "active"]
    return await many(conn, Block, query, {"phones": sorted(set(phones))})


async def newest(conn: Connection, phone: int | None, since: Since) -> list[Block]:
    """A page of blocks, newest first, of one number or of all."""
    said = {
        "phone": phone,
        "before_id": since.before_id,
        "limit": since.limit,
        "lifted_too": since.lifted_too,
    }
    return await many(conn, Block, SQL["newest" if phone is None else "newest_of_phone"], said)


async def lift(conn: Connection, block_ids: Sequence[int], lifted_by: str, now: datetime) -> int:
    """Lift these blocks; how many stood until now."""
    return await run(conn, SQL["lift"], {"block_ids": sorted(block_ids), "lifted_by": lifted_by, "now": now})


async def code_blocked(conn: Connection, phones: Sequence[int]) -> list[CodeBlock]:
    """Which of these numbers said a bare stop to which shared code (R3.3)."""
    return await many(conn, CodeBlock, SQL["code_blocked"], {"phones": sorted(set(phones))})
