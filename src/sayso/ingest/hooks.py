"""Providers' callbacks over HTTP: `POST /hooks/{hook_token}/inbound` and `/hooks/{hook_token}/receipts`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple, cast

from msgspec.structs import replace

from sayso.ingest.connections import Connections
from sayso.ingest.gather import Gather, UnstoredError
from sayso.ingest.requests import (
    Arriving,
    CallerLeftError,
    Receive,
    RequestHeaders,
    Scope,
    Send,
    TooLargeError,
    TooSlowError,
    answer,
    raw_path,
    written_out,
)
from sayso.providers import hearing
from sayso.providers.contract import CallbackKind, Forged, Genuine, Request, Stale
from sayso.providers.hearing import Connection, Heard
from sayso.storage.callbacks import Callback, Refused, RowError

_UNKNOWN = b"No connection has this address: compare it with the one that Sayso shows for the connection.\n"
_UNPROVEN = b"What should prove this callback is wrong or missing. It is kept apart.\n"
_UNSTORED = b"This callback could not be stored just now. Send it again in a few seconds.\n"
_LATE = b"This callback did not arrive in time. Send it again, at once and whole.\n"


class Told(NamedTuple):
    """An answer: status, body, its type, and headers beside these."""

    status: int
    body: bytes
    content_type: bytes = b"text/plain; charset=utf-8"
    headers: tuple[tuple[bytes, bytes], ...] = ()


NOT_STORED = Told(503, _UNSTORED, headers=((b"retry-after", b"5"),))
"""To whoever may send it again."""
TOO_SLOW = Told(408, _LATE, headers=((b"connection", b"close"),))
"""To whose body has not come in BODY_PATIENCE seconds."""

Offered = tuple[asyncio.Future[None], Told]
"""Ends when the callback is durable, or with RowError or UnstoredError; and what is then answered."""


class Hooks:
    """Answers 2xx only after the callback is durable, whatever it says; see INTERFACES for the other answers.

    200s come from the provider's codec; 403 a bad signature, kept in quarantine (R5.11); 404 an unknown
    address; 405; 408 too slow; 413 over 1 MiB; 503 when it can't be stored now. A repeat is answered as
    the first (R5.1).
    """

    def __init__(
        self,
        connections: Connections,
        stored: Gather[Callback],
        quarantined: Gather[Refused],
        *,
        public_url: str,
        now: Callable[[], datetime],
    ) -> None:
        self._connections = connections
        self._stored = stored
        self._quarantined = quarantined
        self._public_url = public_url.rstrip("/")
        self._now = now
        self._arriving = Arriving()

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request as an ASGI application."""
        try:
            await self._handle(scope, receive, send)
        except UnstoredError:
            await _answer(send, NOT_STORED)
        except TooLargeError:
            sentence = b"A callback may have 1 MiB, this one has more. Leave media out and send links.\n"
            await answer(send, 413, sentence, headers=[(b"connection", b"close")])
        except TooSlowError:
            await _answer(send, TOO_SLOW)
        except CallerLeftError:
            return

    def offer(self, scope: Scope, body: bytes) -> Offered | None:
        """Offer a whole callback to be stored, where nothing speaks against it and nothing must be awaited
        first: nearly always. None: `handle` it, which finds out why. Raises UnstoredError as `Gather.add`.
        """
        token, kind = _address(scope["path"])
        connection = self._connections.find(token) if kind else None
        if connection is None or kind is None:
            return None
        heard = self._heard(connection, kind, scope, RequestHeaders(scope["headers"]), body)
        verdict = hearing.judge(heard)
        if isinstance(verdict, Forged):
            return None
        return self._stored.add(_row(heard, verdict, scope)), _taken(connection, kind)

    async def _handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] != "POST":
            await answer(send, 405, b"Callbacks are sent by POST.\n", headers=[(b"allow", b"POST")])
            return
        token, kind = _address(scope["path"])
        connection = await self._connection(token) if kind else None
        if connection is None or kind is None:
            await answer(send, 404, _UNKNOWN)
            return
        headers = RequestHeaders(scope["headers"])
        body = await self._arriving.read(receive, headers.get("content-length"))
        heard = self._heard(connection, kind, scope, headers, body)
        verdict = hearing.judge(heard)
        if isinstance(verdict, Forged):
            heard, verdict = await self._judged_again(heard, verdict, token)
        if isinstance(verdict, Forged):
            await self._quarantined.add(hearing.refused(heard, verdict, written_out(scope)))
            await answer(send, 403, _UNPROVEN)
            return
        await self._store(_row(heard, verdict, scope))
        await _answer(send, _taken(connection, kind))

    def _heard(
        self, connection: Connection, kind: CallbackKind, scope: Scope, headers: RequestHeaders, body: bytes
    ) -> Heard:
        query = str(scope.get("query_string") or b"", "latin-1")
        request = Request(raw_path(scope), query, headers, body, self._public_url)
        return Heard(connection, kind, request, self._now())

    async def _judged_again(
        self, heard: Heard, verdict: Forged, token: str
    ) -> tuple[Heard, Genuine | Stale | Forged]:
        """What looks forged is judged with the newest secrets too: they were mended perhaps a moment ago."""
        if not await self._connections.look_again():
            return heard, verdict
        newest = self._connections.find(token)
        if newest is None or newest is heard.connection:
            return heard, verdict
        anew = replace(heard, connection=newest)
        return anew, hearing.judge(anew)

    async def _store(self, row: Callback) -> None:
        try:
            await self._stored.add(row)
        except RowError as fault:
            try:
                await self._stored.add(hearing.as_unreadable(row, str(fault)))
            except RowError as again:
                raise UnstoredError(str(again)) from again

    async def _connection(self, token: str) -> Connection | None:
        """Look in memory, and for a token that is not there once more in the database before saying no."""
        known = self._connections.find(token)
        if known is not None:
            return known
        if not await self._connections.look_again():
            raise UnstoredError("whose callback this is cannot be looked up")
        return self._connections.find(token)


def _row(heard: Heard, verdict: Genuine | Stale, scope: Scope) -> Callback:
    return hearing.read(heard, verdict, written_out(scope, without=hearing.SECRET_HEADERS))


def _taken(connection: Connection, kind: CallbackKind) -> Told:
    told = connection.provider.answer(kind)
    return Told(told.status, told.body, told.content_type.encode())


async def _answer(send: Send, told: Told) -> None:
    await answer(send, told.status, told.body, content_type=told.content_type, headers=told.headers)


def _address(path: str) -> tuple[str, CallbackKind | None]:
    """The token and the kind of `/hooks/{token}/{kind}`; no kind where the path is of another form."""
    pieces = path.split("/")
    if len(pieces) != 4 or pieces[1] != "hooks" or pieces[3] not in ("inbound", "receipts"):
        return "", None
    return pieces[2], cast("CallbackKind", pieces[3])
