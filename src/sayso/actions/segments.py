"""Segments of contacts: made, changed, deleted, and counted before they are used (R8.3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sayso.actions.actor import Actor, needs, record, state, transaction
from sayso.actions.meanwhile import overtaken
from sayso.actions.refusal import Refused, conflict, fault, invalid, missing
from sayso.core.audience import Tree, conditions
from sayso.core.audience_plain import read, write
from sayso.core.audience_words import Names, said
from sayso.core.problems import Problem
from sayso.storage import audience, audit, categories, segments
from sayso.storage.audience import Counted, Met
from sayso.storage.audience_sql import Audience
from sayso.storage.pool import Connection, Pool
from sayso.storage.segments import Segment, SegmentDraft

LONGEST_NAME = 200
FIRST = 10


@dataclass(frozen=True, slots=True)
class Shown:
    """A segment, and its conditions said in words."""

    segment: Segment
    words: str


@dataclass(frozen=True, slots=True)
class Seen:
    """Who meets conditions now: how many, the first few of them, and the conditions in words."""

    counted: Counted
    first: tuple[Met, ...]
    words: str


@needs("contacts:write")
async def create_segment(pool: Pool, actor: Actor, wanted: SegmentDraft, now: datetime) -> Shown | Refused:
    """Store a segment; nobody is in it or out of it until it is asked."""
    async with transaction(pool, actor) as conn:
        draft = await _understood(conn, wanted)
        if isinstance(draft, Refused):
            return draft
        made = await segments.create(conn, draft, now)
        if made is None:
            return _TAKEN
        found = await _stored(conn, made)
        await record(conn, actor, audit.Change("created", "segment", str(made), None, state(found)))
        return await _shown(conn, found)


@needs("contacts:write")
async def change_segment(
    pool: Pool, actor: Actor, segment_id: int, wanted: SegmentDraft, now: datetime, seen: str = ""
) -> Shown | Refused:
    """Store a segment anew; what is being planned keeps to what it said before.

    `seen` is the stamp of what the edit was made from (empty: not looked at).
    """
    async with transaction(pool, actor) as conn:
        stood = await segments.get(conn, segment_id, for_update=True)
        if stood is None:
            return missing("id", "segment")
        draft = await _understood(conn, wanted)
        if isinstance(draft, Refused):
            return draft
        refused = overtaken("this segment", draft_of(stood), draft, seen)
        if refused:
            return refused
        if await segments.is_taken(conn, draft.name, segment_id):
            return _TAKEN
        await segments.update(conn, segment_id, draft, now)
        changed = await _stored(conn, segment_id)
        change = audit.Change("changed", "segment", str(segment_id), state(stood), state(changed))
        await record(conn, actor, change)
        return await _shown(conn, changed)


@needs("contacts:write")
async def delete_segment(pool: Pool, actor: Actor, segment_id: int) -> Shown | Refused:
    """Remove a segment; its contacts stay."""
    async with transaction(pool, actor) as conn:
        found = await segments.get(conn, segment_id, for_update=True)
        if found is None:
            return missing("id", "segment")
        if not await segments.delete(conn, segment_id):
            return conflict(
                "id", "in_use", "A campaign goes to this segment. Delete or change that one first."
            )
        await record(conn, actor, audit.Change("deleted", "segment", str(segment_id), state(found), None))
        return await _shown(conn, found)


@needs("contacts:read")
async def show_segment(pool: Pool, actor: Actor, segment_id: int) -> Shown | Refused:
    """One segment."""
    async with transaction(pool, actor) as conn:
        found = await segments.get(conn, segment_id)
        return missing("id", "segment") if found is None else await _shown(conn, found)


@needs("contacts:read")
async def list_segments(pool: Pool, actor: Actor, after: int, limit: int) -> list[Shown]:
    """A page of segments."""
    async with transaction(pool, actor) as conn:
        found = await segments.every(conn, after, limit)
        trees = [_tree(one.conditions) for one in found]
        names = await _names(conn, trees)
        return [Shown(one, said(tree, names)) for one, tree in zip(found, trees, strict=True)]


@needs("contacts:read")
async def see_segment(pool: Pool, actor: Actor, segment_id: int, now: datetime) -> Seen | Refused:
    """Who is in a segment at this moment."""
    async with transaction(pool, actor) as conn:
        found = await segments.get(conn, segment_id)
        if found is None:
            return missing("id", "segment")
        return await _seen(conn, Audience(actor.workspace_id, _tree(found.conditions), now))


@needs("contacts:read")
async def see_conditions(
    pool: Pool, actor: Actor, plain: Mapping[str, object], now: datetime
) -> Seen | Refused:
    """Who meets conditions that are not stored: counted before they are used."""
    async with transaction(pool, actor) as conn:
        tree = await _known(conn, plain)
        if isinstance(tree, Refused):
            return tree
        return await _seen(conn, Audience(actor.workspace_id, tree, now))


def draft_of(segment: Segment) -> SegmentDraft:
    """What a person says of a segment, of one that stands."""
    return SegmentDraft(segment.name, segment.conditions)


_TAKEN = conflict("name", "taken", "There is a segment of this name already. Choose another one.")


async def _understood(conn: Connection, wanted: SegmentDraft) -> SegmentDraft | Refused:
    name = wanted.name.strip()
    if not 0 < len(name) <= LONGEST_NAME:
        return fault("name", "form", f"A segment has a name of at most {LONGEST_NAME} characters.")
    tree = await _known(conn, wanted.conditions)
    return tree if isinstance(tree, Refused) else SegmentDraft(name, write(tree))


async def _known(conn: Connection, plain: Mapping[str, object]) -> Tree | Refused:
    """The tree, if all that it speaks of exists: a misspelt category would silently meet nobody, or all."""
    tree = read(plain)
    if isinstance(tree, tuple):
        return invalid(*tree)
    names = await _names(conn, [tree])
    known = {"list": names.lists, "campaign": names.campaigns}
    said_of = {(one.about, one.id) for one in conditions(tree) if one.about in known}
    unknown = [f"{about} {number}" for about, number in sorted(said_of) if number not in known[about]]
    named = {one.name for one in conditions(tree) if one.about == "consent"}
    if named:
        there = {category.name for category in await categories.every(conn)}
        unknown += [f"category {name}" for name in sorted(named - there)]
    if not unknown:
        return tree
    told = [f"There is no {what} in this workspace. Choose one that there is." for what in unknown]
    return invalid(*(Problem("conditions", "unknown", sentence) for sentence in told))


async def _names(conn: Connection, trees: Sequence[Tree]) -> Names:
    every = [one for tree in trees for one in conditions(tree)]
    lists, campaigns = ({one.id for one in every if one.about == about} for about in ("list", "campaign"))
    return Names(await segments.list_names(conn, lists), await segments.campaign_names(conn, campaigns))


async def _stored(conn: Connection, segment_id: int) -> Segment:
    found = await segments.get(conn, segment_id)
    assert found is not None  # noqa: S101 - stored or locked in this transaction
    return found


async def _shown(conn: Connection, found: Segment) -> Shown:
    tree = _tree(found.conditions)
    return Shown(found, said(tree, await _names(conn, [tree])))


async def _seen(conn: Connection, asked: Audience) -> Seen:
    counted = await audience.count(conn, asked)
    first = await audience.first(conn, asked, FIRST) if counted.contacts else []
    return Seen(counted, tuple(first), said(asked.tree, await _names(conn, [asked.tree])))


def _tree(plain: Mapping[str, object]) -> Tree:
    tree = read(plain)
    assert not isinstance(tree, tuple)  # noqa: S101 - what is not understood is never stored
    return tree
