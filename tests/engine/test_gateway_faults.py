"""What a provider's server may do to a message, by a real socket: a line half open or cut, a 500, a throttle.

What may have left is unsure and is asked for once; what surely has not may go again."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from sayso.engine.gateway import HttpGateway, Result, Unreachable, Unsent, Way
from sayso.providers.catalogue import PROVIDERS
from sayso.providers.contract import Accepted, Later, Outbound, Refused, Unsure

pytestmark = [pytest.mark.anyio, pytest.mark.rule("R9.10")]
WITHIN = 0.4
LOST = Unsure("lost_answer")
OUTBOUND = Outbound(sender="15550001111", to="+15557770000", body="Hello", client_reference="17")
SECRETS = {"simulator": {}, "sinch": {"api_token": "t"}, "twilio": {"auth_token": "t"}}
NAMED: Mapping[str, Mapping[str, object]] = {
    "simulator": {},
    "sinch": {"service_plan_id": "plan"},
    "twilio": {"account_sid": "AC1"},
}
TAKEN = {
    "simulator": b'{"id": "s1", "parts": 1}',
    "sinch": b'{"id": "s1"}',
    "twilio": b'{"sid": "s1", "num_segments": "1", "status": "queued"}',
}
Serving = Callable[[asyncio.StreamReader, asyncio.StreamWriter, int], Awaitable[None]]


@dataclass
class Peer:
    """A server of bare bytes: counts lines that were opened and requests that came."""

    port: int = 0
    requests: int = 0
    lines: int = 0
    writers: list[asyncio.StreamWriter] = field(default_factory=list)


@asynccontextmanager
async def serving(serve: Serving) -> AsyncIterator[Peer]:
    peer = Peer()

    async def line(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer.lines += 1
        peer.writers.append(writer)
        while await _request(reader):
            peer.requests += 1
            await serve(reader, writer, peer.requests)

    server = await asyncio.start_server(line, "127.0.0.1", 0)
    peer.port = server.sockets[0].getsockname()[1]
    try:
        yield peer
    finally:
        server.close()
        for writer in peer.writers:
            writer.transport.abort()


async def _request(reader: asyncio.StreamReader) -> bool:
    """Read one request whole; False where the line ended."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        size = next(
            int(row.split(b":")[1])
            for row in head.lower().split(b"\r\n")
            if row.startswith(b"content-length")
        )
        await reader.readexactly(size)
    except (asyncio.IncompleteReadError, ConnectionError):
        return False
    return True


def answer(status: str, body: bytes = b"", *headers: str) -> bytes:
    rows = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join([*rows, "", ""]).encode() + body


@asynccontextmanager
async def gateway(port: int, kind: str = "simulator", scheme: str = "http") -> AsyncIterator[HttpGateway]:
    settings = {**NAMED[kind], "base_url": f"{scheme}://127.0.0.1:{port}"}
    way = Way(1, "Test", PROVIDERS[kind], settings, SECRETS[kind], "", 100)
    made = HttpGateway(way, 4, answer_within=WITHIN)
    try:
        yield made
    finally:
        await made.close()


async def sent(by: HttpGateway, within: float = 1.0) -> Result:
    return await by.send(OUTBOUND, asyncio.get_running_loop().time() + within)


async def silent(_: asyncio.StreamReader, __: asyncio.StreamWriter, ___: int) -> None:
    """Take the request, and say nothing: the other end of a half-open line looks like this."""


async def hanging_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter, __: int) -> None:
    writer.close()


async def resetting(_: asyncio.StreamReader, writer: asyncio.StreamWriter, __: int) -> None:
    writer.transport.abort()


async def babbling(_: asyncio.StreamReader, writer: asyncio.StreamWriter, __: int) -> None:
    writer.write(b"220 mail.example.com ESMTP\r\n")


async def half_a_head(_: asyncio.StreamReader, writer: asyncio.StreamWriter, __: int) -> None:
    writer.write(b"HTTP/1.1 202 Accepted\r\nContent-Le")


async def half_a_body(_: asyncio.StreamReader, writer: asyncio.StreamWriter, __: int) -> None:
    """The line is cut within the very answer that would have said that it was taken."""
    writer.write(answer("202 Accepted", TAKEN["simulator"])[:-4])
    writer.close()


