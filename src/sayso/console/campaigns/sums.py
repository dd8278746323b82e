"""What was counted of a campaign, in groups that add up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sayso.console.campaigns import words

WAITING = frozenset({"queued", "deferred", "sending"})
NOT_SENT = frozenset({"skipped", "enqueue_failed", "cancelled"})
NOT_DELIVERED = frozenset({"failed", "expired", "rejected", "unconfirmed", "unknown"})
# Who has no number is counted, but gets no message that could say so.
UNWRITTEN = "no_number"
# What waited too long before the wire; what expired behind it has another reason.
TOO_LATE = "too_late"

Reasons = list[tuple[str, int]]


class Counted(Protocol):
    """A status with its reason, how many stand so, and the parts they take."""

    @property
    def status(self) -> str:
        """The messages' status."""

    @property
    def reason(self) -> str:
        """A stable code, or nothing."""

    @property
    def messages(self) -> int:
        """How many."""

    @property
    def parts(self) -> int:
        """Their parts, of what is or would be sent."""


class Tallied(Counted, Protocol):
    """The same as planning counted it, with the moments between which what waits may leave."""

    @property
    def due_first(self) -> datetime | None:
        """The first; None where nothing waits."""

    @property
    def due_last(self) -> datetime | None:
        """The last."""


@dataclass(frozen=True, slots=True)
class Later:
    """What waits for one reason, how many, and until when the first and the last of it."""

    name: str
    figure: int
    first: datetime | None
    last: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class Unsent:
    """How many get nothing for one reason; `reason` is its code."""

    name: str
    figure: int
    reason: str


class Left(Protocol):
    """Who stopped because of a campaign."""

    @property
    def by_link(self) -> int:
        """By its personal link."""

    @property
    def by_keyword(self) -> int:
        """By a text that answers it."""


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What a launch would do."""

    sent: int
    deferred: int
    later: list[Later]
    not_sent: int
    reasons: list[Unsent]
    parts: int


@dataclass(frozen=True, slots=True)
class Bar:
    """A line of the figures: what, how many, which share of what, and how it is drawn."""

    name: str
    figure: int
    share: str
    width: float
    look: str


@dataclass(frozen=True, slots=True)
class Became:
    """Where the people of a campaign stand: planned are those that left, that wait, and that get nothing."""

    planned: int
    left: int
    delivered: int
    waiting: int
    not_sent: int
    not_sent_reasons: Reasons
    not_delivered: int
    not_delivered_reasons: Reasons
    parts: int
    replied: int = 0
    opted_out: int = 0
    clicked: int = 0

    @property
    def decided(self) -> int:
        """Of how many it is known what became of them, as far as it is ours."""
        return self.planned - self.waiting

    @property
    def bars(self) -> list[Bar]:
        """The same as lines."""
        lines = (
            ("Planned", self.planned, None, "c2"),
            ("Sent", self.left, "planned", "c1"),
            ("Delivered", self.delivered, "sent", "c1"),
            ("Not delivered", self.not_delivered, "sent", "cs"),
            ("Still to go", self.waiting, "planned", "c3"),
            ("Not sent", self.not_sent, "planned", "c3"),
            ("Clicked", self.clicked, "delivered", "c1"),
            ("Replied", self.replied, "delivered", "c3"),
            ("Opted out", self.opted_out, "delivered", "cs"),
        )
        whole = {"planned": self.planned, "sent": self.left, "delivered": self.delivered}
        return [
            Bar(
                name,
                figure,
                _share(figure, whole[of], of) if of else "people",
                100 * figure / max(self.planned, 1),
                look,
            )
            for name, figure, of, look in lines
            if figure or name in ("Planned", "Sent", "Delivered")
        ]


def rehearsed(counted: Iterable[Tallied]) -> Rehearsed:
    """The figures of a rehearsal."""
    every = list(counted)
    return Rehearsed(
        _total(one for one in every if one.status == "queued"),
        _total(one for one in every if one.status == "deferred"),
        [
            Later(words.why_later(one.reason), one.messages, one.due_first, one.due_last, one.reason)
            for one in sorted(every, key=lambda one: -one.messages)
            if one.status == "deferred"
        ],
        _total(one for one in every if one.status in NOT_SENT),
        _unsent((one.reason, one.messages) for one in every if one.status in NOT_SENT),
        sum(one.parts for one in every if one.status not in NOT_SENT),
    )


def became(
    planned: Iterable[Counted],
    messages: Iterable[Counted],
    opt_outs: Left | None = None,
    *,
    replied: int = 0,
    clicked: int = 0,
) -> Became:
    """The figures of what was launched: as it was planned, as its messages stand, and what people did."""
    people, every = list(planned), list(messages)
    unsent = [one for one in every if _never_left(one)]
    unsent += [one for one in people if one.reason == UNWRITTEN]
    left = [one for one in every if one.status not in WAITING and not _never_left(one)]
    lost = [one for one in left if one.status in NOT_DELIVERED]
    return Became(
        _total(people),
        _total(left),
        _total(one for one in every if one.status == "delivered"),
        _total(one for one in every if one.status in WAITING),
        _total(unsent),
        _named((words.why_not_sent(one.reason), one.messages) for one in unsent),
        _total(lost),
        _named((words.why_not_delivered(one.status, one.reason), one.messages) for one in lost),
        sum(one.parts for one in left),
        replied,
        opt_outs.by_link + opt_outs.by_keyword if opt_outs else 0,
        clicked,
    )


def _share(figure: int, of: int, what: str) -> str:
    """`2.3% of delivered`; nothing where there is no whole yet."""
    return f"{100 * figure / of:.1f}% of {what}" if of else ""


def _never_left(one: Counted) -> bool:
    return one.status in NOT_SENT or (one.status == "expired" and one.reason == TOO_LATE)


def _total(counted: Iterable[Counted]) -> int:
    return sum(one.messages for one in counted)


def _unsent(pairs: Iterable[tuple[str, int]]) -> list[Unsent]:
    """The most frequent first."""
    found: Counter[str] = Counter()
    for reason, figure in pairs:
        found[reason] += figure
    every = [Unsent(words.why_not_sent(reason), figure, reason) for reason, figure in found.items()]
    return sorted(every, key=lambda one: (-one.figure, one.name))


def _named(pairs: Iterable[tuple[str, int]]) -> Reasons:
    """The most frequent first; two reasons of one name are one line."""
    found: Counter[str] = Counter()
    for name, figure in pairs:
        found[name] += figure
    return sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))
