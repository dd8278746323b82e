"""What a decision wants done. Core makes them, the engine stores them, in bulk and in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from sayso.core.because import Because


class Record(Struct, frozen=True, gc=False):
    """The text's place in a workspace's ledger, with what was decided and why (R5.3)."""

    workspace_id: int
    line_id: int
    contact_id: int | None
    outcome: str
    because: Because
    process_id: int | None = None
    keyword: str | None = None
    mode: str | None = None
    scope: str | None = None
    answers_message_id: int | None = None
    answers_certainty: str = "unknown"
    flags: tuple[str, ...] = ()


class AddBlock(Struct, frozen=True, gc=False):
    """A block on the sender's number (R5.4, R6.1); one that stands already stays as it is.

    `answers_message_id`: the message that the stop answers, whose campaign it counts for (R13.2).
    """

    workspace_id: int
    scope: str
    line_id: int
    category: str
    since: datetime
    source: str
    process_id: int | None
    reason: str
    answers_message_id: int | None = None


class LiftBlocks(Struct, frozen=True, gc=False):
    """The way back for named blocks (R6.5)."""

    workspace_id: int
    block_ids: tuple[int, ...]
    by: str


class AddCodeBlock(Struct, frozen=True, gc=False):
    """A bare stop on a shared code, for whoever texts this number from it later (R3.3)."""

    inbound_number_id: int
    since: datetime


class LiftCodeBlock(Struct, frozen=True, gc=False):
    """The way back on a shared code, where exactly one workspace was stopped (R3.3)."""

    inbound_number_id: int


class Ledger(Struct, frozen=True, gc=False):
    """One consent entry (R5.5). `contact_id` None: the number belongs to no profile.

    `moves_state`: whether the entry also says where (contact, number, category) stands now (R6.4);
    a line's stop is proof only, the block does the work.
    """

    workspace_id: int
    contact_id: int | None
    action: str
    category: str
    source: str
    at: datetime
    moves_state: bool = True


class AskWhose(Struct, frozen=True, gc=False):
    """Advertising to the number waits until a person says whose it is (R6.8)."""

    workspace_id: int


class SetConsent(Struct, frozen=True, gc=False):
    """`sms_consent` on all profiles of the number in a workspace (R5.5)."""

    workspace_id: int
    value: str


class Cancel(Struct, frozen=True, gc=False):
    """Take back what is queued for the number and not yet on the wire (R5.4).

    `line_id` 0: of any line; `category` '': of any. `transactional`: those too, else advertising only.
    """

    workspace_id: int
    line_id: int
    category: str
    transactional: bool
    advertising: bool = True


class Reply(Struct, frozen=True, gc=False):
    """One answer through the line the text came in on; not sent after `expires_at` (R5.8)."""

    workspace_id: int
    line_id: int
    contact_id: int | None
    sender: str
    body: str
    purpose: str
    process_id: int | None
    template_id: int | None
    expires_at: datetime
    because: Because


class Raise(Struct, frozen=True, gc=False):
    """The incoming-message event on one profile, or on the number alone (R5.6).

    `renamed` maps the field names of R5.6 to the workspace's own.
    """

    workspace_id: int
    contact_id: int | None
    name: str
    renamed: Mapping[str, str]
    answers_message_id: int | None
    answers_certainty: str


class File(Struct, frozen=True, gc=False):
    """A place in the inbox: among the STOPs, or where an agent answers (R12.1)."""

    workspace_id: int
    line_id: int
    tab: str
    needs_answer: bool


class Unrouted(Struct, frozen=True, gc=False):
    """No workspace could be found for the text: the operator's list (R3.3)."""

    why: str


Effect = (
    Record
    | AddBlock
    | LiftBlocks
    | AddCodeBlock
    | LiftCodeBlock
    | Ledger
    | AskWhose
    | SetConsent
    | Cancel
    | Reply
    | Raise
    | File
    | Unrouted
)


class Decision(Struct, frozen=True, gc=False):
    """What one text does: effects to be stored together, and why."""

    effects: tuple[Effect, ...]
    because: Because
