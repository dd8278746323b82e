"""Providers' callbacks over HTTP: `POST /hooks/{hook_token}/inbound` and `/hooks/{hook_token}/receipts`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import cast

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
            sentence = b"This callback could not be stored just now. Send it again in a few seconds.\n"
            await answer(send, 503, sentence, headers=[(b"retry-after", b"5")])
        except TooLargeError:
            sentence = b"A callback may have 1 MiB, this one has more. Leave media out and send links.\n"
            await answer(send, 413, sentence, headers=[(b"connection", b"close")])
        except TooSlowError:
            sentence = b"This callback did not arrive in time. Send it again, at once and whole.\n"
            await answer(send, 408, sentence, headers=[(b"connection", b"close")])
        except CallerLeftError:
            return

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
        request = Request(
            path=raw_path(scope),
            query=str(scope.get("query_string") or b"", "latin-1"),
            headers=headers,
            body=await self._arriving.read(receive, headers.get("content-length")),
            public_url=self._public_url,
        )
        heard = Heard(connection, kind, request, self._now())
        verdict = hearing.judge(heard)
        if isinstance(verdict, Forged):
            heard, verdict = await self._judged_again(heard, verdict, token)
        if isinstance(verdict, Forged):
            await self._quarantined.add(hearing.refused(heard, verdict, written_out(scope)))
            await answer(send, 403, _UNPROVEN)
            return
        await self._store(hearing.read(heard, verdict, written_out(scope, without=hearing.SECRET_HEADERS)))
        told = connection.provider.answer(kind)
        await answer(send, told.status, told.body, content_type=told.content_type.encode())

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


def _address(path: str) -> tuple[str, CallbackKind | None]:
    """The token and the kind of `/hooks/{token}/{kind}`; no kind where the path is of another form."""
    pieces = path.split("/")
    if len(pieces) != 4 or pieces[1] != "hooks" or pieces[3] not in ("inbound", "receipts"):
        return "", None
    return pieces[2], cast("CallbackKind", pieces[3])
