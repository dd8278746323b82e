"""What was said and sent, in people's words: each text and message, and what left since the stop."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sayso.actions.exchange import Exchange
from sayso.actions.proof import Proof, stops_all
from sayso.console.proof import words
from sayso.core.receipts import NEVER_LEFT
from sayso.storage.blocks import Block
from sayso.storage.inbound_messages import InboundMessage
from sayso.storage.messages import Became, Happened, Message

WAITING = frozenset({"queued", "deferred"})
STANDS = {
    "queued": "asked for",
    "deferred": "waits",
    "sending": "leaving",
    "sent": "sent",
    "delivered": "delivered",
    "failed": "not delivered",
    "rejected": "refused by the provider",
    "expired": "expired before it arrived",
    "cancelled": "taken back",
    "skipped": "not sent",
    "enqueue_failed": "not sent",
    "unconfirmed": "not known whether it left",
    "unknown": "not known whether it arrived",
}
TAKEN = {
    "inbox": "Waits in the inbox",
    "review": "May mean stop: a person reads it",
    "unsubscribe": "Stopped them",
    "help": "Asked for help",
    "optin": "Brought them back",
}
# One and several, of what is no advertising.
KINDS = {
    "confirmation": ("confirmation", "confirmations"),
    "help": ("answer to HELP", "answers to HELP"),
    "reply": ("reply of a colleague", "replies of colleagues"),
    "transactional": ("transactional message", "transactional messages"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One text or message, its exact moments, and why it was taken, sent or held back so.

    `became`: what a text did. `mark`: what to look at first, and how loud; empty where there is nothing.
    `why`: the deciding fact.
    """

    id: int
    at: datetime
    ours: bool
    kind: str
    what: str
    where: str
    body: str
    pictures: int
    moments: Sequence[tuple[str, datetime]]
    why: str
    became: str = ""
    mark: str = ""
    mark_kind: str = ""


@dataclass(frozen=True, slots=True)
class Since:
    """What left since the stop that stands, in a sentence and a half."""

    answer: str
    text: str
    outcome: str


def lines(proof: Proof) -> list[Line]:
    """Texts and messages together, newest first."""
    found = proof.exchange
    told = [_theirs(proof, text) for text in found.texts]
    told += [_ours(proof, message, found.events.get(message.id, ())) for message in found.messages]
    return sorted(told, key=lambda line: line.id, reverse=True)


def older(found: Exchange) -> int | None:
    """The cursor of the next ones."""
    ids = [text.id for text in found.texts] + [message.id for message in found.messages]
    return min(ids) if found.more else None


def since(proof: Proof) -> Since | None:
    """Whether advertising left after the stop that stands, and what else did; None where none stands."""
    if proof.stopped is None:
        return None
    left = [each for each in proof.exchange.became if each.status not in NEVER_LEFT]
    advertising = _sum(each for each in left if each.message_class == "advertising")
    others = [each for each in left if each.message_class != "advertising"]
    stays = [each for each in proof.exchange.became if each.status in NEVER_LEFT - WAITING]
    moment = words.exact(proof.stopped.since)
    said = [words.on_code(proof.stopped.code), _others(others), _held(_sum(stays))]
    if not advertising:
        answer = f"No advertising was sent since the stop of {moment}."
        return Since(answer, _together(said), "go")
    wide = any(map(stops_all, proof.blocks))
    answer = f"{advertising} advertising message{_s(advertising)} left since the stop of {moment}."
    look = "Each stands below with the moment it left and the reason that let it go."
    return Since(answer, _together([look, *said]), "stop" if wide else "wait")


def _together(sentences: Iterable[str]) -> str:
    return " ".join(sentence for sentence in sentences if sentence)


