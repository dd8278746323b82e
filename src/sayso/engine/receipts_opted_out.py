"""Reports that say that a number opted out (R6.6), also of messages that nobody knows any more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sayso.core.phones import address_key
from sayso.core.receipts import RANKS
from sayso.storage import inbound
from sayso.storage import receipts as storage
from sayso.storage.pool import Connection
from sayso.storage.receipts import OptedOut, ReportedLine, Waiting

NOWHERE = (
    "A provider reports that a number has opted out, of a message that Sayso does not know, and it can't "
    "be told which line texted it. Look at the unrouted list, and block the number where it belongs "
    "(POST /api/v1/blocks)."
)


def opted_out(row: Waiting) -> OptedOut:
    """The block for a message that is known: on the line of a shared code, else on the channel."""
    by_line = row.shared and row.line_id != 0
    return OptedOut(
        workspace_id=row.workspace_id,
        phone=row.phone,
        written=row.recipient,
        scope="line" if by_line else "channel",
        line_id=row.line_id if by_line else 0,
        since=row.received_at,
    )


async def block(conn: Connection, opted_out: Sequence[OptedOut], now: datetime) -> None:
    """Block numbers, and take back what waits for them, as a STOP would (R5.4)."""
    if not opted_out:
        return
    await storage.block_opted_out(conn, opted_out)
    reach = {(each.workspace_id, each.phone, each.line_id) for each in opted_out}
    cancels = [(workspace, phone, line, "", False, True, now) for workspace, phone, line in reach]
    await inbound.append(conn, {"cancel": cancels}, now=now, rank=RANKS["cancelled"])


async def place(conn: Connection, rows: Sequence[Waiting]) -> tuple[list[OptedOut], list[Waiting]]:
    """Blocks for opt-outs of unknown messages, by the number they name; and those that nobody can place.

    The line is the one of that connection that texted the number; where none did (a restored database may
    not know), the connection's only one.
    """
    if not rows:
        return [], []
    asked = [(row.connection_id, address_key(row.about, row.connection_id, None)) for row in rows]
    lines: defaultdict[tuple[int, int], list[ReportedLine]] = defaultdict(list)
    # What is no number has a key below zero, and was never texted.
    for line in await storage.lines(conn, [(connection, phone) for connection, phone in asked if phone > 0]):
        lines[line.connection_id, line.phone].append(line)
    blocks: list[OptedOut] = []
    lost: list[Waiting] = []
    for row, key in zip(rows, asked, strict=True):
        found = _only(lines[key])
        if found is None:
            lost.append(row)
        else:
            blocks.append(_block(row, found))
    return blocks, lost


def _only(lines: Sequence[ReportedLine]) -> ReportedLine | None:
    reaching = [line for line in lines if line.texted] or list(lines)
    return reaching[0] if len(reaching) == 1 else None


def _block(row: Waiting, line: ReportedLine) -> OptedOut:
    return OptedOut(
        workspace_id=line.workspace_id,
        phone=line.phone,
        written=row.about,
        scope="line" if line.shared else "channel",
        line_id=line.line_id if line.shared else 0,
        since=row.received_at,
    )
