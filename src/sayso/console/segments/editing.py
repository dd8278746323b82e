"""R8.3: conditions put together row by row; what they come to is counted after every change."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from time import perf_counter
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from sayso.actions.refusal import Refused
from sayso.actions.segments import Seen, change_segment, create_segment, see_conditions
from sayso.console import once
from sayso.console.access import Area, opens
from sayso.console.forms import again, done, go
from sayso.console.lenses.campaigns import Campaign
from sayso.console.lenses.segments import Segment
from sayso.console.loop import actor, perform
from sayso.console.meanwhile import Edit
from sayso.console.refusing import RefusedError
from sayso.console.segments import building, reading, words
from sayso.console.segments.building import Group
from sayso.console.segments.forms import SegmentForm, written
from sayso.storage.segments import SegmentDraft

WAYS = ["GET", "HEAD", "POST"]
UNFINISHED = "as you have them, not finished"


@dataclass(frozen=True, slots=True)
class Count:
    """Who meets the conditions, counted exactly in so many milliseconds; or why nobody counted."""

    seen: Seen | None
    milliseconds: int
    problems: tuple[Any, ...] = ()


@require_http_methods(WAYS)
@opens(Area.LISTS)
def new(request: HttpRequest) -> HttpResponse:
    """A new segment."""
    if not actor(request).may("contacts:write"):
        raise PermissionDenied("only those who write contacts")
    if request.method == "POST" and _saves(request) and once.sent_again(request):
        return go(request, "segments")
    if request.method != "POST":
        whole = building.posted({})
        return _page(request, SegmentForm(None, {}, {}), whole, {"stands": None, "once": once.token()})
    whole, count = _built(request)
    form = SegmentForm(_data(request.POST, whole), {}, _told({}, whole, count))
    if _saves(request) and form.is_valid():
        if not once.first(request):
            return go(request, "segments")
        answer = perform(request, create_segment, form.wanted(), datetime.now(UTC))
        if not _refused(form, whole, answer):
            done(request, f"“{form.cleaned_data['name']}” is saved.")
            return go(request, "segments")
        once.not_done(request)
    return _page(request, form, whole, {"stands": None, "once": once.token()}, count)


@require_http_methods(WAYS)
@opens(Area.LISTS)
def edit(request: HttpRequest, segment_id: int) -> HttpResponse:
    """A segment that stands; of two people who change one, the second sees what differs."""
    stands = reading.stands(segment_id)
    tree = reading.tree_of(stands)
    initial = {"name": stands.name, "conditions": written(stands.conditions)}
    words_now = {initial["conditions"]: reading.words_of(stands.conditions)}
    change = Edit(request, SegmentDraft(stands.name, stands.conditions), initial)
    more = {"stands": stands, "edit": change, "used_by": _used_by(stands)}
    if request.method != "POST":
        return _page(request, SegmentForm(None, initial, words_now), building.of_tree(tree), more)
    whole, count = _built(request)
    if request.POST.get("keep_conditions") == "theirs":
        whole = building.of_tree(tree)
        count = _counted(request, whole)
    form = SegmentForm(_data(change.data, whole), initial, _told(words_now, whole, count))
    if _saves(request) and actor(request).may("contacts:write") and form.is_valid():
        answer = perform(request, change_segment, segment_id, form.wanted(), datetime.now(UTC), change.seen)
        if _is_overtaken(answer):
            change.refused(form, answer)
        elif not _refused(form, whole, answer):
            done(request, f"“{form.cleaned_data['name']}” is saved.")
            return go(request, "segments")
    return _page(request, form, whole, more, count)


def _saves(request: HttpRequest) -> bool:
    return "save" in request.POST


def _built(request: HttpRequest) -> tuple[Group, Count]:
    """The rows as they were sent, after what a button did to them, counted."""
    whole = building.posted(request.POST)
    if "do" in request.POST:
        whole = building.done_to(whole, request.POST["do"])
    return whole, _counted(request, whole)


def _counted(request: HttpRequest, whole: Group) -> Count:
    began, plain = perf_counter(), building.plain(whole)
    answer = perform(request, see_conditions, plain, datetime.now(UTC))
    took = max(1, round(1000 * (perf_counter() - began)))
    if isinstance(answer, Refused):
        if answer.kind in {"forbidden", "not_found"}:
            raise RefusedError(answer)
        return Count(None, took, answer.problems)
    return Count(replace(answer, words=reading.words_of(plain)), took)


def _data(said_so: Any, whole: Group) -> Any:
    data = said_so.copy()
    data["conditions"] = written(building.plain(whole))
    return data


def _told(known: dict[str, str], whole: Group, count: Count | None) -> dict[str, str]:
    seen = count.seen if count else None
    return {written(building.plain(whole)): seen.words if seen else UNFINISHED} | known


def _refused(form: SegmentForm, whole: Group, answer: object) -> bool:
    """Whether the action refused; what it says of a row stands beside the row."""
    if not isinstance(answer, Refused):
        return False
    of_rows = tuple(one for one in answer.problems if one.field.startswith("conditions"))
    rest = building.told(whole, of_rows)
    if answer.kind in {"forbidden", "not_found"} or len(of_rows) < len(answer.problems):
        form.refused(Refused(answer.kind, tuple(one for one in answer.problems if one not in of_rows)))
    for message in rest:
        form.add_error(None, message)
    return True


def _is_overtaken(answer: object) -> bool:
    return isinstance(answer, Refused) and answer.problems[0].code == "changed_meanwhile"


def _used_by(stands: Segment) -> list[Campaign]:
    return list(Campaign.objects.filter(segment_id=stands.id).order_by("-id")[:10])


def _page(
    request: HttpRequest, form: SegmentForm, whole: Group, more: dict[str, Any], count: Count | None = None
) -> HttpResponse:
    if count is None and more["stands"] is not None:
        count = _counted(request, whole)
    context = {
        "form": form,
        "whole": whole,
        "count": count,
        "offered": reading.Offered(),
        "words": words,
        "may_write": actor(request).may("contacts:write"),
        **more,
    }
    if request.method == "POST" and _saves(request):
        return again(request, "segments/edit.html", context)
    if request.htmx and not request.htmx.history_restore_request:
        only_count = "count" in request.GET
        return render(request, "segments/count.html" if only_count else "segments/rebuilt.html", context)
    return render(request, "segments/edit.html", context)
