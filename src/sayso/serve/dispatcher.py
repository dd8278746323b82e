"""Hands a request to its door by the beginning of its path."""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sayso.observe import metrics
from sayso.serve.answered import Answered
from sayso.serve.arriving import PATIENCE_SECONDS, Arriving, Message, Receive
from sayso.serve.wire import Callbacks

Scope = MutableMapping[str, Any]
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
MOST_BYTES = 1024 * 1024
# Said to a caller whose body was not waited for; the rest of it must not be read as a next request.
_REFUSED: Mapping[int, bytes] = {
    408: b"The request did not arrive in time. Send it again, at once and whole.\n",
    413: b"The request is larger than anything that is asked for here. Send less.\n",
}
TRANSPORT = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")


@dataclass(frozen=True, slots=True)
class Door:
    """One room's ASGI application, and the name it is counted under.

    A body has at most `most_bytes`; None where the room refuses larger ones in its own words.
    """

    name: str
    app: App
    most_bytes: int | None = MOST_BYTES


@dataclass(frozen=True, slots=True)
class Dispatcher:
    """The front of the house: `doors` by path prefix, the first that fits takes it; `rest` takes the others.

    Callbacks stand first and are handed over bare: their room bounds bodies itself, providers read no
    security headers, and this is the hottest way. A body must be there `patience` seconds after its headers.
    `secure` says that the public address is https; `answered` counts callbacks. `callbacks` is their way past
    ASGI, for a server that knows it.
    """

    hooks: App
    doors: tuple[tuple[str, Door], ...]
    rest: Door
    secure: bool = False
    patience: float = PATIENCE_SECONDS
    answered: Answered = field(default_factory=Answered)
    callbacks: Callbacks | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; websockets are refused."""
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1000})
            return
        path = scope["path"]
        if path.startswith("/hooks/"):
            await self.hooks(scope, receive, self.answered.watching(path, send))
            return
        for prefix, door in self.doors:
            if path.startswith(prefix):
                await self._through(door, scope, receive, send)
                return
        await self._through(self.rest, scope, receive, send)

    async def _through(self, door: Door, scope: Scope, receive: Receive, send: Send) -> None:
        arriving = Arriving(receive, self.patience, door.most_bytes)
        watched = Watched(door.name, send, self.secure)
        await door.app(scope, arriving, watched)
        if arriving.refused and not watched.started:
            sentence = _REFUSED[arriving.refused]
            await answer(watched, arriving.refused, sentence, headers=[(b"connection", b"close")])


class Watched:
    """Stands for `send`: adds the house's headers to an answer, and counts it."""

    def __init__(self, door: str, send: Send, secure: bool) -> None:
        self._door = door
        self._send = send
        self._secure = secure
        self.started = False

    async def __call__(self, message: Message) -> None:
        """Send one message on."""
        if message["type"] == "http.response.start":
            self.started = True
            headers = list(message.get("headers", ()))
            told = {name.lower() for name, _ in headers}
            headers += [each for each in SECURITY.items() if each[0] not in told]
            if self._secure and TRANSPORT[0] not in told:
                headers.append(TRANSPORT)
            message = {**message, "headers": headers}
            metrics.requests.labels(self._door, f"{message['status'] // 100}xx").inc()
        await self._send(message)


async def answer(
    send: Send,
    status: int,
    body: bytes,
    content_type: bytes = b"text/plain; charset=utf-8",
    *,
    headers: Sequence[tuple[bytes, bytes]] = (),
) -> None:
    """Send one whole answer that nobody may keep."""
    told = [
        (b"content-type", content_type),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        *headers,
    ]
    await send({"type": "http.response.start", "status": status, "headers": told})
    await send({"type": "http.response.body", "body": body})
