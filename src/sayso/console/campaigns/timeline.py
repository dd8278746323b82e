"""What happened to a campaign's messages, drawn: left and arrived, summed up over its first two days."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import accumulate

from django.utils import timezone

from sayso.actions.reporting import Timeline
from sayso.console.components.charts import LINES, Chart, Point, Series

KINDS = (("left", "Sent", "l1"), ("delivered", "Delivered", "l2"))


def drawn(found: Timeline | None) -> Chart | None:
    """The chart; None while nothing has left."""
    if found is None or not found.total("left"):
        return None
    moments = list(_moments(found))
    days = len({timezone.localtime(at).date() for at in moments})
    points = (
        Point("Begin", _short(found.since, days)),
        *(_point(at, found, days) for at in moments),
    )
    series = tuple(Series(name, _summed(found, kind, moments), look) for kind, name, look in KINDS)
    sentence = (
        f"Sent and delivered messages, summed up from {_full(found.since)} to {points[-1].name}: "
        f"{found.total('left'):,} sent, {found.total('delivered'):,} delivered. The same figures stand in "
        "the table below."
    )
    return Chart(sentence, points, series, LINES, "Until")


def _moments(found: Timeline) -> Iterator[datetime]:
    at = found.since
    while at <= found.until:
        yield at
        at += timedelta(minutes=found.minutes)


def _point(at: datetime, found: Timeline, days: int) -> Point:
    end = at + timedelta(minutes=found.minutes)
    return Point(_full(end), _short(end, days))


def _summed(found: Timeline, kind: str, moments: list[datetime]) -> tuple[int, ...]:
    told = {step.at: step.messages for step in found.steps if step.kind == kind}
    return tuple(accumulate((told.get(at, 0) for at in moments), initial=0))


def _full(at: datetime) -> str:
    return f"{timezone.localtime(at):%d-%m-%Y %H:%M}"


def _short(at: datetime, days: int) -> str:
    return f"{timezone.localtime(at):%a %H:%M}" if days > 1 else f"{timezone.localtime(at):%H:%M}"
