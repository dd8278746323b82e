"""What is wrong on this server, and where it is mended: for whoever an alarm woke."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from sayso.console.access import Area, opens
from sayso.console.lenses.operators import ProviderConnection
from sayso.console.lenses.standing import Alarm, Pause

MOST = 200
# Where each kind is seen; what is not named here is seen at its connection, or told by its sentence alone.
REFUSED = frozenset({"bad_signature", "quarantine_full"})


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing that is wrong: since when, how often, what to do, and the page where that is done."""

    title: str
    about: str
    sentence: str
    since: datetime
    last: datetime | None
    times: int
    verb: str
    address: str


@require_safe
@opens(Area.OPERATOR)
def overview(request: HttpRequest) -> HttpResponse:
    """What stands still, then what rang last; htmx asks for the list alone."""
    names = {str(each.id): each.name for each in ProviderConnection.objects.only("id", "name")}
    rows = [*_pauses(names), *_alarms(names)]
    return render(
        request, "operators/alarms_list.html" if request.htmx else "operators/alarms.html", {"rows": rows}
    )


def _pauses(names: dict[str, str]) -> Iterator[Wrong]:
    for pause in Pause.objects.order_by("since", "resource")[:MOST]:
        kind, _, id_ = pause.resource.partition(":")
        about = names.get(id_, "") if kind == "connection" else pause.resource.replace(":", " ")
        about = "Everything" if kind == "all" else about[:1].upper() + about[1:]
        verb, address = _where("", id_) if kind == "connection" and id_ in names else ("", "")
        yield Wrong("Sending stands still", about, pause.why, pause.since, None, 1, verb, address)


def _alarms(names: dict[str, str]) -> Iterator[Wrong]:
    for alarm in Alarm.objects.order_by("-last_at", "code", "subject")[:MOST]:
        kind, _, id_ = alarm.subject.partition(":")
        connection = id_ if kind == "connection" and id_ in names else ""
        title = str(alarm.code).replace("_", " ")
        verb, address = _where(alarm.code, connection)
        yield Wrong(
            title[:1].upper() + title[1:],
            names.get(connection, alarm.subject.replace(":", " ")),
            alarm.sentence,
            alarm.first_at,
            alarm.last_at,
            alarm.times,
            verb,
            address,
        )


def _where(code: str, connection: str) -> tuple[str, str]:
    if code == "poison_text":
        return "See the text", f"{reverse('unrouted')}?kind=poison"
    if not connection:
        return "", ""
    if code in REFUSED:
        return "See what was refused", reverse("quarantine_of", args=[connection])
    return "Open the connection", reverse("connection", args=[connection])
