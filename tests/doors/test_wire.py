"""HTTP as strangers and providers speak it to a worker: callbacks' short way, the long one, the bounds."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
import uvicorn

from sayso.ingest import Doors, Limits
from sayso.serve import bounded, web, wire
from sayso.serve.answered import Answered
from sayso.serve.dispatcher import answer
from sayso.serve.wire import Callbacks
from sayso.storage.databases import Databases
from tests.doors.hook_calls import SECRET_KEY, SIGNED_TOKEN, TOKEN, WEBHOOK_SECRET, Ledger, ledger_of, text
from tests.doors.served import until

INBOUND = f"/hooks/{TOKEN}/inbound"


@dataclass
class House:
    """The callback doors with what else is asked: it says what it was asked."""

    url: str
    limits: Limits | None = None
    callbacks: Callbacks | None = None
    answered: Answered = field(default_factory=Answered)
    went_the_long_way: list[str] = field(default_factory=list)
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    server: uvicorn.Server = field(init=False)
    doors: Doors = field(init=False)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        self.went_the_long_way.append(scope["path"])
        if scope["path"].startswith("/hooks/"):
            await self.doors.handle(scope, receive, send)
            return
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        self.headers = scope["headers"]
        if scope["path"] == "/large":
            await answer(send, 200, b"x" * 20_000_000)
            return
        await answer(send, 200, b"%s had %d bytes\n" % (scope["path"].encode(), len(body)))

    async def _live(self, receive: Any, send: Any) -> None:
        await receive()
        self.doors = Doors(
            self.url,
            secret_key=SECRET_KEY,
            public_url="https://sayso.test",
            now=lambda: datetime.now(UTC),
            limits=self.limits,
        )
        await self.doors.open()
        self.callbacks = Callbacks(self.doors.offer, self.answered.count)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.doors.close()
        await send({"type": "lifespan.shutdown.complete"})


@contextmanager
def serving(house: House) -> Iterator[int]:
    """A worker's server in this process; its port."""
    with web.listening(("127.0.0.1", 0)) as shared:
        server = house.server = web.server(house)
        thread = threading.Thread(target=server.run, args=([shared],))
        port = int(shared.getsockname()[1])
        thread.start()
        try:
            until(lambda: server.started, "the server")
            yield port
        finally:
            server.should_exit = True
            thread.join(30)
            assert not thread.is_alive()


@pytest.fixture
def ledger(database: Databases) -> Iterator[Ledger]:
    ledger = ledger_of(database)
    ledger.connect()
    ledger.connect(SIGNED_TOKEN, secrets={"webhook_secret": WEBHOOK_SECRET})
    yield ledger
    ledger.conn.close()


@pytest.fixture
def house(database: Databases, ledger: Ledger) -> House:
    return House(database.url)


@pytest.fixture
def port(house: House) -> Iterator[int]:
    with serving(house) as port:
        yield port


