"""What the embedded tests stand on: a home, somebody to run it as, and processes to kill."""

import functools
import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

CHILD = Path(__file__).with_name("embedded_child.py")


def everybody() -> list[str]:
    """Whom these tests can run the database as: root and an ordinary user, or just ourselves."""
    if os.geteuid() != 0:
        return [pwd.getpwuid(os.geteuid()).pw_name]
    return ["root", "nobody"] if _python_for("nobody") else ["root"]


@functools.cache
def _python_for(user: str) -> str:
    """A Python that `user` may run; empty if there is none, as in a checkout under /root."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for python in (sys.executable, shutil.which(version, path="/usr/local/bin:/usr/bin")):
        if python and _can_import(python, user):
            return python
    return ""


def _can_import(python: str, user: str) -> bool:
    probe = [python, "-c", "import sayso.storage.embedded.keeper, psycopg"]
    try:
        return subprocess.run(probe, check=False, capture_output=True, **_as(user)).returncode == 0
    except PermissionError:
        return False


def _as(user: str) -> dict[str, Any]:
    packages = os.pathsep.join(path for path in sys.path if path.endswith(("site-packages", "src")))
    surroundings: dict[str, Any] = {"cwd": "/", "env": os.environ | {"PYTHONPATH": packages}}
    if os.geteuid() == 0:
        surroundings |= {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}
    return surroundings


@contextmanager
def home_of(user: str, under: str = "") -> Iterator[Path]:
    """An empty home inside a directory that only `user` may enter."""
    top = Path(tempfile.mkdtemp(prefix="sayso-test-"))
    home = top / under / "home"
    home.parent.mkdir(parents=True, exist_ok=True)
    for path in (home.parent, *home.parent.parents):
        if path.is_relative_to(top):
            shutil.chown(path, user)
    try:
        yield home
    finally:
        shutil.rmtree(top)


@dataclass
class Sayso:
    """A started child process that holds the database of one home."""

    process: subprocess.Popen[str]
    facts: dict[str, Any]
    home: Path

    def postmaster(self) -> int:
        return int((self.home / "database" / "postmaster.pid").read_text().split("\n")[0])

    def keeper(self) -> int:
        status = Path(f"/proc/{self.postmaster()}/status").read_text()
        return int(next(line.split()[1] for line in status.splitlines() if line.startswith("PPid")))

    def end(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(60)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(60)


def launch(home: Path, user: str, *more: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [_python_for(user), str(CHILD), str(home), *more],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        **_as(user),
    )


@contextmanager
def started(home: Path, user: str, *more: str) -> Iterator[Sayso]:
    process = launch(home, user, *more)
    assert process.stdout is not None
    sayso = Sayso(process, json.loads(process.stdout.readline()), home)
    try:
        yield sayso
    finally:
        if process.poll() is None:
            sayso.end()
        process.stdout.close()


class Writer:
    """Commits one number after the other, and knows which commits were acknowledged."""

    def __init__(self, url: str) -> None:
        self.acknowledged: list[int] = []
        self._url = url
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("DROP TABLE IF EXISTS public.acknowledged")
            connection.execute("CREATE TABLE public.acknowledged (n int)")
        self._thread = threading.Thread(target=self._write)
        self._thread.start()
        until(lambda: len(self.acknowledged) > 20)

    def _write(self) -> None:
        try:
            with psycopg.connect(self._url, autocommit=True) as connection:
                for n in range(1_000_000):
                    connection.execute("INSERT INTO public.acknowledged VALUES (%s)", (n,))
                    self.acknowledged.append(n)
        except psycopg.OperationalError:
            return

    def lost(self, url: str) -> set[int]:
        self._thread.join(30)
        with psycopg.connect(url) as connection:
            found = {row[0] for row in connection.execute("SELECT n FROM public.acknowledged")}
        return set(self.acknowledged) - found


def until(condition: Callable[[], object], seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.005)


def answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def kill(pid: int) -> None:
    assert pid > 1, "an orphan's parent is init, which is nobody's to kill"
    os.kill(pid, signal.SIGKILL)
