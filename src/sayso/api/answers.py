"""A whole response as a value: caught from a handler, made of a problem, kept, sent."""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec

from sayso.api.asgi import Message, Send
from sayso.api.problems import MEDIA_TYPE, RETRY, ProblemDetails

# The door says these itself.
_OURS = frozenset({b"content-length", b"cache-control"})


@dataclass(frozen=True, slots=True)
class Answer:
    """A response with its whole body."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes


@dataclass(slots=True)
class Caught:
    """Collects what a handler sends."""

    status: int = 500
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    parts: list[bytes] = field(default_factory=list)

    async def send(self, message: Message) -> None:
        """Keep one ASGI message."""
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], list(message.get("headers", ()))
        elif message["type"] == "http.response.body":
            self.parts.append(message.get("body", b""))

    @property
    def answer(self) -> Answer:
        """What was sent, whole."""
        return Answer(self.status, tuple(self.headers), b"".join(self.parts))


def of_problem(problem: ProblemDetails, *headers: tuple[bytes, bytes]) -> Answer:
    """An error as a response."""
    again = (RETRY,) if problem.status == 503 else ()
    said = ((b"content-type", MEDIA_TYPE.encode()), *headers, *again)
    return Answer(problem.status, said, msgspec.json.encode(problem))


async def send_whole(answer: Answer, send: Send) -> None:
    """Send a response; what the API says is never kept by anybody between."""
    headers = [pair for pair in answer.headers if pair[0].lower() not in _OURS]
    length = str(len(answer.body)).encode()
    headers += [(b"content-length", length), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body, "more_body": False})
