"""Reads Twilio's status callbacks, one message each."""

from urllib.parse import parse_qsl

from sayso.providers.contract import Headers, Receipt, Unreadable
from sayso.providers.reading import clean, report_ref, telephone, text
from sayso.providers.twilio.codes import OPTED_OUT, PASSING, meaning
from sayso.providers.twilio.form import message_id, read_fields

REFERENCE_PARAMETER = "client_reference"


def read_receipts(body: bytes, headers: Headers, query: str) -> tuple[Receipt, ...] | Unreadable:
    """Read one status; those on the way give none. The date of Twilio's report has no zone, so no time."""
    fields = read_fields(body, headers)
    if isinstance(fields, Unreadable):
        return fields
    status = text(fields.get("MessageStatus")) or text(fields.get("SmsStatus"))
    if status in ("received", "receiving") or (not status and "Body" in fields):
        return Unreadable("This is a text, posted to the address for status callbacks.", "inbound")
    message = message_id(fields)
    if isinstance(message, Unreadable):
        return message
    if not status:
        return Unreadable("A status callback needs MessageSid and MessageStatus.")
    if status in PASSING:
        return ()
    code, recipient = text(fields.get("ErrorCode")), telephone(fields.get("To"))
    ours, reason = meaning(status, code)
    receipt = Receipt(
        ref=report_ref(message, status, code, recipient),
        provider_ref=message,
        recipient=recipient,
        status=ours,
        reason=reason,
        code=code,
        client_reference=_reference(query),
        opted_out=code == OPTED_OUT,
    )
    return (receipt,)


def _reference(query: str) -> str | None:
    """Find our reference in the address that we gave Twilio, which has no field for it."""
    if REFERENCE_PARAMETER not in query or len(query) > 2000:
        return None
    return clean(dict(parse_qsl(query)).get(REFERENCE_PARAMETER, "")) or None
