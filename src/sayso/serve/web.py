"""`python -m sayso.serve.web`: the web server's main process; its workers are forks of it.

Nothing here opens a pool, a thread or an exporter, for a fork would copy the half of it.
"""

import os
import signal

from granian import Granian
from granian.constants import Interfaces, Loops
from granian.log import LogLevels

from sayso import settings
from sayso.observe import logs
from sayso.serve.application import Application
from sayso.serve.child import tie_to_parent

# Tells a worker whose child it should be.
_MAIN = "_SAYSO_WEB_MAIN"
# Granian's own lines go the way of all others.
_LOGS = {
    "handlers": {},
    "loggers": {"_granian": {"propagate": True}, "granian.access": {"propagate": True}},
}


def build() -> Application:
    """A worker's application; runs in the worker."""
    told = settings.read(os.environ)
    logs.configure(told.log, process="web", level=told.log_level)
    # Not SIGTERM: a worker that is still starting has the main process's handler, which swallows it.
    tie_to_parent(int(os.environ.get(_MAIN, "0")) or os.getppid(), signal.SIGKILL)
    return Application(told)


def main() -> None:
    """Serve until SIGTERM; a worker that dies is started again."""
    os.environ[_MAIN] = str(os.getpid())
    told = settings.read(os.environ)
    logs.configure(told.log, process="web", level=told.log_level)
    host, port = told.bind
    Granian(
        "sayso.serve.web:build",
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        loop=Loops.uvloop,
        workers=told.workers,
        websockets=False,
        respawn_failed_workers=True,
        respawn_interval=1.0,
        workers_kill_timeout=10,
        log_level=LogLevels.warning,
        log_dictconfig=_LOGS,
    ).serve()


if __name__ == "__main__":
    main()
