"""How fast messages leave: from the outbox to a provider's answer, every state stored, and recorded.

    python -m bench.sending [--size 100000] [--only loopback|http|urgent]

`send.loopback`: a campaign's messages a second, where the provider answers at once, in the same process: all
that is ours. `send.http`: the same with a bare HTTP server in a process of its own. `send.urgent_p99`:
milliseconds from the commit of a transactional text to its leaving, while a campaign runs and `--size` future
sends wait. Processor time is told beside: microseconds a message of the engine, and of the database.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import uvloop

from bench import bare_carrier, ceiling_sending
from bench.lines import say
from bench.processor import Processor
from sayso.engine.gateway import HttpGateway, Opening, Told, Way
from sayso.engine.sending import sending
from sayso.engine.supervisor import run
from sayso.providers.contract import Accepted, Outbound
from sayso.serve.garbage import keep_what_is_there
from sayso.storage.databases import Databases
from sayso.storage.embedded import Embedded
from sayso.storage.migrate import migrate

GOAL_PER_SECOND, GOAL_P99_MS = 20_000, 200
FASTEST = 100_000
# What the campaign beside urgent texts is paced to, and how many of those there are.
PACE, URGENT, EVERY_SECONDS = 1_000, 300, 0.05


@dataclass(slots=True)
class Loopback:
    """Answers at once; with `urgent` it remembers when which of the urgent texts left."""

    window: int = 0
    count: int = 0
    left: dict[str, float] = field(default_factory=dict)
    urgent: bool = False

    def open(self, _way: Way, window: int) -> Loopback:
        """Itself, for every connection."""
        self.window = window
        return self

    async def send_all(
        self, outbounds: Sequence[Outbound], _deadline: float, told: Callable[[Sequence[Told]], None]
    ) -> None:
        """Accept them, all at once."""
        self.count += len(outbounds)
        if self.urgent:
            at = time.monotonic()
            self.left |= {one.client_reference: at for one in outbounds if one.body.startswith("Code")}
        told([(n, Accepted("ref-" + one.client_reference)) for n, one in enumerate(outbounds)])

    async def close(self) -> None:
        """Nothing is open."""


def main() -> int:
    """Measure, print a line each; 1 where a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=100_000)
    parser.add_argument("--only", choices=("loopback", "http", "urgent"))
    told = parser.parse_args()
    met = [measure(told.size) for name, measure in MEASURES.items() if told.only in (None, name)]
    return 0 if all(met) else 1


def loopback(size: int) -> bool:
    """`send.loopback`, with its ceiling."""
    with world(FASTEST) as (databases, owner):
        queue(owner, size)
        beside = Processor()
        ceiling = uvloop.run(ceiling_sending.per_second(databases.owner_url, size))
        more = {f"ceiling_{name}": took for name, took in beside.each_us(size).items()}
        value, used = uvloop.run(sent(databases.url, owner, size, Loopback().open))
        ratio = {"goal": GOAL_PER_SECOND, "ceiling": round(ceiling), "ratio": round(value / ceiling, 2)}
        say(owner, "send.loopback", value, "messages/s", **ratio, messages=size, **used, **more)
    return value >= GOAL_PER_SECOND


def http(size: int) -> bool:
    """`send.http`: no goal of its own, the difference is what HTTP costs."""
    with world(FASTEST) as (databases, owner), bare_carrier.running() as url:
        queue(owner, size)
        value, more = uvloop.run(sent(databases.url, owner, size, HttpGateway, url))
        say(owner, "send.http", value, "messages/s", messages=size, **more)
    return True


