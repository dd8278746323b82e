"""The simulator's own format, as plain as can be: what both of its sides write and read.

A text:    {"id", "from", "to", "body", "at", "media": [{"url", "content_type"}], "answered"}
A receipt: {"id", "to", "status", "reason", "code", "at", "client_reference", "opted_out"}, or a list under
"receipts". A message to send: {"from", "to", "body", "media": [url], "client_reference", "receipts_url"}.
Times are ISO 8601; what is absent or empty may be left out, except id, from, to and status.
"""

from collections.abc import Mapping
from typing import cast, get_args

from sayso.providers.contract import (
    Answered,
    Inbound,
    Outbound,
    Receipt,
    ReceiptStatus,
    Unreadable,
)
from sayso.providers.reading import (
    attachments,
    digest_ref,
    optional_text,
    read_object,
    report_ref,
    text,
    time,
)
from sayso.providers.reasons import SENTENCES, Reason
from sayso.providers.signatures import SignatureNames

SIGNATURE = SignatureNames(
    signature="x-sayso-signature",
    timestamp="x-sayso-signature-timestamp",
    nonce="x-sayso-signature-nonce",
    algorithm="x-sayso-signature-algorithm",
)
MESSAGES_PATH = "/messages"
STATUSES: tuple[ReceiptStatus, ...] = get_args(ReceiptStatus)
_ANSWERED: tuple[Answered, ...] = get_args(Answered)


def read_inbound(body: bytes) -> Inbound | Unreadable:
    """Read one text."""
    told = read_object(body)
    if isinstance(told, Unreadable):
        return told
    if "status" in told or "receipts" in told:
        return Unreadable("This is a receipt, posted to the address for texts.", "receipts")
    sender, recipient = text(told.get("from")).strip(), text(told.get("to")).strip()
    if not sender or not recipient:
        return Unreadable(f"The text lacks its '{'to' if sender else 'from'}'.")
    content = told.get("body")
    if not isinstance(content, str | int | None):
        return Unreadable("The 'body' of the text is neither a text nor absent.")
    answered = told.get("answered")
    media = attachments(told.get("media"), "content_type")
    return Inbound(
        ref=text(told.get("id")) or digest_ref(body),
        sender=sender,
        recipient=recipient,
        body=text(content),
        at=time(told.get("at")),
        media=media,
        provider_answered=answered if answered in _ANSWERED else None,
        kind="mms" if media else "sms",
    )


def read_receipts(body: bytes) -> tuple[Receipt, ...] | Unreadable:
    """Read one receipt or several; one that cannot be read makes all unreadable, so that none is lost."""
    told = read_object(body)
    if isinstance(told, Unreadable):
        return told
    listed = told.get("receipts", [told])
    if not isinstance(listed, list):
        return Unreadable("'receipts' is not a list.")
    receipts = []
    for entry in listed:
        receipt = _receipt(entry)
        if isinstance(receipt, Unreadable):
            return receipt
        receipts.append(receipt)
    return tuple(receipts)


def _receipt(told: object) -> Receipt | Unreadable:
    if not isinstance(told, dict):
        return Unreadable("A receipt is an object with named fields.")
    if "from" in told and "status" not in told:
        return Unreadable("This is a text, posted to the address for receipts.", "inbound")
    message, status = text(told.get("id")), text(told.get("status"))
    if not message or status not in STATUSES:
        return Unreadable(f"A receipt needs an id and a status of {', '.join(STATUSES)}.")
    recipient, code, reason = text(told.get("to")).strip(), text(told.get("code")), text(told.get("reason"))
    return Receipt(
        ref=report_ref(message, status, code, recipient),
        provider_ref=message,
        recipient=recipient,
        status=status,
        reason=cast("Reason", reason) if reason in SENTENCES else "unclassified",
        code=code,
        at=time(told.get("at")),
        client_reference=optional_text(told.get("client_reference")),
        opted_out=told.get("opted_out") is True,
    )


def read_send(body: bytes) -> Outbound | Unreadable:
    """Read a message that the product asks the carrier to send."""
    told = read_object(body)
    if isinstance(told, Unreadable):
        return told
    sender, to = text(told.get("from")), text(told.get("to"))
    if not sender or not to:
        return Unreadable("A message needs 'from' and 'to'.")
    media = told.get("media")
    return Outbound(
        sender=sender,
        to=to,
        body=text(told.get("body")),
        media=tuple(filter(None, map(text, media))) if isinstance(media, list) else (),
        client_reference=text(told.get("client_reference")),
        receipts_url=text(told.get("receipts_url")),
    )


def outbound_fields(outbound: Outbound) -> Mapping[str, object]:
    """Give a message to send as the fields of its JSON."""
    return {
        "from": outbound.sender,
        "to": outbound.to,
        "body": outbound.body,
        "media": outbound.media,
        "client_reference": outbound.client_reference,
        "receipts_url": outbound.receipts_url,
    }
