"""What happened behind the telephones: each decision with its reasons, the block, the answer's fate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sayso.console.lenses.messages import Message
from sayso.console.lenses.texts import InboundMessage
from sayso.console.simulator.reading import Ledger
from sayso.console.simulator.words import HEARD, PURPOSES, SCOPES, STATUSES, TITLES, after, clock
from sayso.core.ids import made_at

MOST_SCENES = 8
NOT_SENT = frozenset({"failed", "expired", "rejected", "cancelled", "skipped", "enqueue_failed"})


@dataclass(frozen=True, slots=True)
class Scene:
    """One thing that happened; `because` as it is stored, the deciding step last."""

    key: int
    at: datetime
    icon: str
    hot: bool
    title: str
    word: str
    lines: tuple[str, ...]
    because: Sequence[Mapping[str, Any]]

    @property
    def clock(self) -> str:
        """Its time as people read it."""
        return clock(self.at)


def scenes(known: Ledger, names: Mapping[int, str]) -> list[Scene]:
    """The newest scenes, newest first; `names` are the telephones' owners by number."""
    told = [_of_text(text, known, names[text.phone]) for text in known.texts]
    told += [
        _of_message(message, known, names[message.phone])
        for message in known.messages.values()
        if message.inbound_id is None
    ]
    return sorted(told, key=lambda scene: scene.at, reverse=True)[:MOST_SCENES]


def _of_text(text: InboundMessage, known: Ledger, name: str) -> Scene:
    title, icon = TITLES.get(text.outcome, (text.outcome, "message"))
    blocks = known.blocks.get(text.id, ())
    lines = [
        f"{name} is blocked for {SCOPES[block.scope]}, {after(text, block)} after the text came in."
        for block in blocks
    ]
    if not lines:
        lines.append(HEARD[str(text.outcome)].format(name=name))
    for message in known.answers(text):
        lines.append(f"{PURPOSES[message.purpose]} {STATUSES[known.status(message)]}.")
    return Scene(
        text.id,
        text.received_at,
        icon,
        text.outcome == "unsubscribe",
        title,
        text.keyword or "",
        tuple(lines),
        text.because,
    )


def _of_message(message: Message, known: Ledger, name: str) -> Scene:
    status = known.status(message)
    outcome = known.outcomes.get(message.id)
    held = status in NOT_SENT
    title = "Receipt failed" if status == "failed" else "Not sent" if held else "Message"
    lines = [f"{PURPOSES[message.purpose]} to {name} {STATUSES[status]}."]
    return Scene(
        message.id,
        outcome.at if outcome else made_at(message.id),
        "close" if held else "send",
        False,
        title,
        "",
        tuple(lines),
        message.because if held else (),
    )
