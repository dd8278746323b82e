"""R4.4: the overview, by line; and starting, pausing, deleting from it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sayso.actions.keywords import TextTried
from sayso.actions.processes import delete_process, pause_process, start_process
from sayso.actions.refusal import Refused
from sayso.console.access import Area, opens
from sayso.console.components.asking import Question, ask
from sayso.console.components.pages import cursor
from sayso.console.forms import done, go
from sayso.console.frame import address_of
from sayso.console.keywords import coming, lines, reading, trying
from sayso.console.keywords.lines import Place
from sayso.console.keywords.reading import STATES, TYPES, Filter
from sayso.console.lenses.processes import Process
from sayso.console.loop import perform
from sayso.console.refusing import demand, sentence

FARTHEST = 100_000


@require_safe
@opens(Area.KEYWORDS)
def overview(request: HttpRequest) -> HttpResponse:
    """What happens when someone texts a word, line by line."""
    asked = Filter(*(request.GET.get(name, "").strip()[:100] for name in ("q", "line", "type", "state")))
    every = lines.every()
    start = min(cursor(request.GET.get("before", "")) or 0, FARTHEST)
    found = reading.page(asked, every, start, timezone.localdate())
    context = {
        "page": found,
        "timed": any(row.last_match for row in found.rows),
        "asked": asked,
        "asked_line": every.get(int(asked.line)) if asked.line.isdecimal() else None,
        "lines": list(every.values()),
        "held": lines.held(every),
        "types": TYPES,
        "states": STATES,
        "address": request.get_full_path(),
        "address_all": reverse("keywords"),
        "new_address": reverse("keywords_new"),
        "replay": address_of("replay"),
        "inbox": address_of("inbox"),
        **_tester(request, lines.held(every)),
    }
    fragment = request.htmx and not request.htmx.history_restore_request
    return render(request, "keywords/results.html" if fragment else "keywords/overview.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@opens(Area.KEYWORDS)
def attempt(request: HttpRequest) -> HttpResponse:
    """A text tried on a line as it stands: a page, or with htmx the decision alone."""
    context = _tester(request, lines.held(lines.every()))
    fragment = request.htmx and not request.htmx.history_restore_request
    return render(request, "keywords/decision.html" if fragment else "keywords/try.html", context)


@require_POST
@opens(Area.KEYWORDS)
def start(request: HttpRequest, process_id: int) -> HttpResponse:
    """Start a process; a second click changes nothing."""
    if request.htmx and _gone(process_id):
        return _told_gone(request)
    process, _ = _found(process_id)
    answer = perform(request, start_process, process_id, datetime.now(UTC))
    if isinstance(answer, Refused) and request.htmx:
        messages.error(request, sentence(answer))
        return go(request, "keywords")
    demand(answer)
    done(request, f"“{process.name}” is started.", undo=reverse("keywords_pause", args=[process_id]))
    return _row(request, process_id) if request.htmx else go(request, "keywords")


@require_http_methods(["GET", "HEAD", "POST"])
@opens(Area.KEYWORDS)
def pause(request: HttpRequest, process_id: int) -> HttpResponse:
    """Pause a process, after saying what stops and what goes on (R4.9)."""
    if request.htmx and _gone(process_id):
        return _told_gone(request)
    process, line = _found(process_id)
    if request.method != "POST":
        title = f"Pause “{process.name}” on {line.name}?"
        said = _consequence(process, line)
        row = f"#process-{process_id}" if "row" in request.GET else ""
        return ask(request, Question(title, said, "Pause", "Keep it running", reverse("keywords"), swaps=row))
    demand(perform(request, pause_process, process_id, datetime.now(UTC)))
    done(request, f"“{process.name}” is paused.", undo=reverse("keywords_start", args=[process_id]))
    return _row(request, process_id) if request.htmx else go(request, "keywords")


@require_http_methods(["GET", "HEAD", "POST"])
@opens(Area.KEYWORDS)
def delete(request: HttpRequest, process_id: int) -> HttpResponse:
    """Delete a process for good, after saying what stops, what goes on and what stays (R4.2, R4.9)."""
    process, line = _found(process_id, deleted_too=request.method == "POST")
    if request.method != "POST":
        title = f"Delete “{process.name}” on {line.name} for good?"
        said = f"{_consequence(process, line)} What it did so far stays in the record."
        return ask(request, Question(title, said, "Delete", "Keep it", reverse("keywords")))
    if process.deleted_at is None:
        demand(perform(request, delete_process, process_id, datetime.now(UTC)))
    done(request, f"“{process.name}” is deleted.")
    return go(request, "keywords")


def _found(process_id: int, *, deleted_too: bool = False) -> tuple[Process, Place]:
    found = Process.objects.filter(id=process_id)
    process = (found if deleted_too else found.filter(deleted_at=None)).first()
    if process is None:
        raise Http404("no such process")
    return process, lines.every()[process.line_id]


def _gone(process_id: int) -> bool:
    """Whether it stood in a list that is open somewhere, and was deleted since."""
    return bool(Process.objects.filter(id=process_id, deleted_at__isnull=False).exists())


def _told_gone(request: HttpRequest) -> HttpResponse:
    messages.error(request, "Somebody deleted this process meanwhile. Nothing else was changed.")
    return go(request, "keywords")


def _row(request: HttpRequest, process_id: int) -> HttpResponse:
    """The row as it stands after what was just done, with the sentence that says so."""
    process, line = _found(process_id)
    row = reading.row(process, line, timezone.localdate())
    return render(request, "keywords/row_done.html", {"row": row, "acted": True})


def _consequence(process: Process, line: Place) -> str:
    """What stops with the process, and the words that work without any."""
    words = [f"“{word}”" for word in reading.keywords_of([process.id])[process.id]]
    shown = _listed([*words[:3], f"{len(words) - 3} more keywords"] if len(words) > 4 else words)
    floor = f"“{coming.floor(process.type, line.country, line.language)}”"
    if process.type == "help":
        said = f"{shown} will no longer be understood. " if words else ""
        return f"{said}{floor} to {line.name} is no longer answered; it goes to the inbox."
    said = f"{shown} will no longer stop anyone. " if words else ""
    return f"{said}{floor} goes on working on this line, but the message is no longer sent."


def _listed(words: list[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def _tester(request: HttpRequest, held: list[Place]) -> dict[str, Any]:
    said, sender = trying.spoken(request)
    chosen = request.POST.get("line", "")
    line = next((each for each in held if str(each.id) == chosen), held[0] if held else None)
    tried = TextTried(said, line.id if line else 0, sender)
    return {
        "held": held,
        "tried_line": line,
        "text": said,
        "sender": sender,
        "examples": trying.examples(line.provider_keyword if line else ""),
        "decided": trying.decided(request, tried) if line else None,
    }
