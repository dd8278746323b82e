"""What stands before every handler: the key, the size and form of the body, and Idempotency-Key."""

from __future__ import annotations

from collections.abc import Mapping

from sayso.actions.actor import Actor
from sayso.api import bodies, idempotency
from sayso.api.answers import Answer, Caught, of_problem, send_whole
from sayso.api.asgi import App, Message, Receive, Scope, Send
from sayso.api.keys import Keys
from sayso.api.problems import details, unexpected
from sayso.api.services import ACTOR
from sayso.core.problems import Problem

MOST_BYTES = 4_000_000
OPEN_PATHS = frozenset({"/api/v1/openapi.json", "/api/v1/docs"})
STREAMED = frozenset({"/api/v1/contacts/export", "/api/v1/blocks/export", "/api/v1/consents/export"})
"""What goes out piece by piece as it is made; every other answer is whole before its first byte leaves."""
_WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class _CutOffError(Exception):
    """The caller hung up before the whole body was there."""


class Door:
    """The API as an ASGI application: says who asks, reads the body once, and answers repeats."""

    def __init__(self, app: App, keys: Keys, once: idempotency.Once) -> None:
        self._app = app
        self._keys = keys
        self._once = once

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; one whose caller hung up in the midst of it is as if it had never been made."""
        if scope["type"] != "http" or scope["path"] in OPEN_PATHS:
            await self._app(scope, receive, send)
            return
        passed = _Passed(send)
        try:
            answer = await self._answer(scope, receive, passed)
        except _CutOffError:
            return
        except Exception as error:
            if passed.begun:
                raise  # A file that breaks off must not look as if it were whole.
            answer = of_problem(unexpected(scope["path"], error))
        if answer is not None:
            await send_whole(answer, send)

    async def _answer(self, scope: Scope, receive: Receive, passed: _Passed) -> Answer | None:
        """The answer, or None where it went out already, piece by piece."""
        headers = {name.lower(): value for name, value in scope["headers"]}
        actor = await self._keys.actor(headers.get(b"authorization", b""))
        if actor is None:
            detail = "Send your key as Authorization: Bearer sayso_… It may be wrong, or revoked."
            return of_problem(details(401, detail), (b"www-authenticate", b"Bearer"))
        body = await _read(receive, headers.get(b"content-length", b""))
        if body is None:
            return of_problem(details(413, f"A body has at most {MOST_BYTES:,} bytes. Send less at a time."))
        refused = _unfit(scope, headers, body)
        if refused is not None:
            return refused
        if scope["path"].rstrip("/") in STREAMED:
            scope[ACTOR] = actor
            await self._app(scope, _after(body, receive), passed.send)
            return None
        key = headers.get(b"idempotency-key")
        if key is None or scope["method"] not in _WRITES:
            return await self._handled(scope, actor, body)
        # The API key is a part of the route: what one was answered is not for another, which may do less.
        route = f"{actor.key_id} {scope['method']} {scope['path']}"
        asked = idempotency.asked(route, key, body)
        return await self._once.do(actor, asked, lambda holder: self._handled(scope, holder, body))

    async def _handled(self, scope: Scope, actor: Actor, body: bytes) -> Answer:
        scope[ACTOR] = actor
        scope[bodies.BODY] = body
        messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive() -> Message:
            return messages.pop() if messages else {"type": "http.disconnect"}

        caught = Caught()
        await self._app(scope, receive, caught.send)
        return caught.answer


class _Passed:
    """Sends on what comes, and knows whether anything did."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.begun = False

    async def send(self, message: Message) -> None:
        self.begun = True
        await self._send(message)


def _after(body: bytes, receive: Receive) -> Receive:
    """The body that was read already, and then what the caller does: hang up, at some time."""
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receiving() -> Message:
        return messages.pop() if messages else await receive()

    return receiving


async def _read(receive: Receive, length: bytes) -> bytes | None:
    """The whole body; None where it is larger than anything we take. Raises _CutOffError."""
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise _CutOffError
        part = message.get("body", b"")
        size += len(part)
        if size > MOST_BYTES:
            return None
        parts.append(part)
        if not message.get("more_body", False):
            break
    if length.isdigit() and size < int(length):
        raise _CutOffError
    return b"".join(parts)


def _unfit(scope: Scope, headers: Mapping[bytes, bytes], body: bytes) -> Answer | None:
    if b"%00" in scope.get("query_string", b"") or "\0" in scope["path"]:
        return of_problem(details(422, "An address may not hold NUL characters."))
    if not body:
        return None
    kind = headers.get(b"content-type", b"").split(b";")[0].strip().lower()
    if kind != b"application/json" and not kind.endswith(b"+json"):
        return of_problem(details(415, "Send JSON, with the header Content-Type: application/json."))
    if bodies.is_too_deep(body):
        return of_problem(details(400, f"JSON may be {bodies.DEEPEST} levels deep here, this is deeper."))
    field = bodies.unstorable(body)
    if field is None:
        return None
    fault = Problem(field, "nul", "A text may not hold NUL characters.")
    return of_problem(details(422, fault.message, (fault,)))
