"""Reads an ASGI request within bounds, and answers it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from typing import Any
from urllib.parse import quote

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

BODY_LIMIT = 1024 * 1024
BODY_PATIENCE = 30.0


class TooLargeError(Exception):
    """The body is longer than any callback has reason to be."""


class CallerLeftError(Exception):
    """The caller hung up before it had sent all that it promised."""


class TooSlowError(Exception):
    """The body did not arrive in BODY_PATIENCE seconds."""


async def read_body(receive: Receive, length: str | None) -> bytes:
    """Read the body, up to BODY_LIMIT bytes; `length` is the content-length header. Raises TooLargeError,
    CallerLeftError, TooSlowError.

    Once what was promised is there, it is not waited for the word that nothing follows.
    """
    try:
        async with asyncio.timeout(BODY_PATIENCE):
            message = await receive()
            if message["type"] == "http.request":
                body: bytes = message.get("body", b"")
                if str(len(body)) == length and len(body) <= BODY_LIMIT:
                    return body
            whole = await _read_on(message, receive)
    except TimeoutError as error:
        raise TooSlowError from error
    if length is not None and length.isdecimal() and len(whole) < int(length):
        raise CallerLeftError
    return whole


async def _read_on(message: Message, receive: Receive) -> bytes:
    body = bytearray()
    while True:
        if message["type"] != "http.request":
            raise CallerLeftError
        body += message.get("body", b"")
        if len(body) > BODY_LIMIT:
            raise TooLargeError
        if not message.get("more_body"):
            return bytes(body)
        message = await receive()


def header_map(scope: Scope) -> dict[str, str]:
    """Headers by their name, which ASGI gives in lower case; a repeated one is joined by commas."""
    pairs = [(str(name, "latin-1"), str(value, "latin-1")) for name, value in scope["headers"]]
    headers = dict(pairs)
    if len(headers) == len(pairs):
        return headers
    headers = {}
    for name, value in pairs:
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def raw_path(scope: Scope) -> str:
    """The path as it was sent, still percent-encoded."""
    raw = scope.get("raw_path")
    return str(raw, "latin-1") if raw else quote(scope["path"])


def written_out(scope: Scope, *, without: Sequence[bytes] = ()) -> bytes:
    """Request line and headers as they are kept; the values of `without` are left out."""
    query = scope.get("query_string")
    target = raw_path(scope) + ("?" + query.decode("latin-1") if query else "")
    first = f"POST {target} HTTP/{scope.get('http_version', '1.1')}".encode("latin-1")
    kept = [name + b": " + (b"[not kept]" if name in without else value) for name, value in scope["headers"]]
    return b"\r\n".join([first, *kept])


async def answer(
    send: Send,
    status: int,
    body: bytes = b"",
    *,
    content_type: bytes = b"text/plain; charset=utf-8",
    headers: Sequence[tuple[bytes, bytes]] = (),
) -> None:
    """Send a whole answer; a caller that has left doesn't matter any more."""
    length = str(len(body)).encode()
    told = [(b"content-type", content_type), (b"content-length", length), *headers]
    try:
        await send({"type": "http.response.start", "status": status, "headers": told})
        await send({"type": "http.response.body", "body": body})
    except OSError:
        return
