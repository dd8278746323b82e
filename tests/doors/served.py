"""Sayso as processes, for tests of how they live and die."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from tests.running import free_port

PYTHON = [sys.executable, "-m"]


@dataclass(frozen=True)
class Got:
    """An answer; header names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


def get(url: str, **headers: str) -> Got:
    """GET, without following anything."""
    request = urllib.request.Request(url, headers=headers)
    try:
        with urllib.request.build_opener(_NoRedirect).open(request, timeout=20) as response:
            return _got(response)
    except urllib.error.HTTPError as error:
        return _got(error)


def _got(response: Any) -> Got:
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Got(response.status, headers, response.read())


def until(condition: Callable[[], Any], what: str, seconds: float = 60) -> Any:
    """Wait until the condition holds."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, f"{what}: not within {seconds:g} s"
        time.sleep(0.05)
    return found


@dataclass
class Served:
    """One `sayso serve`, with everything that descends from it."""

    home: Path
    output: Path
    environ: dict[str, str]
    mark: str
    port: int
    carrier_port: int
    process: subprocess.Popen[bytes] = field(init=False)

    @property
    def url(self) -> str:
        """Its doors."""
        return f"http://127.0.0.1:{self.port}"

    def start(self, *arguments: str) -> None:
        """Start it and wait until it says that it is ready."""
        with self.output.open("ab") as output:
            self.process = subprocess.Popen(
                [*PYTHON, "sayso.cli.main", "serve", *arguments],
                env=self.environ,
                stdout=output,
                stderr=output,
            )
        until(lambda: self.said("is ready at") or self.process.poll() is not None, "ready")
        assert self.process.poll() is None, self.output.read_text()

    def said(self, words: str) -> bool:
        """Whether it has said this."""
        return words in self.output.read_text("utf-8", "replace")

    def descendants(self) -> dict[int, str]:
        """Every living process of this Sayso by pid, the database's included."""
        found = {}
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit() or int(entry.name) == os.getpid():
                continue
            try:
                if entry.joinpath("stat").read_text().rpartition(")")[2].split()[0] in "ZX":
                    continue
                ours = self.mark.encode() in entry.joinpath("environ").read_bytes()
                database = entry.joinpath("cwd").readlink() == self.home / "database"
                if ours or database:
                    line = entry.joinpath("cmdline").read_bytes().replace(b"\0", b" ")
                    found[int(entry.name)] = line.decode("utf-8", "replace")
            except OSError:
                continue
        return found

    def pids(self, words: str) -> set[int]:
        """The pids of the processes whose command line holds these words."""
        return {pid for pid, line in self.descendants().items() if words in line}

    def end(self) -> int:
        """SIGTERM, and the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)


@contextmanager
def sayso(tmp_path: Path, **more: str) -> Iterator[Served]:
    """A Sayso of its own in a home of its own, not yet started; nothing of it is left afterwards."""
    mark, port, carrier_port = uuid4().hex, free_port(), free_port()
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SAYSO_")}
    environ = {
        **kept,
        "MARK_OF_THIS_TEST": mark,
        "SAYSO_HOME": str(tmp_path / "home"),
        "SAYSO_BIND": f"127.0.0.1:{port}",
        "SAYSO_CARRIER_BIND": f"127.0.0.1:{carrier_port}",
        **more,
    }
    made = Served(tmp_path / "home", tmp_path / "output", environ, mark, port, carrier_port)
    made.output.write_bytes(b"")
    try:
        yield made
    finally:
        for pid in made.descendants():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        if hasattr(made, "process"):
            made.process.wait(30)
