"""One text on one line of one workspace, with everything about it that every decision needs."""

from __future__ import annotations

from datetime import timedelta
from typing import TypeVar

from msgspec import Struct

from sayso.core.because import Because
from sayso.core.effects import File, Raise, Record
from sayso.core.keywords import Match
from sayso.core.messages import InboundText, Known, Line, Number, Profile, Texted

ANSWERS_WITHIN = timedelta(hours=72)


class Reading(Struct, frozen=True, gc=False):
    """A text as one workspace's line hears it.

    `profiles` are the workspace's contacts with the number, last texted first. `texted` are the workspace's
    last messages to it, newest first. `answers` is the message the text answers, as far as can be told.
    `contact_id` is the one profile an event is raised on (R5.6); None where the number has none.
    """

    text: InboundText
    number: Number
    line: Line
    known: Known
    because: Because
    profiles: tuple[Profile, ...]
    texted: tuple[Texted, ...]
    answers: Texted | None
    answers_id: int | None
    certainty: str
    flags: tuple[str, ...]
    contact_id: int | None

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
        line = self.line
        return Record(
            line.workspace_id,
            line.id,
            self.contact_id,
            outcome,
            because,
            process_id,
            match.keyword if match else None,
            str(match.mode) if match else None,
            scope,
            self.answers_id,
            self.certainty,
            self.flags + flags,
        )

    def event(self) -> Raise:
        """R5.6: the incoming-message event, under the workspace's own name."""
        line = self.line
        return Raise(
            line.workspace_id,
            self.contact_id,
            line.event_name,
            line.event_properties,
            self.answers_id,
            self.certainty,
        )

    def seen(self) -> File:
        """A place in the inbox for what a process took: people find it there, and need not answer (R12.1)."""
        return File(self.line.workspace_id, self.line.id, "inbox", needs_answer=False)


def read(text: InboundText, number: Number, line: Line, known: Known, because: Because) -> Reading:
    """Gather what one workspace knows about a text and its sender."""
    workspace = line.workspace_id
    texted = _own(known.texted, workspace)
    profiles = _own(known.profiles, workspace)
    if len(profiles) > 1:
        profiles = last_texted_first(profiles, texted, line.id)
    answers, certainty = _answered(text, line, texted) if texted else (None, "unknown")
    flags = ("stale",) if text.stale else ()
    answers_id = answers.message_id if answers else None
    contact_id = profiles[0].contact_id if profiles else None
    return Reading(
        text,
        number,
        line,
        known,
        because,
        profiles,
        texted,
        answers,
        answers_id,
        certainty,
        flags,
        contact_id,
    )


Owned = TypeVar("Owned", Profile, Texted)


def _own(rows: tuple[Owned, ...], workspace: int) -> tuple[Owned, ...]:
    for row in rows:
        if row.workspace_id != workspace:
            return tuple([row for row in rows if row.workspace_id == workspace])
    return rows


def last_texted_first(
    profiles: tuple[Profile, ...], texted: tuple[Texted, ...], line_id: int
) -> tuple[Profile, ...]:
    """R5.6: last texted from this line, else from any line, else the oldest."""
    order: dict[int, int] = {}
    for sent in sorted(texted, key=lambda sent: (sent.line_id != line_id, -sent.message_id)):
        if sent.contact_id is not None:
            order.setdefault(sent.contact_id, len(order))
    return tuple(
        sorted(profiles, key=lambda profile: (order.get(profile.contact_id, len(order)), profile.contact_id))
    )


def _answered(text: InboundText, line: Line, texted: tuple[Texted, ...]) -> tuple[Texted | None, str]:
    oldest, newest = text.provider_at - ANSWERS_WITHIN, None
    for sent in texted:
        if sent.at < oldest:
            continue
        if sent.line_id == line.id:
            return sent, "sticky_line"
        newest = newest or sent
    return newest, "last_send" if newest else "unknown"
