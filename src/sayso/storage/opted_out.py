"""What a provider's "opted out" is decided from, and where it is written (R6.6)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sayso.core.lines import WorkspaceWords
from sayso.core.messages import Known, Profile, Texted
from sayso.storage import inbound
from sayso.storage.inbound import COLUMNS, Found, Row
from sayso.storage.pool import Connection
from sayso.storage.queries import load

SQL = load("receipts")


async def known(conn: Connection, pairs: Sequence[tuple[int, int]]) -> dict[tuple[int, int], Known]:
    """Profiles and what they were texted, by (workspace, number); in one round trip.

    The same queries as the inbound stage's, so that a stop is decided from the same facts however it came.
    """
    wanted = sorted(pairs)
    by_phone = {"phones": sorted({phone for _, phone in wanted})}
    by_pair = {"workspaces": [workspace for workspace, _ in wanted], "phones": [phone for _, phone in wanted]}
    queries = load("inbound")
    async with conn.pipeline():
        profiles = await conn.execute(queries["profiles"], by_pair, prepare=True)
        texted = await conn.execute(queries["texted"], by_phone, prepare=True)
        people = _sorted(await profiles.fetchall())
        sent = _sorted(await texted.fetchall())
    return {
        pair: Known(
            profiles=tuple(Profile(*row[1:]) for row in people[pair]),
            texted=tuple(Texted(*row[1:]) for row in sent[pair]),
        )
        for pair in wanted
    }


async def block(conn: Connection, rows: Sequence[Row]) -> set[tuple[int, int, str, int]]:
    """Store blocks, rows as storage.inbound has them; which are new: (workspace, number, scope, line)."""
    columns = COLUMNS["add_blocks"]
    told = sorted((_of_no_text("add_blocks", row) for row in rows), key=_by_reach)
    lists = (list(values) for values in zip(*told, strict=True))
    query = load("inbound")["add_blocks"]
    cursor = await conn.execute(query, dict(zip(columns, lists, strict=True)), prepare=True)
    return {(row[0], row[1], row[2], row[3]) for row in await cursor.fetchall() if row[4]}


async def words(conn: Connection, workspaces: Sequence[int]) -> dict[int, WorkspaceWords]:
    """What these workspaces want of an opt-out: the categories it rejects, and their names for its event."""
    cursor = await conn.execute(SQL["words"], {"workspaces": sorted(workspaces)}, prepare=True)
    return {
        workspace: WorkspaceWords(rejects=tuple(rejects), event_name=name, event_properties=renamed)
        for workspace, name, renamed, rejects in await cursor.fetchall()
    }


async def append(conn: Connection, batch: Mapping[str, Sequence[Row]], **constants: object) -> None:
    """Write what was decided, as storage.inbound.append does; no text did it, and the ledger says so."""
    told = {kind: [_of_no_text(kind, row) for row in rows] for kind, rows in batch.items()}
    ledger = told.pop("append_ledger", [])
    await inbound.append(conn, told, **constants)
    if ledger:
        columns = COLUMNS["append_ledger"]
        lists = (list(values) for values in zip(*sorted(ledger, key=_by_key), strict=True))
        await conn.execute(SQL["append_ledger"], dict(zip(columns, lists, strict=True)), prepare=True)


def _of_no_text(kind: str, row: Row) -> Row:
    columns = COLUMNS[kind]
    if "inbound_id" not in columns:
        return row
    return tuple(
        None if column == "inbound_id" else value for column, value in zip(columns, row, strict=True)
    )


def _by_key(row: Row) -> Row:
    return row[:4]


def _by_reach(row: Row) -> Row:
    return row[:5]


def _sorted(rows: Sequence[Found]) -> defaultdict[tuple[int, int], list[Found]]:
    """Rows, each led by its phone and its workspace, by (workspace, phone)."""
    found: defaultdict[tuple[int, int], list[Found]] = defaultdict(list)
    for row in rows:
        found[row[1], row[0]].append(row)
    return found
