"""The page of one process: its form, what comes with it, the tester, and the country's rule beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from sayso.actions.processes import show_process
from sayso.actions.refusal import Refused
from sayso.console import once
from sayso.console.frame import address_of
from sayso.console.keywords import coming, confirming, reading, trying
from sayso.console.keywords.forms import ProcessForm
from sayso.console.keywords.lines import Place
from sayso.console.keywords.opening import Opening
from sayso.console.loop import actor, perform
from sayso.console.meanwhile import Differs


@dataclass(frozen=True, slots=True)
class Conflict:
    """Somebody saved in between: what to say, and every field that differs."""

    sentence: str = ""
    differs: Sequence[Differs] = ()


def page(
    request: HttpRequest, opening: Opening, form: ProcessForm, status: HTTPStatus, conflict: Conflict
) -> HttpResponse:
    """The form as it is, whatever became of it."""
    form.watch(request.path)
    if not actor(request).may("processes:write"):
        form.lock()
    context = {
        "form": form,
        "process": opening.process,
        "line": form.place,
        "conflict": conflict,
        "once": request.POST.get(once.FIELD) or once.token(),
        **_standing(request, opening),
        **_meanwhile(request, opening, form, conflict),
        **_beside(form.process_type, form.place),
        **_tried(request, opening, form),
    }
    return render(request, "keywords/edit.html", context, status=status)


def _standing(request: HttpRequest, opening: Opening) -> dict[str, Any]:
    """What is known of a stored process: what it lacks, what to be warned of, what it matched."""
    process = opening.process
    if process is None:
        return {"missing": (), "warnings": (), "last_match": None, "week": 0}
    last, week = reading.matches_of([process.id], timezone.localdate()).get(process.id, (None, 0))
    saved = perform(request, show_process, process.id)
    if isinstance(saved, Refused):
        return {"missing": (), "warnings": (), "last_match": last, "week": week}
    return {"missing": saved.missing, "warnings": saved.warnings, "last_match": last, "week": week}


def _meanwhile(
    request: HttpRequest, opening: Opening, form: ProcessForm, conflict: Conflict
) -> dict[str, Any]:
    """The version that the form rests on: after a conflict the one that was seen in it."""
    stands = opening.process.version if opening.process else 0
    began = request.POST.get("version") or stands
    if conflict.sentence and not conflict.differs:
        began = stands
    return {"version": began, "version_seen": stands, "texts_from": _texts_from(opening, form, conflict)}


def _texts_from(opening: Opening, form: ProcessForm, conflict: Conflict) -> str:
    return opening.texts_from if conflict.sentence else form.offered.texts_from


def _beside(process_type: str, place: Place | None) -> dict[str, Any]:
    country, language = (place.country, place.language) if place else ("", "en")
    permitted = confirming.allowed()
    count, spoken = coming.others(process_type, country, language)
    return {
        "given": coming.chips(process_type, country, language),
        "others": count,
        "other_languages": spoken,
        "rule": confirming.of(country, permitted),
        "rules": confirming.beside(country, permitted),
        "countries": address_of("countries"),
        "replay": address_of("replay"),
    }


def _tried(request: HttpRequest, opening: Opening, form: ProcessForm) -> dict[str, Any]:
    said, sender = trying.spoken(request)
    process_id = opening.process.id if opening.process else 0
    tried = trying.of_form(request, form.wanted(), process_id)
    keyword = form.place.provider_keyword if form.place else ""
    return {
        "text": said,
        "sender": sender,
        "decided": trying.decided(request, tried) if form.place else None,
        "examples": trying.examples(keyword),
    }
