"""A provider that accepts every message with the least that HTTP needs, in a process of its own."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

_REFERENCE = b'"client_reference":"'


@dataclass(slots=True)
class BareCarrier(asyncio.Protocol):
    """One connection's bytes."""

    waiting: bytes = b""
    transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where answers go."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer every request that is whole."""
        self.waiting += data
        while (head := self.waiting.find(b"\r\n\r\n")) >= 0:
            length = int(self.waiting[:head].lower().split(b"content-length:")[1].split(b"\r\n")[0])
            end = head + 4 + length
            if len(self.waiting) < end:
                return
            body, self.waiting = self.waiting[head + 4 : end], self.waiting[end:]
            answer = b'{"id":"ref-' + body.split(_REFERENCE)[1].split(b'"')[0] + b'","parts":1}'
            head_out = b"HTTP/1.1 202 Accepted\r\ncontent-length: %d\r\n\r\n" % len(answer)
            assert self.transport is not None
            self.transport.write(head_out + answer)


@contextlib.contextmanager
def running() -> Iterator[str]:
    """Its address, for as long as the block runs."""
    command = [sys.executable, "-m", __spec__.name]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(server.stdout.readline())}"
        finally:
            server.kill()


async def _serve() -> None:
    server = await asyncio.get_running_loop().create_server(BareCarrier, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve())
