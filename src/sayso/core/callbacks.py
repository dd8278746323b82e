"""A provider's callback as it is stored: raw, with what it was understood to say."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from msgspec import Struct

Kind = Literal["inbound", "receipts"]


class Text(Struct, frozen=True, gc=False):
    """One inbound text for the queue; `media` is JSON. No field may hold NUL or a lone surrogate."""

    lane: int
    phone: int
    sender: str
    recipient: str
    body: str
    media: str | None
    provider_at: datetime
    provider_answered: str | None


class Receipt(Struct, frozen=True, gc=False):
    """One delivery report for the queue."""

    provider_ref: str
    client_reference: str | None
    status: str
    reason: str
    code: str
    opted_out: bool
    recipient: str
    at: datetime | None


class Callback(Struct, frozen=True, gc=False):
    """One callback, raw, with what it was understood to say: a text, receipts, or why it is unreadable.

    `ref`, 128 bits in hexadecimal, is with the connection the dedupe key.
    """

    connection_id: int
    kind: Kind
    ref: str
    stale: bool
    headers: bytes
    body: bytes
    received_at: datetime
    text: Text | None = None
    receipts: tuple[Receipt, ...] = ()
    unreadable: str | None = None


class Refused(Struct, frozen=True, gc=False):
    """A callback with a bad signature; `sentence` is for the operator's alarm."""

    connection_id: int
    kind: Kind
    headers: bytes
    body: bytes
    why: str
    sentence: str
    at: datetime
