"""The whole of Sayso as an operator runs it: `sayso serve` as a child, in a home and on ports of its own."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import psycopg
from psycopg.rows import dict_row

from sayso.cli.demo_client import Client
from sayso.serve.database import running_in
from sayso.serve.readiness import is_ready
from tests.memory import quick_folder

Found = TypeVar("Found")

PATIENCE = 30.0
START_PATIENCE = 90.0
# Below the ports that the kernel gives to clients, so that nobody takes one between the look and the start.
_PORTS = range(20_000, 32_000)
_claims: list[socket.socket] = []


def until(what: str, look: Callable[[], Found], patience: float = PATIENCE) -> Found:
    """What `look` finds, as soon as it is true; an AssertionError that says `what` when it never is."""
    deadline = time.monotonic() + patience
    while not (found := look()):
        assert time.monotonic() < deadline, f"{what}: waited {patience:g} s and it did not happen"
        time.sleep(0.02)
    return found


def free_port() -> int:
    """A port that nobody listens on, and that no other run of these tests on this machine gets meanwhile."""
    begin = os.getpid() % len(_PORTS)
    for port in (*_PORTS[begin:], *_PORTS[:begin]):
        claim = socket.socket(socket.AF_UNIX)
        try:
            claim.bind(f"\0a port of the tests of Sayso: {port}")
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", port))
        except OSError:
            claim.close()
            continue
        # Held until this run has ended, as the name of the claim is.
        _claims.append(claim)
        return port
    raise AssertionError("no port is free")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a door said."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """One POST as a provider makes it; every status is an answer. OSError where nobody answers."""
    request = urllib.request.Request(url, body, dict(headers), method="POST")
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return Answer(answer.status, answer.read(), dict(answer.headers))
    except urllib.error.HTTPError as error:
        return Answer(error.code, error.read(), dict(error.headers))


@dataclass(slots=True)
class Sayso:
    """One home with the server that runs in it, its telephones, and its command line."""

    home: Path
    port: int = field(default_factory=free_port)
    carrier_port: int = field(default_factory=free_port)
    settings: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def carrier(self) -> Client:
        """The telephones."""
        return Client(f"http://127.0.0.1:{self.carrier_port}")

    @property
    def environ(self) -> dict[str, str]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("SAYSO_")}
        own = {
            "SAYSO_HOME": str(self.home),
            "SAYSO_BIND": f"127.0.0.1:{self.port}",
            "SAYSO_CARRIER_BIND": f"127.0.0.1:{self.carrier_port}",
            "SAYSO_LOG": "console",
            "SAYSO_LOG_LEVEL": "warning",
        }
        return {**clean, **own, **self.settings}

    def start(self) -> None:
        """Start `sayso serve`, and return once its doors are ready."""
        self.home.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "sayso.cli.main", "serve"],
                env=self.environ,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self.await_ready()

    def await_ready(self) -> None:
        until("Sayso is ready", self.is_ready, START_PATIENCE)

    def stop(self) -> int:
        """Ask it to end, as an operator does; its exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(90)

    def close(self) -> None:
        """End it whatever state it is in."""
        if self.process is not None and self.process.poll() is None:
            self.stop()

    @property
    def log(self) -> Path:
        return self.home / "serve.log"

    def said(self) -> str:
        """What the server wrote."""
        return self.log.read_text("utf-8", "replace")

    def command(self, *arguments: str) -> Any:
        """One command of `sayso` beside the running server; its JSON."""
        done = subprocess.run(
            [sys.executable, "-m", "sayso.cli.main", *arguments, "--json"],
            env=self.environ,
            check=False,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, f"sayso {' '.join(arguments)}: {done.stderr or done.stdout}"
        return json.loads(done.stdout)

    def workspace(self, name: str, scopes: str = "*") -> Client:
        """A new workspace in the United States, as a client with a key for it."""
        made = self.command("workspace", "create", name, "--country", "US")["id"]
        return self.client(made, scopes)

    def client(self, workspace: int, scopes: str = "*") -> Client:
        """A client with a new key for a workspace."""
        key = self.command("apikey", "create", "--workspace", str(workspace), "--scopes", scopes)["key"]
        return Client(self.url, key)

    def hook(self, connection: Mapping[str, Any], kind: str) -> str:
        """Where a provider posts."""
        return f"{self.url}/hooks/{connection['hook_token']}/{kind}"

    def rows(self, query: str, *parameters: object) -> list[dict[str, Any]]:
        """What the owner of the database sees."""
        databases = running_in(self.home)
        assert databases is not None, "the database is not running"
        options = "-c search_path=sayso"
        with psycopg.connect(databases.owner_url, options=options, autocommit=True) as conn:
            cursor = conn.cursor(row_factory=dict_row)
            # Without parameters several statements may stand in one text.
            cursor.execute(query, parameters or None)  # type: ignore[call-overload]
            return cursor.fetchall() if cursor.description else []

    def journal(self) -> list[dict[str, Any]]:
        """The carrier's own log, an entry a line; a line that is being written is left out."""
        lines = (self.home / "carrier" / "log.jsonl").read_bytes().split(b"\n")[:-1]
        return [json.loads(line) for line in lines]

    def is_ready(self) -> bool:
        """Whether the doors say that they can do their work; it must be running."""
        assert self.process is not None
        assert self.process.poll() is None, f"sayso serve ended:\n{self.said()[-4_000:]}"
        return is_ready(("127.0.0.1", self.port))


def settled(home: Path) -> Path:
    """The same home, as a first start leaves it, where the run has one prepared: for what is not about that.

    Else Sayso makes all of it as it starts, which takes more of the processor than the rest of the start.
    """
    home.mkdir(parents=True, exist_ok=True)
    prepared = os.environ.get("SAYSO_TEST_HOME")
    if prepared and not any(home.iterdir()):
        # By a program that keeps owners: under root the database belongs to somebody else.
        subprocess.run(["cp", "-a", f"{prepared}/.", str(home)], check=True)
    return home


@contextmanager
def serving(**settings: str) -> Iterator[Sayso]:
    """`sayso serve` in a home of its own for as long as the block runs."""
    with quick_folder() as home:
        sayso = Sayso(settled(home), settings=settings)
        try:
            sayso.start()
            yield sayso
        finally:
            sayso.close()


def descendants(pid: int) -> list[int]:
    """The processes below one, parents first."""
    found = [pid]
    for parent in found:
        found += _children(parent)
    return found[1:]


def command_line(pid: int) -> str:
    """How a process was started; empty for one that is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
    except OSError:
        return ""


def _children(pid: int) -> list[int]:
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        told = [(task / "children").read_text() for task in tasks]
    except OSError:
        return []
    return [int(child) for children in told for child in children.split()]