def _others(left: Sequence[Became]) -> str:
    """What else was sent: "1 confirmation and 1 answer to HELP were sent; the stop doesn’t reach those."."""
    if not left:
        return ""
    counted: dict[str, int] = {}
    for each in left:
        kind = each.purpose if each.purpose in KINDS else "transactional"
        counted[kind] = counted.get(kind, 0) + each.messages
    parts = [f"{number} {KINDS[kind][number > 1]}" for kind, number in sorted(counted.items())]
    together = parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
    one = sum(counted.values()) == 1
    return f"{together} {'was' if one else 'were'} sent; the stop doesn’t reach {'that' if one else 'those'}."


def _held(number: int) -> str:
    return f"{number} message{_s(number)} {'was' if number == 1 else 'were'} held back." if number else ""


def _theirs(proof: Proof, text: InboundMessage) -> Line:
    return Line(
        id=text.id,
        at=text.received_at,
        ours=False,
        kind="out" if text.outcome == "unsubscribe" else "review" if text.outcome == "review" else "",
        what="Text",
        where=f"to {_line(proof, text.line_id) or text.recipient}",
        body=text.body,
        pictures=len(text.media or ()),
        moments=[("written", text.provider_at)] if text.provider_at != text.received_at else [],
        became=TAKEN.get(text.outcome, "Nothing"),
        why=_deciding(text.because),
    )


def _ours(proof: Proof, message: Message, events: Sequence[Happened]) -> Line:
    left = next((event.at for event in events if event.status not in NEVER_LEFT), None)
    if left is None and message.status not in NEVER_LEFT:
        left = message.created_at
    stood = left is not None and (_stood(proof.blocks, left) or _on_code(proof, message, left))
    mark, kind = "", ""
    if left is None and message.status not in WAITING:
        mark, kind = "Held back", "go"
    elif stood:
        mark, kind = "After a stop", "stop" if message.message_class == "advertising" else "note"
    held = next((event.detail for event in reversed(events) if event.detail), "") if left is None else ""
    other_way = next((event.detail for event in events if event.reason == "failed_over"), "")
    return Line(
        id=message.id,
        at=message.created_at,
        ours=True,
        kind="ours-l",
        what=_what(message),
        where=f"from {_line(proof, message.line_id) or message.sender}",
        body=message.body,
        pictures=len(message.media_urls),
        moments=_moments(message, events),
        why=held or " ".join(filter(None, (_deciding(message.because), other_way))),
        mark=mark,
        mark_kind=kind,
    )


def _moments(message: Message, events: Sequence[Happened]) -> list[tuple[str, datetime]]:
    """Each thing that became of it once, but that it was asked for, which its row says already."""
    found: dict[str, datetime] = {}
    for event in events:
        if event.status != "queued":
            found.setdefault(STANDS.get(event.status, event.status), event.at)
    if not found and message.status != "queued":
        found[STANDS.get(message.status, message.status)] = message.created_at
    return list(found.items())


def _what(message: Message) -> str:
    if message.message_class == "advertising":
        return f"Advertising, {message.category}" if message.category else "Advertising"
    one, _ = KINDS.get(message.purpose, KINDS["transactional"])
    return one[:1].upper() + one[1:]


def _stood(blocks: Sequence[Block], moment: datetime) -> bool:
    return any(
        block.since <= moment and (block.lifted_at is None or moment < block.lifted_at) for block in blocks
    )


def _on_code(proof: Proof, message: Message, moment: datetime) -> bool:
    line = proof.lines.get(message.line_id)
    return line is not None and any(code.code == line.number and code.since <= moment for code in proof.codes)


def _line(proof: Proof, line_id: int) -> str:
    line = proof.lines.get(line_id)
    return words.line_name(line.number, line.kind, line.provider_keyword) if line else ""


def _deciding(because: Sequence[Mapping[str, str]]) -> str:
    return because[-1].get("fact", "") if because else ""


def _sum(counted: Iterable[Became]) -> int:
    return sum(each.messages for each in counted)


def _s(number: int) -> str:
    return "" if number == 1 else "s"
