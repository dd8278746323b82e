"""Reads Twilio's callback fields, from a form or from JSON."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

from sayso.providers.contract import Headers, Unreadable
from sayso.providers.reading import read_object, text

_MOST_FIELDS = 500
_FORM = "application/x-www-form-urlencoded"

Pairs = list[tuple[str, str]]


def is_form(headers: Headers) -> bool:
    """Say whether the body is a form; Twilio's default, so an absent type counts as one."""
    kind = headers.get("content-type", _FORM)
    return kind[: len(_FORM)].lower() == _FORM


def read_pairs(body: bytes) -> Pairs | Unreadable:
    """Read a form as its names and values, exactly as they came (signatures are over these)."""
    try:
        return parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        return Unreadable(f"The form has more than {_MOST_FIELDS} fields.")


def read_fields(body: bytes, headers: Headers) -> Mapping[str, object] | Unreadable:
    """Read a callback's fields by name, of a name given twice the first."""
    if not is_form(headers):
        return read_object(body)
    pairs = read_pairs(body)
    return pairs if isinstance(pairs, Unreadable) else dict(reversed(pairs))


def message_id(fields: Mapping[str, object]) -> str:
    """Give Twilio's message id, which has had three names."""
    return text(fields.get("MessageSid")) or text(fields.get("SmsSid")) or text(fields.get("SmsMessageSid"))
