"""The other side of the simulator's format: what the carrier signs, writes and reads."""

import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime

import msgspec

from sayso.providers.contract import (
    Accepted,
    Headers,
    HttpRequest,
    Inbound,
    Later,
    Receipt,
    Refused,
    Secrets,
    Unsure,
)
from sayso.providers.signatures import as_bytes, base64_mac, signed_message
from sayso.providers.simulator.wire import SIGNATURE, read_send

__all__ = [
    "authorised",
    "callback",
    "read_send",
    "sign",
    "write_inbound",
    "write_receipt",
    "write_receipts",
    "write_response",
]

_encode = msgspec.json.Encoder().encode


def callback(url: str, body: bytes, secret: str, now: datetime, nonce: str = "") -> HttpRequest:
    """Give a whole signed POST of one callback; with an empty secret it is unsigned."""
    signed = sign(body, secret, now, nonce) if secret else {}
    return HttpRequest("POST", url, {"content-type": "application/json", **signed}, body)


def sign(body: bytes, secret: str, now: datetime, nonce: str = "") -> Headers:
    """Give the signature headers of a callback.

    Without a nonce one is made of body and time, so the same callback at another moment has another one.
    """
    timestamp = str(int(now.timestamp()))
    nonce = nonce or hashlib.sha256(as_bytes(now.isoformat()) + body).hexdigest()[:32]
    return {
        SIGNATURE.signature: base64_mac(secret, signed_message(body, nonce, timestamp)).decode("ascii"),
        SIGNATURE.timestamp: timestamp,
        SIGNATURE.nonce: nonce,
        SIGNATURE.algorithm: "HmacSHA256",
    }


def write_inbound(inbound: Inbound) -> bytes:
    """Write a text from a telephone."""
    told: dict[str, object] = {
        "id": inbound.ref,
        "from": inbound.sender,
        "to": inbound.recipient,
        "body": inbound.body,
    }
    if inbound.at is not None:
        told["at"] = inbound.at
    if inbound.media:
        told["media"] = inbound.media
    if inbound.provider_answered:
        told["answered"] = inbound.provider_answered
    return _encode(told)


def write_receipt(receipt: Receipt) -> bytes:
    """Write one receipt."""
    return _encode(_receipt_fields(receipt))


def write_receipts(receipts: Iterable[Receipt]) -> bytes:
    """Write several receipts in one callback."""
    return _encode({"receipts": [_receipt_fields(receipt) for receipt in receipts]})


def _receipt_fields(receipt: Receipt) -> dict[str, object]:
    return {
        "id": receipt.provider_ref,
        "to": receipt.recipient,
        "status": receipt.status,
        "reason": receipt.reason,
        "code": receipt.code,
        "at": receipt.at,
        "client_reference": receipt.client_reference,
        "opted_out": receipt.opted_out,
    }


def authorised(headers: Headers, secrets: Secrets) -> bool:
    """Say whether a request to send carries the connection's API token, if it has one."""
    token = secrets.get("api_token", "")
    expected = as_bytes(f"Bearer {token}")
    return not token or hmac.compare_digest(expected, as_bytes(headers.get("authorization", "")))


def write_response(outcome: Accepted | Later | Refused | Unsure) -> tuple[int, Headers, bytes]:
    """Write the answer to a message to send, as status, headers and body; Unsure is a broken one."""
    content = {"content-type": "application/json"}
    match outcome:
        case Accepted(provider_ref, parts):
            return 202, content, _encode({"id": provider_ref, "parts": parts})
        case Later(delay, reason):
            wait = str(max(1, round(delay.total_seconds())))
            return 429, {**content, "retry-after": wait}, _encode({"reason": reason})
        case Refused(reason, opted_out, code):
            return 422, content, _encode({"reason": reason, "opted_out": opted_out, "code": code})
        case Unsure(reason):
            return 500, content, _encode({"reason": reason})
