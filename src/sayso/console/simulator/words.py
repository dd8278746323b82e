"""What happened to a text or a message, in a few words."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from sayso.console.lenses.blocks import Block
from sayso.console.lenses.texts import InboundMessage
from sayso.core.ids import made_at

DECIDED = {
    "unsubscribe": "an opt-out, blocked already",
    "help": "asks for help",
    "optin": "an opt-in word",
    "respond": "answered",
    "join": "joined",
    "email": "passed on by e-mail",
    "inbox": "in the inbox",
    "review": "to review",
    "empty": "empty",
    "none": "no keyword",
}
TITLES = {
    "unsubscribe": ("Opt-out", "hand"),
    "help": ("Help", "info"),
    "optin": ("Opt-in", "check"),
    "respond": ("Answer", "reply"),
    "join": ("Join", "people"),
    "email": ("E-mail", "send"),
    "inbox": ("To the inbox", "inbox"),
    "review": ("To review", "hourglass"),
    "empty": ("Empty text", "message"),
    "none": ("No keyword", "message"),
}
HEARD = {
    "unsubscribe": "{name} was blocked already, and stays so.",
    "help": "{name} asks for help.",
    "optin": "{name} texted an opt-in word.",
    "respond": "{name}’s text has an answer.",
    "join": "{name} joins.",
    "email": "{name}’s text is passed on by e-mail.",
    "inbox": "No keyword took {name}’s text: it waits in the inbox.",
    "review": "{name}’s text may be an opt-out: a person reads it.",
    "empty": "{name}’s text has no words.",
    "none": "No keyword took {name}’s text.",
}
SCOPES = {
    "channel": "all advertising",
    "line": "advertising from this line",
    "line_transactional": "transactional texts from this line",
    "category": "a category",
    "all": "everything",
}
STATUSES = {
    "queued": "waits to be sent",
    "deferred": "was put off",
    "sending": "is being sent",
    "sent": "was sent, no receipt yet",
    "delivered": "was delivered",
    "failed": "did not arrive",
    "expired": "came too late and was not sent",
    "rejected": "was rejected by the carrier",
    "cancelled": "was cancelled",
    "skipped": "was not sent",
    "enqueue_failed": "was not sent",
    "unconfirmed": "may have been sent, nobody confirmed it",
    "unknown": "was sent, the receipt says nothing",
}
PURPOSES = {
    "confirmation": "The confirmation",
    "help": "The help answer",
    "reply": "The reply",
    "api": "The message",
    "campaign": "The message",
    "test": "The test of a campaign",
}


def clock(at: datetime) -> str:
    """A moment in the workspace's zone: `14:30:11`, with its day before it where that is another."""
    local = timezone.localtime(at)
    day = "" if local.date() == timezone.localdate() else f"{local.day} {local:%b} "
    return f"{day}{local:%H:%M:%S}"


def decided(text: InboundMessage) -> str:
    """What a text was taken for."""
    return DECIDED[str(text.outcome)]


def after(text: InboundMessage, block: Block) -> str:
    """How long after the text came in the block stood: "31 ms", "2.4 s"."""
    gone = max(0.0, (made_at(block.id) - text.received_at).total_seconds())
    return f"{round(gone * 1000)} ms" if gone < 1 else f"{gone:.1f} s"
