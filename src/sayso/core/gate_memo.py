"""The gate's answers to a slice of messages: whoever is alike in all that it looks at is asked once.

Nothing is decided here. Of a number the gate sees which place it is of and whether it is fiction, of a line
which one it is; the rest are facts and a moment. Where all of these are the same, so is the answer
(`tests/core/test_gate_memo.py`), which is kept as the object that it is.
"""

from __future__ import annotations

from datetime import datetime

from sayso.core import campaigns
from sayso.core.campaigns import Addressed, Campaign
from sayso.core.fiction import is_fiction
from sayso.core.gate import Answer, may_send
from sayso.core.gate_asked import Candidate, Facts
from sayso.core.places import Place, place_of

Question = tuple[int, bool, int | None, Place, bool, datetime]


class Answers:
    """The answers to one slice. All of its texts are of one workspace, category and purpose."""

    __slots__ = ("_known",)

    def __init__(self) -> None:
        # Facts are told apart as objects, which is much quicker than by what they hold: storage hands out one
        # for all who are alike. Kept beside the answer, none can take another's place in memory.
        self._known: dict[Question, tuple[Facts, Answer]] = {}

    def ask(self, campaign: Campaign, to: Addressed, facts: Facts, now: datetime) -> Answer:
        """What the gate says of a recipient, asked now or before about somebody alike."""
        recipient, line = to.recipient, to.line
        phone = recipient.phone
        if phone <= 0:
            return campaigns.asked(campaign, to, facts, now)
        question = (
            id(facts),
            campaigns.reachable(recipient, facts),
            None if line is None else line.id,
            place_of(phone),
            is_fiction(phone),
            now,
        )
        known = self._known.get(question)
        if known is None:
            known = self._known[question] = facts, campaigns.asked(campaign, to, facts, now)
        return known[1]


class WindowAnswers:
    """The answers to one window at its last look, whose messages may be anybody's."""

    __slots__ = ("_known",)

    def __init__(self) -> None:
        self._known: dict[tuple[object, ...], tuple[Facts, Answer]] = {}

    def ask(self, message: Candidate, facts: Facts, now: datetime) -> Answer:
        """What the gate says of a message, asked now or before about one alike."""
        phone = message.phone
        if phone <= 0 or message.reply is not None or message.made is not None:
            return may_send(message, facts, now)
        question = (
            id(facts),
            message.workspace_id,
            message.advertising,
            message.category,
            message.purpose,
            message.line_id,
            message.number_id,
            place_of(phone),
            is_fiction(phone),
            now,
        )
        known = self._known.get(question)
        if known is None:
            known = self._known[question] = facts, may_send(message, facts, now)
        return known[1]
