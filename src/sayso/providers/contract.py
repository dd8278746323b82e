"""The values that pass between Sayso and any provider, and the protocol that every provider fulfils.

A provider is a codec: bytes in, values out, and back. It opens no socket, reads no clock, and raises on
nothing that comes from outside; what it cannot read is a value that says why.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol

from msgspec import Struct

from sayso.providers.reasons import Reason

Secrets = Mapping[str, str]
"""A connection's secrets by field name, already decrypted."""
Settings = Mapping[str, object]
"""A connection's settings by field name, as stored: texts, numbers, booleans."""
Headers = Mapping[str, str]
"""HTTP headers by lower-case name."""
CallbackKind = Literal["inbound", "receipts"]
Answered = Literal["stop", "start", "help"]
ProviderAnswers = Literal["none", "stop", "stop_start_help"]
NumberKind = Literal["long_code", "exclusive_short_code", "shared_short_code"]
ReceiptStatus = Literal["sent", "delivered", "failed", "expired", "rejected", "unknown"]


# --- callbacks -------------------------------------------------------------------------------------


class Request(Struct, frozen=True, gc=False):
    """A callback as the door saw it.

    `path` and `query` are raw (still percent-encoded, no `?`); `public_url` is the address under which the
    world reaches this server, scheme and host and perhaps a prefix, without the path.
    """

    path: str
    query: str
    headers: Headers
    body: bytes
    public_url: str


class Genuine(Struct, frozen=True, gc=False):
    """The callback is the provider's own."""


class Stale(Struct, frozen=True, gc=False):
    """The signature is right and the time is not: accept, deduplicate, mark as stale (R5.11)."""

    why: str


class Forged(Struct, frozen=True, gc=False):
    """The callback cannot be believed: refuse it and keep it in quarantine (R5.11)."""

    why: str


Verdict = Genuine | Stale | Forged


class Unreadable(Struct, frozen=True, gc=False):
    """Genuine, but not understood: kept raw and listed for the operator with this sentence.

    `belongs` names the other reader when the provider posted a known callback to the wrong address.
    """

    why: str
    belongs: CallbackKind | None = None


class Media(Struct, frozen=True, gc=False):
    """One attachment, still at the provider; its type is as the provider calls it, or empty."""

    url: str
    content_type: str


class Inbound(Struct, frozen=True, gc=False):
    """One text from a telephone. No field holds NUL or a lone surrogate: those became U+FFFD.

    `ref` is the dedupe key: the provider's message id, or a digest of the body where that is absent.
    `at` is the provider's time in UTC, if it gives one. `kind` is the provider's own word.
    """

    ref: str
    sender: str
    recipient: str
    body: str
    at: datetime | None = None
    media: tuple[Media, ...] = ()
    provider_answered: Answered | None = None
    kind: str = ""


class Receipt(Struct, frozen=True, gc=False):
    """What a provider reports of one message to one recipient.

    `ref` is the dedupe key of the report; `provider_ref` names the message. `recipient` is empty where a
    report holds for every recipient of that message. `opted_out` asks for a block (R6.6).
    """

    ref: str
    provider_ref: str
    recipient: str
    status: ReceiptStatus
    reason: Reason = ""
    code: str = ""
    at: datetime | None = None
    client_reference: str | None = None
    opted_out: bool = False


class Answer(Struct, frozen=True, gc=False):
    """What the door says once a callback is stored."""

    status: int
    content_type: str
    body: bytes


TAKEN = Answer(200, "text/plain; charset=utf-8", b"")
"""For providers that ask for any 2xx."""


# --- sending ---------------------------------------------------------------------------------------


class Outbound(Struct, frozen=True, gc=False):
    """One rendered message to one number; `media` are addresses that the provider can fetch.

    `receipts_url` is where reports of this message shall go; empty leaves it to the account's settings.
    """

    sender: str
    to: str
    body: str
    media: tuple[str, ...] = ()
    client_reference: str = ""
    receipts_url: str = ""


class HttpRequest(Struct, frozen=True, gc=False):
    """A request for the gateway to make, whole."""

    method: str
    url: str
    headers: Headers
    body: bytes


class Accepted(Struct, frozen=True, gc=False):
    """The provider took the message; `parts` where it counts them already."""

    provider_ref: str
    parts: int | None = None


class Later(Struct, frozen=True, gc=False):
    """The provider did not take it and says to come back: safe to send again after `delay`."""

    delay: timedelta
    reason: Reason


class Refused(Struct, frozen=True, gc=False):
    """The provider will not take it; `code` is its own. `opted_out` asks for a block (R6.6)."""

    reason: Reason
    opted_out: bool = False
    code: str = ""


class Unsure(Struct, frozen=True, gc=False):
    """Nobody knows whether the provider took it: never sent again by itself."""

    reason: Reason


Outcome = Accepted | Later | Refused | Unsure


# --- the provider ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Carries:
    """What of pictures a provider brings to a telephone in one message."""

    pictures: int
    total_bytes: int

    def takes(self, pictures: int, total_bytes: int) -> bool:
        """Whether it brings so many, that weigh so much together."""
        return pictures <= self.pictures and total_bytes <= self.total_bytes


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a field: the code that is stored, and what people read; `more` says what comes of it."""

    code: str
    words: str
    more: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that a connection must or may be told; the API and the console draw it from this."""

    name: str
    label: str
    help: str
    secret: bool = False
    required: bool = False
    default: str = ""
    choices: tuple[Choice, ...] = ()

    @property
    def codes(self) -> tuple[str, ...]:
        """What it may be, as it is stored."""
        return tuple(choice.code for choice in self.choices)


class Provider(Protocol):
    """What Sayso needs of a provider; adding one is a folder and a line in the catalogue."""

    @property
    def kind(self) -> str:
        """The name in the API: `twilio`."""

    @property
    def title(self) -> str:
        """The name for people: `Twilio`."""

    @property
    def fields(self) -> tuple[Field, ...]:
        """What a connection of this kind is told."""

    @property
    def holds_block(self) -> bool:
        """Whether it keeps opt-outs of its own, so that a person must text START there (R6.6)."""

    @property
    def proofs(self) -> tuple[str, ...]:
        """The secrets of which one at least should prove its callbacks."""

    @property
    def carries(self) -> Carries:
        """The pictures of one message."""

    def answers(self, number_kind: NumberKind) -> ProviderAnswers:
        """Say what it answers by itself on such a number, unless the connection says otherwise (R5.8)."""

    def verify(self, request: Request, secrets: Secrets, settings: Settings, now: datetime) -> Verdict:
        """Judge whether a callback is the provider's own (R5.11); `now` is aware."""

    def read_inbound(self, body: bytes, headers: Headers) -> Inbound | Unreadable:
        """Read a text from a telephone."""

    def read_receipts(
        self, body: bytes, headers: Headers, query: str = ""
    ) -> tuple[Receipt, ...] | Unreadable:
        """Read delivery reports; none at all is an answer too, for states that say nothing new.

        `query` is the raw query of the callback: some providers return the client reference only there.
        """

    def answer(self, kind: CallbackKind) -> Answer:
        """Give the answer to a stored callback."""

    def send_request(self, outbound: Outbound, secrets: Secrets, settings: Settings) -> HttpRequest | Refused:
        """Write the request that sends a message, or refuse what this provider cannot carry."""

    def read_response(self, status: int, headers: Headers, body: bytes) -> Outcome:
        """Read the provider's answer to that request."""
