"""Opt-outs and consent as lists: those of an old vendor come in, ours go out, on day one (R6.9)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sayso.actions import people
from sayso.actions.actor import Actor, needs, record, transaction
from sayso.actions.blocks import LONGEST_REASON
from sayso.actions.refusal import Refused, fault
from sayso.actions.still import still_may
from sayso.core import phones
from sayso.core.formulas import disarmed
from sayso.storage import audit, blocks, cancelling, consents
from sayso.storage.blocks import Listed, Since
from sayso.storage.pool import Pool

MOST = 1_000
AT_ONCE = 2_000
NEWEST = 2**63 - 1
SCOPES = ("channel", "all")
REASON = "On a list of opt-outs that was imported."
BLOCK_COLUMNS = ("phone", "scope", "category", "line_id", "since", "source", "reason")
CONSENT_COLUMNS = (
    "phone",
    "action",
    "category",
    "source",
    "timestamp",
    "imported_timestamp",
    "method",
    "wording",
)


@dataclass(frozen=True, slots=True)
class Row:
    """One number of the list: what is stopped, and why; `line` of the file."""

    line: int
    phone: str
    scope: str = "channel"
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of the rows: how many blocks are new, how many stood already, and what is wrong by line."""

    new: int
    stood: int
    refused: Sequence[tuple[int, str]]


@needs("consents:write")
async def import_blocks(pool: Pool, actor: Actor, rows: Sequence[Row], now: datetime) -> Taken | Refused:
    """Block the numbers of a list, at most a thousand at a time, and take back what waits for them.

    A block that stands keeps its proof. A faulty row never fails its neighbours.
    """
    if len(rows) > MOST:
        return fault("rows", "too_many", f"At most {MOST:,} rows at a time.")
    async with transaction(pool, actor) as conn:
        home = await people.home(conn)
        good: dict[tuple[int, str], Listed] = {}
        refused = []
        for row in rows:
            said = phones.parse(row.phone, home)
            if isinstance(said, phones.NotANumber):
                refused.append((row.line, f"This is no phone number. {said.because}"))
            elif row.scope not in SCOPES:
                refused.append((row.line, f"The scope is one of: {', '.join(SCOPES)}."))
            else:
                reason = row.reason.strip()[:LONGEST_REASON] or REASON
                listed = Listed(said.key, row.phone.strip(), row.scope, reason)
                good.setdefault((said.key, row.scope), listed)
        new = await blocks.add_listed(conn, list(good.values()), now)
        reached = [cancelling.Refused(key, transactional=scope == "all") for key, scope in good]
        await cancelling.cancel_refused(conn, reached, now)
        after = {"blocks": new, "rows": len(rows), "refused": len(refused)}
        await record(conn, actor, audit.Change("imported", "block", "a list", None, after))
        return Taken(new, len(good) - new, refused)


@needs("consents:read")
async def begin_list(pool: Pool, actor: Actor, which: str) -> str | Refused:
    """Record who takes which of LISTS out; its rows may be asked for then."""
    if which not in LISTS:
        return fault("list", "unknown", f"The list is one of: {', '.join(LISTS)}.")
    async with transaction(pool, actor) as conn:
        await record(conn, actor, audit.Change("exported", which[:-1], "every one", None, None))
        return which


async def block_rows(pool: Pool, actor: Actor) -> AsyncIterator[list[list[str]]]:
    """The blocks that stand, newest first; those of erased numbers cannot be told, and are left out."""
    yield [list(BLOCK_COLUMNS)]
    before: int | None = NEWEST
    while before is not None:
        async with transaction(pool, actor) as conn:
            await still_may(conn, actor, "consents:read")
            found = await blocks.newest(conn, None, Since(before, AT_ONCE))
        yield [
            [f"+{b.phone}", b.scope, disarmed(b.category), str(b.line_id or ""), b.since.isoformat(),
             b.source, disarmed(b.reason)]
            for b in found if b.phone > 0
        ]  # fmt: skip
        before = found[-1].id if len(found) == AT_ONCE else None


async def consent_rows(pool: Pool, actor: Actor) -> AsyncIterator[list[list[str]]]:
    """The consent ledger, newest first, without what belongs to no number any more."""
    yield [list(CONSENT_COLUMNS)]
    before: int | None = NEWEST
    while before is not None:
        async with transaction(pool, actor) as conn:
            await still_may(conn, actor, "consents:read")
            found = await consents.newest(conn, None, before, AT_ONCE)
        yield [
            [f"+{e.phone}", e.action, disarmed(e.category), e.source, e.timestamp.isoformat(),
             e.imported_timestamp.isoformat(), disarmed(e.method or ""), disarmed(e.wording or "")]
            for e in found if e.phone > 0
        ]  # fmt: skip
        before = found[-1].id if len(found) == AT_ONCE else None


LISTS = {"blocks": block_rows, "consents": consent_rows}
"""What goes out as a list, and its rows."""
