"""Never twice, and never more than a window unconfirmed, whenever a sender dies or loses its lease."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from sayso.core.pacing import WINDOW
from sayso.engine.leases import Leases
from sayso.providers.contract import Outbound
from sayso.storage.databases import Databases
from sayso.storage.pool import ENGINE, open_pool
from tests.engine.sending_scene import Carrier, World, engine, open_carrier, sends, until, world

pytestmark = pytest.mark.anyio
# At this pace a whole window is claimed at once.
PACE = WINDOW * 20


@asynccontextmanager
async def child(database: Databases, carrier: Carrier) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.engine.sending_child", database.url, carrier.url
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def never_answer(_outbound: Outbound) -> None:
    await asyncio.Event().wait()


def lapse(here: World) -> None:
    """What ten seconds do."""
    here.conn.execute("UPDATE leases SET until = '-infinity'")


async def test_a_killed_sender_leaves_at_most_a_window_unconfirmed_and_nothing_goes_twice(
    database: Databases,
) -> None:
    async with world(database, parts_per_second=PACE) as here, open_carrier() as carrier:
        ids = here.queue(300)
        carrier.before_answer = never_answer
        async with child(database, carrier) as process:
            # A whole window, none answered: no more can be fenced between this look and the next.
            await until(lambda: len(carrier.taken) == here.left()[2] == WINDOW)
            fenced = {int(str(row[0])) for row in here.rows("SELECT message_id FROM intents")}
            process.kill()
            await process.wait()
        # R3.3: they may all have been delivered, and be answered by a STOP.
        assert fenced <= {row[0] for row in here.rows("SELECT message_id FROM last_texted")}
        assert len(fenced) == WINDOW
        lapse(here)
        carrier.before_answer = None
        async with engine(database.url, sends(carrier)):
            await until(lambda: here.statuses() == {"unconfirmed": len(fenced), "sent": 300 - len(fenced)})
        seen = [int(sent.client_reference) for sent in carrier.taken]
        assert len(seen) == len(set(seen)) == 300
        assert sorted(seen) == ids
        unconfirmed = here.rows("SELECT message_id FROM outcomes WHERE status = 'unconfirmed'")
        assert {int(str(row[0])) for row in unconfirmed} == fenced
        assert here.left() == (0, 0, 0)


async def test_a_sender_that_is_told_to_stop_gives_everything_back(database: Databases) -> None:
    async with world(database, parts_per_second=20) as here, open_carrier() as carrier:
        here.queue(300)
        async with child(database, carrier) as process:
            await until(lambda: len(carrier.taken) > 0)
            process.send_signal(signal.SIGTERM)
            assert await process.wait() == 0
        outbox, claims, intents = here.left()
        assert (claims, intents) == (0, 0)
        assert outbox + len(carrier.taken) == 300
        assert here.statuses()["sent"] == len(carrier.taken)
        assert here.value("SELECT count(*) FROM leases WHERE until > now()") == 0


async def test_a_holder_that_lost_its_lease_sends_nothing_more(database: Databases) -> None:
    async with world(database, parts_per_second=50) as here, open_carrier() as carrier:
        here.queue(200)
        async with engine(database.url, sends(carrier)):
            await until(lambda: len(carrier.taken) > 0)
            # Somebody else takes over while the first believes that it holds on.
            # In a thread: it waits for a fence whose transaction must go on.
            await asyncio.to_thread(
                here.conn.execute,
                "UPDATE leases SET holder = 'other', epoch = epoch + 1, until = now() + interval '1 hour' "
                "WHERE resource LIKE 'connection:%'",
            )
            await until(lambda: here.left()[2] == 0)
            sent = len(carrier.taken)
            outbox, claims, _ = here.left()
            assert outbox + claims == 200 - sent
        assert len(carrier.taken) == sent
        # The one that took over finds the claims of the epoch before its own.
        here.conn.execute("UPDATE leases SET until = '-infinity'")
        async with engine(database.url, sends(carrier)):
            here.conn.execute("UPDATE connections SET parts_per_second = 1000")
            await until(lambda: here.statuses() == {"sent": 200})
        seen = [sent.client_reference for sent in carrier.taken]
        assert len(seen) == len(set(seen)) == 200


async def test_a_restarted_database_loses_and_doubles_nothing(database: Databases) -> None:
    async with world(database, parts_per_second=300) as here, open_carrier() as carrier:
        here.queue(600)
        async with engine(database.url, sends(carrier)):
            for wanted in (50, 250):
                await until(lambda wanted=wanted: len(carrier.taken) >= wanted)  # type: ignore[misc]
                here.conn.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            await until(lambda: here.left() == (0, 0, 0))
        seen = [sent.client_reference for sent in carrier.taken]
        assert len(seen) == len(set(seen)) == 600
        assert here.statuses() == {"sent": 600}


async def test_no_more_than_a_window_is_open_at_once(database: Databases) -> None:
    async with world(database, parts_per_second=PACE) as here, open_carrier() as carrier:
        here.queue(300)
        gate = asyncio.Event()

        async def held(_outbound: Outbound) -> None:
            await gate.wait()

        carrier.before_answer = held
        async with engine(database.url, sends(carrier)):
            await until(lambda: len(carrier.taken) == WINDOW)
            assert here.left()[2] == WINDOW
            gate.set()
            await until(lambda: here.statuses() == {"sent": 300})


async def test_taking_over_raises_the_epoch_and_the_old_one_is_fenced_off(database: Databases) -> None:
    async with open_pool(database.url, ENGINE, size=2) as pool:
        old, new = Leases(pool, "old"), Leases(pool, "new")
        assert await old.hold("connection", [7]) == {"7": 1}
        assert await new.hold("connection", [7]) == {}
        async with pool.connection() as conn:
            assert await old.fence(conn, "connection", {"7": 1}) == {"7"}
            await conn.execute("UPDATE leases SET until = '-infinity'")
        assert await Leases(pool, "new").hold("connection", [7]) == {"7": 2}
        async with pool.connection() as conn:
            assert await old.fence(conn, "connection", {"7": 1}) == set()
