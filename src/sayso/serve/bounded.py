"""HTTP as the house speaks it: uvicorn's, bounded against strangers."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, ClassVar

import httptools
import structlog
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from sayso.ingest import Told

log = structlog.get_logger(__name__)

# What a stranger may say without a request coming of it: the head of one, the trailers of a body.
MOST_MUTE_BYTES = 65_536
# Requests that may stand in line on one connection while an earlier one is served.
MOST_IN_LINE = 64
_CLOSE = (b"connection", b"close")
_BUSY = Told(
    503, b"Too many callers at once. Try again in a few seconds.\n", headers=((b"retry-after", b"5"),)
)
_TOO_LONG = Told(431, b"The head of this request is too long. Send fewer or shorter headers.\n")
_UNREADABLE = Told(400, b"This is no request that can be read. Compare it with HTTP/1.1.\n")


class Bounded(HttpToolsProtocol):
    """One connection.

    `quiet` are the seconds in which a head must be there, and after which a connection that says nothing is
    closed; `most` is how many connections a worker holds. Somebody calls `look` each second.
    """

    quiet: ClassVar[float] = 30.0
    most: ClassVar[int] = 4_096

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._mute = 0
        self._in_head = False
        self._since = self.loop.time()
        self._unsent = 0
        self._served: RequestResponseCycle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin, unless there are too many."""
        super().connection_made(transport)
        if len(self.connections) > self.most:
            self._refuse(_BUSY)

    def data_received(self, data: bytes) -> None:
        """Take what came; who goes on and on without saying anything is refused."""
        self._unset_keepalive_if_required()
        self._mute += len(data)
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            self._as_this_protocol(data[upgrade.args[0] :])
        except httptools.HttpParserCallbackError as fault:
            if not isinstance(fault.__context__, httptools.HttpParserError):
                log.exception("a request could not be read", exc_info=fault.__context__)
            self._refuse(_UNREADABLE)
        except httptools.HttpParserError:
            self._refuse(_UNREADABLE)
        if self._mute > MOST_MUTE_BYTES:
            self._refuse(_TOO_LONG)

    def _as_this_protocol(self, rest: bytes) -> None:
        """Who asks for another protocol is served in this one. For the parser the request was over with its
        head: it is told it again, without that wish, and the body comes after."""
        kept = [(name, value) for name, value in self.headers if name != b"upgrade"]
        if len(kept) == len(self.headers):  # CONNECT
            self._refuse(_UNREADABLE)
            return
        version = self.parser.get_http_version().encode()
        head = b"%b %b HTTP/%b\r\n%b\r\n" % (self.parser.get_method(), self.url, version, lines(kept))
        self.parser = httptools.HttpRequestParser(self)
        self.data_received(head + rest)

    def look(self, now: float) -> None:
        """Let go of who is quiet for too long."""
        unsent = self.transport.get_write_buffer_size()
        if unsent != self._unsent:  # somebody takes an answer off our hands, slowly
            self._unsent, self._since = unsent, now
        stuck = self.is_idle() or self.flow.write_paused or self.transport.is_closing()
        if stuck and now - self._since > self.quiet:
            (self.transport.abort if self.transport.is_closing() else self.transport.close)()

    def is_idle(self) -> bool:
        """Whether whatever was asked is answered."""
        return self.cycle is None or self.cycle.response_complete

    def on_message_begin(self) -> None:
        """The first byte of a request is there."""
        super().on_message_begin()
        self._in_head = True
        self._since = self.loop.time()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Of a header. What comes after a body is none: whoever stands before us has not seen to it."""
        if self._in_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """The head is there."""
        self._mute, self._in_head = 0, False
        if not self.parser.should_upgrade():
            self.begin_request()

    def begin_request(self) -> None:
        """A head is there, of a request that is to be served."""
        if len(self.pipeline) >= MOST_IN_LINE:
            # Ends the parser, so that nothing more of this request is taken for another one's.
            raise httptools.HttpParserError("too many requests in line")
        if not self.url.startswith(b"/") and not httptools.parse_url(self.url).path:
            raise httptools.HttpParserError("an address without a path")
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A piece of a body is there."""
        self._mute = 0
        self.read_on(body)

    def read_on(self, body: bytes) -> None:
        """A piece of a body is there, of a request that is served."""
        super().on_body(body)

    def on_message_complete(self) -> None:
        """A request is there as a whole."""
        self._mute = 0
        if not self.parser.should_upgrade():
            self.end_request()

    def end_request(self) -> None:
        """The last of a request is there."""
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """What was asked is answered; what was asked meanwhile comes next."""
        self._since = self.loop.time()
        if self.pipeline or self.flow.read_paused:
            super().on_response_complete()
        else:
            # Without uvicorn's timer for each answer: `look` sees to who is quiet.
            self.server_state.total_requests += 1

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._served = cycle
        super()._start_asgi_task(cycle, app)

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell the request that is served, too: uvicorn tells the last in line alone."""
        super().connection_lost(exc)
        served = self._served
        if served is not None and not served.response_complete:
            served.disconnected = True
            served.message_event.set()

    def _refuse(self, told: Told) -> None:
        if self.transport.is_closing():
            return
        if not self.is_idle() and not self.cycle.more_body:
            # What was asked before is still answered, and the last answer closes.
            self.cycle.keep_alive = False
            self.flow.pause_reading()
            return
        if self.is_idle():
            self.transport.write(self.written(told, keep_alive=False))
        self.transport.close()

    def written(self, told: Told, *, keep_alive: bool) -> bytes:
        """An answer as it is sent."""
        return _head(told, keep_alive) + lines(self.server_state.default_headers) + b"\r\n" + told.body


def look_at(connections: Iterable[object], now: float) -> None:
    """Look at every connection of a worker."""
    for connection in list(connections):
        if isinstance(connection, Bounded):
            connection.look(now)


def lines(headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """Headers as they are sent."""
    return b"".join(b"%b: %b\r\n" % pair for pair in headers)


@lru_cache(maxsize=256)
def _head(told: Told, keep_alive: bool) -> bytes:
    headers = [
        (b"content-type", told.content_type),
        (b"content-length", str(len(told.body)).encode()),
        *told.headers,
        *([] if keep_alive or _CLOSE in told.headers else [_CLOSE]),
    ]
    return STATUS_LINE[told.status] + lines(headers)
