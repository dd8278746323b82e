"""The overview: processes by line, with keywords, message, what is missing, and what they matched (R4.4)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Max, Q, Sum

from sayso.actions.process_rules import Wanted, incomplete
from sayso.console.components.pages import ROWS, Page
from sayso.console.components.parts import Chip
from sayso.console.keywords import coming
from sayso.console.keywords.lines import Place
from sayso.console.lenses.processes import Process, ProcessKeyword, ProcessMatch
from sayso.console.lenses.templates import Template, TemplateText
from sayso.core.text import fold

TYPES = {
    "unsubscribe": "Unsubscribe",
    "help": "Help",
    "unsubscribe_event": "Unsubscribe (event)",
    "respond": "Respond",
    "join": "Join",
    "email": "E-mail",
    "inbox": "Inbox",
}
STATES = {"new": "New", "started": "Started", "paused": "Paused"}
OWN_SHOWN = 2


@dataclass(frozen=True, slots=True)
class Filter:
    """What the person asked to see; empty: everything."""

    words: str = ""
    line: str = ""
    type: str = ""
    state: str = ""

    def __bool__(self) -> bool:
        return bool(self.words or self.line or self.type or self.state)


@dataclass(frozen=True, slots=True)
class Row:
    """A process as the page shows it."""

    process: Process
    type: str
    line: Place
    chips: list[Chip]
    message: str
    language: str
    mailing_id: int | None
    missing: tuple[str, ...]
    last_match: datetime | None
    week: int


@dataclass(frozen=True, slots=True)
class Message:
    """What a process answers with: one of its texts, and the template's mailing ID."""

    said: str
    language: str
    mailing_id: int


def page(asked: Filter, lines: Mapping[int, Place], start: int, today: date) -> Page[Row]:
    """Fifty processes from the `start`-th on, by line; lines have few, so they are read and filtered here."""
    standing = list(Process.objects.filter(deleted_at=None))
    words = keywords_of([process.id for process in standing]) if asked.words else {}
    found = [process for process in standing if _asked_for(process, words.get(process.id, []), asked)]
    place = {line_id: at for at, line_id in enumerate(lines)}
    found.sort(key=lambda process: (place.get(process.line_id, 0), process.id))
    shown = found[start : start + ROWS]
    rows = _rows(shown, lines, today)
    return Page(rows, start + 1, len(found), start + ROWS if len(found) > start + ROWS else None)


def row(process: Process, line: Place, today: date) -> Row:
    """One process as the overview shows it."""
    return _rows([process], {line.id: line}, today)[0]


def keywords_of(process_ids: Iterable[int]) -> dict[int, list[str]]:
    """The custom keywords of each process, as written."""
    found: dict[int, list[str]] = defaultdict(list)
    for row in ProcessKeyword.objects.filter(process_id__in=list(process_ids)).order_by("folded"):
        found[row.process_id].append(row.written)
    return found


def matches_of(process_ids: Iterable[int], today: date) -> dict[int, tuple[datetime, int]]:
    """When each process last took a text, and how many in seven days, today included."""
    since = today - timedelta(days=7)
    found = (
        ProcessMatch.objects.filter(process_id__in=list(process_ids))
        .values("process_id")
        .annotate(last=Max("last_at"), week=Sum("matches", filter=Q(day__gt=since)))
    )
    return {row["process_id"]: (row["last"], row["week"] or 0) for row in found}


def as_wanted(process: Process, keywords: Iterable[str]) -> Wanted:
    """A stored process as the rules of processes read it."""
    return Wanted(
        process.type,
        process.name,
        process.line_id,
        tuple(keywords),
        process.match_mode,
        process.predefined_mode,
        process.scope,
        tuple(process.categories),
        process.template_id,
    )


def missing_of(process: Process, keywords: Iterable[str], line: Place) -> tuple[str, ...]:
    """What keeps a process from being started (R4.3)."""
    lacking = incomplete(as_wanted(process, keywords), line.country, withdrawn=line.withdrawn)
    return tuple(problem.message for problem in lacking)


def _rows(shown: list[Process], lines: Mapping[int, Place], today: date) -> list[Row]:
    ids = [process.id for process in shown]
    words, matches = keywords_of(ids), matches_of(ids, today)
    messages = _messages(shown, lines)
    return [
        _row(process, lines[process.line_id], words[process.id], messages, matches.get(process.id))
        for process in shown
    ]


def _row(
    process: Process,
    line: Place,
    words: list[str],
    messages: Mapping[int, Message],
    matched: tuple[datetime, int] | None,
) -> Row:
    message = messages.get(process.template_id or 0)
    given = coming.chips(process.type, line.country, line.language)
    own = [Chip(word, "own") for word in words]
    first = 4 - min(OWN_SHOWN, len(own))
    return Row(
        process,
        TYPES[process.type],
        line,
        [*(Chip(chip.word) for chip in given[:first]), *own, *given[first:]],
        message.said if message else "",
        message.language if message else "",
        message.mailing_id if message else None,
        missing_of(process, words, line),
        matched[0] if matched else None,
        matched[1] if matched else 0,
    )


def _messages(shown: list[Process], lines: Mapping[int, Place]) -> dict[int, Message]:
    wanted = {
        process.template_id: lines[process.line_id].language for process in shown if process.template_id
    }
    texts: dict[int, dict[str, str]] = defaultdict(dict)
    for text in TemplateText.objects.filter(template_id__in=list(wanted)).order_by("language"):
        texts[text.template_id][text.language] = text.body
    found = {}
    for template in Template.objects.filter(id__in=list(wanted)):
        said = texts[template.id]
        language = wanted[template.id] if wanted[template.id] in said else next(iter(said), "")
        found[template.id] = Message(said.get(language, ""), language, template.mailing_id)
    return found


def _asked_for(process: Process, words: list[str], asked: Filter) -> bool:
    if asked.line and str(process.line_id) != asked.line:
        return False
    if (asked.type and process.type != asked.type) or (asked.state and process.state != asked.state):
        return False
    wanted = fold(asked.words).whole
    if not wanted:
        return True
    return any(wanted in fold(word).whole for word in (process.name, *words)) or _comes(process, wanted)


def _comes(process: Process, wanted: str) -> bool:
    return wanted in {chip.word for chip in coming.chips(process.type, "", "en")}
