"""One holder at a time, and an epoch that never comes back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from sayso.engine.leases import Leases
from sayso.storage.databases import Databases
from sayso.storage.pool import ENGINE, Pool, open_pool
from tests.engine.sending_scene import until

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def pool_of(database: Databases) -> AsyncIterator[Pool]:
    async with open_pool(database.url, ENGINE, size=3) as pool:
        yield pool


async def test_a_lease_has_one_holder_until_it_lapses(database: Databases) -> None:
    async with pool_of(database) as pool:
        assert await Leases(pool, "first").hold("inbound:lane", [0, 1]) == {"0": 1, "1": 1}
        assert await Leases(pool, "second").hold("inbound:lane", [0, 1, 2]) == {"2": 1}
        async with pool.connection() as conn:
            await conn.execute("UPDATE leases SET until = '-infinity' WHERE resource = 'inbound:lane:0'")
        assert await Leases(pool, "third").hold("inbound:lane", [0, 1]) == {"0": 2}


async def test_renewing_keeps_the_epoch_past_a_lease_length(database: Databases) -> None:
    async with pool_of(database) as pool:
        # Long enough for a renewal that a busy machine makes late.
        leases = Leases(pool, "first", timedelta(seconds=3))
        stopping = asyncio.Event()
        keeping = asyncio.create_task(leases.keep(stopping))
        assert await leases.hold("connection", [1]) == {"1": 1}
        async with pool.connection() as conn:
            (lapses,) = await (await conn.execute("SELECT max(until) FROM leases")).fetchone() or ()
        await until(lambda: datetime.now(UTC) > lapses)
        assert leases.epoch("connection:1") == 1
        assert await Leases(pool, "second").hold("connection", [1]) == {}
        stopping.set()
        await keeping


async def test_a_lease_that_is_not_renewed_is_not_believed_in(database: Databases) -> None:
    async with pool_of(database) as pool:
        leases = Leases(pool, "first", timedelta(seconds=0.3))
        await leases.hold("connection", [1])
        await until(lambda: leases.epoch("connection:1") is None)


async def test_a_taken_over_lease_is_lost_at_the_next_renewal(database: Databases) -> None:
    async with pool_of(database) as pool:
        leases = Leases(pool, "first", timedelta(seconds=0.9))
        stopping = asyncio.Event()
        keeping = asyncio.create_task(leases.keep(stopping))
        await leases.hold("connection", [1])
        async with pool.connection() as conn:
            await conn.execute(
                "UPDATE leases SET holder = 'other', epoch = 2, until = now() + interval '1 h'"
            )
        await until(lambda: leases.epoch("connection:1") is None)
        async with pool.connection() as conn:
            assert await leases.fence(conn, "connection", {"1": 1}) == set()
        stopping.set()
        await keeping


async def test_given_back_and_taken_again_is_a_new_epoch(database: Databases) -> None:
    async with pool_of(database) as pool:
        leases = Leases(pool, "first")
        await leases.hold("connection", [1])
        await leases.release("connection:1")
        assert await Leases(pool, "first").hold("connection", [1]) == {"1": 2}


async def test_taken_again_by_its_holder_is_a_new_epoch(database: Databases) -> None:
    async with pool_of(database) as pool:
        assert await Leases(pool, "first").hold("connection", [1]) == {"1": 1}
        assert await Leases(pool, "first").hold("connection", [1]) == {"1": 2}


async def test_a_lease_that_lapsed_in_memory_alone_is_taken_again_in_a_new_epoch(database: Databases) -> None:
    async with pool_of(database) as pool:
        leases = Leases(pool, "first", timedelta(seconds=2))
        assert await leases.hold("connection", [1]) == {"1": 1}
        await until(lambda: leases.epoch("connection:1") is None)
        assert await leases.hold("connection", [1]) == {"1": 2}


async def test_a_transaction_that_hangs_costs_its_own_lease_and_no_other(database: Databases) -> None:
    async with pool_of(database) as pool:
        leases = Leases(pool, "first", timedelta(seconds=1.5))
        stopping = asyncio.Event()
        await leases.hold("connection", [1])
        await leases.hold("inbound:lane", [0])
        async with pool.connection() as hanging:
            assert await leases.fence(hanging, "connection", {"1": 1}) == {"1"}
            keeping = asyncio.create_task(leases.keep(stopping))
            await until(lambda: leases.epoch("connection:1") is None)
            assert leases.epoch("inbound:lane:0") == 1
            # Nor does whoever would take it over wait: it goes on to what can be had.
            async with asyncio.timeout(5):
                assert await Leases(pool, "second").hold("connection", [1, 2]) == {"2": 1}
        stopping.set()
        await keeping
