"""Taking back what waits to be sent, by the workspace itself (R5.4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sayso.core.gate import LINE_WITHDRAWN, OPTED_OUT
from sayso.core.receipts import RANKS
from sayso.observe import metrics
from sayso.storage.pool import Connection
from sayso.storage.queries import load
from sayso.storage.statements import run

SQL = load("cancelling")


@dataclass(frozen=True, slots=True)
class Refused:
    """What a number may not be sent any more: advertising, and with `transactional` everything else too.

    `contact_id` and `line_id` 0, `category` `''`: any.
    """

    phone: int
    contact_id: int = 0
    line_id: int = 0
    category: str = ""
    transactional: bool = False


async def cancel_refused(conn: Connection, refused: Sequence[Refused], now: datetime) -> int:
    """Cancel what waits for these numbers and is not on the wire yet; how many messages that were."""
    if not refused:
        return 0
    said = {
        "phones": [one.phone for one in refused],
        "contact_ids": [one.contact_id for one in refused],
        "line_ids": [one.line_id for one in refused],
        "categories": [one.category for one in refused],
        "transactional": [one.transactional for one in refused],
        "leaving": RANKS["sending"],
        "now": now,
    }
    told = ("opted_out", OPTED_OUT)
    return await _take_back(conn, await _ids(conn, "of_numbers", said), told, now)


async def cancel_from_line(conn: Connection, line_id: int, now: datetime) -> int:
    """Cancel what waits to leave from a line and is not on the wire yet; how many messages that were."""
    waiting = await _ids(conn, "of_line", {"line_id": line_id})
    return await _take_back(conn, waiting, ("line_withdrawn", LINE_WITHDRAWN), now)


async def _ids(conn: Connection, query: str, said: Mapping[str, object]) -> list[int]:
    return [row[0] for row in await (await conn.execute(SQL[query], said)).fetchall()]


async def _take_back(conn: Connection, ids: Sequence[int], told: tuple[str, str], now: datetime) -> int:
    if not ids:
        return 0
    reason, detail = told
    said = {
        "ids": ids,
        "reason": reason,
        "detail": detail,
        "rank": RANKS["cancelled"],
        "leaving": RANKS["sending"],
        "now": now,
    }
    cancelled = await run(conn, SQL["take_back"], said)
    metrics.count_messages({"cancelled": cancelled})
    return cancelled
