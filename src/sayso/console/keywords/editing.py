"""A process is made or changed, and tried before; nothing of somebody else's is overwritten (R4.5)."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from sayso.actions.process_rules import Wanted, incomplete
from sayso.actions.processes import Saved, change_process, create_process, start_process
from sayso.actions.refusal import Refused, invalid
from sayso.console import once
from sayso.console.access import Area, opens
from sayso.console.forms import PREVIEW, done, go
from sayso.console.frame import address_of
from sayso.console.keywords import opening as openings
from sayso.console.keywords import words
from sayso.console.keywords.differing import differences
from sayso.console.keywords.forms import ProcessForm
from sayso.console.keywords.opening import Opening
from sayso.console.keywords.showing import Conflict, page
from sayso.console.lenses.processes import Process
from sayso.console.loop import actor, perform
from sayso.console.refusing import sentence

SAVING = ("close", "start")
ASKED = ("replay", "add", "remove", "speak", "try", "example", PREVIEW, *SAVING)


@require_http_methods(["GET", "HEAD", "POST"])
@opens(Area.KEYWORDS)
def new(request: HttpRequest) -> HttpResponse:
    """A new process; it may be saved incomplete."""
    return _answer(request, openings.read(request, None))


@require_http_methods(["GET", "HEAD", "POST"])
@opens(Area.KEYWORDS)
def edit(request: HttpRequest, process_id: int) -> HttpResponse:
    """A process that stands; an edit of a started one applies at once (R4.2)."""
    process = Process.objects.filter(id=process_id, deleted_at=None).first()
    if process is None:
        raise Http404("no such process")
    return _answer(request, openings.read(request, process))


def _answer(request: HttpRequest, opening: Opening) -> HttpResponse:
    if request.method == "POST" and not actor(request).may("processes:write"):
        raise PermissionDenied("processes:write")
    if request.method != "POST":
        form = _form(request, opening, None)
        return page(request, opening, form, HTTPStatus.OK, Conflict())
    asked = _asked(request)
    if asked == "replay":
        return redirect(_replayed(_shown_again(request, opening, asked), opening))
    if asked not in SAVING:
        form = _shown_again(request, opening, asked)
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.refused_word else HTTPStatus.OK
        return page(request, opening, form, status, Conflict())
    form = _form(request, opening, openings.with_theirs(request.POST, opening))
    answer = _saved(request, opening, form, asked)
    if isinstance(answer, HttpResponse):
        return answer
    # A word that was not added still stands in its box.
    form.words = [word for word in form.words if word != request.POST.get("word", "").strip()]
    return page(request, opening, form, HTTPStatus.UNPROCESSABLE_ENTITY, answer)


def _replayed(form: ProcessForm, opening: Opening) -> str:
    """R4.13: past texts with the modes and words that stand in the form, before they are saved."""
    wanted = form.wanted()
    said = {"line": wanted.line_id, "match_mode": wanted.match_mode}
    said["predefined_mode"] = wanted.predefined_mode or "own"
    if set(wanted.keywords) != set(opening.keywords):
        said["keywords"] = ",".join(wanted.keywords)
    return f"{address_of('replay')}?{urlencode(said)}"


def _asked(request: HttpRequest) -> str:
    """Which button was pressed; Enter means the field that was typed in, as far as can be told."""
    pressed = next((name for name in ASKED if name in request.POST), "")
    if pressed:
        return pressed
    if request.POST.get("word", "").strip():
        return "add"
    return "close" if request.POST.get("text", "") == request.POST.get("tried", "") else "try"


def _form(request: HttpRequest, opening: Opening, data: object) -> ProcessForm:
    """The form; `data` None: as it was opened, else what is to be saved, a word not yet added included."""
    if data is None:
        form = ProcessForm(None, opening.initial, opening.offered(), fixed=opening.process is not None)
    else:
        offered = opening.offered_again(data)
        form = ProcessForm(data, opening.initial, offered, fixed=opening.process is not None)
        pending = form["word"].value() or ""
        form.words += [pending.strip()] if pending.strip() else []
    return form


def _shown_again(request: HttpRequest, opening: Opening, asked: str) -> ProcessForm:
    """The form as it was typed: with a keyword more or less, in another language, or only looked at."""
    data = request.POST.copy()
    if asked == "remove":
        data.setlist("keywords", [word for word in data.getlist("keywords") if word != data["remove"]])
    if asked == "speak" and data.get("language"):
        data.setlist("languages", [*data.getlist("languages"), data["language"]])
    typed = openings.posted(data, opening)
    form = ProcessForm(None, typed, opening.offered_again(data), fixed=opening.process is not None)
    if asked == "add":
        word = data.get("word", "").strip()
        process_id = opening.process.id if opening.process else 0
        form.refused_word = words.fault(word, form.words, form.process_type, form.place, process_id)
        if not form.refused_word:
            form.added(word)
    return form


def _saved(request: HttpRequest, opening: Opening, form: ProcessForm, asked: str) -> HttpResponse | Conflict:
    """Save what can be saved: where to go then, else the conflict (none: the form says what is wrong)."""
    if not form.is_valid():
        return Conflict()
    wanted, place = form.wanted(), form.place
    lacking = incomplete(wanted, place.country, withdrawn=place.withdrawn) if place else ()
    if asked == "start" and form.refused(invalid(*lacking) if lacking else None):
        return Conflict()
    again = opening.process is None and not once.first(request)
    if again:
        done(request, f"“{wanted.name}” is saved.")
        return go(request, "keywords")
    answer = _written(request, opening, wanted)
    if not isinstance(answer, Refused):
        return _done(request, answer, asked)
    if opening.process is None:
        once.not_done(request)
    if answer.problems[0].code == "changed_meanwhile":
        return Conflict(sentence(answer), differences(answer.difference, opening, form))
    form.refused(answer)
    return Conflict()


def _written(request: HttpRequest, opening: Opening, wanted: Wanted) -> Saved | Refused:
    now = datetime.now(UTC)
    if opening.process is None:
        return perform(request, create_process, wanted, now)
    return perform(request, change_process, opening.process.id, (wanted, _rests_on(request)), now)


def _rests_on(request: HttpRequest) -> int:
    """The version that this edit was made from: the newer one, once every difference was decided."""
    data = request.POST
    differs = data.getlist("differs")
    decided = differs and all(f"keep_{name}" in data for name in differs)
    said = data.get("version_seen" if decided else "version", "")
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 10 else 0


def _done(request: HttpRequest, saved: Saved, asked: str) -> HttpResponse:
    process = saved.process
    told = f"“{process.name}” is saved."
    if asked == "start":
        started = perform(request, start_process, process.id, datetime.now(UTC))
        if isinstance(started, Refused):
            messages.error(request, f"“{process.name}” is saved, but not started. {sentence(started)}")
            return go(request, "keywords_edit", process.id)
        told = f"“{process.name}” is saved and started."
    elif process.state == "started":
        told = f"“{process.name}” is saved. The change applies now."
    done(request, told)
    # What a country does not know stands in the form already; a keyword that never works was not seen yet.
    shadowed = any(problem.code == "keyword_shadowed" for problem in saved.warnings)
    return go(request, "keywords_edit", process.id) if shadowed else go(request, "keywords")
