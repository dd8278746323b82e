"""What the gate is asked about, and what it must know for an answer."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from sayso.core.answering import Reply
from sayso.core.messages import Block, CodeBlock
from sayso.core.sending_rules import Halt, SendingRules

# R6.1: what a block of scope `all` lets through: what the person has just asked for.
ASKED_FOR = frozenset({"confirmation", "help", "one_time_code"})
TEST = "test"
"""A campaign's text to whoever writes it: blocks hold, consent, hours and caps are not asked (R9.5)."""


class Candidate(Struct, frozen=True, gc=False):
    """A message that wants to leave. `line_id` and `number_id` 0: its sender is no line of ours.

    `reply`: it is what an agent answers in the inbox. `made`: since when it waits; None: not stored yet.
    """

    workspace_id: int
    phone: int
    advertising: bool
    category: str = ""
    purpose: str = "api"
    line_id: int = 0
    number_id: int = 0
    reply: Reply | None = None
    made: datetime | None = None


class ConsentState(Struct, frozen=True, gc=False):
    """Where a (contact, number, category) stands: accept, reject or pending; `*` is every category."""

    category: str
    state: str
    since: datetime
    source: str


class Facts(Struct, frozen=True, gc=False):
    """What is known about the number and its contact.

    `sms_consent` and `sms_valid` are the contact's (unknown, None: no contact or not said).
    `legitimate_interest`: the legal basis of the candidate's category. `waiting_since`: when the oldest text
    from the number came that nobody has decided yet; asked for advertising and replies. `line_withdrawn`:
    that of the line it would leave from. `wrote`: when the number said the newest text of the
    conversation that a reply belongs to. `addressed`, `no_two_way_sender`: see `_campaign`.

    `rules`: what the workspace sets for its advertising; None: nobody is at the other end of the line, a
    simulated one. `line_country`: that of the line's number. `time_zone`: the contact's own. `advertised`:
    when advertising went to the number in the last week. `halt`: all sending of the workspace is stopped.
    """

    blocks: tuple[Block, ...] = ()
    code_blocks: tuple[CodeBlock, ...] = ()
    consents: tuple[ConsentState, ...] = ()
    sms_consent: str = "unknown"
    sms_valid: bool | None = None
    legitimate_interest: bool = False
    waiting_since: datetime | None = None
    line_withdrawn: bool = False
    wrote: datetime | None = None
    addressed: bool = False
    no_two_way_sender: bool = False
    rules: SendingRules | None = None
    line_country: str = ""
    time_zone: str | None = None
    advertised: tuple[datetime, ...] = ()
    halt: Halt | None = None
