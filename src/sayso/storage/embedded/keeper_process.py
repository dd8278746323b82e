"""The parent's end of the keeper: the leash it holds and the news it hears."""

import json
import os
import select
import subprocess
import sys
import weakref
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import sayso

_STOP_SECONDS = 90.0


class KeeperProcess:
    """A running keeper; it closes the database when ``release`` is called or this process is gone."""

    def __init__(self, home: Path, overrides: Mapping[str, str]) -> None:
        # The same sayso as ours, wherever it was imported from; never one in the current directory.
        root = str(Path(next(iter(sayso.__path__))).parent)
        path = os.pathsep.join([root, *filter(None, [os.environ.get("PYTHONPATH")])])
        command = [sys.executable, "-P", "-m", "sayso.storage.embedded.keeper", str(home)]
        self._process = subprocess.Popen(
            [*command, json.dumps(dict(overrides))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
            env=os.environ | {"PYTHONPATH": path},
        )
        assert self._process.stdin is not None and self._process.stdout is not None  # noqa: S101 - both are pipes
        self._leash, self._voice = self._process.stdin, self._process.stdout
        self._heard = b""
        self.ended = False
        _ours.add(self)

    @property
    def pid(self) -> int:
        """The keeper's own process number."""
        return self._process.pid

    def hear(self, seconds: float | None) -> dict[str, Any] | None:
        """The next piece of news; None when the time is over or, with ``ended`` set, for good."""
        while b"\n" not in self._heard:
            if self.ended or not select.select([self._voice], [], [], seconds)[0]:
                return None
            more = os.read(self._voice.fileno(), 4096)
            self._heard += more
            self.ended = not more
        line, self._heard = self._heard.split(b"\n", 1)
        news: dict[str, Any] = json.loads(line)
        return news

    def release(self) -> None:
        """Let the leash go and wait until the database is closed."""
        self._leash.close()
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()  # the kernel then asks the postmaster to end
            self._process.wait()

    def forget(self) -> None:
        """Drop this process's copy of the leash; for forked children, who must not hold the database up."""
        self._process.returncode = 0  # it isn't ours to wait for
        self._leash.close()
        self._voice.close()


_ours: weakref.WeakSet[KeeperProcess] = weakref.WeakSet()


def _forget_all() -> None:
    for keeper in _ours:
        keeper.forget()


os.register_at_fork(after_in_child=_forget_all)
