"""What comes in and what is known about its sender: the facts a decision is made from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from sayso.core.because import Because
from sayso.core.effects import File
from sayso.core.keywords import Matcher


class InboundText(Struct, frozen=True, gc=False):
    """One text from a telephone, as a door stored it.

    `phone` is the one key of the sender (core.phones.address_key), `sender` what was written.
    `provider_at` is the provider's time, or `received_at` where it gave none.
    `provider_answered` is what the provider says it has answered by itself: stop, start or help.
    """

    id: int
    connection_id: int
    phone: int
    sender: str
    recipient: str
    body: str
    provider_at: datetime
    received_at: datetime
    media: tuple[Mapping[str, str], ...] = ()
    provider_answered: str | None = None
    stale: bool = False

    @property
    def timed(self) -> bool:
        """Whether the provider gave a time of its own; without one, order is only that of arrival."""
        return self.provider_at != self.received_at


class Process(Struct, frozen=True, gc=False):
    """A started keyword handler on a line; `messages` holds its words by language, `''` none."""

    id: int
    type: str
    name: str
    scope: str = "channel"
    categories: tuple[str, ...] = ()
    template_id: int | None = None
    messages: Mapping[str, str] = {}


class Line(Struct, frozen=True, gc=False):
    """An inbound number, or a shared code with a provider keyword, as assigned to one workspace.

    `processes` are the started ones. `matcher` knows their keywords, the words of the floor and the
    workspace's opt-out terms (R4.9). `unclaimed` says that none of them takes a text, `waits` files it for a
    person: most texts end there, so both are made once. `rejects` are the categories that a STOP rejects
    (R5.5).
    """

    workspace_id: int
    id: int
    name: str
    provider_keyword: str
    language: str
    matcher: Matcher
    unclaimed: Because
    waits: File
    processes: Mapping[int, Process] = {}
    rejects: tuple[str, ...] = ()
    event_name: str = "campaign"
    event_properties: Mapping[str, str] = {}
    unknown_confirmations: frozenset[str] = frozenset()
    withdrawn: bool = False

    def of_type(self, wanted: str) -> Process | None:
        """The line's started main process of a type, if it has one."""
        for process in self.processes.values():
            if process.type == wanted:
                return process
        return None


class Number(Struct, frozen=True, gc=False):
    """A number that customers can text, with the lines on it.

    On a shared code `by_keyword` finds a line by its squeezed provider keyword, `bare` reads texts without
    one, and `understood` knows what any of its lines would take. `past` are withdrawn lines: they listen for
    nothing but opt-outs, which must still reach whoever texted from them. `elsewhere` are the same shared
    code at other connections, by id, where one stands in for the other or did: a telephone knows one code.
    """

    id: int
    connection_id: int
    number: str
    kind: str
    country: str
    provider_answers: str
    lines: tuple[Line, ...]
    by_keyword: Mapping[str, Line]
    bare: Matcher
    understood: Matcher
    help_answer: str = ""
    past: tuple[Line, ...] = ()
    elsewhere: tuple[int, ...] = ()

    @property
    def shared(self) -> bool:
        """Whether several workspaces use it, split by provider keyword."""
        return self.kind == "shared_short_code"


class Profile(Struct, frozen=True, gc=False):
    """A contact with the sender's number."""

    workspace_id: int
    contact_id: int
    language: str | None = None


class Texted(Struct, frozen=True, gc=False):
    """The last message a workspace sent to this number from one line (0: from a sender that is no line)."""

    workspace_id: int
    line_id: int
    contact_id: int | None
    message_id: int
    transactional: bool
    at: datetime


class Block(Struct, frozen=True, gc=False):
    """That a number may not be sent to, within a scope; active until lifted.

    `since` is when it was said first; `last` and `inbound_id` are of the last time that it was said again:
    only a yes after that is the last word (R6.5).
    """

    workspace_id: int
    id: int
    scope: str
    line_id: int
    category: str
    since: datetime
    source: str
    reason: str = ""
    inbound_id: int = 0
    last: datetime | None = None

    @property
    def said_last(self) -> datetime:
        """When it was said for the last time."""
        return self.last or self.since


class CodeBlock(Struct, frozen=True, gc=False):
    """That a number said a bare stop to a shared code; every workspace on it honours that (R3.3)."""

    inbound_number_id: int
    since: datetime


class Pending(Struct, frozen=True, gc=False):
    """An accept without enough evidence: it waits for START or YES from the number (R6.5).

    Of the category `*hands`: that consent ended when the number changed hands, and no yes came since (R6.8).
    """

    workspace_id: int
    contact_id: int
    category: str
    since: datetime


class No(Struct, frozen=True, gc=False):
    """A no that stands (R6.4): of a contact, or of the number itself (0); `*` is all advertising."""

    workspace_id: int
    contact_id: int
    category: str
    since: datetime
    source: str = "sms_reply"


class Known(Struct, frozen=True, gc=False):
    """What is known about a sender, across the workspaces of the number that was texted.

    `profiles`: oldest first. `texted`: newest first. `replies`: automatic replies of the last ten minutes
    by line id. Blocks are active ones only.
    """

    profiles: tuple[Profile, ...] = ()
    texted: tuple[Texted, ...] = ()
    blocks: tuple[Block, ...] = ()
    code_blocks: tuple[CodeBlock, ...] = ()
    pending: tuple[Pending, ...] = ()
    noes: tuple[No, ...] = ()
    replies: Mapping[int, int] = {}


NOTHING_KNOWN = Known()
