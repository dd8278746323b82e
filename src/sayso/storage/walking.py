"""Whom a plan walks: who comes next, and what is to be known of any of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sayso.core import audience_plain
from sayso.core.campaigns import Recipient
from sayso.storage import audience, changed_numbers, erased
from sayso.storage.audience_sql import Audience
from sayso.storage.planning import Plan
from sayso.storage.pool import Connection
from sayso.storage.queries import load
from sayso.storage.statements import Cursor, every, number

SQL = load("walking")


@dataclass(frozen=True, slots=True)
class Met:
    """The next of an audience, and what was asked together with them, after them.

    `changed`, `erased`: whether the workspace has any such numbers (`changed_numbers`, `erased`).
    `ids`: as many as might have come.
    """

    people: Sequence[Recipient]
    changed: Cursor
    erased: Cursor
    ids: Cursor


async def meet(conn: Connection, plan: Plan, limit: int) -> Met:
    """The next of the audience, in the order of their numbers; in a pipeline that is one round trip."""
    people = await _ask_people(conn, plan, limit)
    changed = await changed_numbers.ask(conn, plan.workspace_id)
    erasures = await erased.ask(conn, [plan.workspace_id])
    drawn = await conn.execute(SQL["new_ids"], {"count": limit})
    return Met(await every(Recipient, people), changed, erasures, drawn)


async def _ask_people(conn: Connection, plan: Plan, limit: int) -> Cursor:
    if plan.conditions is not None:
        after = plan.after_phone, plan.after_contact
        return await audience.ask_recipients(conn, _of_segment(plan, plan.conditions), after, limit)
    said = {
        "workspace_id": plan.workspace_id,
        "after_phone": plan.after_phone,
        "after_contact": plan.after_contact,
        "list_id": plan.list_id,
        "limit": limit,
    }
    query = SQL["of_list" if plan.audience == "list" else "everybody"]
    return await conn.execute(query, said)


async def texted_from(
    conn: Connection, workspace_id: int, phones: Sequence[int]
) -> Mapping[int, Sequence[int]]:
    """From which lines these numbers were texted, last first."""
    return await texted(await ask_texted(conn, workspace_id, phones))


async def ask_texted(conn: Connection, workspace_id: int, phones: Sequence[int]) -> Cursor:
    """Ask from which lines these numbers were texted."""
    said = {"workspace_id": workspace_id, "phones": sorted(set(phones))}
    return await conn.execute(SQL["texted_from"], said)


async def texted(asked: Cursor) -> Mapping[int, Sequence[int]]:
    """From which lines the numbers that were asked about were texted, last first."""
    known: defaultdict[int, list[int]] = defaultdict(list)
    for phone, line_id in await asked.fetchall():
        known[phone].append(line_id)
    return known


async def new_ids(conn: Connection, count: int) -> list[int]:
    """Ids for so many messages, before they are written: a personal link names its own."""
    return await ids(await conn.execute(SQL["new_ids"], {"count": count}))


async def ids(asked: Cursor) -> list[int]:
    """The ids that were asked for."""
    row = await asked.fetchone()
    assert row is not None  # noqa: S101 - an aggregate answers one row
    return list(row[0] or ())


async def without_number(conn: Connection, plan: Plan) -> int:
    """How many of the audience have no number at all."""
    if plan.conditions is not None:
        return await audience.without_number(conn, _of_segment(plan, plan.conditions))
    said = {"workspace_id": plan.workspace_id, "list_id": plan.list_id}
    return await number(conn, SQL["without_number"], said) or 0


async def unnumbered(conn: Connection, plan: Plan, limit: int) -> list[int]:
    """Some of those: contacts."""
    if plan.conditions is not None:
        return await audience.unnumbered(conn, _of_segment(plan, plan.conditions), limit)
    said = {"workspace_id": plan.workspace_id, "list_id": plan.list_id, "limit": limit}
    return [row[0] for row in await (await conn.execute(SQL["unnumbered"], said)).fetchall()]


def _of_segment(plan: Plan, conditions: Mapping[str, object]) -> Audience:
    """As it was when the plan began: days count back from there, however long the walk takes."""
    tree = audience_plain.read(conditions)
    assert not isinstance(tree, tuple)  # noqa: S101 - what is not understood is never stored
    return Audience(plan.workspace_id, tree, plan.began_at)
