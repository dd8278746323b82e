"""How pages answer: whole, kept by nobody, and telling no other site the address."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
HTML, CSS = b"text/html; charset=utf-8", b"text/css; charset=utf-8"


def header(scope: Scope, name: bytes) -> str:
    """What a request says under a header's name; nothing where it does not."""
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")


async def answer(
    send: Send, status: int, body: bytes, more: list[tuple[bytes, bytes]] | None = None, kind: bytes = HTML
) -> None:
    """Send one whole answer."""
    headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode()), *(more or [])]
    if not any(name == b"cache-control" for name, _ in headers):
        headers.append((b"cache-control", b"no-store"))
    # The address is the proof: nobody else is to learn it.
    headers.append((b"referrer-policy", b"no-referrer"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
