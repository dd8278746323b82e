"""Turns a callback into the row that is stored: judged by its provider, read, and told apart from repeats.

The doors read so what comes in, and the engine what it releases from quarantine.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from sayso.core import callbacks
from sayso.core.phones import address_key, lane
from sayso.providers.contract import (
    CallbackKind,
    Forged,
    Genuine,
    Inbound,
    Provider,
    Receipt,
    Request,
    Secrets,
    Settings,
    Stale,
    Unreadable,
)

FUTURE_ALLOWED = timedelta(minutes=5)
PAST_ALLOWED = timedelta(days=30)
# Kept with what is accepted, Basic credentials would lie open beside the sealed ones, and signatures would
# let a copy of the database be played back. Quarantine keeps them: it judges anew.
SECRET_HEADERS = frozenset(
    {
        b"authorization",
        b"proxy-authorization",
        b"cookie",
        b"x-twilio-signature",
        b"x-sinch-webhook-signature",
        b"x-sayso-signature",
    }
)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Connection:
    """A connection opened for use; `locked` says why its secrets can't be read, if they can't."""

    id: int
    name: str
    provider: Provider
    settings: Settings
    secrets: Secrets
    locked: str = ""

    @property
    def country(self) -> str | None:
        """The default country of numbers written without one, if the connection is told it."""
        told = self.settings.get("country")
        return told if isinstance(told, str) and len(told) == 2 else None


class Heard(Struct, frozen=True, gc=False):
    """A callback as it came, and when."""

    connection: Connection
    kind: CallbackKind
    request: Request
    received_at: datetime


def judge(heard: Heard) -> Genuine | Stale | Forged:
    """Ask the provider's codec whether it is genuine; what can't be judged is refused (R5.11)."""
    connection = heard.connection
    if connection.locked:
        return Forged(connection.locked)
    try:
        return connection.provider.verify(
            heard.request, connection.secrets, connection.settings, heard.received_at
        )
    except Exception:
        log.exception("the check of a callback of connection %s failed", connection.id)
        return Forged("The check of this callback failed inside Sayso; the log says where. Release it later.")


def read(heard: Heard, verdict: Genuine | Stale, headers: bytes) -> callbacks.Callback:
    """Read a genuine callback into its row; what nobody can read becomes a row too, listed for the operator.

    `headers` are kept as they are given.
    """
    message = _read_as(heard, heard.kind)
    if isinstance(message, Unreadable) and message.belongs:
        # Posted to the wrong one of our two addresses: a STOP must not be lost to that.
        message = _read_as(heard, message.belongs)
    said = _understood(heard, message)
    return callbacks.Callback(
        connection_id=heard.connection.id,
        kind=said.kind,
        ref=said.ref,
        stale=isinstance(verdict, Stale) or not said.believed,
        headers=headers,
        body=heard.request.body,
        received_at=heard.received_at,
        text=said.text,
        receipts=said.receipts,
        unreadable=said.unreadable,
    )


class Kept(Struct, frozen=True, gc=False):
    """A refused callback as the quarantine keeps it; `headers` begin with its request line."""

    kind: CallbackKind
    headers: bytes
    body: bytes
    received_at: datetime


def judged_anew(connection: Connection, kept: Kept, public_url: str) -> callbacks.Callback | None:
    """The callback that a refused one is by the secrets of now, as of when it came; None: still unproven."""
    request = read_back(kept.headers, kept.body, public_url)
    if request is None:
        return None
    heard = Heard(connection, kept.kind, request, kept.received_at)
    verdict = judge(heard)
    return None if isinstance(verdict, Forged) else read(heard, verdict, without_secrets(kept.headers))


def read_back(headers: bytes, body: bytes, public_url: str) -> Request | None:
    """The request of a callback from its request line and headers as they were kept; None if they are not."""
    first, *lines = headers.decode("latin-1").split("\r\n")
    pieces = first.split(" ")
    if len(pieces) != 3:
        return None
    path, _, query = pieces[1].partition("?")
    named: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(": ")
        name = name.lower()
        named[name] = f"{named[name]}, {value}" if name in named else value
    return Request(path=path, query=query, headers=named, body=body, public_url=public_url)


def without_secrets(headers: bytes) -> bytes:
    """Kept headers without what must not lie open beside sealed secrets."""
    first, *lines = headers.split(b"\r\n")
    kept = [line if not _is_secret(line) else line.partition(b":")[0] + b": [not kept]" for line in lines]
    return b"\r\n".join([first, *kept])


def _is_secret(line: bytes) -> bool:
    return line.partition(b":")[0].lower() in SECRET_HEADERS


def as_unreadable(row: callbacks.Callback, why: str) -> callbacks.Callback:
    """The same callback with nothing but its bytes, where what it says can't be stored."""
    return replace(row, text=None, receipts=(), unreadable=f"It could not be stored as it was read: {why}")


