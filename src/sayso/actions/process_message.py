"""What a process says in words of its own: kept as a template that it alone uses (R4.5, R4.10)."""

from __future__ import annotations

from collections.abc import Mapping

from sayso.actions.actor import Actor, record, state
from sayso.actions.process_rules import Problems, Wanted
from sayso.actions.templates import faults_in_texts
from sayso.core.problems import Problem
from sayso.storage import audit, templates
from sayso.storage.pool import Connection
from sayso.storage.templates import Template


def faults(wanted: Wanted, actor: Actor) -> Problems:
    """What is wrong with a process's own words, and whether this actor may write any."""
    if wanted.texts is None:
        return ()
    if wanted.texts and not actor.may("templates:write"):
        told = "Your role lets you choose a template, not write one. Choose one, or ask a marketer."
        return (Problem("texts", "forbidden", told),)
    return tuple(faults_in_texts(wanted.texts))


async def own(conn: Connection, template_id: int | None) -> Mapping[str, str] | None:
    """The texts of a template that is a single process's own: unapproved and used once; else None."""
    if template_id is None or not await _is_own(conn, template_id):
        return None
    return (await templates.texts(conn, [template_id])).get(template_id, {})


async def store(conn: Connection, actor: Actor, wanted: Wanted, stood_with: int | None) -> int | None:
    """The template that the process shall answer with: the one it chose, or its own with these words.

    Words of its own replace those of a template that it alone uses, and make a new one beside any other.
    """
    if wanted.texts is None:
        return wanted.template_id
    if not wanted.texts:
        return None
    if stood_with is not None and await _is_own(conn, stood_with):
        return await _changed(conn, actor, stood_with, wanted.texts)
    made = await templates.create(conn, wanted.name.strip(), "transactional")
    await templates.replace_texts(conn, made, wanted.texts)
    after = await _state(conn, made)
    await record(conn, actor, audit.Change("created", "template", str(made), None, after))
    return made


async def _is_own(conn: Connection, template_id: int) -> bool:
    template = await templates.get(conn, template_id, for_update=True)
    if template is None or template.approved_at is not None:
        return False
    return len(await templates.processes_using(conn, template_id)) <= 1


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
