"""The three tabs of R12.1, with their counts."""

from __future__ import annotations

from sayso.console.components.pages import COUNTED
from sayso.console.inbox.listing import COUNTED as MOST_WAITING
from sayso.console.inbox.listing import waiting
from sayso.console.lenses.conversations import InboxEntry


def tabs(here: str, unanswered: int | None = None) -> list[tuple[str, str, str, bool]]:
    """Address name, words, count, and whether it is the open page; `unanswered` where that is counted."""
    stops = InboxEntry.objects.all()[: COUNTED + 1].count()
    needs = waiting() if unanswered is None else unanswered
    return [
        ("inbox_stopped", "Unsubscribed using STOP keyword", _short(stops, COUNTED), here == "inbox_stopped"),
        ("inbox", "Inbox", _short(needs, MOST_WAITING), here == "inbox"),
        ("inbox_event", "Inbound event setup", "", here == "inbox_event"),
    ]


def _short(count: int, most: int) -> str:
    return f"{most:,}+" if count > most else f"{count:,}" if count else ""
