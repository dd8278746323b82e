"""Reads an ASGI request within bounds, and answers it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, MutableMapping, Sequence
from functools import lru_cache
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


class Arriving:
    """The bodies that are on their way, each for BODY_PATIENCE seconds at most.

    One timer watches them all: a timer for each would cost a tenth of a callback. Use it in one event loop.
    """

    def __init__(self) -> None:
        self._until: dict[asyncio.Task[Any], float] = {}  # in the order in which patience ends
        self._overdue: set[asyncio.Task[Any]] = set()
        self._watch: asyncio.TimerHandle | None = None

    async def read(self, receive: Receive, length: str | None) -> bytes:
        """Read a body, up to BODY_LIMIT bytes; `length` is the content-length header. Raises TooLargeError,
        CallerLeftError, TooSlowError.

        Once what was promised is there, it is not waited for the word that nothing follows.
        """
        task = self._expect()
        try:
            message = await receive()
            if message["type"] == "http.request":
                body: bytes = message.get("body", b"")
                if str(len(body)) == length and len(body) <= BODY_LIMIT:
                    return body
            whole = await _read_on(message, receive)
        except asyncio.CancelledError as cancelled:
            if task not in self._overdue:
                raise
            self._overdue.discard(task)
            task.uncancel()
            raise TooSlowError from cancelled
        finally:
            del self._until[task]
        # Its last digits: of thousands no number is made.
        if length is not None and length.isdecimal() and len(whole) < int(length[-19:]):
            raise CallerLeftError
        return whole

    def _expect(self) -> asyncio.Task[Any]:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - a request is served by a task
        loop = task.get_loop()
        self._until[task] = loop.time() + BODY_PATIENCE
        if self._watch is None:
            self._watch = loop.call_later(BODY_PATIENCE, self._look, loop)
        return task

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        """Give up the bodies whose time is over, and look again when the next one's is."""
        self._watch = None
        now = loop.time()
        for task, until in self._until.items():
            if until > now:
                self._watch = loop.call_at(until, self._look, loop)
                return
            if task not in self._overdue:
                self._overdue.add(task)
                task.cancel()


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


class RequestHeaders(Mapping[str, str]):
    """Headers by their name, which ASGI gives in lower case; a repeated one is joined by commas.

    Of a dozen headers three are read: each is decoded when it is asked for.
    """

    __slots__ = ("_raw",)

    def __init__(self, pairs: Sequence[tuple[bytes, bytes]]) -> None:
        self._raw = dict(pairs)
        if len(self._raw) < len(pairs):
            self._raw = {}
            for name, value in pairs:
                self._raw[name] = self._raw[name] + b", " + value if name in self._raw else value

    def __getitem__(self, name: str) -> str:
        return str(self._raw[name.encode("latin-1", "replace")], "latin-1")

    def __iter__(self) -> Iterator[str]:
        return (str(name, "latin-1") for name in self._raw)

    def __len__(self) -> int:
        return len(self._raw)


def raw_path(scope: Scope) -> str:
    """The path as it was sent, still percent-encoded."""
    raw = scope.get("raw_path")
    return str(raw, "latin-1") if raw else quote(scope["path"])


def written_out(scope: Scope, *, without: frozenset[bytes] = frozenset()) -> bytes:
    """Request line and headers as they are kept; the values of `without` are left out."""
    query = scope.get("query_string")
    target = raw_path(scope) + ("?" + query.decode("latin-1") if query else "")
    written = [f"POST {target} HTTP/{scope.get('http_version', '1.1')}".encode("latin-1")]
    written += [
        b": ".join(pair) if pair[0] not in without else pair[0] + b": [not kept]" for pair in scope["headers"]
    ]
    return b"\r\n".join(written)


async def answer(
    send: Send,
    status: int,
    body: bytes = b"",
    *,
    content_type: bytes = b"text/plain; charset=utf-8",
    headers: Sequence[tuple[bytes, bytes]] = (),
) -> None:
    """Send a whole answer; a caller that has left doesn't matter any more."""
    told = [*_standing(content_type, len(body)), *headers]
    try:
        await send({"type": "http.response.start", "status": status, "headers": told})
        await send({"type": "http.response.body", "body": body})
    except OSError:
        return


@lru_cache(maxsize=256)
def _standing(content_type: bytes, length: int) -> tuple[tuple[bytes, bytes], ...]:
    """The headers that every answer of this kind has."""
    return (b"content-type", content_type), (b"content-length", str(length).encode())