def request(body: bytes, path: str = INBOUND, *headers: str, version: str = "1.1") -> bytes:
    told = [f"POST {path} HTTP/{version}", "Host: sayso.test", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(told).encode() + b"\r\n\r\n" + body


@dataclass
class Caller:
    """Somebody at the other end."""

    socket: socket.socket
    file: Any

    def says(self, *pieces: bytes) -> Caller:
        for piece in pieces:
            self.socket.sendall(piece)
        return self

    def hears(self) -> tuple[int, dict[str, str], bytes]:
        """The next answer; status 0 where the connection was closed instead."""
        first = self.file.readline()
        if not first:
            return 0, {}, b""
        headers: dict[str, str] = {}
        while (line := self.file.readline().strip()) != b"":
            name, _, value = line.decode().partition(": ")
            headers[name.lower()] = value
        return int(first.split()[1]), headers, self.file.read(int(headers.get("content-length", 0)))

    def is_let_go(self) -> bool:
        return self.file.read(1) == b""


@contextmanager
def calling(port: int) -> Iterator[Caller]:
    with socket.create_connection(("127.0.0.1", port), timeout=20) as made, made.makefile("rb") as file:
        yield Caller(made, file)


def test_a_callback_goes_the_short_way_once_it_is_stored(port: int, house: House, ledger: Ledger) -> None:
    with calling(port) as caller:
        for n in range(3):
            status, headers, body = caller.says(request(text(f"m{n}"))).hears()
            assert (status, headers["content-length"], body) == (200, "0", b"")
            assert re.fullmatch(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT", headers["date"])
            assert ledger.count("inbound_queue") == n + 1
    assert house.went_the_long_way == []
    assert house.answered._counts == {(INBOUND, 200): 3}


def test_its_head_is_kept_as_by_the_long_way(port: int, house: House, ledger: Ledger) -> None:
    query = INBOUND + "?a=1&b=%20"
    with calling(port) as caller:
        caller.says(request(text("short"), query, "Authorization: Basic x", "X-One: 1", "X-One: 2")).hears()
        caller.says(
            request(
                text("other"), query, "Authorization: Basic x", "X-One: 1", "X-One: 2", "Expect: 100-continue"
            )
        )
        assert caller.hears()[0] == 100
        assert caller.hears()[0] == 200
    assert house.went_the_long_way == [INBOUND]
    short, long = (
        bytes(row["headers"]) for row in ledger.rows("SELECT headers FROM sayso.callbacks ORDER BY id")
    )
    assert long.replace(b"\r\nexpect: 100-continue", b"") == short
    assert short.startswith(f"POST {query} HTTP/1.1\r\nhost: sayso.test\r\n".encode())
    assert b"authorization: [not kept]" in short


@pytest.mark.parametrize(
    ("call", "status"),
    [
        (request(text(), "/hooks/nobody/inbound"), 404),
        (request(text(), f"/hooks/{SIGNED_TOKEN}/inbound"), 403),
        (request(text(), f"/hooks/{TOKEN}/inb%6Fund"), 200),
        (request(text()).replace(b"POST", b"PUT"), 405),
        (request(text(), INBOUND, version="1.0"), 200),
        (request(text(body="x" * 100_000)), 200),
        (request(text()).replace(b"Length: ", b"Length: " + b"0" * 5_000), 200),
        (request(b"x" * (1024 * 1024 + 1)), 413),
        (
            b"POST %s HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" % INBOUND.encode()
            + b"%x\r\n%s\r\n0\r\n\r\n" % (len(text()), text()),
            200,
        ),
    ],
)
def test_what_is_out_of_the_common_is_answered_by_the_long_way(
    port: int, house: House, call: bytes, status: int
) -> None:
    with calling(port) as caller:
        assert caller.says(call).hears()[0] == status
    assert len(house.went_the_long_way) == 1


def test_answers_stand_in_the_order_of_the_requests(port: int, ledger: Ledger) -> None:
    asked = [
        request(text("a")),
        request(b"12345", "/other"),
        request(text("b")),
        request(text(), "/hooks/no/inbound"),
    ]
    with calling(port) as caller:
        caller.says(b"".join(asked))
        heard = [caller.hears() for _ in asked]
    assert [status for status, _, _ in heard] == [200, 200, 200, 404]
    assert heard[1][2] == b"/other had 5 bytes\n"
    assert ledger.count("inbound_queue") == 2


@pytest.mark.parametrize("path", [INBOUND, "/other"])
def test_who_asks_for_another_protocol_is_served_in_this_one(port: int, ledger: Ledger, path: str) -> None:
    body = text()
    asked = request(
        body, path, "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAA"
    )
    with calling(port) as caller:
        caller.says(asked[:-20], asked[-20:])
        status, _, told = caller.hears()
        assert (status, told) == (200, b"" if path == INBOUND else b"/other had %d bytes\n" % len(body))
        assert caller.says(request(text("next"))).hears()[0] == 200
    assert ledger.count("callbacks") == (2 if path == INBOUND else 1)


@pytest.mark.parametrize(
    "said",
    [
        b"CONNECT x:1 HTTP/1.1\r\n\r\n",
        b"\x16\x03\x01 tls",
        b"GET / HTTP/9\r\n\r\n",
        b"GET http://x HTTP/1.1\r\n\r\n",
    ],
)
def test_what_is_no_request_is_told_so(port: int, said: bytes) -> None:
    with calling(port) as caller:
        status, headers, _ = caller.says(said).hears()
        assert (status, headers["connection"]) == (400, "close")
        assert caller.is_let_go()


def test_a_callback_in_pieces_is_one(port: int, house: House, ledger: Ledger) -> None:
    whole = request(text("pieces", body="STOP " + "x" * 60_000))
    with calling(port) as caller:
        assert caller.says(whole[:40], whole[40:150], whole[150:50_000], whole[50_000:]).hears()[0] == 200
    (kept,) = ledger.rows("SELECT body FROM sayso.callbacks")
    assert whole.endswith(bytes(kept["body"]))
    assert house.went_the_long_way == []


def test_whoever_wants_the_connection_closed_has_it_closed(port: int) -> None:
    with calling(port) as caller:
        status, headers, _ = caller.says(request(text(), INBOUND, "Connection: close")).hears()
        assert (status, headers["connection"]) == (200, "close")
        assert caller.is_let_go()


def test_a_callback_that_was_cut_off_is_not_stored(port: int, ledger: Ledger) -> None:
    with calling(port) as caller:
        caller.says(request(text("cut"))[:-3])
    with calling(port) as other:
        assert other.says(request(text("whole"))).hears()[0] == 200
    assert ledger.count("callbacks") == 1


@pytest.mark.rule("R5.1")
def test_a_row_that_cannot_be_stored_as_read_is_kept_raw(port: int, house: House, ledger: Ledger) -> None:
    with ledger.conn.cursor() as cursor:
        cursor.execute("ALTER TABLE sayso.inbound_queue ADD CONSTRAINT no_bad CHECK (body <> 'bad')")
    try:
        with calling(port) as caller:
            assert caller.says(request(text("bad", body="bad"))).hears()[0] == 200
            assert caller.says(request(text("good"))).hears()[0] == 200
    finally:
        with ledger.conn.cursor() as cursor:
            cursor.execute("ALTER TABLE sayso.inbound_queue DROP CONSTRAINT no_bad")
    assert house.went_the_long_way == [INBOUND]
    assert (ledger.count("callbacks"), ledger.count("unrouted")) == (2, 1)


def test_what_cannot_be_stored_now_is_sent_back(database: Databases, ledger: Ledger) -> None:
    house = House(database.url, Limits(patience=0.2))
    with serving(house) as port, ledger.conn.transaction(), calling(port) as caller:
        ledger.conn.execute("LOCK TABLE sayso.callback_refs IN ACCESS EXCLUSIVE MODE")
        status, headers, body = caller.says(request(text())).hears()
        assert (status, headers["retry-after"]) == (503, "5")
        assert b"Send it again" in body
    assert house.went_the_long_way == []


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire.Wire, "quiet", 0.2)
    monkeypatch.setattr(wire, "BODY_PATIENCE", 0.2)


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize("said", [b"", b"POST /hooks", b"\r\n\r\n", request(text())[:70]])
def test_a_head_that_does_not_come_is_not_waited_for(port: int, said: bytes) -> None:
    with calling(port) as caller:
        assert caller.says(said).hears()[0] in {0, 408}
        assert caller.is_let_go()


@pytest.mark.usefixtures("hurried")
def test_a_body_that_does_not_come_is_not_waited_for(port: int, ledger: Ledger) -> None:
    with calling(port) as caller:
        status, headers, _ = caller.says(request(text())[:-5]).hears()
        assert (status, headers["connection"]) == (408, "close")
        assert caller.is_let_go()
    assert ledger.count("callbacks") == 0


@pytest.mark.usefixtures("hurried")
def test_a_connection_that_is_quiet_after_its_answer_is_closed(port: int) -> None:
    with calling(port) as caller:
        assert caller.says(request(text())).hears()[0] == 200
        assert caller.is_let_go()


CHUNKED = b"POST /other HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    "endless",
    [
        b"POST /other HTTP/1.1\r\nX-Long: ",
        b"GET /",
        CHUNKED + b"1;",
        CHUNKED + b"1\r\nx\r\n0\r\nX-Long: ",
    ],
)
def test_who_says_nothing_at_length_is_refused(port: int, endless: bytes) -> None:
    with calling(port) as caller:
        caller.says(endless)
        with pytest.raises(OSError):
            for _ in range(1_000):
                caller.says(b"x" * 65_536)


