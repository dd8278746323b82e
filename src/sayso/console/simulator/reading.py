"""What the ledgers know of the telephones' numbers: texts, messages and where they stand, blocks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet

from sayso.console.lenses.blocks import Block
from sayso.console.lenses.messages import Message, Outcome
from sayso.console.lenses.texts import InboundMessage

MOST_TEXTS = 15
MOST_MESSAGES = 20
MOST_BLOCKS = 60


@dataclass(frozen=True, slots=True)
class Ledger:
    """The newest rows of a few numbers, in this workspace alone."""

    texts: Sequence[InboundMessage]
    messages: Mapping[int, Message]
    outcomes: Mapping[int, Outcome]
    blocks: Mapping[int, Sequence[Block]]
    """By the text that made them."""

    def of(self, key: int) -> list[InboundMessage]:
        """The texts of one number, newest first."""
        return [text for text in self.texts if text.phone == key]

    def status(self, message: Message) -> str:
        """Where a message stands."""
        found = self.outcomes.get(message.id)
        return found.status if found else "queued"

    def answers(self, text: InboundMessage) -> list[Message]:
        """The messages that answer a text."""
        return [message for message in self.messages.values() if message.inbound_id == text.id]


def ledger(keys: Sequence[int]) -> Ledger:
    """The ledger of these numbers: four questions, however much there is."""
    texts = _newest(InboundMessage, keys, MOST_TEXTS)
    messages = {message.id: message for message in _newest(Message, keys, MOST_MESSAGES)}
    outcomes = Outcome.objects.in_bulk(list(messages))
    blocks: defaultdict[int, list[Block]] = defaultdict(list)
    for block in Block.objects.filter(phone__in=keys).order_by("-id")[:MOST_BLOCKS]:
        if block.inbound_id is not None:
            blocks[block.inbound_id].append(block)
    return Ledger(texts, messages, outcomes, blocks)


def _newest(lens: type[Model], keys: Sequence[int], most: int) -> list[Any]:
    """The newest rows of each number, newest first: a slice a number, all in one question."""
    if not keys:
        return []  # of the numbers that no telephone has none is left for this workspace
    first, *others = [_of(lens, key, most) for key in keys]
    return sorted(first.union(*others, all=True), key=lambda row: -row.id)


def _of(lens: type[Any], key: int, most: int) -> QuerySet[Any]:
    found: QuerySet[Any] = lens.objects.filter(phone=key).order_by("-id")[:most]
    return found
