"""The load for `accept`: telephones texting over keep-alive connections, each answer's status checked."""

from __future__ import annotations

import argparse
import asyncio
import collections
import json
import time
from datetime import UTC, datetime
from typing import cast

import uvloop

from sayso.providers.simulator.carrier_side import sign


class Telephone(asyncio.Protocol):
    """One connection with one request under way; each has an id of its own."""

    def __init__(self, run: Run, number: int) -> None:
        self.run = run
        self.number = number
        self.turn = 0
        self.heard = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self.run.next(self)

    def send(self) -> None:
        self.turn += 1
        request, self.stopped = self.run.request(self.number, self.turn)
        self.transport.write(request)
        self.began, self.posted = time.perf_counter(), time.time()

    def data_received(self, data: bytes) -> None:
        self.heard += data
        head, complete, rest = self.heard.partition(b"\r\n\r\n")
        if not complete:
            return
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r")[0])
        if len(rest) < length:
            return
        self.heard = rest[length:]
        self.run.note(head[9:12].decode(), self.began)
        if self.stopped:
            self.run.posted.setdefault(self.stopped, self.posted)
        if not self.run.over:
            self.run.next(self)

    def connection_lost(self, error: Exception | None) -> None:
        if not self.run.over:
            self.run.note("lost", self.began)


class Run:
    """What to send and what came back; noted only inside the measured time."""

    def __init__(self, told: argparse.Namespace, name: str) -> None:
        self.told = told
        self.path = told.path
        self.secret = told.secret
        self.name = name
        self.due = time.perf_counter()
        self.posted: dict[int, float] = {}
        self.statuses: collections.Counter[str] = collections.Counter()
        self.seconds: list[float] = []
        self.measuring = False
        self.over = False

    def next(self, telephone: Telephone) -> None:
        """Have a telephone send again: at once, or at its place in the steady rate."""
        if not self.told.rate:
            telephone.send()
            return
        self.due = max(self.due + 1 / self.told.rate, time.perf_counter() - 1)
        asyncio.get_running_loop().call_later(max(0.0, self.due - time.perf_counter()), telephone.send)

    def request(self, number: int, turn: int) -> tuple[bytes, int]:
        """One signed request, and the number that it opts out; every `every`th of a telephone is a STOP."""
        place = (number * 100_003 + turn * 7) % self.told.telephones
        # Spread over the telephones: all of them in step would text their STOPs at one moment.
        stop = (number + turn) % self.told.every == 0
        body = b'{"id":"%s-%d-%d","from":"+1555%07d","to":"%s","body":"%s"}' % (
            self.name.encode(),
            number,
            turn,
            place,
            self.told.to.encode(),
            b"STOP" if stop else b"is the blue one still in stock at your shop?",
        )
        signed = b""
        if self.secret:
            headers = sign(body, self.secret, datetime.now(UTC), f"{self.name}{number}x{turn}")
            signed = b"".join(
                b"%s: %s\r\n" % (key.encode(), value.encode()) for key, value in headers.items()
            )
        request = (
            b"POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: carrier/1.0\r\nAccept: */*\r\n%s"
            b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
            % (self.path.encode(), signed, len(body), body)
        )
        return request, 15550000000 + place if stop and self.told.log else 0

    def note(self, status: str, began: float) -> None:
        if self.measuring:
            self.statuses[status] += 1
            self.seconds.append(time.perf_counter() - began)


async def load(told: argparse.Namespace) -> dict[str, object]:
    """Warm up, measure, and say what came back."""
    run = Run(told, f"{time.time_ns():x}")
    loop = asyncio.get_running_loop()
    for number in range(told.connections):
        await loop.create_connection(lambda number=number: Telephone(run, number), "127.0.0.1", told.port)
    await asyncio.sleep(told.warm_up)
    run.measuring = True
    began = time.perf_counter()
    await asyncio.sleep(told.seconds)
    took = time.perf_counter() - began
    run.over, run.measuring = True, False
    run.seconds.sort()
    count = len(run.seconds)
    if not count:
        raise SystemExit("nothing was answered")
    return {
        "per_second": round(run.statuses["200"] / took),
        "p50_ms": round(run.seconds[count // 2] * 1000, 1),
        "p99_ms": round(run.seconds[int(count * 0.99)] * 1000, 1),
        "statuses": dict(run.statuses),
        **({"posted": run.posted} if told.log else {}),
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--path", required=True)
    parser.add_argument("--secret", default="")
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--telephones", type=int, default=10_000_000, help="how many numbers text")
    parser.add_argument("--to", default="+15559990000")
    parser.add_argument("--every", type=int, default=10, help="one text in so many is a STOP")
    parser.add_argument("--rate", type=int, default=0, help="texts a second; 0: as fast as they are answered")
    parser.add_argument("--log", action="store_true", help="tell when each number's first STOP was posted")
    parser.add_argument("--warm-up", type=float, default=2)
    parser.add_argument("--seconds", type=float, default=8)
    print(json.dumps(uvloop.run(load(parser.parse_args()))))
