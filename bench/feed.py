"""The load for `inbound.decided`: callbacks as the doors store them, in groups, without the HTTP before it.

    python -m bench.feed --url URL --connection 1 --seconds 60 --telephones 1000000

It stores as fast as the doors' own statement does, and waits while more than `--ahead` texts are undecided,
so that the queue neither runs dry nor grows. Prints how many it stored.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import time
from datetime import UTC, datetime

import uvloop

from sayso.core.callbacks import Callback, Text
from sayso.core.phones import lane
from sayso.storage import callbacks
from sayso.storage.pool import DOOR, ENGINE, open_pool

GROUP = 250
HEADERS = (
    b"POST /hooks/token/inbound HTTP/1.1\r\nhost: 127.0.0.1\r\nuser-agent: carrier/1.0\r\naccept: */*\r\n"
    b"x-sayso-signature: [not kept]\r\ncontent-type: application/json\r\ncontent-length: 116"
)


def group(told: argparse.Namespace, first: int) -> list[Callback]:
    """Texts of as many telephones, one in ten a STOP."""
    now = datetime.now(UTC)
    return [one(told, number, now) for number in range(first, first + GROUP)]


def one(told: argparse.Namespace, number: int, now: datetime) -> Callback:
    """One callback, read as the doors read it."""
    phone = 15550000000 + number * 7919 % told.telephones
    said = "STOP" if number % 10 == 0 else "is the blue one still in stock at your shop?"
    body = b'{"id":"%d","from":"+%d","to":"%s","body":"%s"}' % (
        number,
        phone,
        told.to.encode(),
        said.encode(),
    )
    text = Text(lane(phone), phone, f"+{phone}", told.to, said, None, now, None)
    ref = f"{told.run:016x}{number:016x}"
    return Callback(told.connection, "inbound", ref, False, HEADERS, body, now, text)


async def feed(told: argparse.Namespace) -> int:
    """Store for a while; how many texts."""
    stored, until = 0, time.monotonic() + told.seconds
    async with open_pool(told.url, DOOR, size=2) as door, open_pool(told.url, ENGINE, size=1) as look:
        while time.monotonic() < until:
            async with look.connection() as conn:
                row = await (await conn.execute("SELECT count(*) FROM inbound_queue")).fetchone()
            if row and row[0] > told.ahead:
                await asyncio.sleep(0.05)
                continue
            for _ in range(told.ahead // GROUP // 2):
                await callbacks.store(door, group(told, stored))
                stored += GROUP
    return stored


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--url", default=os.environ.get("BENCH_DATABASE_URL"))
    parser.add_argument("--connection", type=int, default=1)
    parser.add_argument("--to", default="+12025550100")
    parser.add_argument("--telephones", type=int, default=1_000_000)
    parser.add_argument("--ahead", type=int, default=4_000)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--run", type=int, default=time.time_ns())
    print(json.dumps({"stored": uvloop.run(feed(parser.parse_args()))}))
