"""Reports that say that a number opted out (R6.6), also of messages that nobody knows any more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from sayso.core.effects import Decision
from sayso.core.lines import WorkspaceWords
from sayso.core.messages import InboundText, Known
from sayso.core.phones import address_key
from sayso.core.provider_opt_out import OptedOut, decide, every
from sayso.core.provider_opt_out import block as as_block
from sayso.core.receipts import RANKS
from sayso.engine.effects import gather
from sayso.storage import opted_out as stored
from sayso.storage import receipts as storage
from sayso.storage.pool import Connection
from sayso.storage.receipts import ReportedLine, Waiting

NOWHERE = (
    "A provider reports that a number has opted out, of a message that Sayso does not know, and it can't "
    "be told which line texted it. Look at the unrouted list, and block the number where it belongs "
    "(POST /api/v1/blocks)."
)


def opted_out(row: Waiting) -> OptedOut:
    """A provider's word about a message that is known."""
    return OptedOut(
        workspace_id=row.workspace_id,
        phone=row.phone,
        written=row.recipient,
        since=row.received_at,
        line_id=row.line_id,
        shared=row.shared,
        sender=row.sender,
        message_id=row.message_id,
    )


async def block(conn: Connection, opted_out: Sequence[OptedOut], now: datetime) -> None:
    """Store what core makes of providers' words, in the transaction of `conn`."""
    said = every(opted_out)
    if not said:
        return
    # First of all: this waits for whoever is storing the same stop just now, and then finds it stored.
    wanted = gather([(_as_text(each), Decision((as_block(each),), ())) for each in said], now)
    anew = await stored.block(conn, wanted["add_blocks"])
    known = await stored.known(conn, [(each.workspace_id, each.phone) for each in said])
    words = await stored.words(conn, sorted({each.workspace_id for each in said}))
    decided = [(_as_text(each), _decided(each, known, words, anew=_key(each) in anew)) for each in said]
    await stored.append(conn, gather(decided, now), now=now, rank=RANKS["cancelled"])


def _decided(
    said: OptedOut,
    known: Mapping[tuple[int, int], Known],
    words: Mapping[int, WorkspaceWords],
    *,
    anew: bool,
) -> Decision:
    return decide(said, known[said.workspace_id, said.phone], words[said.workspace_id], anew=anew)


def _key(said: OptedOut) -> tuple[int, int, str, int]:
    return (said.workspace_id, said.phone, *said.reach)


def _as_text(said: OptedOut) -> InboundText:
    """The word as an empty text, for the rows of its effects: from the number to what had texted it."""
    return InboundText(0, 0, said.phone, said.written, said.sender, "", said.since, said.since)


async def place(conn: Connection, rows: Sequence[Waiting]) -> tuple[list[OptedOut], list[Waiting]]:
    """Blocks for opt-outs of unknown messages, by the number they name; and those that nobody can place.

    The line is the one of that connection that texted the number; where none did (a restored database may
    not know), the one that it stands in for, or once did, else the connection's only one. Earlier holders of
    the same number who texted are reached as well.
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
        found = _reached(lines[key])
        if not found:
            lost.append(row)
        blocks.extend(_block(row, line) for line in found)
    return blocks, lost


def _reached(lines: Sequence[ReportedLine]) -> list[ReportedLine]:
    """Whom a word about a number reaches, as a stop by text would: who has it today, and who texted before.

    None where it can't be told which of the connection's numbers, or whose of today's on a shared code.
    """
    own = [line for line in lines if not line.standing_in]
    about = [line for line in own if line.texted] or [line for line in lines if line.texted] or own
    numbers = {line.number for line in about}
    if len(numbers) != 1:
        return []
    here = [line for line in lines if line.number in numbers]
    texted = [line for line in here if line.texted]
    holders = _today(here, texted) or ([] if texted else here)
    return [] if len(holders) > 1 else [*holders, *(line for line in texted if line not in holders)]


def _today(here: Sequence[ReportedLine], texted: Sequence[ReportedLine]) -> list[ReportedLine]:
    """A number of one's own is its holder's, who may have texted or not; on a shared code, who texted."""
    held = [line for line in here if not line.standing_in and not line.withdrawn]
    today = held or [line for line in here if line.standing_in and not line.withdrawn]
    return [line for line in today if line.texted or not texted or not line.shared]


def _block(row: Waiting, line: ReportedLine) -> OptedOut:
    return OptedOut(
        workspace_id=line.workspace_id,
        phone=line.phone,
        written=row.about,
        since=row.received_at,
        line_id=line.line_id,
        shared=line.shared,
        sender=line.number,
    )
