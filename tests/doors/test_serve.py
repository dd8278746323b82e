"""The front of the house: one address, every door behind it, on our server as on any other of ASGI."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, MutableMapping
from pathlib import Path
from typing import Any

import pytest

from sayso.serve.dispatcher import Dispatcher, Door, answer
from sayso.serve.ports import refuse_if_taken
from sayso.settings import SettingsError
from tests.doors.served import PYTHON, Served, get, sayso, until
from tests.running import free_port

Message = MutableMapping[str, Any]


def named(name: str) -> Any:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await answer(send, 200, name.encode())

    return app


async def asked(dispatcher: Dispatcher, scope: dict[str, Any]) -> list[Message]:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.request", "body": b""}

    await dispatcher(scope, receive, send)
    return sent


DISPATCHER = Dispatcher(
    hooks=named("hooks"),
    doors=(("/api/v1", Door("api", named("api"))),),
    rest=Door("console", named("console")),
)


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("path", "door"),
    [
        ("/hooks/abc/inbound", "hooks"),
        ("/api/v1/messages", "api"),
        ("/", "console"),
        ("/hooksy", "console"),
        ("/api/v2", "console"),
    ],
)
async def test_a_path_finds_its_door(path: str, door: str) -> None:
    sent = await asked(DISPATCHER, {"type": "http", "path": path})
    assert sent[1]["body"] == door.encode()


@pytest.mark.anyio
async def test_a_door_may_say_something_stricter_than_the_house() -> None:
    async def strict(scope: Any, receive: Any, send: Any) -> None:
        headers = [(b"Referrer-Policy", b"no-referrer")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})

    dispatcher = Dispatcher(hooks=named("hooks"), doors=(), rest=Door("console", strict), secure=True)
    (start,) = await asked(dispatcher, {"type": "http", "path": "/"})
    told = [(name.lower(), value) for name, value in start["headers"]]
    assert [value for name, value in told if name == b"referrer-policy"] == [b"no-referrer"]
    assert {b"content-security-policy", b"strict-transport-security"} <= {name for name, _ in told}


@pytest.mark.anyio
async def test_a_websocket_is_refused() -> None:
    assert await asked(DISPATCHER, {"type": "websocket", "path": "/"}) == [
        {"type": "websocket.close", "code": 1000}
    ]


def test_a_port_in_use_is_told_with_the_remedy() -> None:
    import socket

    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(SettingsError, match=f"SAYSO_BIND can't be listened on: port {port} is in use"):
            refuse_if_taken("SAYSO_BIND", ("127.0.0.1", port))


def test_an_address_of_another_machine_is_told() -> None:
    with pytest.raises(SettingsError, match="no address of this machine"):
        refuse_if_taken("SAYSO_BIND", ("192.0.2.1", 8080))


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """`sayso serve` on the embedded database, shared by the tests that only look."""
    with sayso(tmp_path_factory.mktemp("served")) as made:
        made.start()
        yield made
        assert made.end() == 0


@pytest.fixture(scope="module")
def on_granian(served: Served) -> Iterator[str]:
    """The same application on another server, over the same database."""
    port = free_port()
    database = until(lambda: _database_url(served), "a running web worker")
    environ = {**served.environ, "SAYSO_DATABASE_URL": database, "SAYSO_BIND": f"127.0.0.1:{port}"}
    command = [*PYTHON, "granian", "sayso.serve.web:build", "--factory", "--interface", "asgi"]
    command += ["--port", str(port)]
    with (served.output.parent / "granian").open("wb") as output:
        server = subprocess.Popen(command, env=environ, stdout=output, stderr=output)
    try:
        until(lambda: server.poll() is None and _answers(port), "granian")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        assert server.wait(30) in (0, -15)


def _database_url(served: Served) -> str:
    for pid in served.pids("sayso.serve.web"):
        found = re.search(rb"SAYSO_DATABASE_URL=([^\0]+)", Path(f"/proc/{pid}/environ").read_bytes())
        if found:
            return found[1].decode()
    return ""


def _answers(port: int) -> bool:
    try:
        return get(f"http://127.0.0.1:{port}/healthz").status == 200
    except OSError:
        return False


@pytest.fixture(params=["ours", "granian"])
def url(request: pytest.FixtureRequest, served: Served) -> str:
    return served.url if request.param == "ours" else request.getfixturevalue("on_granian")


def test_every_door_answers(url: str) -> None:
    assert (get(url + "/healthz").status, get(url + "/readyz").body) == (200, b"ready\n")
    assert get(url + "/api/v1/openapi.json").headers["content-type"].startswith("application/")
    assert get(url + "/api/v1/contacts").status == 401
    assert get(url + "/hooks/nobody/inbound").status == 405
    assert b"sayso_requests_total" in get(url + "/metrics").body


def test_a_stranger_is_led_to_sign_in_and_the_page_finds_its_stylesheets(url: str) -> None:
    home = get(url + "/")
    assert home.status == 302
    page = get(url + home.headers["location"])
    assert page.status == 200
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert page.headers["x-content-type-options"] == "nosniff"
    styles = re.findall(rb'href="(/static/[^"]+\.css)"', page.body)
    assert styles
    for style in styles:
        file = get(url + style.decode(), **{"Accept-Encoding": "gzip"})
        assert (file.status, file.headers["content-encoding"]) == (200, "gzip")
        assert "immutable" in file.headers["cache-control"]
    assert get(url + "/static/no-such-file.css").status == 404


def test_a_command_uses_the_database_of_the_running_sayso(served: Served) -> None:
    command = [*PYTHON, "sayso.cli.main", "workspace", "create", "Acme", "--country", "GB"]
    done = subprocess.run(command, env=served.environ, capture_output=True, text=True, check=True)
    assert done.stdout.startswith('{"id": ')
    done = subprocess.run(
        [*PYTHON, "sayso.cli.main", "doctor"], env=served.environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
    assert "✓ doors" in done.stdout


def test_a_second_sayso_on_the_same_home_says_who_has_it(served: Served) -> None:
    elsewhere = {
        **served.environ,
        "SAYSO_BIND": f"127.0.0.1:{free_port()}",
        "SAYSO_CARRIER_BIND": f"127.0.0.1:{free_port()}",
    }
    done = subprocess.run(
        [*PYTHON, "sayso.cli.main", "serve"], env=elsewhere, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert f"is in use by process {served.process.pid}. Stop it, or point SAYSO_HOME elsewhere" in done.stderr


def test_a_second_sayso_on_the_same_port_says_so(served: Served, tmp_path: Path) -> None:
    elsewhere = {**served.environ, "SAYSO_HOME": str(tmp_path / "other")}
    done = subprocess.run(
        [*PYTHON, "sayso.cli.main", "serve"], env=elsewhere, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert f"port {served.port} is in use" in done.stderr
    assert not (tmp_path / "other").exists()
