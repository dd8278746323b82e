"""What a stranger may hold open, and how much he may send: bounded at every door."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, MutableMapping
from pathlib import Path
from typing import Any

import pytest

from sayso.cli.checkup import look
from sayso.ingest import requests
from sayso.ingest.requests import Arriving, CallerLeftError, TooSlowError
from sayso.serve.dispatcher import Dispatcher, Door, answer
from sayso.serve.operators import Operators
from tests.doors.served import Served, sayso, until
from tests.memory import quick_folder
from tests.running import free_port, settled

Message = MutableMapping[str, Any]
PIECE = {"type": "http.request", "body": b"x" * 65_536, "more_body": True}


class Reader:
    """A door that reads the whole body, and remembers what it was handed."""

    def __init__(self) -> None:
        self.taken = 0
        self.left = False

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                self.left = True
                return
            self.taken += len(message.get("body", b""))
            if not message.get("more_body"):
                await answer(send, 200, b"read\n")
                return


async def silent() -> Message:
    await asyncio.Event().wait()
    raise AssertionError


def endless() -> Any:
    async def receive() -> Message:
        return PIECE

    return receive


async def asked(dispatcher: Dispatcher, path: str, receive: Any) -> list[Message]:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async with asyncio.timeout(10):
        await dispatcher({"type": "http", "path": path}, receive, send)
    return sent


@pytest.mark.anyio
@pytest.mark.parametrize("path", ["/api/v1/messages", "/accounts/login/"])
async def test_a_body_that_never_comes_is_answered_408_and_the_connection_closed(path: str) -> None:
    door = Reader()
    dispatcher = Dispatcher(
        hooks=door, doors=(("/api/v1", Door("api", door, None)),), rest=Door("console", door), patience=0.02
    )
    start, _ = await asked(dispatcher, path, silent)
    assert (start["status"], dict(start["headers"])[b"connection"]) == (408, b"close")
    assert door.left


@pytest.mark.anyio
async def test_the_console_takes_no_more_than_a_mebibyte_of_an_endless_body() -> None:
    door = Reader()
    dispatcher = Dispatcher(hooks=door, doors=(), rest=Door("console", door))
    start, _ = await asked(dispatcher, "/accounts/login/", endless())
    assert (start["status"], dict(start["headers"])[b"connection"]) == (413, b"close")
    assert door.taken <= 1024 * 1024


@pytest.mark.anyio
async def test_a_door_may_wait_for_the_caller_to_hang_up_for_as_long_as_it_works() -> None:
    body: list[Message] = [{"type": "http.request", "body": b"all"}]
    hung_up = asyncio.Event()

    async def receive() -> Message:
        if body:
            return body.pop()
        await hung_up.wait()
        return {"type": "http.disconnect"}

    async def slow(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        waiting = asyncio.create_task(receive())
        done, _ = await asyncio.wait({waiting}, timeout=0.1)
        assert not done
        hung_up.set()
        await waiting
        await answer(send, 200, b"done\n")

    dispatcher = Dispatcher(hooks=slow, doors=(), rest=Door("console", slow), patience=0.02)
    start, _ = await asked(dispatcher, "/", receive)
    assert start["status"] == 200


@pytest.mark.anyio
async def test_a_callback_whose_body_never_comes_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "BODY_PATIENCE", 0.02)
    with pytest.raises(TooSlowError):
        async with asyncio.timeout(10):
            await Arriving().read(silent, "10")


@pytest.mark.anyio
async def test_one_timer_gives_up_every_body_in_its_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    arriving = Arriving()
    monkeypatch.setattr(requests, "BODY_PATIENCE", 0.02)
    first = [asyncio.create_task(arriving.read(silent, "10")) for _ in range(3)]
    await asyncio.sleep(0)
    monkeypatch.setattr(requests, "BODY_PATIENCE", 60)
    last = asyncio.create_task(arriving.read(silent, "10"))
    gave_up = await asyncio.gather(*first, return_exceptions=True)
    assert [type(each) for each in gave_up] == [TooSlowError] * 3
    assert not last.done()
    last.cancel()
    with pytest.raises(asyncio.CancelledError):
        await last


@pytest.mark.anyio
async def test_a_callback_that_was_cut_off_is_not_taken_for_a_whole_one() -> None:
    async def receive() -> Message:
        return {"type": "http.request", "body": b"From=1", "more_body": False}

    with pytest.raises(CallerLeftError):
        await Arriving().read(receive, "60")


@pytest.mark.anyio
async def test_however_often_it_is_asked_whether_it_is_ready_the_database_is_asked_once_a_second() -> None:
    looks, faults, now = [], ["", "The database is away."], [0.0]

    async def fault() -> str:
        looks.append(now[0])
        await asyncio.sleep(0)
        return faults[len(looks) - 1]

    operators = Operators(fault, clock=lambda: now[0])
    dispatcher = Dispatcher(
        operators, (("/readyz", Door("operators", operators)),), Door("console", operators)
    )
    told = await asyncio.gather(*(asked(dispatcher, "/readyz", endless()) for _ in range(50)))
    assert {start["status"] for start, _ in told} == {200}
    assert looks == [0.0]
    now[0] = 1.0
    start, _ = await asked(dispatcher, "/readyz", endless())
    assert (start["status"], looks) == (503, [0.0, 1.0])


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with quick_folder() as folder, sayso(folder, SAYSO_WORKERS="1") as made:
        settled(made.home)
        made.start()
        yield made


def test_a_worker_holds_thousands_of_silent_callers_and_still_answers(served: Served) -> None:
    kept = [socket.create_connection(("127.0.0.1", served.port)) for _ in range(1_500)]
    try:
        for one in kept:
            one.sendall(b"POST /api/v1/messages HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n")
        with socket.create_connection(("127.0.0.1", served.port), timeout=30) as caller:
            caller.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            assert caller.recv(1_000).startswith(b"HTTP/1.1 200")
    finally:
        for one in kept:
            one.close()


def test_a_connection_that_never_says_anything_is_closed(tmp_path: Path) -> None:
    port = free_port()
    environ = {**os.environ, "SAYSO_HOME": str(tmp_path), "SAYSO_BIND": f"127.0.0.1:{port}"}
    hurried = "from sayso.serve import bounded, web; bounded.Bounded.quiet = 0.5; web.main()"
    # No database: a worker that can't be opened still has to let go of whoever is silent.
    environ["SAYSO_DATABASE_URL"] = "postgresql://nobody@127.0.0.1:9/none"
    with (tmp_path / "output").open("wb") as output:
        server = subprocess.Popen([sys.executable, "-c", hurried], env=environ, stdout=output, stderr=output)
    try:
        with until(lambda: _connected(port), "a worker") as caller:
            assert caller.recv(1) == b""
    finally:
        server.terminate()
        server.wait(30)


def _connected(port: int) -> socket.socket | None:
    try:
        return socket.create_connection(("127.0.0.1", port), timeout=20)
    except OSError:
        return None


def test_the_doctor_warns_of_a_bind_that_other_machines_reach(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAYSO_HOME", str(tmp_path))
    monkeypatch.setenv("SAYSO_BIND", "0.0.0.0:1")
    monkeypatch.setenv("SAYSO_CARRIER_BIND", "[::]:2")
    states = {finding.name: finding.state for finding in look()}
    assert (states["bind"], states["carrier bind"]) == ("warn", "warn")
    monkeypatch.setenv("SAYSO_BIND", "127.0.0.1:1")
    monkeypatch.setenv("SAYSO_CARRIER_BIND", "[::1]:2")
    assert not {"bind", "carrier bind"} & {finding.name for finding in look()}
