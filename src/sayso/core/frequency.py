"""How often one number may be sent advertising: when a cap lets the next text through (R9.8)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sayso.core.countries.rules import Cap


@dataclass(frozen=True, slots=True)
class Full:
    """A cap that is reached, and from when on it is not."""

    cap: Cap
    until: datetime


def full(caps: Iterable[Cap], advertised: Sequence[datetime], now: datetime) -> Full | None:
    """The cap that holds the next text back for longest; None: it may go.

    `advertised`: when advertising went to the number. A cap holds in every span of its length, so it is free
    again once the oldest text that fills it is as old as the span is long.
    """
    times = sorted(advertised)
    found: Full | None = None
    for cap in caps:
        span = timedelta(hours=cap.hours)
        within = [at for at in times if at > now - span]
        if len(within) < cap.texts:
            continue
        until = within[-cap.texts] + span
        if found is None or until > found.until:
            found = Full(cap, until)
    return found
