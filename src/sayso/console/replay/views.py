"""R14.4, R4.13: past texts with another mode or other words, and who would change state, before saving it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from sayso.actions.past_texts import MOST_BYTES, Uploaded, read_upload
from sayso.actions.replays import plan_replay
from sayso.console.access import Area, opens
from sayso.console.components.numbers import spaced
from sayso.console.forms import again, go
from sayso.console.lenses.numbers import Line
from sayso.console.loop import perform
from sayso.console.refusing import demand
from sayso.console.replay import handing, runs, words
from sayso.console.replay.forms import ReplayForm


@opens(Area.REPLAY)
def replay(request: HttpRequest) -> HttpResponse:
    """What to replay; then the first moment of it."""
    lines = _lines()
    said = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = ReplayForm(lines, *said, initial=_initial(request))
    if request.method == "POST" and form.is_valid():
        uploaded = _uploaded(form)
        if not form.refused(uploaded):
            plan = perform(request, plan_replay, form.wanted())
            if not form.refused(plan):
                run = runs.begin(request, demand(plan), demand(uploaded))
                runs.go_on(request, run)
                return go(request, "replay_run", run.token)
    context = {"form": form, "lines": lines}
    return (
        again(request, "replay/form.html", context)
        if request.method == "POST"
        else render(request, "replay/form.html", context)
    )


@require_safe
@opens(Area.REPLAY)
def run(request: HttpRequest, token: str) -> HttpResponse:
    """How far a replay has come, and what it found; looking at it takes it on."""
    found = _found(request, token)
    runs.go_on(request, found)
    fragment = request.htmx and not request.htmx.history_restore_request
    return render(request, f"replay/{'part' if fragment else 'run'}.html", _context(request, found))


@require_safe
@opens(Area.REPLAY)
def changes(request: HttpRequest, token: str) -> HttpResponse:
    """Every text that is read differently, as a file."""
    found = _found(request, token)
    name = f"replay-{found.began:%Y%m%d-%H%M%S}.csv"
    body = "\ufeff" + words.head() + "".join(runs.in_file(request, found))
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(body, content_type="text/csv; charset=utf-8", headers=headers)


def _found(request: HttpRequest, token: str) -> runs.Run:
    found = runs.find(request, token)
    if found is None:
        raise Http404(token)
    return found


def _context(request: HttpRequest, found: runs.Run) -> dict[str, Any]:
    tally, listening = found.tally, found.plan.listening
    line = found.plan.now.stored
    return {
        "run": found,
        "line": spaced(int(line.number), line.number) if line.kind == "long_code" else line.name,
        "mode": listening.match_mode,
        "predefined": listening.predefined_mode,
        "process": listening.process.name,
        "keywords": listening.keywords,
        "tally": tally,
        "moves": words.moves(tally.moves.items()),
        "more": tally.different - len(found.rows),
        "newly_stopped": tally.newly_stopped,
        "no_longer_stopped": tally.no_longer_stopped,
        "form_of_process": handing.address(found.plan),
        "address": request.path,
        "zone": request.place.zone,
    }


def _uploaded(form: ReplayForm) -> Any:
    """The texts of the file, None without one, or what is wrong with it."""
    if form.cleaned_data["source"] != "file":
        return None
    # One byte more than it may have tells that it has more.
    read: Uploaded | Any = read_upload(form.cleaned_data["file"].read(MOST_BYTES + 1), datetime.now(UTC))
    return read


def _initial(request: HttpRequest) -> dict[str, str]:
    return {
        name: request.GET[name][:4_000]
        for name in ("line", "match_mode", "predefined_mode", "keywords")
        if name in request.GET
    }


def _lines() -> list[tuple[str, str]]:
    found = Line.objects.filter(withdrawn_at=None).select_related("inbound_number").order_by("id")[:500]
    return [(str(line.id), str(line)) for line in found]
