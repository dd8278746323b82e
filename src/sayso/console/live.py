"""`/live/`: tells open pages that something changed, so that they ask for it again.

Django says who may hear what, in an ordinary request that is over at once; the stream itself is held here, on
the server's loop, without a thread and without a connection to the database. Notes carry no content: a page
that hears one asks for its part anew, as the person it is.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
Receive = Callable[[], Awaitable[Message]]
Asgi = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]

# What admits a stream: seen by this module alone, never by a browser.
ADMITTED = b"x-sayso-live"
KEEP_ALIVE_SECONDS = 15.0
# At most so often is one page told, however much happens.
PAUSE_SECONDS = 0.25
# Then the browser asks anew, and session and role are looked at again.
LONGEST_SECONDS = 600.0
MOST_STREAMS = 500
# Of one person, who would else keep everybody's pages from being told.
MOST_OF_ONE = 20
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]


@dataclass(slots=True, eq=False)
class _Stream:
    """One open page: what it wants to hear, and what it was not told yet."""

    workspace_id: int
    topics: frozenset[str]
    person_id: int = 0
    untold: set[str] = field(default_factory=set)
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    over: bool = False

    def tell(self, topics: frozenset[str]) -> None:
        self.untold |= topics & self.topics
        if self.untold:
            self.woken.set()

    def end(self) -> None:
        self.over = True
        self.woken.set()


class Live:
    """The door to `/live/`, over the console that admits. Give what the bus hears to `hear`."""

    def __init__(self, console: Asgi, most: int = MOST_STREAMS) -> None:
        self._console = console
        self._most = most
        self._streams: set[_Stream] = set()

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Serve one stream until its page leaves; anything but an admission goes out as Django said it."""
        await receive()  # A body would be of no use here, and what comes after it is the page's leaving.
        asked = _Asked(send)
        await self._console(scope, _nothing_more(), asked)
        if asked.admitted is None:
            return
        stream = asked.admitted
        if sum(each.person_id == stream.person_id for each in self._streams) >= MOST_OF_ONE:
            await _busy(send, HTTPStatus.TOO_MANY_REQUESTS)
            return
        if len(self._streams) >= self._most:
            await _busy(send, HTTPStatus.SERVICE_UNAVAILABLE)
            return
        self._streams.add(stream)
        leaving = asyncio.create_task(_left(receive, stream))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
            await _flow(stream, send)
        finally:
            leaving.cancel()
            self._streams.discard(stream)

    def hear(self, payload: str) -> None:
        """A note of `storage.live`: `inbox,opt_outs 1,2` or `inbox *`; an empty one means everything."""
        topics, _, whose = payload.partition(" ")
        told = frozenset(filter(None, topics.split(",")))
        ids = None if whose in {"", "*"} else {int(each) for each in whose.split(",")}
        for stream in self._streams:
            if ids is None or stream.workspace_id in ids:
                stream.tell(told or stream.topics)

    def close(self) -> None:
        """End every stream; browsers come back by themselves."""
        for stream in self._streams:
            stream.end()


def admit(request: HttpRequest) -> HttpResponse:
    """Which of the asked topics this person may hear. Answered to a browser only where it is refused."""
    from django.http import HttpResponse

    from sayso.console.access import Area

    areas = {
        "campaigns": Area.CAMPAIGNS,
        "contacts": Area.CONTACTS,
        "inbox": Area.INBOX,
        "keywords": Area.KEYWORDS,
        "opt_outs": Area.OPT_OUTS,
        "telephones": Area.SIMULATOR,
    }
    asked = request.GET.get("topics", "").split(",")
    heard = sorted({topic for topic in asked if topic in areas and request.place.may_open(areas[topic])})
    if not heard:
        return HttpResponse(status=204)  # It tells an EventSource not to come back.
    admission = f"{request.place.workspace.id} {request.user.pk} {','.join(heard)}"
    return HttpResponse(headers={ADMITTED.decode(): admission})


class _Asked:
    """Stands for `send` while Django answers: keeps an admission to itself, passes on everything else."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.admitted: _Stream | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            told = {name.lower(): value for name, value in message["headers"]}
            if ADMITTED in told:
                workspace_id, person_id, topics = told[ADMITTED].decode().split(" ")
                self.admitted = _Stream(int(workspace_id), frozenset(topics.split(",")), int(person_id))
        if self.admitted is None:
            await self._send(message)


def _nothing_more() -> Receive:
    """An empty body, then silence: Django watches for the caller's leaving, which is ours to see."""
    sent = False

    async def receive() -> Message:
        nonlocal sent
        if sent:
            await asyncio.get_running_loop().create_future()
        sent = True
        return {"type": "http.request", "body": b"", "more_body": False}

    return receive


async def _left(receive: Receive, stream: _Stream) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue
    stream.end()


async def _flow(stream: _Stream, send: Send) -> None:
    loop = asyncio.get_running_loop()
    until = loop.time() + LONGEST_SECONDS
    await _say(send, "retry: 2000\n\n")
    while not stream.over and loop.time() < until:
        try:
            async with asyncio.timeout(KEEP_ALIVE_SECONDS):
                await stream.woken.wait()
        except TimeoutError:
            await _say(send, ": still here\n\n")
            continue
        stream.woken.clear()
        told, stream.untold = sorted(stream.untold), set()
        if told and not stream.over:
            await _say(send, "".join(f"event: {topic}\ndata: changed\n\n" for topic in told))
            await asyncio.sleep(PAUSE_SECONDS)
    await send({"type": "http.response.body", "body": b""})


async def _say(send: Send, text: str) -> None:
    await send({"type": "http.response.body", "body": text.encode(), "more_body": True})


async def _busy(send: Send, status: int) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"retry-after", b"30")]
    await send({"type": "http.response.start", "status": int(status), "headers": headers})
    await send(
        {"type": "http.response.body", "body": b"Too many pages are open. They look again by themselves.\n"}
    )
