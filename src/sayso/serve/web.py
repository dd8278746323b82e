"""`python -m sayso.serve.web`: the web server's main process; its workers are forks of it.

Nothing here opens a pool, a thread or an exporter, for a fork would copy the half of it.
"""

import os
import resource
import signal
from typing import Any

from granian.constants import HTTPModes, Interfaces, Loops
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.mp import MPServer

from sayso import console, settings
from sayso.observe import logs
from sayso.serve.application import Application
from sayso.serve.child import tie_to_parent
from sayso.serve.console_values import console_values
from sayso.serve.garbage import keep_what_is_there

# Tells a worker whose child it should be.
_MAIN = "_SAYSO_WEB_MAIN"
# A connection may keep quiet for so long: before its first request, in its headers, and between two requests.
QUIET_MILLISECONDS = 30_000
# What a stranger may fill with headers, times the connections of a worker, must fit in the memory.
_HEADER_BYTES = 65_536
# Of the files that a worker may have open, so many are kept for everything that is no caller.
_OTHER_FILES = 256
_MOST_CONNECTIONS = 4_096
# Granian's own lines go the way of all others.
_LOGS = {
    "handlers": {},
    "loggers": {"_granian": {"propagate": True}, "granian.access": {"propagate": True}},
}


class Server(MPServer):
    """Granian with one listening socket for all workers, held by the main process (decision 36).

    Elsewhere than on Linux it does so itself. There each worker has one of its own: whoever waits in that of
    a worker that dies is cut off, and where it was the only one, all are refused until there is another.
    """

    _shd: Any
    _ssp: Any

    def _init_shared_socket(self) -> None:
        super()._init_shared_socket()  # type: ignore[no-untyped-call]
        self._shd, self._ssp = self._ssp.build(), None


def build() -> Application:
    """A worker's application; runs in the worker."""
    told = settings.read(os.environ)
    logs.configure(told.log, process="web", level=told.log_level)
    # Not SIGTERM: a worker that is still starting has the main process's handler, which swallows it.
    tie_to_parent(int(os.environ.get(_MAIN, "0")) or os.getppid(), signal.SIGKILL)
    return Application(told)


def connections_per_worker() -> int:
    """How many callers a worker holds at once, further ones wait. Raises this process's limit of files."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MOST_CONNECTIONS + _OTHER_FILES
    if soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return max(1, min(_MOST_CONNECTIONS, soft - _OTHER_FILES))


def main() -> None:
    """Serve until SIGTERM; a worker that dies is started again."""
    os.environ[_MAIN] = str(os.getpid())
    told = settings.read(os.environ)
    logs.configure(told.log, process="web", level=told.log_level)
    host, port = told.bind
    _load_what_workers_share(told)
    Server(
        "sayso.serve.web:build",
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        loop=Loops.uvloop,
        # Where a connection may also speak HTTP/2, it is waited without end for the first byte that tells.
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=QUIET_MILLISECONDS, max_buffer_size=_HEADER_BYTES),
        backlog=_MOST_CONNECTIONS,
        backpressure=connections_per_worker(),
        workers=told.workers,
        websockets=False,
        respawn_failed_workers=True,
        respawn_interval=1.0,
        workers_kill_timeout=10,
        log_level=LogLevels.warning,
        log_dictconfig=_LOGS,
    ).serve()


def _load_what_workers_share(told: settings.Settings) -> None:
    console.configure(console_values(told, settings.secret_key(told)))
    console.load_pages()
    keep_what_is_there()


if __name__ == "__main__":
    main()
