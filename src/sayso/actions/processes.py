"""Keyword processes: saved, started, paused, deleted (R4.2–R4.9)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sayso.actions import process_message, process_rules
from sayso.actions.actor import Actor, needs, record, state, transaction
from sayso.actions.process_rules import Neighbour, Problems, Wanted
from sayso.actions.refusal import Refused, conflict, fault, invalid, missing
from sayso.actions.templates import stamp
from sayso.core.problems import Problem
from sayso.storage import audit, numbers, processes, templates, workspaces
from sayso.storage.numbers import Line
from sayso.storage.pool import Connection, Pool
from sayso.storage.processes import Overview, Process, ProcessDraft

ONE_PER_LINE = frozenset({"unsubscribe", "help"})


@dataclass(frozen=True, slots=True)
class Saved:
    """A stored process: what it still lacks before it can be started, and what to be warned of."""

    process: Process
    keywords: tuple[str, ...]
    missing: Problems
    warnings: Problems


@dataclass(frozen=True, slots=True)
class _Place:
    """The line a process stands on, locked, with what else is there."""

    line: Line
    neighbours: tuple[Neighbour, ...]
    allowed_unknown: bool


@needs("processes:write")
async def create_process(pool: Pool, actor: Actor, wanted: Wanted, now: datetime) -> Saved | Refused:
    """Store a new process; it may be incomplete, and says so (R4.3)."""
    found = (*process_rules.faults(wanted), *process_message.faults(wanted, actor))
    if found:
        return invalid(*found)
    async with transaction(pool, actor) as conn:
        place = await _place(conn, wanted, 0)
        if isinstance(place, Refused):
            return place
        if wanted.type in ONE_PER_LINE and wanted.type in {other.type for other in place.neighbours}:
            return _second_of_its_kind(wanted, place)
        taken = process_rules.taken_by(wanted, 0, place.neighbours, place.line.country)
        if taken:
            return invalid(*taken)
        draft = replace(_draft(wanted), template_id=await process_message.store(conn, actor, wanted, None))
        made = await processes.create(conn, wanted.line_id, wanted.type, draft, now)
        assert made is not None  # noqa: S101 - the line is locked, and has none of this kind
        await process_message.keep(conn, wanted, draft.template_id, made)
        await processes.replace_keywords(conn, made, wanted.folded)
        saved = await _saved(conn, made, place)
        await record(conn, actor, audit.Change("created", "process", str(made), None, _state(saved)))
        return saved


@needs("processes:write")
async def change_process(
    pool: Pool, actor: Actor, process_id: int, edit: tuple[Wanted, int], now: datetime
) -> Saved | Refused:
    """Store an edit of (what is wanted, the version it was made from); applies at once (R4.2).

    Refused where somebody else saved in between, and where a started process would become incomplete.
    """
    wanted, version = edit
    found = (*process_rules.faults(wanted), *process_message.faults(wanted, actor))
    if found:
        return invalid(*found)
    async with transaction(pool, actor) as conn:
        place = await _place(conn, wanted, process_id)
        if isinstance(place, Refused):
            return place
        stood = await _standing(conn, process_id, place)
        if stood is None:
            return missing("id", "process")
        texts = await process_message.own(conn, stood.process)
        refused = _edit_refused(stood, (wanted, version), texts, place)
        if refused:
            return refused
        template_id = await process_message.store(conn, actor, wanted, process_id)
        await process_message.keep(conn, wanted, template_id, process_id)
        await processes.update(conn, process_id, replace(_draft(wanted), template_id=template_id), now)
        await processes.replace_keywords(conn, process_id, wanted.folded)
        saved = await _saved(conn, process_id, place)
        change = audit.Change("changed", "process", str(process_id), _state(stood), _state(saved))
        await record(conn, actor, change)
        return saved


@needs("processes:write")
async def start_process(pool: Pool, actor: Actor, process_id: int, now: datetime) -> Saved | Refused:
    """Start a process; an incomplete one is refused and says what is missing (R4.3)."""
    async with transaction(pool, actor) as conn:
        found = await _found(conn, process_id)
        if found is None:
            return missing("id", "process")
        stood, place = found
        wanted = _as_wanted(stood)
        taken = process_rules.taken_by(wanted, process_id, place.neighbours, place.line.country)
        if stood.missing or taken:
            return invalid(*stood.missing, *taken)
        return await _moved(conn, actor, found, "started", now)


@needs("processes:write")
async def pause_process(pool: Pool, actor: Actor, process_id: int, now: datetime) -> Saved | Refused:
    """Pause a process: its custom keywords and message stop, the floor stays (R4.9)."""
    async with transaction(pool, actor) as conn:
        found = await _found(conn, process_id)
        if found is None:
            return missing("id", "process")
        if found[0].process.state == "new":
            return conflict(
                "state", "not_started", "This process was never started, so there is nothing to pause."
            )
        return await _moved(conn, actor, found, "paused", now)


@needs("processes:write")
async def delete_process(pool: Pool, actor: Actor, process_id: int, now: datetime) -> Refused | None:
    """Delete a process for good; its history and the floor stay (R4.2, R4.9)."""
    async with transaction(pool, actor) as conn:
        found = await _found(conn, process_id)
        if found is None:
            return missing("id", "process")
        await processes.delete(conn, process_id, now)
        await templates.release(conn, process_id)
        await record(conn, actor, audit.Change("deleted", "process", str(process_id), _state(found[0]), None))
        return None


@needs("processes:read")
async def show_process(pool: Pool, actor: Actor, process_id: int) -> Saved | Refused:
    """One process, with what it lacks and what to be warned of."""
    async with transaction(pool, actor) as conn:
        found = await _found(conn, process_id)
        return missing("id", "process") if found is None else found[0]


@needs("processes:read")
async def list_processes(pool: Pool, actor: Actor, after: int, limit: int, now: datetime) -> list[Overview]:
    """A page of the overview (R4.4)."""
    async with transaction(pool, actor) as conn:
        return await processes.overview(conn, after, limit, now.date())


async def _place(conn: Connection, wanted: Wanted, process_id: int) -> _Place | Refused:
    await numbers.hold_line(conn, wanted.line_id)
    line = await numbers.get_line(conn, wanted.line_id)
    if line is None:
        return fault("line_id", "unknown", "There is no such line in this workspace.")
    refused = await process_message.fits(conn, wanted, process_id)
    if refused is not None:
        return refused
    standing = await processes.on_line(conn, line.id)
    words = await processes.keywords(conn, [process.id for process in standing])
    allowed = await workspaces.permitted_confirmations(conn)
    neighbours = tuple(
        Neighbour(
            other.id, other.type, other.name, other.state, other.match_mode, tuple(words[other.id].values())
        )
        for other in standing
    )
    return _Place(line, neighbours, any(found.country == line.country for found in allowed))


async def _found(conn: Connection, process_id: int) -> tuple[Saved, _Place] | None:
    process = await processes.get(conn, process_id)
    if process is None:
        return None
    # The template is the process's own, held by a foreign key: nothing to look up again.
    place = await _place(conn, Wanted(process.type, process.name, process.line_id), process_id)
    if isinstance(place, Refused):
        return None
    saved = await _standing(conn, process_id, place)
    return None if saved is None else (saved, place)


async def _standing(conn: Connection, process_id: int, place: _Place) -> Saved | None:
    process = await processes.get(conn, process_id, for_update=True)
    if process is None:
        return None
    words = (await processes.keywords(conn, [process_id]))[process_id]
    return _told(process, tuple(words.values()), place)


async def _saved(conn: Connection, process_id: int, place: _Place) -> Saved:
    saved = await _standing(conn, process_id, place)
    assert saved is not None  # noqa: S101 - stored in this transaction
    return saved


async def _moved(
    conn: Connection, actor: Actor, found: tuple[Saved, _Place], wanted: str, now: datetime
) -> Saved:
    stood, place = found
    if stood.process.state == wanted:
        return stood
    await processes.set_state(conn, stood.process.id, wanted, now)
    saved = await _saved(conn, stood.process.id, place)
    change = audit.Change(wanted, "process", str(stood.process.id), _state(stood), _state(saved))
    await record(conn, actor, change)
    return saved


def _edit_refused(
    stood: Saved, edit: tuple[Wanted, int], texts: Mapping[str, str] | None, place: _Place
) -> Refused | None:
    wanted, version = edit
    reworded = bool(wanted.texts_from) and stamp(texts or {}) != wanted.texts_from
    if stood.process.version != version or reworded:
        told = "Somebody saved this process after you opened it. See what differs, and save again from there."
        refused = conflict("version", "changed_meanwhile", told)
        return replace(refused, difference=_difference(stood, wanted, texts))
    if (stood.process.type, stood.process.line_id) != (wanted.type, wanted.line_id):
        return fault("type", "fixed", "A process keeps its type and line: make another one instead.")
    taken = process_rules.taken_by(wanted, stood.process.id, place.neighbours, place.line.country)
    lacking = process_rules.incomplete(wanted, place.line.country) if stood.process.state == "started" else ()
    return invalid(*taken, *lacking) if taken or lacking else None


def _difference(stood: Saved, wanted: Wanted, texts: Mapping[str, str] | None) -> Mapping[str, object]:
    theirs, yours = _draft(_as_wanted(stood)), _draft(wanted)
    told: dict[str, object] = {"version": stood.process.version}
    for name in ("name", "match_mode", "predefined_mode", "scope", "categories", "template_id", "keywords"):
        stands, asked = getattr(theirs, name), getattr(yours, name)
        if name == "keywords":
            stands, asked = sorted(stands.values()), sorted(asked.values())
        if stands != asked:
            told[name] = {"stands": stands, "yours": asked}
    if wanted.texts is not None and texts is not None:
        # Both speak in words of their own: the template that keeps them is the same, or will be new.
        told.pop("template_id", None)
        if dict(texts) != dict(wanted.texts):
            told["texts"] = {"stands": dict(texts), "yours": dict(wanted.texts)}
    return told


def _second_of_its_kind(wanted: Wanted, place: _Place) -> Refused:
    other = next((found.name for found in place.neighbours if found.type == wanted.type), "another process")
    told = f"{place.line.name} has its {wanted.type} process already: {other}. Change or delete that one."
    return conflict("type", "one_per_line", told)


def _told(process: Process, keywords: tuple[str, ...], place: _Place) -> Saved:
    wanted = _as_wanted(Saved(process, keywords, (), ()))
    country, withdrawn = place.line.country, place.line.withdrawn_at is not None
    lacking = process_rules.incomplete(wanted, country, withdrawn=withdrawn)
    warned = process_rules.warnings(
        wanted, process.id, place.neighbours, country, allowed_unknown=place.allowed_unknown
    )
    return Saved(process, keywords, lacking, warned)


def _as_wanted(saved: Saved) -> Wanted:
    process = saved.process
    return Wanted(
        process.type,
        process.name,
        process.line_id,
        saved.keywords,
        process.match_mode,
        process.predefined_mode,
        process.scope,
        tuple(process.categories),
        process.template_id,
    )


def _draft(wanted: Wanted) -> ProcessDraft:
    return ProcessDraft(
        name=wanted.name.strip(),
        match_mode=wanted.match_mode,
        predefined_mode=wanted.predefined_mode,
        scope=wanted.chosen_scope,
        categories=list(wanted.categories),
        template_id=wanted.template_id,
        keywords=wanted.folded,
    )


def _state(saved: Saved) -> Mapping[str, object]:
    return state(saved.process, keywords=sorted(saved.keywords))


__all__ = ["Problem", "Saved", "Wanted"]
