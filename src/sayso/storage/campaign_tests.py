"""Texts of a campaign that were sent to try them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from psycopg.types.json import Jsonb

from sayso.core.because import as_plain
from sayso.core.campaigns import Planned
from sayso.core.receipts import RANKS
from sayso.storage.messages import TRANSACTIONAL_LANE
from sayso.storage.numbers import Line
from sayso.storage.planning import wake_senders
from sayso.storage.pool import Connection
from sayso.storage.queries import load
from sayso.storage.statements import number, run

SQL = load("campaign_tests")


async def lately(conn: Connection, now: datetime) -> int:
    """How many tests the workspace sent in the last day."""
    return await number(conn, SQL["lately"], {"now": now}) or 0


async def store(
    conn: Connection, campaign_id: int, what: tuple[str, int], planned: Sequence[Planned], now: datetime
) -> None:
    """Store and queue a few texts; somebody waits for them, so they pass what waits of campaigns.

    `what`: the category, and which of several texts it is.
    """
    category, variant = what
    lines = [one.to.line if isinstance(one.to.line, Line) else None for one in planned]
    said = {
        "campaign_id": campaign_id,
        "category": category,
        "variant": variant,
        "media": list(next((one.media for one in planned if one.media), ())),
        "lane": TRANSACTIONAL_LANE,
        "now": now,
        "ids": [one.to.message_id for one in planned],
        "phones": [one.to.recipient.phone for one in planned],
        "connections": [line.connection_id if line else 0 for line in lines],
        "lines": [line.id if line else 0 for line in lines],
        "senders": [line.number if line else "" for line in lines],
        "bodies": [one.body for one in planned],
        "encodings": [one.segments.encoding for one in planned],
        "parts": [one.segments.parts for one in planned],
        "statuses": [one.status for one in planned],
        "reasons": [one.reason for one in planned],
        "details": [one.because[-1].fact if one.because else "" for one in planned],
        "with_media": [bool(one.media) for one in planned],
        "ranks": [RANKS[one.status] for one in planned],
        "dues": [one.due for one in planned],
        "becauses": [Jsonb(as_plain(one.because)) for one in planned],
        "prices": [one.price for one in planned],
        "count_on": [one.counts_on for one in planned],
    }
    await run(conn, SQL["store"], said)
    await wake_senders(conn)
