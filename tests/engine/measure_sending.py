"""Messages a second from outbox to record, over loopback HTTP: `sayso bench send.loopback`.

A measure, not a test: it prints, and asserts nothing. The carrier is a bare protocol in a process of its own.
"""

import argparse
import asyncio
import json
import resource
import sys
import tempfile
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

from sayso.storage.databases import Databases
from sayso.storage.embedded import Embedded
from sayso.storage.migrate import migrate
from tests.engine.sending_scene import Carrier, engine, sends, until, world

_REFERENCE = b'"client_reference":"'


@dataclass
class BareCarrier(asyncio.Protocol):
    """Accepts every message with the least that HTTP needs."""

    waiting: bytes = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.waiting += data
        while (head := self.waiting.find(b"\r\n\r\n")) >= 0:
            length = int(self.waiting[:head].lower().split(b"content-length:")[1].split(b"\r\n")[0])
            end = head + 4 + length
            if len(self.waiting) < end:
                return
            body, self.waiting = self.waiting[head + 4 : end], self.waiting[end:]
            reference = body.split(_REFERENCE)[1].split(b'"')[0]
            answer = b'{"id":"ref-' + reference + b'","parts":1}'
            head_out = b"HTTP/1.1 202 Accepted\r\ncontent-length: %d\r\n\r\n" % len(answer)
            self.transport.write(head_out + answer)  # type: ignore[attr-defined]


async def carry() -> None:
    server = await asyncio.get_running_loop().create_server(BareCarrier, "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


async def measure(databases: Databases, count: int) -> None:
    carrier = await asyncio.create_subprocess_exec(
        sys.executable, "-m", __spec__.name, "carry", stdout=asyncio.subprocess.PIPE
    )
    assert carrier.stdout is not None
    url = f"http://127.0.0.1:{int(await carrier.stdout.readline())}"
    loop = asyncio.get_running_loop()
    async with world(databases, parts_per_second=100_000) as here:
        here.queue(count)
        began, cpu = loop.time(), resource.getrusage(resource.RUSAGE_SELF)
        async with engine(databases.url, sends(Carrier(url=url))):
            await until(
                lambda: here.value("SELECT count(*) FROM outcomes") >= count, within=timedelta(minutes=5)
            )
            seconds = loop.time() - began
    used = resource.getrusage(resource.RUSAGE_SELF)
    line = {
        "bench": "send.loopback",
        "messages": count,
        "per_second": round(count / seconds),
        "own_cpu_ms_each": round((used.ru_utime - cpu.ru_utime) / count * 1000, 3),
        "rss_mb": used.ru_maxrss // 1024,
    }
    sys.stdout.write(json.dumps(line) + "\n")
    carrier.kill()
    await carrier.wait()


def main() -> None:
    if sys.argv[1:] == ["carry"]:
        asyncio.run(carry())
        return
    import uvloop

    asked = argparse.ArgumentParser()
    asked.add_argument("--messages", type=int, default=10_000)
    count = asked.parse_args().messages
    with tempfile.TemporaryDirectory() as home, Embedded(Path(home), {}) as databases:
        migrate(databases.owner_url, login_role=str(conninfo_to_dict(databases.url)["user"]))
        uvloop.run(measure(databases, count))


if __name__ == "__main__":
    main()
