"""Templates: texts by language that processes and the API send."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sayso.actions.actor import Actor, needs, record, state, transaction
from sayso.actions.refusal import Refused, conflict, fault, invalid, missing
from sayso.core.problems import Problem
from sayso.core.segments import Segments, count
from sayso.storage import audit, templates
from sayso.storage.pool import Connection, Pool
from sayso.storage.templates import Template

CLASSES = ("advertising", "transactional")
LONGEST_BODY = 1_600
LONGEST_NAME = 200
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


@dataclass(frozen=True, slots=True)
class TemplateWanted:
    """A template as asked for; `texts` by language."""

    name: str
    message_class: str
    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Told:
    """A template with its texts, and what each takes in parts."""

    template: Template
    texts: Mapping[str, str]
    parts: Mapping[str, Segments]


@needs("templates:write")
async def create_template(pool: Pool, actor: Actor, wanted: TemplateWanted) -> Told | Refused:
    """Store a template with at least one text."""
    refused = _fault(wanted)
    if refused:
        return refused
    async with transaction(pool, actor) as conn:
        made = await templates.create(conn, wanted.name.strip(), wanted.message_class)
        await templates.replace_texts(conn, made, wanted.texts)
        told = await _told(conn, made)
        assert told is not None  # noqa: S101 - stored above, in this transaction
        after = state(told.template, texts=told.texts)
        await record(conn, actor, audit.Change("created", "template", str(made), None, after))
        return told


@needs("templates:write")
async def change_template(
    pool: Pool, actor: Actor, template_id: int, wanted: TemplateWanted, stood_at: str = ""
) -> Told | Refused:
    """Store a template anew; what is sent from now on says this, and an approval ends.

    `stood_at` is the stamp of what the edit was made from: refused where that changed meanwhile.
    """
    refused = _fault(wanted)
    if refused:
        return refused
    async with transaction(pool, actor) as conn:
        if await templates.get(conn, template_id, for_update=True) is None:
            return missing("id", "template")
        stood = await _told(conn, template_id)
        if stood is not None and stood_at and _stands_at(stood) != stood_at:
            return _changed_meanwhile(stood, wanted)
        await templates.update(conn, template_id, wanted.name.strip(), wanted.message_class)
        await templates.replace_texts(conn, template_id, wanted.texts)
        told = await _told(conn, template_id)
        assert stood is not None and told is not None  # noqa: S101 - locked above
        before, after = state(stood.template, texts=stood.texts), state(told.template, texts=told.texts)
        await record(conn, actor, audit.Change("changed", "template", str(template_id), before, after))
        return told


@needs("templates:approve")
async def approve_template(pool: Pool, actor: Actor, template_id: int, now: datetime) -> Told | Refused:
    """Approve a template as what its class says; transactional texts are sent from approved ones only."""
    async with transaction(pool, actor) as conn:
        stood = await templates.get(conn, template_id, for_update=True)
        if stood is None:
            return missing("id", "template")
        if stood.approved_at is None:
            await templates.approve(conn, template_id, now)
            after = state(stood, approved_at=now)
            await record(
                conn, actor, audit.Change("approved", "template", str(template_id), state(stood), after)
            )
        return await _told(conn, template_id) or missing("id", "template")


@needs("templates:read")
async def show_template(pool: Pool, actor: Actor, template_id: int) -> Told | Refused:
    """One template with its texts."""
    async with transaction(pool, actor) as conn:
        return await _told(conn, template_id) or missing("id", "template")


@needs("templates:read")
async def list_templates(pool: Pool, actor: Actor, after: int, limit: int) -> list[Told]:
    """A page of templates with their texts, in two statements."""
    async with transaction(pool, actor) as conn:
        found = await templates.every(conn, after, limit)
        texts = await templates.texts(conn, [template.id for template in found])
        return [_with_parts(template, texts.get(template.id, {})) for template in found]


async def _told(conn: Connection, template_id: int) -> Told | None:
    template = await templates.get(conn, template_id)
    if template is None:
        return None
    return _with_parts(template, (await templates.texts(conn, [template_id])).get(template_id, {}))


def _with_parts(template: Template, texts: Mapping[str, str]) -> Told:
    return Told(template, texts, {language: count(body) for language, body in texts.items()})


def stamp(texts: Mapping[str, str]) -> str:
    """A short sign of what texts say, to notice that somebody changed them meanwhile."""
    return hashlib.sha256(json.dumps(dict(sorted(texts.items()))).encode()).hexdigest()[:16]


def stamp_of(name: str, message_class: str, texts: Mapping[str, str]) -> str:
    """The same of a whole template: its name and class are looked at too."""
    return stamp({**texts, "name": name, "class": message_class})


def _stands_at(stood: Told) -> str:
    return stamp_of(stood.template.name, stood.template.message_class, stood.texts)


def _changed_meanwhile(stood: Told, wanted: TemplateWanted) -> Refused:
    sentence = "Somebody saved this template after you opened it. See what differs, then save from there."
    pairs = {
        "name": (stood.template.name, wanted.name.strip()),
        "class": (stood.template.message_class, wanted.message_class),
    } | {
        f"texts.{language}": (stood.texts.get(language, ""), wanted.texts.get(language, ""))
        for language in sorted({*stood.texts, *wanted.texts})
    }
    differing = {
        name: {"stands": stands, "yours": yours} for name, (stands, yours) in pairs.items() if stands != yours
    }
    return replace(conflict("texts", "changed_meanwhile", sentence), difference=differing)


def _fault(wanted: TemplateWanted) -> Refused | None:
    problems = []
    if not wanted.name.strip() or len(wanted.name) > LONGEST_NAME:
        problems.append(
            Problem("name", "length", f"A template needs a name of at most {LONGEST_NAME} characters.")
        )
    if wanted.message_class not in CLASSES:
        problems.append(Problem("class", "unknown", f"The class is one of: {', '.join(CLASSES)}."))
    if not wanted.texts:
        return fault("texts", "missing", "A template needs a text in at least one language.")
    problems.extend(faults_in_texts(wanted.texts))
    return invalid(*problems) if problems else None


def faults_in_texts(texts: Mapping[str, str]) -> list[Problem]:
    """What is wrong with texts by language, wherever they are given."""
    problems = []
    for language, body in texts.items():
        if not _LANGUAGE.fullmatch(language):
            problems.append(
                Problem("texts", "language", f"“{language[:20]}” is no language code such as en or pt-BR.")
            )
        if not body.strip() or len(body) > LONGEST_BODY:
            told = f"A text has at least one visible character and at most {LONGEST_BODY}."
            problems.append(Problem(f"texts.{language[:20]}", "length", told))
    return problems
