"""`python -m sayso.serve.web`: the web server's main process; its workers are forks of it.

Nothing here opens a pool, a thread or an exporter, for a fork would copy the half of it.
"""

import asyncio
import logging
import math
import os
import resource
import signal
import socket

import uvicorn

from sayso import console, settings
from sayso.observe import logs
from sayso.serve.application import Application
from sayso.serve.bounded import Bounded, look_at
from sayso.serve.child import tie_to_parent
from sayso.serve.console_values import console_values
from sayso.serve.garbage import keep_what_is_there
from sayso.serve.wire import Wire
from sayso.serve.workers import Workers

# How long requests in hand may take once the server is asked to end, and their worker thereafter.
DRAIN_SECONDS, END_SECONDS = 8, 10
# Of the files that a worker may have open, so many are kept for everything that is no caller.
_OTHER_FILES = 256


def build() -> Application:
    """A worker's application; runs in the worker."""
    told = settings.read(os.environ)
    logs.configure(told.log, process="web", level=told.log_level)
    return Application(told)


def connections_per_worker() -> int:
    """How many callers a worker holds at once. Raises this process's limit of files."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = Bounded.most + _OTHER_FILES
    if soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return max(1, min(Bounded.most, soft - _OTHER_FILES))


def main() -> None:
    """Serve until SIGTERM; a worker that dies is started again."""
    told = settings.read(os.environ)
    logs.configure(told.log, process="web", level=told.log_level)
    Wire.most = connections_per_worker()
    _load_what_workers_share(told)
    main_process = os.getpid()
    # One socket for all workers: whoever calls while none lives waits for the next (decision 36).
    with listening(told.bind) as shared:
        Workers(told.workers, lambda: work(shared, main_process), patience=END_SECONDS).keep()


def work(shared: socket.socket, parent: int) -> None:
    """Be a worker: serve until SIGTERM, or until the main process dies."""
    tie_to_parent(parent, signal.SIGKILL)
    serve(build(), shared)


def serve(application: object, shared: socket.socket) -> None:
    """Serve an ASGI application on this socket until SIGTERM."""
    server(application).run([shared])


def server(application: object) -> uvicorn.Server:
    """The server of an ASGI application, as each worker has it."""

    async def look() -> None:
        look_at(made.server_state.connections, asyncio.get_running_loop().time())

    configured = uvicorn.Config(
        application,  # type: ignore[arg-type]
        interface="asgi3",
        http=Wire,
        ws="none",
        loop="uvloop",
        lifespan="on",
        proxy_headers=False,
        server_header=False,
        access_log=False,
        log_config=None,
        log_level=logging.ERROR,  # strangers' mistakes are none of ours
        backlog=Bounded.most,
        timeout_keep_alive=math.ceil(Wire.quiet),
        timeout_notify=1,
        callback_notify=look,
        timeout_graceful_shutdown=DRAIN_SECONDS,
    )
    made = uvicorn.Server(configured)
    return made


def listening(bind: tuple[str, int]) -> socket.socket:
    """A socket that listens there."""
    host, port = bind
    family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    # [::] is every address, as elsewhere.
    both = family == socket.AF_INET6 and socket.has_dualstack_ipv6()
    return socket.create_server(address[:2], family=family, backlog=Bounded.most, dualstack_ipv6=both)


def _load_what_workers_share(told: settings.Settings) -> None:
    console.configure(console_values(told, settings.secret_key(told)))
    console.load_pages()
    keep_what_is_there()


if __name__ == "__main__":
    main()
