"""What a process says in words of its own: kept as a template that it alone uses (R4.5, R4.10)."""

from __future__ import annotations

from collections.abc import Mapping

from sayso.actions.actor import Actor, record, state
from sayso.actions.process_rules import Problems, Wanted
from sayso.actions.refusal import Refused, fault
from sayso.actions.templates import faults_in_texts
from sayso.core.problems import Problem
from sayso.storage import audit, templates
from sayso.storage.pool import Connection
from sayso.storage.processes import Process
from sayso.storage.templates import Template


def faults(wanted: Wanted, actor: Actor) -> Problems:
    """What is wrong with a process's own words, and whether this actor may write any."""
    if wanted.texts is None:
        return ()
    if wanted.texts and not actor.may("templates:write"):
        told = "Your role lets you choose a template, not write one. Choose one, or ask a marketer."
        return (Problem("texts", "forbidden", told),)
    return tuple(faults_in_texts(wanted.texts))


async def own(conn: Connection, process: Process) -> Mapping[str, str] | None:
    """A process's own words, where it answers with them; else None."""
    kept = await templates.of_process(conn, process.id)
    if kept is None or kept.id != process.template_id:
        return None
    return (await templates.texts(conn, [kept.id])).get(kept.id, {})


async def fits(conn: Connection, wanted: Wanted, process_id: int) -> Refused | None:
    """Refuse a template that is not there, or keeps the own words of another process."""
    if wanted.template_id is None:
        return None
    template = await templates.get(conn, wanted.template_id)
    if template is None:
        return fault("template_id", "unknown", "There is no such template in this workspace.")
    if template.process_id not in (None, process_id):
        told = "These are another process's own words. Choose a template, or write words of its own."
        return fault("template_id", "anothers", told)
    return None


async def store(conn: Connection, actor: Actor, wanted: Wanted, process_id: int | None) -> int | None:
    """The template that the process shall answer with: the one it chose, or its own with these words.

    Words of its own replace those that it had; a process that had none, or is not stored yet (None), gets a
    new template, which is to be its own (`keep`).
    """
    if wanted.texts is None:
        return wanted.template_id
    if not wanted.texts:
        return None
    kept = None if process_id is None else await templates.of_process(conn, process_id)
    if kept is not None:
        return await _changed(conn, actor, kept.id, wanted.texts)
    made = await templates.create(conn, wanted.name.strip(), "transactional")
    await templates.replace_texts(conn, made, wanted.texts)
    after = await _state(conn, made)
    await record(conn, actor, audit.Change("created", "template", str(made), None, after))
    return made


async def keep(conn: Connection, wanted: Wanted, template_id: int | None, process_id: int) -> None:
    """Make the template that holds its own words the process's."""
    if wanted.texts and template_id is not None:
        await templates.give(conn, template_id, process_id)


async def _changed(conn: Connection, actor: Actor, template_id: int, texts: Mapping[str, str]) -> int:
    before = await _state(conn, template_id)
    await templates.replace_texts(conn, template_id, texts)
    after = await _state(conn, template_id)
    if after != before:
        await record(conn, actor, audit.Change("changed", "template", str(template_id), before, after))
    return template_id


async def _state(conn: Connection, template_id: int) -> Mapping[str, object]:
    template: Template | None = await templates.get(conn, template_id)
    texts = await templates.texts(conn, [template_id])
    return state(template, texts=texts.get(template_id, {}))
