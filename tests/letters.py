"""A mail server that writes down what it is told."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class _Dialogue(socketserver.StreamRequestHandler):
    """As much of SMTP as a client needs that sends one message."""

    def handle(self) -> None:
        self._say("220 here")
        in_data = False
        for line in iter(self.rfile.readline, b""):
            self.server.heard.append(line.decode().rstrip())  # type: ignore[attr-defined]
            if in_data:
                in_data = line.strip() != b"."
                if not in_data:
                    self._say("250 taken")
            elif line.upper().startswith(b"DATA"):
                in_data = True
                self._say("354 go on")
            elif line.upper().startswith(b"QUIT"):
                self._say("221 bye")
                return
            else:
                self._say("250 yes")

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@contextmanager
def listening() -> Iterator[tuple[int, list[str]]]:
    """Its port, and the lines that it heard so far."""
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Dialogue)
    server.heard = []  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield server.server_address[1], server.heard  # type: ignore[attr-defined]
    finally:
        server.shutdown()
        server.server_close()
