"""Contacts as a file: who is meant, in which columns, and the rows slice by slice (R8.2)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sayso.actions import people
from sayso.actions.actor import Actor, needs, record, transaction
from sayso.actions.refusal import Refused, fault, invalid, missing
from sayso.actions.still import still_may
from sayso.core import contact_columns, phones
from sayso.core.audience import Tree
from sayso.core.audience_plain import read
from sayso.storage import audience, audit, contact_export, contacts, lists, segments
from sayso.storage.audience_sql import Audience
from sayso.storage.contact_export import Search, Slice
from sayso.storage.pool import Connection, Pool

SLICE = 2_000
MOST_IN_XLSX = 100_000
MOST_FOUND = 10_000
SAMPLED = 2_000
FORMATS = ("csv", "xlsx")


@dataclass(frozen=True, slots=True)
class ExportWanted:
    """Which contacts, in which columns and form: everybody, or those of one list, segment or search."""

    columns: tuple[str, ...] = contact_columns.EVERYTHING
    form: str = "csv"
    list_id: int | None = None
    segment_id: int | None = None
    search: str = ""


@dataclass(frozen=True, slots=True)
class Export:
    """An export that was looked at and written down: its rows may be asked for."""

    wanted: ExportWanted
    name: str
    now: datetime
    tree: Tree | None = None
    by: Search | None = None


@needs("contacts:read")
async def begin_export(pool: Pool, actor: Actor, wanted: ExportWanted, now: datetime) -> Export | Refused:
    """Look whether it can be written, and record who takes which contacts out."""
    problem = contact_columns.fault(wanted.columns)
    if problem:
        return invalid(problem)
    if wanted.form not in FORMATS:
        return fault("format", "unknown", "The format is csv or xlsx.")
    async with transaction(pool, actor) as conn:
        export = await _understood(conn, wanted, now)
        if isinstance(export, Refused):
            return export
        if wanted.form == "xlsx" and await _size(conn, actor, export) > MOST_IN_XLSX:
            told = f"A spreadsheet of more than {MOST_IN_XLSX:,} contacts takes too long. Choose CSV."
            return fault("format", "too_many", told)
        after = {"whom": export.name, "format": wanted.form, "columns": list(wanted.columns)}
        await record(conn, actor, audit.Change("exported", "contact", export.name, None, after))
        return export


async def rows(pool: Pool, actor: Actor, export: Export) -> AsyncIterator[list[list[str]]]:
    """The heading, then the contacts in slices of a transaction each; what changes meanwhile may be seen.

    Raises TakenAwayError once the actor may not read contacts any more.
    """
    columns = export.wanted.columns
    yield [contact_columns.heading(columns)]
    after: int | None = 0
    while after is not None:
        async with transaction(pool, actor) as conn:
            await still_may(conn, actor, "contacts:read")
            part = await _slice(conn, actor, export, after)
        if part.contacts:
            yield [contact_columns.row(one, columns) for one in part.contacts]
        after = part.until


@needs("contacts:read")
async def attribute_columns(pool: Pool, actor: Actor) -> Sequence[str]:
    """The attributes that the newest contacts have, as columns."""
    async with transaction(pool, actor) as conn:
        return contact_columns.named(await contacts.newest_attributes(conn, SAMPLED))


async def _understood(conn: Connection, wanted: ExportWanted, now: datetime) -> Export | Refused:
    if sum((wanted.list_id is not None, wanted.segment_id is not None, bool(wanted.search))) > 1:
        return fault("", "which", "Choose one: a list, a segment or a search. Without one it is everybody.")
    if wanted.list_id is not None:
        found = await lists.get(conn, wanted.list_id)
        return missing("list", "list") if found is None else Export(wanted, found.name, now)
    if wanted.segment_id is not None:
        segment = await segments.get(conn, wanted.segment_id)
        if segment is None:
            return missing("segment", "segment")
        tree = read(segment.conditions)
        assert not isinstance(tree, tuple)  # noqa: S101 - what is not understood is never stored
        return Export(wanted, segment.name, now, tree)
    if wanted.search:
        said = phones.parse(wanted.search, await people.home(conn))
        key = None if isinstance(said, phones.NotANumber) else said.key
        return Export(wanted, "a search", now, by=Search(wanted.search, key))
    return Export(wanted, "everybody", now)


async def _size(conn: Connection, actor: Actor, export: Export) -> int:
    if export.by is not None:
        return 0
    if export.tree is not None:
        asked = Audience(actor.workspace_id, export.tree, export.now)
        return (await audience.count(conn, asked)).contacts
    return await contact_export.at_most(conn, export.wanted.list_id, MOST_IN_XLSX + 1)


async def _slice(conn: Connection, actor: Actor, export: Export, after: int) -> Slice:
    if export.by is not None:
        return Slice(await contact_export.found(conn, export.by, MOST_FOUND), None)
    if export.tree is not None:
        asked = Audience(actor.workspace_id, export.tree, export.now)
        return await contact_export.who_meet(conn, asked, after, SLICE)
    if export.wanted.list_id is not None:
        return await contact_export.on_list(conn, export.wanted.list_id, after, SLICE)
    return await contact_export.everybody(conn, after, SLICE)
