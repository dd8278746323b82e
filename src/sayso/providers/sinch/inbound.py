"""Reads texts and picture messages as Sinch posts them: mo_text, mo_media, mo_binary."""

import binascii
from base64 import b64decode
from collections.abc import Mapping

from sayso.providers.contract import Inbound, Media, Unreadable
from sayso.providers.reading import attachments, clean, digest_ref, read_object, telephone, text, time

_LAST_LETTER_BEFORE_IDEOGRAPHS = 0x07FF


def read_inbound(body: bytes) -> Inbound | Unreadable:
    """Read one mo_* callback; anything else is unreadable and says why."""
    told = read_object(body)
    if isinstance(told, Unreadable):
        return told
    kind = text(told.get("type"))
    content = _content(kind, told)
    if isinstance(content, Unreadable):
        return content
    sender, recipient = telephone(told.get("from")), telephone(told.get("to"))
    if not sender or not recipient:
        return Unreadable(f"The {kind} callback lacks its '{'to' if sender else 'from'}'.")
    words, media = content
    return Inbound(
        ref=text(told.get("id")) or digest_ref(body),
        sender=sender,
        recipient=recipient,
        body=words,
        at=time(told.get("received_at")),
        media=media,
        kind=kind,
    )


_Content = tuple[str, tuple[Media, ...]]


def _content(kind: str, told: Mapping[str, object]) -> _Content | Unreadable:
    content = told.get("body")
    if kind == "mo_text" and isinstance(content, str | int | None):
        return text(content), ()
    if kind == "mo_media" and isinstance(content, dict):
        return _picture_message(content)
    if kind == "mo_binary":
        return _binary_text(text(content), text(told.get("udh")))
    if "delivery_report" in kind:
        return Unreadable("This is a delivery report, posted to the address for texts.", "receipts")
    if kind in ("mo_text", "mo_media"):
        return Unreadable(f"The body of the {kind} callback is not of the form that Sinch documents.")
    return Unreadable(f"Sinch posted a callback of type '{kind[:40]}', which is no text.")


def _picture_message(content: Mapping[str, object]) -> _Content:
    """Take the message, and where there is none the subject: someone may write STOP in either."""
    media = attachments(content.get("media"), "content_type", "contentType")
    message = text(content.get("message"))
    return (message if message.strip() else text(content.get("subject"))), media


def _binary_text(content: str, header: str) -> _Content | Unreadable:
    """Read a binary message that is text after all: some telephones send STOP so."""
    try:
        octets = b64decode(content, validate=True)
    except (binascii.Error, ValueError):
        return Unreadable("The binary message is not base64.")
    if not header:
        for encoding in ("utf-8", "utf-16-be"):
            words = _decoded(octets, encoding)
            if words is not None:
                return clean(words), ()
    return Unreadable(f"A binary message of {len(octets)} bytes that is no text; it is kept as it came.")


def _decoded(octets: bytes, encoding: str) -> str | None:
    try:
        words = octets.decode(encoding)
    except UnicodeDecodeError:
        return None
    if not words or not all(letter.isprintable() or letter in "\r\n\t" for letter in words):
        return None
    # Any even number of bytes is UTF-16 of something, mostly of ideographs: don't believe those.
    if encoding == "utf-16-be" and max(map(ord, words)) > _LAST_LETTER_BEFORE_IDEOGRAPHS:
        return None
    return words
