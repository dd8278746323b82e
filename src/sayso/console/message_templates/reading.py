"""Templates with their texts, and the processes that answer with them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from sayso.console.components.counting import counted
from sayso.console.components.pages import Page, newest
from sayso.console.languages import named
from sayso.console.lenses.processes import Process
from sayso.console.lenses.templates import Template, TemplateText


@dataclass(frozen=True, slots=True)
class Said:
    """What a template says in one language, and how many parts that takes."""

    code: str
    language: str
    body: str
    parts: int


@dataclass(frozen=True, slots=True)
class Row:
    """A template as the list shows it."""

    template: Template
    texts: list[Said]
    used_by: list[Process]


def page(before: int | None) -> Page[Row]:
    """Fifty templates, newest first."""
    found = newest(Template.objects.all(), before)
    ids = [template.id for template in found.rows]
    texts, used = texts_of(ids), used_by(ids)
    rows = [Row(template, texts[template.id], used[template.id]) for template in found.rows]
    return Page(rows, found.first, found.total, found.older)


def texts_of(template_ids: Iterable[int]) -> dict[int, list[Said]]:
    """The texts of each template, by language."""
    found: dict[int, list[Said]] = defaultdict(list)
    for text in TemplateText.objects.filter(template_id__in=list(template_ids)).order_by("language"):
        said = Said(text.language, named(text.language), text.body, counted(text.body).parts)
        found[text.template_id].append(said)
    return found


def used_by(template_ids: Iterable[int]) -> dict[int, list[Process]]:
    """The processes that answer with each template."""
    found: dict[int, list[Process]] = defaultdict(list)
    standing = Process.objects.filter(template_id__in=list(template_ids), deleted_at=None)
    for process in standing.order_by("name", "id"):
        found[process.template_id].append(process)
    return found
