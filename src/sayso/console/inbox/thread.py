"""One conversation: texts and messages of a number and a line, as bubbles in order, with their whys."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.http import Http404
from django.utils import timezone

from sayso.console.components.numbers import spaced
from sayso.console.inbox.cancelled import cancelled_by_stops, told
from sayso.console.inbox.listing import moment
from sayso.console.inbox.people import colleagues, written
from sayso.console.lenses.contacts import Contact
from sayso.console.lenses.conversations import Conversation, ConversationReply
from sayso.console.lenses.messages import Message, Outcome
from sayso.console.lenses.numbers import Line
from sayso.console.lenses.texts import InboundMessage
from sayso.core.pictures import PATH as PICTURES

BUBBLES = 40
BEGINNING = 40  # characters by which a message is named


@dataclass(frozen=True, slots=True)
class Bubble:
    """One text or message; `meta` stands under it, `answers` is what it answers: id, beginning, how sure."""

    id: int
    kind: str
    body: str
    at: datetime
    meta: list[str]
    pictures: list[str] = field(default_factory=list)
    answers: tuple[int, str, str] | None = None
    failed: bool = False
    day: str = ""
    runs_on: bool = False  # another of theirs follows at once: what stands under that one is enough

    @property
    def ours(self) -> bool:
        """Whether we said it."""
        return self.kind == "ours"


@dataclass(frozen=True, slots=True)
class Talk:
    """The newest bubbles of a conversation, or those before a cursor."""

    bubbles: list[Bubble]
    earlier: int | None
    newest: InboundMessage | None
    before: int | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """Who and where a conversation is, and which contacts share the number."""

    conversation: Conversation
    contacts: list[Contact]
    line: Line | None

    @property
    def number(self) -> str:
        """The number as people read it."""
        return spaced(self.conversation.phone, self.conversation.written)

    @property
    def name(self) -> str:
        """The contact's name; where none has one, the number."""
        return next((contact.name for contact in self.contacts if contact.name), self.number)

    @property
    def named(self) -> bool:
        """Whether a contact has a name."""
        return self.name != self.number

    @property
    def on(self) -> str:
        """The line as people write it."""
        return written(self.line) if self.line else "a line that was withdrawn"


def subject(conversation_id: int) -> Subject:
    """The conversation that any of its texts names. Raises Http404."""
    text = InboundMessage.objects.filter(id=conversation_id).only("phone", "line_id").first()
    found = text and Conversation.objects.filter(phone=text.phone, line_id=text.line_id).first()
    if not found:
        raise Http404("no such conversation in this workspace")
    line = Line.objects.select_related("inbound_number").filter(id=found.line_id).first()
    return Subject(found, list(Contact.objects.filter(phone=found.phone).order_by("id")[:5]), line)


def talk(conversation: Conversation, before: int | None = None) -> Talk:
    """Forty bubbles, the newest last; at most seven questions to the database, however many bubbles."""
    texts = _newest(InboundMessage, conversation, before)
    messages = _newest(Message, conversation, before)
    together = sorted([*texts, *messages], key=lambda each: each.id)
    shown = together[-BUBBLES:]
    ours = {each.id for each in shown if isinstance(each, Message)}
    answered = {each.answers_message_id for each in shown if isinstance(each, InboundMessage)} - {None}
    said = (
        {each.id: each for each in Message.objects.filter(id__in=answered - ours)} if answered - ours else {}
    )
    said |= {each.id: each for each in shown if isinstance(each, Message)}
    outcomes = {each.message_id: each for each in Outcome.objects.filter(message_id__in=ours)} if ours else {}
    authors = _authors(ours)
    stopped = any(isinstance(each, InboundMessage) and each.outcome == "unsubscribe" for each in shown)
    cancelled = cancelled_by_stops(conversation.phone) if stopped else {}
    bubbles = [
        _theirs(each, said, cancelled.get(each.id, 0))
        if isinstance(each, InboundMessage)
        else _ours(each, outcomes.get(each.id), authors)
        for each in shown
    ]
    earlier = shown[0].id if len(together) > BUBBLES else None
    return Talk(_arranged(bubbles), earlier, texts[0] if texts else None, before)


def _newest(lens: Any, conversation: Conversation, before: int | None) -> list[Any]:
    found = lens.objects.filter(phone=conversation.phone, line_id=conversation.line_id).order_by("-id")
    return list((found.filter(id__lt=before) if before else found)[: BUBBLES + 1])


