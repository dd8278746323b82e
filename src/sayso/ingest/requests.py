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
    """The caller hung up, or sent its body too slowly to be one."""


async def read_body(receive: Receive) -> bytes:
    """Read the body, up to BODY_LIMIT bytes. Raises TooLargeError, or CallerLeftError."""
    message = await receive()
    if message["type"] == "http.request" and not message.get("more_body"):
        body = bytes(message.get("body", b""))
        if len(body) > BODY_LIMIT:
            raise TooLargeError
        return body
    try:
        async with asyncio.timeout(BODY_PATIENCE):
            return await _read_on(message, receive)
    except TimeoutError as error:
        raise CallerLeftError from error


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
    """Headers by lower-case name; a repeated one is joined by commas, as HTTP has it."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = bytes(raw_name).decode("latin-1").lower(), bytes(raw_value).decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def raw_path(scope: Scope) -> str:
    """The path as it was sent, still percent-encoded."""
    raw = scope.get("raw_path")
    return bytes(raw).decode("latin-1") if raw else quote(scope["path"])


def written_out(scope: Scope, *, without: Sequence[bytes] = ()) -> bytes:
    """Request line and headers as they are kept; the values of `without` are left out."""
    query = bytes(scope.get("query_string") or b"")
    target = raw_path(scope).encode("latin-1") + (b"?" + query if query else b"")
    lines = [b"POST %b HTTP/%b" % (target, scope.get("http_version", "1.1").encode())]
    for name, value in scope["headers"]:
        lines.append(b"%b: %b" % (name, b"[not kept]" if bytes(name).lower() in without else value))
    return b"\r\n".join(lines)


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
