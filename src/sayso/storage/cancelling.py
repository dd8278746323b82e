"""Taking back what waits to be sent, by the workspace itself (R5.4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sayso.core.receipts import RANKS
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
    }
    told = _told("opted_out", "The recipient opted out before it was sent.", now)
    return await run(conn, SQL["of_numbers"], said | told)


async def cancel_from_line(conn: Connection, line_id: int, now: datetime) -> int:
    """Cancel what waits to leave from a line and is not on the wire yet; how many messages that were."""
    told = _told("line_withdrawn", "Its line was taken back from the workspace before it was sent.", now)
    return await run(conn, SQL["of_line"], {"line_id": line_id} | told)


def _told(reason: str, detail: str, now: datetime) -> dict[str, object]:
    return {
        "reason": reason,
        "detail": detail,
        "rank": RANKS["cancelled"],
        "leaving": RANKS["sending"],
        "now": now,
    }