async def a_body_that_stalls(_: asyncio.StreamReader, writer: asyncio.StreamWriter, __: int) -> None:
    writer.write(answer("202 Accepted", TAKEN["simulator"])[:-4])


@pytest.mark.parametrize(
    "serve", [silent, hanging_up, resetting, babbling, half_a_head, half_a_body, a_body_that_stalls]
)
async def test_a_message_whose_answer_is_lost_is_unsure_and_its_request_is_never_repeated(
    serve: Serving,
) -> None:
    async with serving(serve) as peer, gateway(peer.port) as by:
        began = asyncio.get_running_loop().time()
        assert await sent(by) == LOST
        assert asyncio.get_running_loop().time() - began < WITHIN + 1.0
        assert peer.requests == 1


@pytest.mark.parametrize("serve", [silent, hanging_up, resetting])
async def test_a_kept_line_that_has_gone_half_open_costs_the_message_that_finds_out_and_no_other(
    serve: Serving,
) -> None:
    """The first message is answered; the second is written into the same line, where nobody is any more."""

    async def once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, turn: int) -> None:
        if turn == 2:
            await serve(reader, writer, turn)
        else:
            writer.write(answer("202 Accepted", TAKEN["simulator"]))

    async with serving(once) as peer, gateway(peer.port) as by:
        assert isinstance(await sent(by), Accepted)
        assert await sent(by) == LOST
        assert (peer.requests, peer.lines) == (2, 1)
        assert isinstance(await sent(by), Accepted)
        assert (peer.requests, peer.lines) == (3, 2)


@pytest.mark.parametrize("kind", sorted(PROVIDERS))
@pytest.mark.parametrize(
    "status", ["500 Internal Server Error", "502 Bad Gateway", "504 Gateway Timeout", "408 Slow"]
)
async def test_a_server_error_leaves_it_open_whether_the_message_was_taken(kind: str, status: str) -> None:
    async def failing(_: asyncio.StreamReader, writer: asyncio.StreamWriter, __: int) -> None:
        writer.write(answer(status, b"<html>Sorry</html>"))

    async with serving(failing) as peer, gateway(peer.port, kind) as by:
        assert await sent(by) == LOST
        assert peer.requests == 1


@pytest.mark.parametrize("kind", sorted(PROVIDERS))
async def test_a_throttle_says_when_to_come_back_and_a_redirect_is_not_followed(kind: str) -> None:
    answers = [
        answer("429 Too Many Requests", b"", "Retry-After: 7"),
        answer("429 Too Many Requests", b"", "Retry-After: Wed, 21 Oct 2026 07:28:00 GMT"),
        answer("307 Temporary Redirect", b"", "Location: http://127.0.0.1:1/"),
        answer("202 Accepted", TAKEN[kind]),
    ]

    async def in_turn(_: asyncio.StreamReader, writer: asyncio.StreamWriter, turn: int) -> None:
        writer.write(answers[turn - 1])

    async with serving(in_turn) as peer, gateway(peer.port, kind) as by:
        assert await sent(by) == Later(timedelta(seconds=7), "throttled")
        assert await sent(by) == Later(timedelta(seconds=1), "throttled")
        refused = await sent(by)
        assert isinstance(refused, Refused)
        assert refused.reason == "account"
        assert isinstance(await sent(by), Accepted)
        assert peer.requests == 4


async def test_what_never_got_a_line_has_not_left() -> None:
    """Nobody listens; no more lines are taken; what was to speak TLS never does; the look is too old."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        async with gateway(closed.getsockname()[1]) as by:
            assert isinstance(await sent(by), Unreachable)
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        fillers = [socket.socket() for _ in range(4)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(full.getsockname())
        async with gateway(full.getsockname()[1]) as by:
            assert isinstance(await sent(by, within=WITHIN / 2), Unreachable)
        for filler in fillers:
            filler.close()
    async with serving(silent) as peer, gateway(peer.port, scheme="https") as by:
        assert isinstance(await sent(by, within=WITHIN / 2), Unreachable)
        assert await sent(by, within=0) == Unsent()
        assert peer.requests == 0
