"""What a workspace sets for its advertising, who stopped its sending, and who was advertised to (R9.8)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import TupleRow

from sayso.core.countries.rules import EVERY_DAY, Cap, Window
from sayso.core.sending_rules import A_DAY, A_WEEK, Halt, SendingRules
from sayso.storage.outbox import Claimed
from sayso.storage.pool import Connection
from sayso.storage.queries import load
from sayso.storage.statements import one, run

SQL = load("sending_rules")
# Without its last ten digits a number tells its country, roughly: 1, 33, 44.
_ALIKE = 10**10


@dataclass(frozen=True, slots=True)
class OwnRules:
    """A workspace's rules as they are stored; the defaults where none are."""

    days: Sequence[int] = EVERY_DAY
    opens: str = "09:00"
    closes: str = "20:00"
    holidays: bool = True
    per_day: int | None = 1
    per_week: int | None = 4
    countries: Sequence[str] = ()
    practises: bool = False


@dataclass(frozen=True, slots=True)
class Halted:
    """Who stopped all sending of a workspace, since when, and why."""

    since: datetime
    why: str
    user_id: int | None
    key_id: int | None


@dataclass(frozen=True, slots=True)
class Stands:
    """What the gate asks of a workspace; `practises`: on simulated lines too."""

    rules: SendingRules
    practises: bool
    halt: Halt | None


def read_row(row: TupleRow) -> Stands:
    """A workspace's rules for the gate, of a row of the query `rules` of `gate_facts`."""
    _, home, days, opens, closes, holidays, per_day, per_week, countries, practises, since, why = row
    halt = Halt(since, why) if since is not None else None
    if days is None:
        return Stands(SendingRules(home), practises, halt)
    caps = [Cap(texts, hours) for texts, hours in ((per_day, A_DAY), (per_week, A_WEEK)) if texts is not None]
    window = Window(tuple(days), opens, closes, holidays)
    return Stands(SendingRules(home, window, tuple(caps), frozenset(countries)), practises, halt)


async def current(conn: Connection, *, for_update: bool = False) -> OwnRules:
    """The rules of the transaction's workspace; locked where a change follows."""
    if for_update:
        await run(conn, SQL["make"], {})
    return await one(conn, OwnRules, SQL["for_update" if for_update else "current"], {}) or OwnRules()


async def put(conn: Connection, wanted: OwnRules) -> None:
    """Store the workspace's rules; a row was made by `current`."""
    said = {
        "days": list(wanted.days),
        "opens": wanted.opens,
        "closes": wanted.closes,
        "holidays": wanted.holidays,
        "per_day": wanted.per_day,
        "per_week": wanted.per_week,
        "countries": list(wanted.countries),
        "practises": wanted.practises,
    }
    await run(conn, SQL["put"], said)


async def halted(conn: Connection) -> Halted | None:
    """Whether all sending of the workspace is stopped, and by whom."""
    return await one(conn, Halted, SQL["halted"], {})


async def halt(conn: Connection, why: str, who: tuple[int | None, int | None]) -> bool:
    """Stop all sending of the workspace; False where it is stopped already. `who`: a person, or a key."""
    return await run(conn, SQL["halt"], {"why": why, "user_id": who[0], "key_id": who[1]}) == 1


async def go_on(conn: Connection) -> bool:
    """Let sending go on; False where it was not stopped."""
    return await run(conn, SQL["go_on"], {}) == 1


async def alone(conn: Connection, numbers: Collection[tuple[int, int]]) -> None:
    """Be the only one that looks at the caps of these (workspace, number) until the transaction ends.

    Two connections would otherwise each find that the other's text has not left.
    """
    if numbers:
        await conn.execute(SQL["alone"], {"keys": _crowds(numbers)}, prepare=True)


async def alone_at_once(conn: Connection, numbers: Collection[tuple[int, int]]) -> bool:
    """The same without waiting: False where another one is looking, and then this transaction must end."""
    if not numbers:
        return True
    cursor = await conn.execute(SQL["alone_at_once"], {"keys": _crowds(numbers)}, prepare=True)
    row = await cursor.fetchone()
    return row is not None and bool(row[0])


def _crowds(numbers: Collection[tuple[int, int]]) -> list[int]:
    """What is locked for numbers: those that begin alike share a lock, so the same number always does.

    A campaign goes out in the order of its numbers, so a slice is of one or two beginnings, and connections
    for other countries do not wait for it (decision 0021). In one order, as everyone takes them.
    """
    return sorted({(workspace * 1_009 + phone // _ALIKE) % 2**31 for workspace, phone in numbers})


async def advertised(conn: Connection, leaving: Sequence[Claimed], now: datetime) -> None:
    """Remember advertising that is handed over now."""
    if leaving:
        await conn.execute(SQL["advertised"], _of(leaving) | {"now": now}, prepare=True)


async def not_taken(conn: Connection, rows: Sequence[tuple[Claimed, datetime]]) -> None:
    """Forget advertising that surely reached nobody, as was known then: a cap counts what people got."""
    if rows:
        ordered = sorted(rows, key=lambda pair: _place(pair[0]))
        said = _of([row for row, _ in ordered]) | {"ats": [at for _, at in ordered]}
        await conn.execute(SQL["not_taken"], said, prepare=True)


def _place(row: Claimed) -> tuple[int, int, int]:
    return row.phone, row.workspace_id, row.message_id


def _of(rows: Sequence[Claimed]) -> dict[str, object]:
    ordered = sorted(rows, key=_place)
    return {
        "phones": [row.phone for row in ordered],
        "workspaces": [row.workspace_id for row in ordered],
        "ids": [row.message_id for row in ordered],
    }
