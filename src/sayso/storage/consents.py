"""The consent ledger and where consent stands now (R6.4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from msgspec import json

from sayso.storage.pool import Connection
from sayso.storage.queries import load
from sayso.storage.statements import many, run

SQL = load("consents")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the ledger (R5.5); `timestamp` is when it was said."""

    id: int
    contact_id: int | None
    phone: int
    action: str
    category: str
    source: str
    identification: str
    identification_type: str
    message: str
    method: str | None
    wording: str | None
    evidence: object
    inbound_id: int | None
    timestamp: datetime
    imported_timestamp: datetime


@dataclass(frozen=True, slots=True)
class NewEntry:
    """A ledger entry to be written; `moves_state` False where it is proof only."""

    contact_id: int | None
    phone: int
    action: str
    category: str
    source: str
    identification: str
    at: datetime
    message: str = ""
    method: str | None = None
    wording: str | None = None
    evidence: Mapping[str, object] | None = None
    moves_state: bool = True


@dataclass(frozen=True, slots=True)
class State:
    """Where a (contact, number, category) stands; contact 0 is the number alone, category `*` all."""

    phone: int
    contact_id: int
    category: str
    state: str
    since: datetime
    source: str


async def append(conn: Connection, entries: Sequence[NewEntry], now: datetime) -> None:
    """Write entries to the ledger and move the states that they move, in at most two statements."""
    if not entries:
        return
    said = {
        "contact_ids": [entry.contact_id for entry in entries],
        "phones": [entry.phone for entry in entries],
        "actions": [entry.action for entry in entries],
        "categories": [entry.category for entry in entries],
        "sources": [entry.source for entry in entries],
        "identifications": [entry.identification for entry in entries],
        "messages": [entry.message for entry in entries],
        "methods": [entry.method for entry in entries],
        "wordings": [entry.wording for entry in entries],
        "evidences": [
            None if entry.evidence is None else json.encode(entry.evidence).decode() for entry in entries
        ],
        "ats": [entry.at for entry in entries],
        "now": now,
    }
    await run(conn, SQL["append"], said)
    await _move_states(conn, [entry for entry in entries if entry.moves_state])


async def states(conn: Connection, phones: Sequence[int]) -> list[State]:
    """Where consent of these numbers stands."""
    return await many(conn, State, SQL["states"], {"phones": sorted(set(phones))})


async def newest(conn: Connection, phone: int | None, before_id: int, limit: int) -> list[Entry]:
    """A page of the ledger, newest first, of one number or of all."""
    said = {"phone": phone, "before_id": before_id, "limit": limit}
    return await many(conn, Entry, SQL["newest" if phone is None else "newest_of_phone"], said)


async def _move_states(conn: Connection, entries: Sequence[NewEntry]) -> None:
    # One statement may touch a row once: of two words on one key the later one counts, at a tie the no.
    last: dict[tuple[int, int, str], NewEntry] = {}
    for entry in sorted(entries, key=lambda found: (found.at, found.action != "accept")):
        last[entry.phone, entry.contact_id or 0, entry.category] = entry
    if not last:
        return
    said = {
        "phones": [phone for phone, _, _ in last],
        "contact_ids": [contact_id for _, contact_id, _ in last],
        "categories": [category for _, _, category in last],
        "states": [entry.action for entry in last.values()],
        "sinces": [entry.at for entry in last.values()],
        "sources": [entry.source for entry in last.values()],
    }
    await run(conn, SQL["move_states"], said)