def test_who_asks_on_and_on_without_waiting_is_refused_after_what_was_asked(port: int, house: House) -> None:
    with calling(port) as caller:
        caller.says(b"GET /x HTTP/1.1\r\n\r\n" * 1_000)
        answers = 0
        while caller.hears()[0] == 200:
            answers += 1
    assert answers == len(house.went_the_long_way) <= bounded.MOST_IN_LINE + 1


@pytest.mark.parametrize("then", [b"}\n", b"\0", b"GET http://x HTTP/1.1\r\n\r\n"])
def test_a_callback_is_answered_whatever_nonsense_follows_it(port: int, ledger: Ledger, then: bytes) -> None:
    with calling(port) as caller:
        status, headers, _ = caller.says(request(text()) + then).hears()
        assert (status, headers["connection"]) == (200, "close")
        assert caller.is_let_go()
    assert ledger.count("callbacks") == 1


def test_a_callback_is_answered_though_its_caller_has_no_more_to_say(port: int) -> None:
    with calling(port) as caller:
        caller.says(request(text())).socket.shutdown(socket.SHUT_WR)
        assert caller.hears()[0] == 200


@pytest.mark.usefixtures("hurried")
def test_who_does_not_take_an_answer_is_let_go(port: int, house: House) -> None:
    with calling(port) as caller:
        caller.says(b"GET /large HTTP/1.1\r\n\r\n")
        until(lambda: house.server.server_state.connections, "it is served")
        until(lambda: not house.server.server_state.connections, "it is let go")


