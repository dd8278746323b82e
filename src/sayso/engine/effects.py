"""Effects into rows: what decisions of a batch want done, gathered by kind for bulk statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import msgspec

from sayso.core import effects as want
from sayso.core import hands
from sayso.core.because import Because, as_plain
from sayso.core.effects import Decision
from sayso.core.messages import InboundText
from sayso.core.phones import country_of
from sayso.core.segments import count
from sayso.storage.inbound import Row

Batch = dict[str, list[Row]]
Decided = tuple[InboundText, Decision]


def gather(decided: Iterable[Decided], now: datetime) -> Batch:
    """The rows of a batch by kind, in the column order of storage.inbound; each key stands once."""
    gathering = _Gathering(now)
    for text, decision in decided:
        for effect in decision.effects:
            _TAKERS[type(effect)](gathering, text, effect)
    return gathering.finish()


class _Gathering:
    """One batch being gathered: most kinds append, some are folded to one row a key.

    A text's event and its place in the inbox belong to its record, in each workspace: one row says all three.
    """

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.rows: defaultdict[str, list[Row]] = defaultdict(list)
        self.records: dict[tuple[int, int], tuple[InboundText, want.Record]] = {}
        self.events: dict[tuple[int, int], tuple[InboundText, want.Raise]] = {}
        self.files: dict[tuple[int, int], want.File] = {}
        self.states: dict[tuple[int, int, int, str], tuple[str, datetime, str]] = {}
        self.consents: dict[tuple[int, int], tuple[str, datetime]] = {}
        self.matches: dict[tuple[int, int], tuple[int, datetime]] = {}

    def finish(self) -> Batch:
        self.rows["record"] = [self._recorded(key, *heard) for key, heard in self.records.items()]
        self.rows["move_states"] = [(*key, *stands) for key, stands in self.states.items()]
        self.rows["set_consent"] = [(*key, *said) for key, said in self.consents.items()]
        self.rows["count_matches"] = [
            (workspace, process, last.astimezone(UTC).date(), times, last)
            for (workspace, process), (times, last) in self.matches.items()
        ]
        return dict(self.rows)

    def record(self, text: InboundText, e: want.Record) -> None:
        self.records[e.workspace_id, text.id] = text, e
        if e.process_id is not None:
            times, _ = self.matches.get((e.workspace_id, e.process_id), (0, text.received_at))
            self.matches[e.workspace_id, e.process_id] = (times + 1, text.received_at)

    def _recorded(self, key: tuple[int, int], text: InboundText, e: want.Record) -> Row:
        raised = self.events.get(key)
        name, properties = (raised[1].name, _properties(*raised)) if raised else (None, None)
        filed = self.files.get(key)
        tab, needs_answer = (filed.tab, filed.needs_answer) if filed else (None, None)
        return (
            e.workspace_id, text.phone, e.line_id, text.id, e.contact_id, text.sender, text.recipient,
            text.body, _media(text), text.provider_at, text.received_at, e.outcome, e.process_id, e.keyword,
            e.mode, e.scope, _because(e.because), e.answers_message_id, e.answers_certainty,
            " ".join(e.flags), name, properties, tab, needs_answer,
            None if text.body else _pictures(len(text.media)),
        )  # fmt: skip

    def add_block(self, text: InboundText, e: want.AddBlock) -> None:
        self.rows["add_blocks"].append((
            text.phone, e.workspace_id, e.scope, e.line_id, e.category, text.sender, e.since,
            e.source, text.id,
            e.process_id, text.body, e.reason, e.answers_message_id,
        ))  # fmt: skip

    def lift_blocks(self, text: InboundText, e: want.LiftBlocks) -> None:
        self.rows["lift_blocks"].extend(
            (e.workspace_id, block, text.provider_at, e.by) for block in e.block_ids
        )

    def add_code_block(self, text: InboundText, e: want.AddCodeBlock) -> None:
        self.rows["add_code_blocks"].append((text.phone, e.inbound_number_id, text.id, e.since))

    def lift_code_block(self, text: InboundText, e: want.LiftCodeBlock) -> None:
        self.rows["lift_code_blocks"].append((text.phone, e.inbound_number_id, text.provider_at))

    def ledger(self, text: InboundText, e: want.Ledger) -> None:
        contact = e.contact_id or 0
        self.rows["append_ledger"].append((
            e.workspace_id, text.phone, contact, e.category, text.id, e.action, e.source,
            text.sender, text.body,
            e.at, self.now,
        ))  # fmt: skip
        if e.moves_state:
            self.states[e.workspace_id, text.phone, contact, e.category] = (e.action, e.at, e.source)

    def ask_whose(self, text: InboundText, e: want.AskWhose) -> None:
        # By our own clock: who decides it does so later by the same one.
        self.states[e.workspace_id, text.phone, 0, hands.REVIEW] = (
            hands.ASKED, text.received_at, "sms_reply",
        )  # fmt: skip

    def set_consent(self, text: InboundText, e: want.SetConsent) -> None:
        self.consents[e.workspace_id, text.phone] = (e.value, self.now)

    def cancel(self, text: InboundText, e: want.Cancel) -> None:
        self.rows["cancel"].append(
            (e.workspace_id, text.phone, e.line_id, e.category, e.transactional, e.advertising, self.now)
        )

    def reply(self, text: InboundText, e: want.Reply) -> None:
        encoding, parts = _measure(e.body)
        self.rows["reply"].append((
            e.workspace_id, text.id, text.phone, e.contact_id, text.sender, text.connection_id, e.line_id,
            e.sender, e.purpose, e.template_id, e.process_id, e.body, encoding, parts, _because(e.because),
            e.expires_at, country_of(text.phone),
        ))  # fmt: skip

    def raise_event(self, text: InboundText, e: want.Raise) -> None:
        key = e.workspace_id, text.id
        if key in self.records:
            self.events[key] = text, e
        else:  # a provider's word on a number is no text of it: all of them have one id
            self.rows["raise_events"].append(
                (e.workspace_id, text.provider_at, text.phone, e.contact_id, e.name, _properties(text, e))
            )

    def file(self, text: InboundText, e: want.File) -> None:
        self.files[e.workspace_id, text.id] = e

    def unrouted(self, text: InboundText, e: want.Unrouted) -> None:
        self.rows["unrouted"].append((
            text.id, text.connection_id, "unrouted", text.sender, text.recipient, text.body, e.why,
            text.received_at,
        ))  # fmt: skip


# One look-up instead of a ladder: a new effect is a new line here.
_TAKERS: dict[type, Callable[[_Gathering, InboundText, Any], None]] = {
    want.Record: _Gathering.record,
    want.AddBlock: _Gathering.add_block,
    want.LiftBlocks: _Gathering.lift_blocks,
    want.AddCodeBlock: _Gathering.add_code_block,
    want.LiftCodeBlock: _Gathering.lift_code_block,
    want.Ledger: _Gathering.ledger,
    want.AskWhose: _Gathering.ask_whose,
    want.SetConsent: _Gathering.set_consent,
    want.Cancel: _Gathering.cancel,
    want.Reply: _Gathering.reply,
    want.Raise: _Gathering.raise_event,
    want.File: _Gathering.file,
    want.Unrouted: _Gathering.unrouted,
}


class _Incoming(msgspec.Struct, gc=False):
    """The event's fields as R5.6 names them."""

    status: str
    action_type: str
    timestamp: float
    message: str
    sender: str
    recipient: str
    answers_message_id: str | None
    answers_certainty: str


def _properties(text: InboundText, e: want.Raise) -> object:
    """The event's fields under their names in R5.6, or under the workspace's own."""
    fields = _Incoming(
        "incoming_message",
        "sms",
        text.provider_at.timestamp(),
        text.body,
        text.sender,
        text.recipient,
        str(e.answers_message_id) if e.answers_message_id else None,
        e.answers_certainty,
    )
    if not e.renamed:
        return fields
    named = msgspec.structs.asdict(fields)
    return {e.renamed.get(name, name): value for name, value in named.items()}


@lru_cache(maxsize=1024)
def _measure(body: str) -> tuple[str, int]:
    """Replies repeat: their parts are counted once."""
    counted = count(body)
    return counted.encoding, counted.parts


@lru_cache(maxsize=4096)
def _because(because: Because) -> str:
    return msgspec.json.encode(as_plain(because)).decode()


def _pictures(how_many: int) -> str:
    return f"{how_many} pictures" if how_many > 1 else "Picture"


def _media(text: InboundText) -> str | None:
    return msgspec.json.encode(text.media).decode() if text.media else None