def _authors(message_ids: set[int]) -> Mapping[int, str]:
    if not message_ids:
        return {}
    wrote = dict(
        ConversationReply.objects.filter(message_id__in=message_ids).values_list("message_id", "user_id")
    )
    names = colleagues({user for user in wrote.values() if user})
    return {message: names.get(user, "an API key") for message, user in wrote.items()}


SURE = {
    "provider_reference": "sure: the provider says which",
    "sticky_line": "sure: the last message from this line",
    "last_send": "likely: our last message in 72 hours",
}
TAKEN = {
    "inbox": "no keyword took it",
    "unsubscribe": "stopped",
    "help": "asked for help",
    "optin": "came back",
    "empty": "empty",
    "none": "taken by nothing",
}


def _theirs(text: InboundMessage, said: Mapping[int, Message], cancelled: int) -> Bubble:
    answered = said.get(text.answers_message_id or 0)
    sure = SURE.get(text.answers_certainty, "")
    answers = (answered.id, _beginning(answered.body), sure) if answered and sure else None
    pictures = [str(each.get("url", "")) for each in text.media or ()]
    meta = [TAKEN.get(text.outcome, text.outcome)]
    if text.keyword:
        meta = [f"{meta[0]} by “{text.keyword}”"]
    meta += ["arrived late"] if "stale" in text.flags else []
    wrong = "wrong_number" in text.flags
    meta += ["seems to be the wrong number"] if wrong else []
    meta += [told(cancelled)] if cancelled else []
    kind = "out" if text.outcome == "unsubscribe" else "review" if wrong or text.outcome == "review" else ""
    return Bubble(text.id, kind, text.body, text.provider_at, meta, _safe(pictures), answers)


STANDS = {
    "deferred": "waits until it may leave",
    "sending": "sending",
    "sent": "sent",
    "delivered": "delivered",
    "unconfirmed": "not known whether it left",
    "unknown": "not known whether it arrived",
    "expired": "expired before it arrived",
}
CANCELLED = {
    "opted_out": "not sent: they opted out first",
    "line_withdrawn": "not sent: the line was taken back",
}
PURPOSES = {"confirmation": "confirmation", "help": "answer to help", "api": "sent by your systems"}


def _ours(message: Message, outcome: Outcome | None, authors: Mapping[int, str]) -> Bubble:
    who = authors.get(message.id) or message.category or PURPOSES.get(message.purpose, "campaign")
    status = outcome.status if outcome else "queued"
    reason = (outcome.reason if outcome else "").replace("_", " ")
    stands = CANCELLED.get(outcome.reason) if outcome and status == "cancelled" else None
    stands = stands or STANDS.get(
        status, "sending" if status == "queued" else f"not sent: {reason or status}"
    )
    failed = status in {"failed", "rejected", "skipped", "enqueue_failed", "expired", "cancelled"}
    meta = [who, stands] + ([f"{message.parts} parts"] if message.parts > 1 else [])
    pictures = _safe(message.media_urls)
    return Bubble(message.id, "ours", message.body, moment(message.id), meta, pictures, failed=failed)


def _beginning(body: str) -> str:
    words = " ".join(body.split())
    return words if len(words) <= BEGINNING else words[:BEGINNING].rsplit(" ", 1)[0] + "…"


def _safe(addresses: Iterable[str]) -> list[str]:
    return [address for address in addresses if address.startswith(("https://", "http://", PICTURES))]


RUN = timedelta(minutes=5)


def _arranged(bubbles: Sequence[Bubble]) -> list[Bubble]:
    """Each day named once, in the workspace's zone; what is answered named once; runs of theirs together."""
    arranged: list[Bubble] = []
    day: date | None = None
    answered = 0
    for bubble, follower in zip(bubbles, [*bubbles[1:], None], strict=True):
        today = timezone.localtime(bubble.at).date()
        named = bubble.answers if bubble.answers and bubble.answers[0] != answered else None
        answered = bubble.answers[0] if bubble.answers else answered
        runs_on = follower is not None and named is None and _one_run(bubble, follower)
        arranged.append(
            replace(bubble, day=_named(today) if today != day else "", answers=named, runs_on=runs_on)
        )
        day = today
    return arranged


def _one_run(bubble: Bubble, follower: Bubble) -> bool:
    plain = bubble.kind == follower.kind == "" and len(bubble.meta) == 1
    return plain and timedelta() <= follower.at - bubble.at < RUN


def _named(day: date) -> str:
    today = timezone.localdate()
    if day == today:
        return "Today"
    if day == today - timedelta(days=1):
        return "Yesterday"
    return f"{day:%A} {day.day} {day:%B}" + ("" if day.year == today.year else f" {day.year}")
