"""Segments of contacts as people edit them (R8.3)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from psycopg.types.json import Jsonb

from sayso.storage.pool import Connection
from sayso.storage.queries import load
from sayso.storage.statements import many, number, one, run

SQL = load("segments")


@dataclass(frozen=True, slots=True)
class SegmentDraft:
    """What a person says of a segment; the conditions as core.audience_plain writes them."""

    name: str
    conditions: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment."""

    id: int
    name: str
    conditions: Mapping[str, object]
    created_at: datetime
    changed_at: datetime


async def create(conn: Connection, draft: SegmentDraft, now: datetime) -> int | None:
    """Store a segment; None where there is one of that name."""
    return await number(conn, SQL["create"], _said(draft) | {"now": now})


async def every(conn: Connection, after: int, limit: int) -> list[Segment]:
    """A page of segments by id."""
    return await many(conn, Segment, SQL["every"], {"after": after, "limit": limit})


async def get(conn: Connection, segment_id: int, *, for_update: bool = False) -> Segment | None:
    """One segment; locked where a change follows."""
    query = SQL["for_update" if for_update else "get"]
    return await one(conn, Segment, query, {"segment_id": segment_id})


async def is_taken(conn: Connection, name: str, segment_id: int) -> bool:
    """Whether another segment has this name."""
    return bool(await number(conn, SQL["is_taken"], {"name": name, "segment_id": segment_id}))


async def update(conn: Connection, segment_id: int, draft: SegmentDraft, now: datetime) -> None:
    """Store a segment anew."""
    await run(conn, SQL["update"], _said(draft) | {"segment_id": segment_id, "now": now})


async def hold(conn: Connection, segment_id: int) -> bool:
    """Keep a segment from being removed until this transaction ends; False: there is none."""
    return await number(conn, SQL["hold"], {"segment_id": segment_id}) is not None


async def delete(conn: Connection, segment_id: int) -> bool:
    """Remove a segment; False where a campaign goes to it."""
    return await run(conn, SQL["delete"], {"segment_id": segment_id}) > 0


async def list_names(conn: Connection, ids: Collection[int]) -> Mapping[int, str]:
    """What these lists are called; unknown ones are left out."""
    return await _names(conn, SQL["lists"], ids)


async def campaign_names(conn: Connection, ids: Collection[int]) -> Mapping[int, str]:
    """What these campaigns are called; unknown ones are left out."""
    return await _names(conn, SQL["campaigns"], ids)


async def _names(conn: Connection, query: bytes, ids: Collection[int]) -> Mapping[int, str]:
    if not ids:
        return {}
    return dict(await (await conn.execute(query, {"ids": sorted(ids)})).fetchall())


def _said(draft: SegmentDraft) -> dict[str, object]:
    return {"name": draft.name, "conditions": Jsonb(draft.conditions)}