def test_a_bind_to_all_addresses_is_to_all() -> None:
    with web.listening(("::", 0)) as shared, socket.create_connection(("127.0.0.1", shared.getsockname()[1])):
        pass


def test_a_long_head_is_told_so(port: int) -> None:
    with calling(port) as caller:
        # Not a byte more, for one that is not read would take the answer with it.
        caller.says(b"GET / HTTP/1.1\r\nX-Long: ".ljust(bounded.MOST_MUTE_BYTES + 1, b"x"))
        status, headers, body = caller.hears()
        assert (status, headers["connection"]) == (431, "close")
        assert b"too long" in body


def test_what_follows_a_body_is_no_header(port: int, house: House) -> None:
    with calling(port) as caller:
        caller.says(CHUNKED + b"1\r\nx\r\n0\r\nAuthorization: Basic x\r\n\r\n")
        assert caller.hears()[2] == b"/other had 1 bytes\n"
    assert b"authorization" not in dict(house.headers)


def test_too_many_callers_are_told_so(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire.Wire, "most", 1)
    with serving(house) as port, calling(port) as first:
        assert first.says(request(text("1"))).hears()[0] == 200
        with calling(port) as second:
            status, headers, _ = second.hears()
            assert (status, headers["retry-after"]) == (503, "5")
            assert second.is_let_go()
        assert first.says(request(text("2"))).hears()[0] == 200


def test_asked_to_end_it_answers_what_is_in_hand_and_lets_go_of_the_others(
    house: House, ledger: Ledger
) -> None:
    with serving(house) as port, calling(port) as idle, calling(port) as busy:
        assert idle.says(request(text("1"))).hears()[0] == 200
        with ledger.conn.transaction():
            ledger.conn.execute("LOCK TABLE sayso.callback_refs IN ACCESS EXCLUSIVE MODE")
            busy.says(request(text("2")))
            waiting = "SELECT 1 AS one FROM pg_locks WHERE NOT granted"
            until(lambda: ledger.rows(waiting), "the callback is being stored")
            house.server.should_exit = True
            assert idle.is_let_go()
        status, headers, _ = busy.hears()
        assert (status, headers["connection"]) == (200, "close")
    assert ledger.count("callbacks") == 2
