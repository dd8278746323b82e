"""Nobody is texted twice where an answer of the database was lost, and no claim is left behind."""

from __future__ import annotations

import asyncio

import pytest

from sayso.engine.gateway import Result, Unsent
from sayso.engine.sending_accounts import Accounts
from sayso.engine.sending_link import Link
from sayso.engine.sending_look import last_look
from sayso.engine.sending_record import Finished, record
from sayso.engine.supervisor import Works, open_works
from sayso.providers.contract import Unsure
from sayso.storage import outbox
from sayso.storage.databases import Databases
from sayso.storage.outbox import Claimed, Grip
from tests.engine.sending_scene import World, until, world

pytestmark = pytest.mark.anyio


async def grip_of(here: World, works: Works) -> Grip:
    async with asyncio.timeout(30):
        # Asked for once a second: one that was just let go of has to wait for its turn.
        while not (held := await works.leases.hold("connection", [here.connection])):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    return Grip(here.connection, works.leases.holder, held[str(here.connection)])


async def fenced(works: Works, grip: Grip) -> Claimed:
    """The one message that waits, claimed and fenced: its bytes may leave."""
    async with works.pool.connection() as conn:
        claimed = await outbox.claim(conn, grip, 10, works.clock())
    async with works.pool.connection() as conn:
        (row,) = await last_look(conn, grip, claimed, works.clock())
    return row


@pytest.mark.parametrize("result", [Unsent(), Unsure("lost_answer")])
async def test_a_result_recorded_twice_leaves_a_later_intent_alone(
    database: Databases, result: Result
) -> None:
    async with world(database) as here, open_works(database.url) as works:
        here.queue(1)
        grip = await grip_of(here, works)
        first = Finished(await fenced(works, grip), Unsent(), works.clock())
        async with works.pool.connection() as conn:
            await record(conn, grip, [first])
        await fenced(works, grip)
        async with works.pool.connection() as conn:
            await record(conn, grip, [Finished(first.row, result, first.at)])
        assert here.left() == (0, 0, 1)


async def link_of(here: World, works: Works) -> Link:
    accounts = Accounts(works, vault_key="k" * 32, carrier_url="http://127.0.0.1:1", public_url="")
    way = (await accounts.current())[here.connection]
    return Link(works, way, await grip_of(here, works))


async def test_a_link_that_ends_after_its_lease_lapsed_leaves_nothing_orphaned(database: Databases) -> None:
    async with world(database) as here, open_works(database.url) as works:
        link = await link_of(here, works)
        here.queue(3)
        async with works.pool.connection() as conn:
            assert len(await outbox.claim(conn, link.grip, 10, works.clock())) == 3
        # Its lease lapses by our own clock alone, as where a renewal was late.
        works.leases._held[link.name] = (link.grip.epoch, 0.0)
        await link.close()
        assert here.left() == (0, 3, 0)
        reborn = await link_of(here, works)
        assert reborn.grip.epoch > link.grip.epoch
        await reborn._clear_up()
        assert here.left() == (3, 0, 0)
        await reborn.close()


async def test_a_link_ends_though_a_result_cannot_be_recorded(database: Databases) -> None:
    async with world(database) as here, open_works(database.url) as works:
        link = await link_of(here, works)
        here.queue(1)
        await fenced(works, link.grip)
        link._recorder.expect(1)
        link._unclean = True
        async with asyncio.timeout(30):
            await link.close(patience=0.1)
        reborn = await link_of(here, works)
        await reborn._clear_up()
        assert here.statuses() == {"unconfirmed": 1}
        await reborn.close()


async def test_a_look_whose_commit_is_late_is_waited_for_before_its_messages_go_back(
    database: Databases,
) -> None:
    async with world(database) as here, open_works(database.url) as works:
        link = await link_of(here, works)
        here.queue(1)
        async with works.pool.connection() as conn:
            claimed = await outbox.claim(conn, link.grip, 10, works.clock())
        link._doubtful.extend(claimed)
        async with works.pool.connection() as conn:
            await last_look(conn, link.grip, claimed, works.clock())
            back = asyncio.create_task(link._give_back())
            await until(lambda: here.value("SELECT count(*) FROM pg_locks WHERE NOT granted") == 1)
        await back
        assert here.left() == (1, 0, 0)
        await link.close()
