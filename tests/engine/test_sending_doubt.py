"""Nobody is texted twice where an answer of the database was lost, and no claim is left behind."""

from __future__ import annotations

import pytest

from sayso.engine.gateway import Result, Unsent
from sayso.engine.sending_look import last_look
from sayso.engine.sending_record import Finished, record
from sayso.engine.supervisor import Works, open_works
from sayso.providers.contract import Unsure
from sayso.storage import outbox
from sayso.storage.databases import Databases
from sayso.storage.outbox import Claimed, Grip
from tests.engine.sending_scene import World, world

pytestmark = pytest.mark.anyio


async def grip_of(here: World, works: Works) -> Grip:
    (epoch,) = (await works.leases.hold("connection", [here.connection])).values()
    return Grip(here.connection, works.leases.holder, epoch)


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
