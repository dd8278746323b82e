"""The short way of callbacks: from a connection to the doors, without ASGI between."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple, cast

from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from sayso.ingest import BODY_PATIENCE, NOT_STORED, TOO_SLOW, Offered, RowError, Told
from sayso.serve.bounded import Bounded

# A longer body goes the long way, where an address is looked up before anything of it is kept.
_MOST_BYTES = 65_536


class Callbacks(NamedTuple):
    """Where it leads: `Doors.offer` takes a callback, `Answered.count` is told its answer."""

    offer: Callable[[Any, bytes], Offered | None]
    answered: Callable[[str, int], None]


class Taking(RequestResponseCycle):
    """A callback on its way; stands where uvicorn keeps a request with its answer."""

    message_event = asyncio.Event()  # nobody waits for it

    def __init__(self, callbacks: Callbacks, scope: Any, *, keep_alive: bool) -> None:
        # Nothing of the other's is used but what uvicorn itself looks at.
        self.callbacks = callbacks
        self.scope = scope
        self.keep_alive = keep_alive
        self.body = bytearray()
        self.more_body = True
        self.disconnected = False
        self.response_complete = False


class Wire(Bounded):
    """One connection, on which a callback that is whole and simple is offered to the doors as it stands.

    ASGI, with its task and its messages, costs as much again as everything else that a server does of a
    callback. Whatever is out of the common goes the long way through the application, which answers it.
    """

    def look(self, now: float) -> None:
        """Let go of who is quiet for too long, or too slow with a callback."""
        taking = self.cycle
        if isinstance(taking, Taking) and taking.more_body and not taking.response_complete:
            if now - self._since > BODY_PATIENCE:
                taking.keep_alive = False
                self._answer(taking, TOO_SLOW)
        else:
            super().look(now)

    def eof_received(self) -> bool:  # type: ignore[override]
        """Who has said all it will say still hears whether its callback was stored."""
        taking = self.cycle
        if not isinstance(taking, Taking) or taking.more_body or taking.response_complete:
            return False
        taking.keep_alive = False
        return True

    def begin_request(self) -> None:
        """A head is there: of a callback, or of something else."""
        raw_path, _, query = self.url.partition(b"?")
        # None while the rooms are not open, and where the application is another one.
        callbacks: Callbacks | None = getattr(self.app, "callbacks", None)
        if callbacks and self._is_simple_callback(raw_path):
            path = raw_path.decode("ascii")
            told = {"method": "POST", "path": path, "raw_path": raw_path, "query_string": query}
            self.scope |= cast("Any", told)
            self.cycle = Taking(callbacks, self.scope, keep_alive=self.parser.should_keep_alive())
        else:
            super().begin_request()

    def read_on(self, body: bytes) -> None:
        """A piece of a body is there. That of a callback is no longer than was allowed beforehand."""
        if isinstance(self.cycle, Taking):
            self.cycle.body += body
        else:
            super().read_on(body)

    def end_request(self) -> None:
        """A request is there as a whole."""
        if isinstance(self.cycle, Taking):
            self._take(self.cycle)
        else:
            super().end_request()

    def _is_simple_callback(self, raw_path: bytes) -> bool:
        return (
            raw_path.startswith(b"/hooks/")
            and self.is_idle()
            and not (self.flow.write_paused or self.expect_100_continue or b"%" in raw_path)
            and self.parser.get_method() == b"POST"
            and self.parser.get_http_version() == "1.1"
            and 0 <= _length(self.headers) <= _MOST_BYTES
        )

    def _take(self, taking: Taking) -> None:
        taking.more_body = False
        if taking.response_complete:  # it was too slow
            return
        try:
            offered = taking.callbacks.offer(taking.scope, bytes(taking.body))
        except Exception:
            # Raised in here, it would be taken for a fault of the caller. The long way meets it again.
            offered = None
        if offered:
            stored, told = offered
            stored.add_done_callback(partial(self._settled, taking, told))
        else:
            self._go_the_long_way(taking)

    def _settled(self, taking: Taking, told: Told, stored: asyncio.Future[None]) -> None:
        fault = None if stored.cancelled() else stored.exception()
        if isinstance(fault, RowError):
            self._go_the_long_way(taking)
        else:
            self._answer(taking, NOT_STORED if fault or stored.cancelled() else told)

    def _go_the_long_way(self, taking: Taking) -> None:
        """Hand a whole callback to the application, as any other request."""
        cycle = RequestResponseCycle(
            scope=taking.scope,
            transport=self.transport,
            flow=self.flow,
            logger=self.logger,
            access_logger=self.access_logger,
            access_log=self.access_log,
            default_headers=self.server_state.default_headers,
            message_event=asyncio.Event(),
            expect_100_continue=False,
            keep_alive=taking.keep_alive,
            on_response=self.on_response_complete,
        )
        cycle.body, cycle.more_body = taking.body, False
        cycle.disconnected = taking.disconnected
        cycle.message_event.set()
        if self.cycle is taking:  # else another one waits in line already
            self.cycle = cycle
        self._start_asgi_task(cycle, self.app)

    def _answer(self, taking: Taking, told: Told) -> None:
        taking.response_complete = True
        taking.callbacks.answered(taking.scope["path"], told.status)
        if self.transport.is_closing():
            return
        self.transport.write(self.written(told, keep_alive=taking.keep_alive))
        if not taking.keep_alive:
            self.transport.close()
        self.on_response_complete()


def _length(headers: list[tuple[bytes, bytes]]) -> int:
    """The length of a body that is told beforehand; -1 where it is not."""
    length = -1
    for name, value in headers:
        if name == b"content-length":
            length = int(value) if value.isdigit() and len(value) < 20 else -1
        elif name == b"transfer-encoding":
            return -1
    return length
