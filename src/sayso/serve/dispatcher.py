"""Hands a request to its door by the beginning of its path."""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any

from sayso.observe import metrics

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

# What a browser is told on every page that doesn't say something stricter itself.
SECURITY: Mapping[bytes, bytes] = {
    b"content-security-policy": (
        b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        b"connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
    b"referrer-policy": b"same-origin",
    b"cross-origin-opener-policy": b"same-origin",
    b"permissions-policy": b"camera=(), geolocation=(), microphone=(), payment=()",
}
TRANSPORT = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")


@dataclass(frozen=True, slots=True)
class Door:
    """One room's ASGI application, and the name it is counted under."""

    name: str
    app: App


@dataclass(frozen=True, slots=True)
class Dispatcher:
    """The front of the house: `doors` by path prefix, the first that fits takes it; `rest` takes the others.

    Callbacks stand first and are handed over bare: providers read no security headers, and this is the
    hottest way. `secure` says that the public address is https.
    """

    hooks: App
    doors: tuple[tuple[str, Door], ...]
    rest: Door
    secure: bool = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; websockets are refused."""
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1000})
            return
        path = scope["path"]
        if path.startswith("/hooks/"):
            await self.hooks(scope, receive, send)
            return
        for prefix, door in self.doors:
            if path.startswith(prefix):
                await door.app(scope, receive, self._watched(door.name, send))
                return
        await self.rest.app(scope, receive, self._watched(self.rest.name, send))

    def _watched(self, door: str, send: Send) -> Send:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = list(message.get("headers", ()))
                told = {name.lower() for name, _ in headers}
                headers += [each for each in SECURITY.items() if each[0] not in told]
                if self.secure and TRANSPORT[0] not in told:
                    headers.append(TRANSPORT)
                message = {**message, "headers": headers}
                metrics.requests.labels(door, f"{message['status'] // 100}xx").inc()
            await send(message)

        return with_headers


async def answer(
    send: Send, status: int, body: bytes, content_type: bytes = b"text/plain; charset=utf-8"
) -> None:
    """Send one whole answer that nobody may keep."""
    headers = [
        (b"content-type", content_type),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
