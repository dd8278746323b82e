"""How fast delivery reports move their messages, from the stored callback to the committed state.

    python -m bench.receipts [--size 100000]

`receipts`: reports a second of a campaign's messages, each `delivered`, in the order in which they were sent.
Processor time is told beside: microseconds a report of the engine, and of the database.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time

import psycopg
import uvloop

from bench import ceiling_receipts
from bench.lines import say
from bench.processor import Processor
from bench.sending import FASTEST, queue, world
from sayso.engine.receipts import receipts
from sayso.engine.supervisor import run
from sayso.serve.garbage import keep_what_is_there

GOAL_PER_SECOND = 20_000


def main() -> int:
    """Measure, print a line; 1 where the goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=100_000)
    size = parser.parse_args().size
    with world(FASTEST) as (databases, owner):
        queue(owner, size)
        report(owner)
        beside = Processor()
        ceiling = ceiling_receipts.per_second(databases.owner_url, size)
        ceiling_cpu = beside.each_us(size)
        value, used = uvloop.run(moved(databases.url, owner, size))
        more = {"goal": GOAL_PER_SECOND, "ceiling": round(ceiling), "ratio": round(value / ceiling, 2)}
        beside_it = {f"ceiling_{name}": took for name, took in ceiling_cpu.items()}
        say(owner, "receipts", value, "reports/s", **more, reports=size, **used, **beside_it)
    return 0 if value >= GOAL_PER_SECOND else 1


REPORT = (
    "DELETE FROM outbox",
    "INSERT INTO outcomes SELECT workspace_id, id, 'sent', '', 120, now() FROM messages ORDER BY id",
    "INSERT INTO provider_ids SELECT 1, 'ref-' || id, workspace_id, id FROM messages",
    "INSERT INTO message_events (workspace_id, message_id, status, at)"
    " SELECT workspace_id, id, 'sent', now() FROM messages",
    "INSERT INTO receipt_queue (id, connection_id, provider_ref, client_reference, status, received_at)"
    " SELECT new_id(), 1, 'ref-' || id, id::text, 'delivered', now() FROM messages ORDER BY id",
    "VACUUM ANALYZE outcomes, provider_ids, receipt_queue",
)


def report(owner: psycopg.Connection) -> None:
    """Every message has left, and its report waits."""
    for statement in REPORT:
        owner.execute(statement)


async def moved(url: str, owner: psycopg.Connection, size: int) -> tuple[float, dict[str, float]]:
    """Reports a second until the last is done, and processor time for each."""
    keep_what_is_there()
    processor, began, stopping = Processor(), time.perf_counter(), asyncio.Event()
    running = asyncio.create_task(run(url, stages=[receipts()], stopping=stopping))
    try:
        while waits(owner):  # noqa: ASYNC110 - and seldom: looking costs the measured two some time
            await asyncio.sleep(0.1)
        took, used = time.perf_counter() - began, processor.each_us(size)
    finally:
        stopping.set()
        await running
    row = owner.execute("SELECT count(*) FROM outcomes WHERE status = 'delivered'").fetchone()
    assert row == (size,), row
    return size / took, used


def waits(owner: psycopg.Connection) -> bool:
    """Whether a report is still in the queue."""
    return owner.execute("SELECT EXISTS (SELECT FROM receipt_queue)").fetchone() == (True,)


if __name__ == "__main__":
    sys.exit(main())
