"""The small process between Sayso and its database: starts it, watches it, starts it again, closes it.

Run as ``python -m sayso.storage.embedded.keeper HOME OVERRIDES`` by ``Embedded`` alone. Its standard input is
a leash: when that closes, or the parent is gone, the database is closed cleanly. Its standard output tells
what happens, a JSON object per line. A process of its own, because the main process forks its web workers and
must stay free of threads, and because forking is safe only where there are none.
"""

import json
import os
import select
import signal
import sys
import time
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from subprocess import Popen

from sayso.storage.embedded.account import account_for
from sayso.storage.embedded.binaries import major_version, programs_for
from sayso.storage.embedded.cluster import Cluster, password_in, shut_down
from sayso.storage.embedded.errors import EmbeddedError
from sayso.storage.embedded.lock import held
from sayso.storage.embedded.socket_directory import make_socket_directory

# A server that dies this often has a cause that one more start won't mend.
TRIES = 5
TRIES_WITHIN_SECONDS = 60.0


def main() -> None:
    """Keep the database of one home until the leash is let go."""
    home, overrides = Path(sys.argv[1]), json.loads(sys.argv[2])
    parent = os.getppid()
    # Ctrl-C and `systemctl stop` reach us together with the parent, which still has work to finish with
    # the database. It lets the leash go when it is done. Handlers, for children would inherit "ignore".
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: None)
    try:
        with held(home, parent):
            _keep(home, parent, overrides)
    except EmbeddedError as error:
        _tell("failed", kind=type(error).__name__, message=str(error))
        sys.exit(1)
    except OSError as error:
        _tell(
            "failed", kind="EmbeddedError", message=f"The embedded database can't be kept in {home}: {error}."
        )
        sys.exit(1)


def _keep(home: Path, parent: int, overrides: Mapping[str, str]) -> None:
    account = account_for(home / "database")
    programs = programs_for(account)
    cluster = Cluster(home, account, programs)
    cluster.prepare(major_version(programs, account))
    password_in(home / "database.password")
    sockets = make_socket_directory(cluster.data, account)
    leash = _Leash(parent)
    deaths: deque[float] = deque(maxlen=TRIES)
    while not leash.is_loose():
        server = cluster.launch(sockets, overrides)
        if _await_ready(cluster, server, leash):
            _tell("ready", socket=str(sockets), pid=server.pid)
            _await_end(server, leash)
        elif not deaths and not leash.is_loose():
            raise EmbeddedError(f"The embedded database in {cluster.data} does not start: {cluster.said()}")
        if leash.is_loose():
            shut_down(server)
            break
        _tell("down", code=server.returncode)
        _consider_another_try(deaths, cluster)
        leash.wait(0.5 * (len(deaths) - 1))
    _remove(sockets)


class _Leash:
    """Standard input, held by the parent; loose when it closes or the parent is another than it was."""

    def __init__(self, parent: int) -> None:
        self._parent = parent
        self._loose = False
        # A child's end interrupts the wait, so nothing has to be polled often.
        self._woken, waking = os.pipe()
        os.set_blocking(waking, False)
        os.set_blocking(self._woken, False)
        signal.set_wakeup_fd(waking, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)

    def is_loose(self) -> bool:
        if not self._loose:
            ready, _, _ = select.select([0], [], [], 0)
            # A forked worker may still hold the other end, so the parent itself is looked at too.
            self._loose = bool(ready and not os.read(0, 512)) or os.getppid() != self._parent
        return self._loose

    def wait(self, seconds: float) -> None:
        """Return when the leash may be loose, a child has ended, or the time is over."""
        ready, _, _ = select.select([0, self._woken], [], [], seconds)
        if self._woken in ready:
            os.read(self._woken, 512)


def _await_ready(cluster: Cluster, server: Popen[bytes], leash: _Leash) -> bool:
    # Recovery after a crash takes as long as it takes: no deadline while the server lives.
    while server.poll() is None and not leash.is_loose():
        if cluster.is_ready(server):
            return True
        leash.wait(0.01)
    return False


def _await_end(server: Popen[bytes], leash: _Leash) -> None:
    while server.poll() is None and not leash.is_loose():
        leash.wait(1.0)


def _consider_another_try(deaths: deque[float], cluster: Cluster) -> None:
    now = time.monotonic()
    deaths.append(now)
    if len(deaths) == TRIES and now - deaths[0] < TRIES_WITHIN_SECONDS:
        raise EmbeddedError(
            f"The embedded database in {cluster.data} ended {TRIES} times within a minute. "
            f"Its last words: {cluster.said() or 'none'} "
            f"More is in {cluster.data / 'log'}. Mend the cause and start Sayso again."
        )


def _remove(sockets: Path) -> None:
    try:
        sockets.rmdir()
    except OSError:
        return  # a socket still lies there; the next start uses the same directory


def _tell(event: str, **facts: object) -> None:
    try:
        sys.stdout.write(json.dumps({"event": event, **facts}) + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        return  # nobody listens any more; the leash says the same


if __name__ == "__main__":
    main()
