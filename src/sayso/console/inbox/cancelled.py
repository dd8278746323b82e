"""What a STOP took back of the messages that waited (R5.4)."""

from __future__ import annotations

from collections import Counter

from sayso.console.lenses.messages import Message, Outcome
from sayso.console.lenses.texts import InboundMessage

MOST = 200


def cancelled_by_stops(phone: int) -> dict[int, int]:
    """How many waiting messages each STOP of this number took back, on any line; three questions.

    What was taken back carries the moment of its decision; the newest STOP before it is the one that did it.
    """
    queued = Message.objects.filter(phone=phone).order_by("-id").values("id")[:MOST]
    taken_back = Outcome.objects.filter(message_id__in=queued, status="cancelled", reason="opted_out")
    moments = list(taken_back.values_list("at", flat=True))
    if not moments:
        return {}
    said = InboundMessage.objects.filter(phone=phone, outcome="unsubscribe").order_by("-id")
    stops = list(said.values_list("id", "received_at")[:MOST])
    return dict(Counter(next((stop for stop, heard in stops if heard <= at), 0) for at in moments))


def told(count: int) -> str:
    """The number in words."""
    return f"{count} queued message{'s were' if count > 1 else ' was'} cancelled"
