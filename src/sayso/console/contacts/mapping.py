"""What each column of a file becomes, chosen with its first rows in view (R8.2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from sayso.actions.imports import Preview, Seen, Wanted, preview_import, start_import
from sayso.actions.refusal import Refused
from sayso.console.components.numbers import spaced
from sayso.console.components.places import country_choices, country_named
from sayso.console.forms import again, go, previewed
from sayso.console.loop import perform
from sayso.console.refusing import demand, sentence
from sayso.core.importing import ATTRIBUTE, suggest
from sayso.storage.imports import Import

AS_BEGUN = Wanted()
FIELDS = (
    ("phone", "Mobile number"),
    ("external_id", "External id"),
    ("email", "E-mail"),
    ("language", "Language"),
    ("time_zone", "Time zone"),
    ("country", "Country"),
    ("sms_consent", "Consent to texts: yes or no"),
    ("sms_valid", "Number takes texts: yes or no"),
)
NOT_READ = "Leave it out"
SAMPLES = 3
NAMES = {target: label.partition(":")[0] for target, label in FIELDS}


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, some of its cells, what it may become and what it becomes."""

    place: int
    name: str
    cells: Sequence[str]
    choices: Sequence[tuple[str, str]]
    target: str


@dataclass(frozen=True, slots=True)
class Shown:
    """One row of the preview: what it becomes, or why it is refused."""

    line: int
    title: str
    said: Sequence[tuple[str, str]]
    faults: Sequence[str]
    note: str


def chosen(request: HttpRequest, found: Import) -> HttpResponse:
    """The form, the preview of what it says, or the start."""
    if found.size < found.whole_size:
        return render(request, "contacts/partial.html", {"import": found})
    wanted = _wanted(request) if request.method == "POST" else AS_BEGUN
    if request.method == "POST" and not previewed(request):
        answer = perform(request, start_import, found.id, wanted, datetime.now(UTC))
        if not isinstance(answer, Refused) or answer.kind != "invalid":
            demand(answer)
            return go(request, "contact_import", found.id)
    seen = perform(request, preview_import, found.id, wanted)
    if isinstance(seen, Refused):
        context: dict[str, Any] = {"import": found, "unreadable": sentence(seen)}
        return render(request, "contacts/unreadable.html", context)
    context = _context(found, seen)
    if request.method != "POST":
        return render(request, "contacts/mapping.html", context)
    if request.htmx:
        return render(request, "contacts/preview.html", context)
    return again(request, "contacts/mapping.html", context)


def _wanted(request: HttpRequest) -> Wanted:
    said = request.POST
    count = sum(name.startswith("column_") for name in said)
    targets = tuple(said.get(f"column_{place}", "")[:120] for place in range(count))
    return Wanted(targets or None, said.get("country", "")[:2] or None)


def _context(found: Import, seen: Preview) -> dict[str, Any]:
    rows = [_shown(each, seen) for each in seen.rows]
    return {
        "import": found,
        "seen": seen,
        "columns": _columns(seen),
        "countries": country_choices(),
        "rows": rows,
        "faults": [problem.message for problem in seen.problems],
        "refused": sum(bool(row.faults) for row in rows),
        "keyed": "external_id" in seen.mapping,
        "speaks_of_consent": "sms_consent" in seen.mapping,
    }


def _columns(seen: Preview) -> list[Column]:
    suggested = suggest(seen.shape.columns)
    told = []
    for place, name in enumerate(seen.shape.columns):
        own = [target for target in (suggested[place], _as_attribute(name)) if target.startswith(ATTRIBUTE)]
        attributes = [
            (target, f"Attribute {target.removeprefix(ATTRIBUTE)}") for target in dict.fromkeys(own)
        ]
        cells = [row.record.cells[place] for row in seen.rows if place < len(row.record.cells)]
        said = [cell.strip() for cell in cells if cell.strip()][:SAMPLES]
        target = seen.mapping[place] if place < len(seen.mapping) else ""
        told.append(Column(place, name, said, [*FIELDS, *attributes, ("", NOT_READ)], target))
    return told


def _as_attribute(name: str) -> str:
    return ATTRIBUTE + "_".join(name.casefold().split())


def _shown(one: Seen, seen: Preview) -> Shown:
    wanted, phone = one.read.wanted, one.read.phone
    cells = zip(seen.mapping, one.record.cells, strict=False)
    said = [
        _told(target, cell.strip())
        for target, cell in cells
        if target not in {"", "phone", "external_id"} and cell.strip()
    ]
    number = spaced(phone, "") if isinstance(phone, int) else ""
    title = number or (wanted.external_id if wanted.external_id != "-" else one.record.written[:80])
    if "external_id" in seen.mapping and number and wanted.external_id != "-":
        said.insert(0, ("External id", wanted.external_id))
    note = "A landline: it takes no texts." if one.landline else ""
    return Shown(one.record.line, title, said, [fault.message for fault in one.read.problems], note)


def _told(target: str, cell: str) -> tuple[str, str]:
    """A cell in a person's words: what it becomes, and a country by its name."""
    name = NAMES.get(target) or target.removeprefix(ATTRIBUTE).replace("_", " ")
    return name, country_named(cell.upper()) if target == "country" else cell