def urgent(size: int) -> bool:
    """`send.urgent_p99`."""
    with world(PACE) as (databases, owner):
        queue(owner, size, later="1 day")
        queue(owner, int(PACE * URGENT * EVERY_SECONDS * 2))
        waits = uvloop.run(urgent_waits(databases.url, owner))
        p99, p50 = waits[int(len(waits) * 0.99)], waits[len(waits) // 2]
        more = {"goal": GOAL_P99_MS, "p50": round(p50, 1), "texts": len(waits), "waiting": size}
        say(owner, "send.urgent_p99", p99, "ms", campaign_per_second=PACE, **more)
    return p99 < GOAL_P99_MS


MEASURES: dict[str, Callable[[int], bool]] = {"loopback": loopback, "http": http, "urgent": urgent}


@contextlib.contextmanager
def world(pace: int) -> Iterator[tuple[Databases, psycopg.Connection]]:
    """An empty database with one workspace, one line on a connection of this pace, and a campaign."""
    with tempfile.TemporaryDirectory(prefix="sayso-bench-") as home, Embedded(Path(home)) as databases:
        migrate(databases.owner_url, login_role=databases.login)
        options = "-c search_path=sayso,public"
        with psycopg.connect(databases.owner_url, autocommit=True, options=options) as owner:
            owner.execute("INSERT INTO workspaces (name, country) VALUES ('bench', 'US')")
            owner.execute(
                "INSERT INTO connections (name, kind, hook_token, parts_per_second)"
                " VALUES ('bench', 'simulator', repeat('t', 32), %s)",
                (pace,),
            )
            owner.execute(
                "INSERT INTO inbound_numbers (connection_id, number, kind, country)"
                " VALUES (1, '12025550100', 'long_code', 'US')"
            )
            owner.execute(
                "INSERT INTO lines (workspace_id, inbound_number_id, provider_keyword) VALUES (1, 1, '')"
            )
            owner.execute(
                "INSERT INTO campaigns (workspace_id, name, state, audience, category, body, starts_at)"
                " VALUES (1, 'Sale', 'sending', 'everybody', 'offers', 'Sale', now())"
            )
            yield databases, owner


QUEUE = """
WITH people AS (
    INSERT INTO contacts (workspace_id, external_id, phone, sms_consent)
    SELECT 1, 'c-' || p, p, 'yes' FROM (
        SELECT 12060000000 + (SELECT count(*) FROM contacts) + n AS p FROM generate_series(0, %(size)s - 1) n
    ) AS numbers RETURNING id, phone
),
said AS (
    INSERT INTO messages (workspace_id, contact_id, phone, recipient, connection_id, line_id, sender, class,
        purpose, category, campaign_id, body, encoding, parts)
    SELECT 1, id, phone, '+' || phone, 1, 1, '12025550100', 'advertising', 'campaign', 'offers', 1,
        'Hi Name' || id || ', our summer sale begins today: 20%% off. frn.li/sale STOP ends it.', 'GSM-7', 1
    FROM people RETURNING id
)
INSERT INTO outbox (connection_id, lane, due, workspace_id, message_id)
SELECT 1, 2, now() + %(later)s::interval, 1, id FROM said
"""


def queue(owner: psycopg.Connection, size: int, later: str = "0") -> None:
    """So many messages of the campaign, each to somebody else who said yes."""
    owner.execute(QUEUE, {"size": size, "later": later})
    owner.execute("VACUUM ANALYZE contacts, messages, outbox")


async def sent(
    url: str, owner: psycopg.Connection, size: int, opening: Opening, carrier_url: str = ""
) -> tuple[float, dict[str, float]]:
    """Messages a second until every one is recorded as sent, and processor time for each."""
    processor, began = Processor(), time.perf_counter()
    async with engine(url, opening, carrier_url):
        while not is_empty(owner):  # noqa: ASYNC110 - and seldom: looking costs the measured two some time
            await asyncio.sleep(0.1)
        took = time.perf_counter() - began
        used = processor.each_us(size)
    row = owner.execute("SELECT count(*) FROM outcomes WHERE status = 'sent'").fetchone()
    assert row == (size,), row
    return size / took, used


def is_empty(owner: psycopg.Connection) -> bool:
    """Whether nothing is due, claimed or on the wire; asked by the queue's own index."""
    row = owner.execute(
        "SELECT EXISTS (SELECT FROM outbox WHERE connection_id = 1 AND lane = 2 AND due <= now())"
        " OR EXISTS (SELECT FROM claims) OR EXISTS (SELECT FROM intents)"
    ).fetchone()
    return row == (False,)


@contextlib.asynccontextmanager
async def engine(url: str, opening: Opening, carrier_url: str = "") -> AsyncIterator[None]:
    """The sending stage under the engine's supervisor, as `sayso work` runs it."""
    stage = sending(vault_key="k" * 32, public_url="", carrier_url=carrier_url, opening=opening)
    keep_what_is_there()
    stopping = asyncio.Event()
    running = asyncio.create_task(run(url, stages=[stage], stopping=stopping))
    try:
        yield
    finally:
        stopping.set()
        await running


URGENT_TEXT = """
WITH said AS (
    INSERT INTO messages (workspace_id, phone, recipient, connection_id, line_id, sender, class, purpose,
        body, encoding, parts)
    VALUES (1, 12070000000, '+12070000000', 1, 1, '12025550100', 'transactional', 'api', 'Code 4711',
        'GSM-7', 1)
    RETURNING id
),
queued AS (
    INSERT INTO outbox (connection_id, lane, due, workspace_id, message_id)
    SELECT 1, 1, now(), 1, id FROM said
)
SELECT id::text, pg_notify('outbox', '') FROM said
"""


async def urgent_waits(url: str, owner: psycopg.Connection) -> list[float]:
    """Milliseconds that each of URGENT texts waited, in order, while the campaign is under way."""
    carrier, asked = Loopback(urgent=True), {}
    writer = await psycopg.AsyncConnection.connect(
        owner.info.dsn, password=owner.info.password, autocommit=True, options="-c search_path=sayso,public"
    )
    async with writer, engine(url, carrier.open):
        async with asyncio.timeout(60):
            while carrier.count < PACE:  # noqa: ASYNC110 - the campaign is under way
                await asyncio.sleep(0.05)
        for _ in range(URGENT):
            row = await (await writer.execute(URGENT_TEXT)).fetchone()
            assert row is not None
            asked[row[0]] = time.monotonic()
            await asyncio.sleep(EVERY_SECONDS)
        async with asyncio.timeout(60):
            while len(carrier.left) < URGENT:  # noqa: ASYNC110 - the gateway counts them
                await asyncio.sleep(0.05)
        assert not is_empty(owner), "the campaign ended before the measuring did"
    return sorted((carrier.left[reference] - at) * 1000 for reference, at in asked.items())


if __name__ == "__main__":
    sys.exit(main())
