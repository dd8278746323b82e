"""One text on one line of one workspace, with everything about it that every decision needs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sayso.core.because import Because
from sayso.core.effects import Raise, Record
from sayso.core.keywords import Match
from sayso.core.messages import InboundText, Known, Line, Number, Profile, Texted

ANSWERS_WITHIN = timedelta(hours=72)


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as one workspace's line hears it.

    `profiles` are the workspace's contacts with the number, last texted first. `texted` are the workspace's
    last messages to it, newest first. `answers` is the message the text answers, as far as can be told.
    """

    text: InboundText
    number: Number
    line: Line
    known: Known
    because: Because
    profiles: tuple[Profile, ...]
    texted: tuple[Texted, ...]
    answers: Texted | None
    certainty: str
    flags: tuple[str, ...]

    @property
    def contact_id(self) -> int | None:
        """R5.6: the one profile an event is raised on; None where the number has none."""
        return self.profiles[0].contact_id if self.profiles else None

    def record(
        self,
        outcome: str,
        because: Because,
        *,
        match: Match | None = None,
        process_id: int | None = None,
        scope: str | None = None,
        flags: tuple[str, ...] = (),
    ) -> Record:
        """The text's row in the workspace's ledger."""
        return Record(
            workspace_id=self.line.workspace_id,
            line_id=self.line.id,
            contact_id=self.contact_id,
            outcome=outcome,
            because=because,
            process_id=process_id,
            keyword=match.keyword if match else None,
            mode=str(match.mode) if match else None,
            scope=scope,
            answers_message_id=self.answers.message_id if self.answers else None,
            answers_certainty=self.certainty,
            flags=(*self.flags, *flags),
        )

    def event(self) -> Raise:
        """R5.6: the incoming-message event, with the workspace's own property names."""
        text = self.text
        properties: dict[str, object] = {
            "status": "incoming_message",
            "action_type": "sms",
            "timestamp": _seconds(text.provider_at),
            "message": text.body,
            "sender": text.sender,
            "recipient": text.recipient,
            "answers_message_id": str(self.answers.message_id) if self.answers else None,
            "answers_certainty": self.certainty,
        }
        names = self.line.event_properties
        if names:
            properties = {names.get(name, name): value for name, value in properties.items()}
        return Raise(self.line.workspace_id, self.contact_id, self.line.event_name, properties)


def read(text: InboundText, number: Number, line: Line, known: Known, because: Because) -> Reading:
    """Gather what one workspace knows about a text and its sender."""
    workspace = line.workspace_id
    texted = tuple(sent for sent in known.texted if sent.workspace_id == workspace)
    profiles = tuple(profile for profile in known.profiles if profile.workspace_id == workspace)
    if len(profiles) > 1:
        profiles = _last_texted_first(profiles, texted, line)
    answers, certainty = _answered(text, line, texted)
    flags = ("stale",) if text.stale else ()
    return Reading(text, number, line, known, because, profiles, texted, answers, certainty, flags)


def _last_texted_first(
    profiles: tuple[Profile, ...], texted: tuple[Texted, ...], line: Line
) -> tuple[Profile, ...]:
    """R5.6: last texted from this line, else from any line, else the oldest."""
    order: dict[int, int] = {}
    for sent in sorted(texted, key=lambda sent: (sent.line_id != line.id, -sent.message_id)):
        if sent.contact_id is not None:
            order.setdefault(sent.contact_id, len(order))
    return tuple(sorted(profiles, key=lambda profile: (order.get(profile.contact_id, len(order)), profile.contact_id)))


def _answered(text: InboundText, line: Line, texted: tuple[Texted, ...]) -> tuple[Texted | None, str]:
    recent = [sent for sent in texted if text.provider_at - sent.at <= ANSWERS_WITHIN]
    if not recent:
        return None, "unknown"
    for sent in recent:
        if sent.line_id == line.id:
            return sent, "sticky_line"
    return recent[0], "last_send"


def _seconds(at: datetime) -> float:
    return at.timestamp()
