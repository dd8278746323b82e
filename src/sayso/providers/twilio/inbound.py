"""Reads texts and picture messages as Twilio posts them."""

from collections.abc import Mapping
from types import MappingProxyType

from sayso.providers.contract import Answered, Headers, Inbound, Media, Unreadable
from sayso.providers.reading import telephone, text
from sayso.providers.twilio.form import message_id, read_fields

_MOST_MEDIA = 10
_ANSWERED: Mapping[str, Answered] = MappingProxyType({"STOP": "stop", "START": "start", "HELP": "help"})


def read_inbound(body: bytes, headers: Headers) -> Inbound | Unreadable:
    """Read one text; Twilio gives no time of its own. OptOutType means that Twilio has answered."""
    fields = read_fields(body, headers)
    if isinstance(fields, Unreadable):
        return fields
    if text(fields.get("MessageStatus")) not in ("", "received", "receiving") and "Body" not in fields:
        return Unreadable("This is a status callback, posted to the address for texts.", "receipts")
    sender, recipient = telephone(fields.get("From")), telephone(fields.get("To"))
    if not sender or not recipient:
        return Unreadable(f"The text lacks its '{'To' if sender else 'From'}'.")
    message = message_id(fields)
    if isinstance(message, Unreadable):
        return message
    media = _attachments(fields)
    return Inbound(
        ref=message,
        sender=sender,
        recipient=recipient,
        body=text(fields.get("Body")),
        media=media,
        provider_answered=_ANSWERED.get(text(fields.get("OptOutType")).strip().upper()),
        kind="mms" if media else "sms",
    )


def _attachments(fields: Mapping[str, object]) -> tuple[Media, ...]:
    """Take every MediaUrl there is, whatever NumMedia says."""
    if "MediaUrl0" not in fields and text(fields.get("NumMedia")) in ("", "0"):
        return ()
    return tuple(
        Media(url, text(fields.get(f"MediaContentType{number}")))
        for number in range(_MOST_MEDIA)
        if (url := text(fields.get(f"MediaUrl{number}")))
    )
