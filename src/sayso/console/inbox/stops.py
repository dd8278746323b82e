"""The record of opt-outs by text (R12.1): who, what they wrote, when, why, and whether it was confirmed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from sayso.console.access import Area, opens
from sayso.console.components.numbers import spaced
from sayso.console.components.pages import COUNTED, ROWS, Page, cursor
from sayso.console.inbox.cancelled import cancelled_by_stops
from sayso.console.inbox.cancelled import told as told_cancelled
from sayso.console.inbox.page import proof_of
from sayso.console.inbox.people import lines, names_of
from sayso.console.inbox.tabs import tabs
from sayso.console.lenses.conversations import Conversation, InboxEntry
from sayso.console.lenses.messages import Outcome, Replied
from sayso.console.lenses.processes import Process
from sayso.console.lenses.texts import InboundMessage
from sayso.console.lenses.workspaces import Workspace

SCOPES = {
    "channel": "All advertising",
    "line": "Advertising from this line",
    "categories": "Some categories",
    "all": "Everything, transactional texts too",
}
# The steps that say why there is no confirmation; they stand last in the decision.
SILENT = frozenset({"R4.5", "R4.9", "R5.8", "R5.9", "R14.2"})
SENT = frozenset({"sent", "delivered"})


@dataclass(frozen=True, slots=True)
class Stop:
    """One opt-out by text."""

    id: int
    phone: int
    line_id: int
    name: str
    number: str
    at: datetime
    said: str
    line: str
    by: str
    word: str
    stops: str
    confirmed: str
    silent_because: str
    because: list[dict[str, Any]]

    @property
    def outcome(self) -> str:
        """What it stops, as a sentence's beginning."""
        return f"Stops {self.stops[0].lower()}{self.stops[1:]}"


@require_safe
@opens(Area.INBOX)
def stopped(request: HttpRequest) -> HttpResponse:
    """Everybody who asked to stop by text, newest first."""
    return render(
        request,
        "inbox/stopped.html",
        {"page": _page(cursor(request.GET.get("before", ""))), "tabs": tabs("inbox_stopped")},
    )


@require_safe
@opens(Area.INBOX)
def stop(request: HttpRequest, inbound_id: int) -> HttpResponse:
    """One opt-out with the steps of its decision."""
    entry = InboxEntry.objects.filter(inbound_id=inbound_id)
    found = _rows([inbound_id]) if entry.exists() else []
    if not found:
        raise Http404("no such opt-out in this workspace")
    row = found[0]
    cancelled = cancelled_by_stops(row.phone).get(row.id, 0)
    context = {
        "row": row,
        "cancelled": told_cancelled(cancelled) if cancelled else "",
        "proof": proof_of(request, row.phone),
        "talk": Conversation.objects.filter(phone=row.phone, line_id=row.line_id).first(),
    }
    return render(request, "inbox/stop.html", context)


@require_safe
@opens(Area.INBOX)
def event_setup(request: HttpRequest) -> HttpResponse:
    """Which event a text raises, and under which names it tells what (R5.6). Read only."""
    here = Workspace.objects.get()
    fields = [(name, told, here.event_properties.get(name, name)) for name, told in FIELDS]
    return render(
        request, "inbox/event.html", {"event": here.event_name, "fields": fields, "tabs": tabs("inbox_event")}
    )


FIELDS = (
    ("status", "always incoming_message"),
    ("action_type", "always sms"),
    ("timestamp", "when they wrote, in seconds since 1970"),
    ("message", "what they wrote, word for word"),
    ("sender", "their number"),
    ("recipient", "the number they texted"),
    ("answers_message_id", "the message it answers, if that is known"),
    ("answers_certainty", "how sure that is"),
)


def _page(before: int | None) -> Page[Stop]:
    found = InboxEntry.objects.all()
    ordered = found.order_by("-inbound_id").values_list("inbound_id", flat=True)
    taken = list((ordered.filter(inbound_id__lt=before) if before else ordered)[: ROWS + 1])
    newer = found.filter(inbound_id__gte=before)[: COUNTED + 1].count() if before else 0
    total = found[: COUNTED + 1].count()
    return Page(_rows(taken[:ROWS]), newer + 1, total, taken[ROWS - 1] if len(taken) > ROWS else None)


def _rows(ids: list[int]) -> list[Stop]:
    """The opt-outs of these texts, newest first: six questions, however many."""
    texts = list(InboundMessage.objects.filter(id__in=ids).order_by("-id")) if ids else []
    names, known = names_of({text.phone for text in texts}), lines()
    answers = dict(Replied.objects.filter(inbound_id__in=ids).values_list("inbound_id", "message_id"))
    outcomes = {each.message_id: each for each in Outcome.objects.filter(message_id__in=answers.values())}
    processes = {text.process_id for text in texts} - {None}
    named = dict(Process.objects.filter(id__in=processes).values_list("id", "name")) if processes else {}
    return [
        _row(text, names, known, (_by(text, named), *_confirmed(text, answers, outcomes))) for text in texts
    ]


def _row(
    text: InboundMessage, names: Mapping[int, str], known: Mapping[int, str], told: tuple[str, str, str]
) -> Stop:
    number = spaced(text.phone, text.sender)
    return Stop(
        id=text.id,
        phone=text.phone,
        line_id=text.line_id,
        name=names.get(text.phone, ""),
        number=number,
        at=text.provider_at,
        said=text.body,
        line=known.get(text.line_id, "a line that was withdrawn"),
        by=told[0],
        word=text.keyword or "",
        stops=SCOPES.get(text.scope or "", "Advertising"),
        confirmed=told[1],
        silent_because=told[2],
        because=text.because,
    )


def _by(text: InboundMessage, processes: Mapping[int, str]) -> str:
    if text.process_id:
        return processes.get(text.process_id, "A process")
    return "An opt-out word" if text.keyword else "The provider"


def _confirmed(
    text: InboundMessage, answers: Mapping[int, int], outcomes: Mapping[int, Outcome]
) -> tuple[str, str]:
    if text.id in answers:
        outcome = outcomes.get(answers[text.id])
        status = outcome.status if outcome else "queued"
        if status in SENT:
            return "answered", ""
        if status in {"queued", "sending", "deferred"}:
            return "on its way", ""
        return "not sent", (outcome.reason if outcome else "").replace("_", " ")
    last = text.because[-1] if text.because else {}
    return "silent", str(last.get("fact", "")) if last.get("rule") in SILENT else ""
