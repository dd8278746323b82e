"""Reads what strangers send: JSON, texts, numbers and times, without ever raising."""

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import cast

import msgspec

from sayso.providers.contract import Headers, Later, Media, Unreadable

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_decode = msgspec.json.Decoder().decode


def read_object(body: bytes) -> Mapping[str, object] | Unreadable:
    """Read a JSON object; invalid UTF-8 becomes U+FFFD, anything but an object is unreadable."""
    try:
        value = _decode(body)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        value = _read_leniently(body)
    if isinstance(value, dict):
        return cast("dict[str, object]", value)
    if isinstance(value, Unreadable):
        return value
    return Unreadable("The callback is JSON, but not an object with named fields.")


def _read_leniently(body: bytes) -> object:
    """Read what the quick reader refuses: stray bytes, half surrogates, a byte order mark."""
    if not body.strip():
        return Unreadable("The callback is empty.")
    try:
        return json.loads(body.decode("utf-8-sig", "replace"))
    except RecursionError:
        return Unreadable("The callback is nested too deeply to be a message.")
    except ValueError:
        return Unreadable("The callback is not JSON.")


def text(value: object) -> str:
    """Give a text that PostgreSQL can hold; numbers become digits, anything else is empty."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**30:
        return str(value)
    return ""


def clean(value: str) -> str:
    """Replace NUL and lone surrogates, which no store and no provider takes, by U+FFFD."""
    if value.isascii() and "\x00" not in value:
        return value
    return _UNSTORABLE.sub("\ufffd", value)


def optional_text(value: object) -> str | None:
    """Give a text, or nothing where it is absent or empty."""
    return text(value) or None


def time(value: object) -> datetime | None:
    """Read an ISO 8601 time as UTC; without a zone it is taken as UTC, unreadable is None."""
    if not isinstance(value, str):
        return None
    try:
        read = datetime.fromisoformat(value)
        return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def telephone(value: object) -> str:
    """Give a number with its plus where a provider leaves it out; other senders stay as they are.

    Below nine digits it may be a short code, which has none.
    """
    number = text(value).strip()
    if number[:1] == "+":
        return number
    if 9 <= len(number) <= 15 and number.isascii() and number.isdigit() and number[0] != "0":
        return "+" + number
    return number


def attachments(entries: object, *type_names: str) -> tuple[Media, ...]:
    """Read a list of media, each with its `url` and its content type under one of these names."""
    if not isinstance(entries, list):
        return ()  # as of nearly every text
    return tuple(
        Media(text(entry["url"]), next(filter(None, (text(entry.get(name)) for name in type_names)), ""))
        for entry in entries
        if isinstance(entry, dict) and text(entry.get("url"))
    )


def report_ref(message: str, status: str, code: str, recipient: str) -> str:
    """Give a dedupe key for a delivery report: one that says the same again is the same report."""
    return f"{message}:{status}:{code}:{recipient}"


def digest_ref(body: bytes) -> str:
    """Give a dedupe key for a message without an id: the same bytes are the same message."""
    return "sha256:" + hashlib.sha256(body).hexdigest()


def seconds(value: object, default: int) -> int:
    """Read a setting in whole seconds; an absent or senseless one is the default."""
    if value is None:
        return default
    try:
        read = int(text(value))
    except ValueError:
        return default
    return read if 0 < read <= 10**9 else default


def asked_to_wait(headers: Headers) -> Later:
    """Read a refusal that asks to come back: after its Retry-After, or a second."""
    return Later(timedelta(seconds=seconds(headers.get("retry-after"), 1)), "throttled")
