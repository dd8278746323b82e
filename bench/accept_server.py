"""An application behind the product's own web server: `python -m bench.accept_server APP PORT WORKERS`."""

from __future__ import annotations

import importlib
import sys

from sayso.observe import logs
from sayso.serve import web
from sayso.serve.workers import Workers


def main() -> None:
    """Serve until SIGTERM."""
    where, port, count = sys.argv[1:]
    module, name = where.split(":")
    logs.configure(process="bench", level="warning")
    with web.listening(("127.0.0.1", int(port))) as shared:

        def work() -> None:
            web.serve(getattr(importlib.import_module(module), name), shared)

        Workers(int(count), work, patience=web.END_SECONDS).keep()


if __name__ == "__main__":
    main()
