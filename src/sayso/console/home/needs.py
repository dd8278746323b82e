"""What needs a person: texts without an answer, processes that lack something, sending that stands still."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from sayso.actions.process_rules import Wanted, incomplete
from sayso.console import credit
from sayso.console.access import Area
from sayso.console.components.numbers import spaced
from sayso.console.frame import address_of
from sayso.console.lenses.conversations import Conversation
from sayso.console.lenses.money import SpendCap
from sayso.console.lenses.numbers import Line
from sayso.console.lenses.processes import Process, ProcessKeyword
from sayso.console.lenses.standing import Alarm, Pause
from sayso.console.place import Place
from sayso.core import money
from sayso.core.spending import USED_UP

MOST_PEOPLE = 100
MOST_PROCESSES = 50
MOST_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Need:
    """One thing to do: a sentence, why, and where; `since` where its age says how urgent it is."""

    icon: str
    title: str
    text: str
    verb: str = ""
    address: str = ""
    since: datetime | None = None


def needs(place: Place) -> list[Need]:
    """Everything that waits for a person here, what stands still first."""
    found = list(_paused(place))
    if place.operator:
        found += _alarms()
    found += _low_credit(place)
    found += _spend_caps(place)
    found += _unanswered(place)
    found += _lacking(place)
    return found


def _paused(place: Place) -> Iterator[Need]:
    here = place.workspace.id if place.workspace else 0
    for pause in Pause.objects.filter(resource__in=["all", f"workspace:{here}"]):
        page = address_of("alarms") if place.operator else ""
        yield Need("pause", "Sending stands still", pause.why, "See alarms", page, pause.since)


def _alarms() -> Iterator[Need]:
    page = address_of("alarms")
    for alarm in Alarm.objects.order_by("-last_at", "code", "subject")[:MOST_SHOWN]:
        yield Need("warning", _title(alarm), alarm.sentence, "See alarms", page, alarm.last_at)


def _low_credit(place: Place) -> Iterator[Need]:
    found = credit.shown(place)
    if found is None or not found.low:
        return
    if found.available <= 0:
        title, why = "There is no credit left", "What costs something is not sent until it is topped up."
    else:
        below = money.written(found.alarm_below or 0, found.currency)
        title = f"{found.written} of credit is left"
        why = f"That is less than the {below} below which you want to be told."
    yield Need("credit", title, why, "See credit", address_of("credit"))


def _spend_caps(place: Place) -> Iterator[Need]:
    """R9.11: caps of which most is used up today, the fullest first."""
    if not place.may_open(Area.MONEY):
        return
    for cap in SpendCap.objects.filter(told__gt=0).order_by("-told", "prefix")[:MOST_SHOWN]:
        whose = f"numbers that begin with +{cap.prefix}" if cap.prefix else "all numbers"
        if cap.told < USED_UP:
            title, why = f"Most of today’s cap for {whose} is used up", "What would pass it is held back."
        else:
            title, why = f"Today’s cap for {whose} is used up", "Campaigns wait to be resumed."
        yield Need("credit", title, why, "See spend caps", address_of("spend_caps"))


def _title(alarm: Alarm) -> str:
    words = str(alarm.code).replace("_", " ")
    return words[:1].upper() + words[1:]


def _unanswered(place: Place) -> Iterator[Need]:
    found = Conversation.objects.filter(open=True, unanswered__gt=0).order_by("last_id")
    waiting = list(found.values_list("wrote_at", flat=True)[: MOST_PEOPLE + 1])
    if not waiting:
        return
    many = f"More than {MOST_PEOPLE}" if len(waiting) > MOST_PEOPLE else str(len(waiting))
    one = len(waiting) == 1
    yield Need(
        "inbox",
        f"{many} {'person waits' if one else 'people wait'} for an answer",
        "The last text came" if one else "The one who waits longest wrote",
        "Read",
        address_of("inbox") if place.may_open(Area.INBOX) else "",
        waiting[0],
    )


def _lacking(place: Place) -> Iterator[Need]:
    """Processes that can't be started as they are, with what each lacks (R4.3)."""
    idle = Process.objects.filter(deleted_at=None, state__in=[Process.State.NEW, Process.State.PAUSED])
    processes = list(idle.order_by("-id")[:MOST_PROCESSES])
    lines = _lines({process.line_id for process in processes})
    words: defaultdict[int, list[str]] = defaultdict(list)
    spoken = ProcessKeyword.objects.filter(process_id__in=[process.id for process in processes])
    for process_id, written in spoken.values_list("process_id", "written"):
        words[process_id].append(written)
    shown = 0
    for process in processes:
        line = lines.get(process.line_id)
        missing = _missing(process, line, tuple(words[process.id])) if line else ""
        if line is not None and missing and shown < MOST_SHOWN:
            shown += 1
            yield Need(
                "hash",
                f"“{process.name}” on {_written(line)} isn’t complete",
                missing,
                "Complete it",
                reverse("keywords_edit", args=[process.id]) if place.may_open(Area.KEYWORDS) else "",
            )


def _lines(ids: set[int]) -> dict[int, Line]:
    return {line.id: line for line in Line.objects.filter(id__in=ids).select_related("inbound_number")}


def _missing(process: Process, line: Line, keywords: tuple[str, ...]) -> str:
    wanted = Wanted(
        process.type,
        process.name,
        process.line_id,
        keywords,
        scope=process.scope,
        categories=tuple(process.categories),
        template_id=process.template_id,
    )
    withdrawn = line.withdrawn_at is not None
    found = incomplete(wanted, line.inbound_number.country, withdrawn=withdrawn)
    return " ".join(problem.message for problem in found)


def _written(line: Line) -> str:
    number = line.inbound_number.number
    shown = spaced(int(number), number) if line.inbound_number.kind == "long_code" else number
    return shown + (f" / {line.provider_keyword}" if line.provider_keyword else "")
