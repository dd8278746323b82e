"""The proof of one number, as its page and its file show it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sayso.actions.explanation import Explained, FromLine
from sayso.actions.proof import Proof
from sayso.console.accounts.models import User
from sayso.console.components.numbers import spaced
from sayso.console.lenses.blocks import Block
from sayso.console.lenses.contacts import Contact
from sayso.console.proof import saying, words
from sayso.core.gate import Answer, Defer, Send
from sayso.storage import audit, blocks, consents
from sayso.storage.inbound_messages import InboundMessage

MOST_NAMES = 5


@dataclass(frozen=True, slots=True)
class Verdict:
    """The gate’s answer to one kind of message: a word, its outcome, its steps; by line where they differ."""

    title: str
    word: str
    outcome: str
    steps: Sequence[Mapping[str, str]]
    lines: tuple[tuple[str, Verdict], ...] = ()

    @property
    def answer(self) -> str:
        """The sentence in bold: "Advertising: no"."""
        return f"{self.title}: {self.word}"


@dataclass(frozen=True, slots=True)
class Told:
    """One block or ledger entry with whoever had a hand in it, and the text that did it if it is kept."""

    row: blocks.Block | consents.Entry
    by: str
    text: InboundMessage | None
    line: str = ""
    stops: str = ""
    lifted_by: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page of a number shows."""

    proof: Proof
    number: str
    verdicts: Sequence[Verdict]
    blocks: Sequence[Told]
    entries: Sequence[Told]
    standing: Sequence[Told] = field(default=())
    said: Sequence[saying.Line] = field(default=())
    since: saying.Since | None = None
    names: Sequence[str] = field(default=())

    @property
    def older(self) -> int | None:
        """The cursor of the ledger's next page."""
        return self.proof.entries[-1].id if self.proof.more and self.proof.entries else None

    @property
    def said_older(self) -> int | None:
        """The cursor of the next texts and messages."""
        return saying.older(self.proof.exchange)


def shown(proof: Proof) -> Shown:
    """The proof in people's words."""
    names = _names(proof)
    told = [_block(proof, block, names) for block in proof.blocks]
    entries = [
        Told(entry, _by(proof, entry.imported_timestamp, names), proof.texts.get(entry.inbound_id or 0))
        for entry in proof.entries
    ]
    written = next((block.written for block in proof.blocks), str(proof.phone))
    standing = [block for block in told if _lifted_at(block) is None]
    number = spaced(proof.phone, written)
    said, since = saying.lines(proof), saying.since(proof)
    called = [
        contact.name for contact in Contact.objects.filter(phone=proof.phone).order_by("id")[:MOST_NAMES]
    ]
    named = [name for name in called if name]
    return Shown(proof, number, verdicts(proof), told, entries, standing, said, since, named)


def verdicts(proof: Proof) -> list[Verdict]:
    """The gate's answers; categories that are answered alike stand together."""
    alike: dict[str, tuple[list[str], Explained]] = {}
    for question, explained in proof.answers:
        kind = question.message_class if question.message_class == "transactional" else "advertising"
        key = f"{kind}|{[(type(one.answer), one.answer.because) for one in explained.lines]}"
        alike.setdefault(key, ([], explained))[0].append("" if kind == "transactional" else question.category)
    every = sum(question.message_class == "advertising" for question, _ in proof.answers)
    found = []
    for key, (names, explained) in alike.items():
        title = "Transactional" if key.startswith("transactional") else _advertising(names, every)
        found.append(_verdict(title, explained))
    return found


def _advertising(names: Sequence[str], every: int) -> str:
    if len(names) == every:
        return "Advertising"
    return f"Advertising, {' and '.join([', '.join(names[:-1]), names[-1]] if len(names) > 1 else names)}"


def _verdict(title: str, explained: Explained) -> Verdict:
    one = _one(title, explained.strictest)
    answers = {type(each.answer) for each in explained.lines}
    if len(answers) == 1:
        return one
    lines = tuple((_line(each), _one(_line(each), each)) for each in explained.lines)
    return Verdict(title, "depends on the line", "wait", (), lines)


def _one(title: str, found: FromLine) -> Verdict:
    word, outcome = _word(found.answer)
    return Verdict(title, word, outcome, words.steps(found.answer.because))


def _word(answer: Answer) -> tuple[str, str]:
    if isinstance(answer, Send):
        return "yes", "go"
    if isinstance(answer, Defer):
        return f"not before {words.exact(answer.until)}", "wait"
    return "no", "stop"


def _line(found: FromLine) -> str:
    line = found.line
    return words.line_name(line.number, line.kind, line.provider_keyword) if line else "No line"


def _block(proof: Proof, block: blocks.Block, names: Mapping[int, str]) -> Told:
    line = proof.lines.get(block.line_id)
    name = words.line_name(line.number, line.kind, line.provider_keyword) if line else words.WITHDRAWN
    lifted = ""
    if block.lifted_at:
        lifted = _by(proof, block.lifted_at, names) or words.LIFTED_BY.get(
            block.lifted_by or "", block.lifted_by or "somebody"
        )
    text = proof.texts.get(block.inbound_id or 0)
    heard = proof.lines.get(text.line_id) if text else None
    return Told(
        block,
        _by(proof, block.stored_at, names) or words.SOURCES[Block.Source(block.source)],
        text,
        words.line_name(heard.number, heard.kind, heard.provider_keyword) if heard else "",
        words.stops(block.scope, block.category, name),
        lifted,
    )


def _lifted_at(told: Told) -> datetime | None:
    return told.row.lifted_at if isinstance(told.row, blocks.Block) else None


def _names(proof: Proof) -> Mapping[int, str]:
    ids = {hand.user_id for hand in proof.hands.values() if hand.user_id}
    return {user.pk: str(user) for user in User.objects.filter(pk__in=ids)} if ids else {}


def _by(proof: Proof, moment: datetime, names: Mapping[int, str]) -> str:
    hand: audit.Hand | None = proof.hands.get(moment)
    if hand is None:
        return ""
    if hand.user_id:
        return names.get(hand.user_id, f"account {hand.user_id}, closed since")
    if hand.key_id:
        return f"the API key “{hand.key_name}”" if hand.key_name else f"API key {hand.key_id}"
    return "the operator, on the server"
