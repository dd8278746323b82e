"""Reads Twilio's callback fields, from a form or from JSON."""

import re
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import unquote_to_bytes

from sayso.providers.contract import Headers, Unreadable
from sayso.providers.reading import read_object, text

_MOST_FIELDS = 500
# A text of 1,600 characters with ten attachments stays under 32 kB however it is encoded; decoding a
# megabyte of percent signs would hold up the door for half a second.
_MOST_BYTES = 256 * 1024
_ID_NAMES = ("MessageSid", "SmsSid", "SmsMessageSid")
# A whole id of Twilio's with anything behind it is one that has swallowed the name of the next field.
_ID = re.compile("(SM|MM)(?![0-9a-fA-F]{32}.)[0-9A-Za-z_-]{1,62}")
_FORM = "application/x-www-form-urlencoded"

Pairs = tuple[tuple[str, str], ...]


def is_form(headers: Headers) -> bool:
    """Say whether the body is a form; Twilio's default, so an absent type counts as one."""
    kind = headers.get("content-type", _FORM)
    return kind[: len(_FORM)].lower() == _FORM


@lru_cache(maxsize=4)
def read_pairs(body: bytes) -> Pairs | Unreadable:
    """Read a form as its names and values, exactly as they came (signatures are over these).

    The answers are parse_qsl's, in a third of its time; the last few are remembered, since a callback is
    first checked and then read.
    """
    if len(body) > _MOST_BYTES:
        return Unreadable(f"The form is larger than {_MOST_BYTES} bytes, which no text is.")
    if body.count(b"&") >= _MOST_FIELDS:
        return Unreadable(f"The form has more than {_MOST_FIELDS} fields.")
    pairs = []
    for field in body.decode("utf-8", "replace").replace("+", " ").split("&"):
        if field:
            name, _, value = field.partition("=")
            pairs.append(
                (_unquoted(name) if "%" in name else name, _unquoted(value) if "%" in value else value)
            )
    return tuple(pairs)


def _unquoted(word: str) -> str:
    return unquote_to_bytes(word).decode("utf-8", "replace")


def read_fields(body: bytes, headers: Headers) -> Mapping[str, object] | Unreadable:
    """Read a callback's fields by name, of a name given twice the first."""
    if not is_form(headers):
        return read_object(body)
    pairs = read_pairs(body)
    return pairs if isinstance(pairs, Unreadable) else dict(reversed(pairs))


def message_id(fields: Mapping[str, object]) -> str | Unreadable:
    """Give Twilio's message id, which has had three names; where it has several, they must agree.

    Nothing but a clean id will do: what Twilio signs has no seams between names and values, so the bytes of
    a recorded callback, cut anew, keep their signature, but can keep no id that is not the recorded one.
    """
    named = {given for name in _ID_NAMES if (given := text(fields.get(name)))}
    if not named:
        return Unreadable("The callback names no MessageSid, which each of Twilio's has.")
    if len(named) > 1:
        return Unreadable("MessageSid, SmsSid and SmsMessageSid contradict each other.")
    found = named.pop()
    if not _ID.fullmatch(found):
        return Unreadable("The MessageSid is none of Twilio's: SM or MM, then letters and digits.")
    return found
