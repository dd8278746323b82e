"""Past texts through a line as it listens now and as it would listen, and what differs (R14.4, R4.13)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sayso.core.because import Because
from sayso.core.effects import Record
from sayso.core.inbound import decide
from sayso.core.messages import NOTHING_KNOWN, InboundText, Known, Number, Texted

# What a text leads to, as far as a person's state goes; anything else leaves it as it was.
STATES: Mapping[str, str] = {"unsubscribe": "stopped", "optin": "back"}


@dataclass(frozen=True, slots=True)
class PastText:
    """A text that came in once; `phone` 0: nobody knows from whom."""

    phone: int
    sender: str
    body: str
    at: datetime
    recipient: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one way of listening makes of a text: outcome (`none`: nothing on this line), word, mode, why."""

    outcome: str
    keyword: str | None
    mode: str | None
    because: Because


@dataclass(frozen=True, slots=True)
class Difference:
    """A text that is read differently: as it is now, and as it would be."""

    text: PastText
    now: Reading
    wanted: Reading


@dataclass(slots=True)
class Tally:
    """What a replay has found so far, its texts given newest first.

    `moves` counts texts by (outcome now, outcome wanted) where they differ. Of each person the newest word
    counts: `people` holds their state under both, "" while nothing was said.
    """

    texts: int = 0
    moves: Counter[tuple[str, str]] = field(default_factory=Counter)
    people: dict[int, tuple[str, str]] = field(default_factory=dict)

    def add(self, text: PastText, now: Reading, wanted: Reading) -> Difference | None:
        """Count one text; the difference where it is read differently."""
        self.texts += 1
        if text.phone and (now.outcome in STATES or wanted.outcome in STATES):
            before, after = self.people.get(text.phone, ("", ""))
            said = (before or STATES.get(now.outcome, ""), after or STATES.get(wanted.outcome, ""))
            self.people[text.phone] = said
        if now.outcome == wanted.outcome:
            return None
        self.moves[now.outcome, wanted.outcome] += 1
        return Difference(text, now, wanted)

    @property
    def different(self) -> int:
        """How many texts are read differently."""
        return self.moves.total()

    @property
    def newly_stopped(self) -> int:
        """How many people would end stopped who do not now."""
        return sum(before != "stopped" and after == "stopped" for before, after in self.people.values())

    @property
    def no_longer_stopped(self) -> int:
        """How many people end stopped now who would not."""
        return sum(before == "stopped" and after != "stopped" for before, after in self.people.values())


def read(text: PastText, number: Number, line_id: int, known: Known = NOTHING_KNOWN) -> Reading:
    """What a line makes of a text; nothing is stored.

    Without `known`, a text to a shared code that names no provider keyword concerns nobody.
    """
    decision = decide(_inbound(text, number), number, known)
    found = next(
        (each for each in decision.effects if isinstance(each, Record) and each.line_id == line_id), None
    )
    if found is None:
        return Reading("none", None, None, decision.because)
    outcome = "none" if found.outcome == "empty" else found.outcome
    return Reading(outcome, found.keyword, found.mode, found.because)


def texted_by(workspace_id: int, line_id: int, at: datetime) -> Known:
    """A sender whom this line texted last: so a text without provider keyword is this line's to read."""
    return Known(texted=(Texted(workspace_id, line_id, None, 0, False, at),))


def _inbound(text: PastText, number: Number) -> InboundText:
    return InboundText(
        id=0,
        connection_id=number.connection_id,
        phone=text.phone,
        sender=text.sender,
        recipient=text.recipient or number.number,
        body=text.body,
        provider_at=text.at,
        received_at=text.at,
    )