def refused(heard: Heard, verdict: Forged, headers: bytes) -> callbacks.Refused:
    """A callback for the quarantine, with the alarm's sentence."""
    connection = heard.connection
    return callbacks.Refused(
        connection.id,
        heard.kind,
        headers,
        heard.request.body,
        verdict.why,
        f"Callbacks of connection {connection.id} ({connection.name}) are refused: what should prove them is "
        "wrong or missing. They wait in quarantine, each with its reason: `sayso quarantine list`. If they "
        "are the provider's own, mend the connection's secrets, and what they prove is let in by itself; "
        "`sayso quarantine release` looks again, `sayso quarantine empty` throws away.",
        heard.received_at,
    )


def _read_as(heard: Heard, kind: CallbackKind) -> Inbound | tuple[Receipt, ...] | Unreadable:
    request, provider = heard.request, heard.connection.provider
    try:
        if kind == "inbound":
            return provider.read_inbound(request.body, request.headers)
        return provider.read_receipts(request.body, request.headers, request.query)
    except Exception:
        log.exception("reading a callback of connection %s failed", heard.connection.id)
        return Unreadable("Reading this callback failed inside Sayso; the log says where.")


class _Understood(Struct, frozen=True, gc=False):
    kind: CallbackKind
    ref: str
    text: callbacks.Text | None = None
    believed: bool = True
    receipts: tuple[callbacks.Receipt, ...] = ()
    unreadable: str | None = None


def _understood(heard: Heard, message: Inbound | tuple[Receipt, ...] | Unreadable) -> _Understood:
    if isinstance(message, Inbound):
        text, believed = _text(heard, message)
        return _Understood("inbound", _ref("inbound", message.ref), text, believed)
    if isinstance(message, Unreadable):
        return _Understood(heard.kind, _ref("body", heard.request.body.hex()), unreadable=message.why)
    refs = [receipt.ref for receipt in message] or [heard.request.body.hex()]
    return _Understood("receipts", _ref("receipts", *refs), receipts=tuple(map(_receipt, message)))


def _ref(*said: str) -> str:
    """128 bits of what the provider calls a message, or a report; ids differ in length and alphabet."""
    digest = blake2b("\0".join(said).encode("utf-8", "surrogatepass"), digest_size=16)
    return digest.hexdigest()


def _text(heard: Heard, inbound: Inbound) -> tuple[callbacks.Text, bool]:
    """The text, and whether its time could be believed; where not, it was said when it was received."""
    at, received_at = inbound.at, heard.received_at
    believed = at is None or received_at - PAST_ALLOWED <= at <= received_at + FUTURE_ALLOWED
    phone = address_key(inbound.sender, heard.connection.id, heard.connection.country)
    text = callbacks.Text(
        lane=lane(phone, inbound.sender),
        phone=phone,
        sender=inbound.sender,
        recipient=inbound.recipient,
        body=inbound.body,
        media=msgspec.json.encode(inbound.media).decode() if inbound.media else None,
        provider_at=at if at is not None and believed else received_at,
        provider_answered=inbound.provider_answered,
    )
    return text, believed


def _receipt(receipt: Receipt) -> callbacks.Receipt:
    return callbacks.Receipt(
        provider_ref=receipt.provider_ref,
        client_reference=receipt.client_reference,
        status=receipt.status,
        reason=receipt.reason,
        code=receipt.code,
        opted_out=receipt.opted_out,
        recipient=receipt.recipient,
        at=receipt.at,
    )
