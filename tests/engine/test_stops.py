"""R2.5: each of the three stops acts within a second, on claimed windows too, and holds over restarts."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest

from sayso.actions import connection_stops, launching, sending_rules
from sayso.actions.actor import house
from sayso.actions.refusal import Refused
from sayso.engine.planning import planning_stage
from sayso.providers.contract import Outbound
from sayso.storage.databases import Databases
from sayso.storage.pool import APP, Pool, open_pool
from tests.engine.sending_scene import World, engine, going_out, open_carrier, sends, until, world

pytestmark = pytest.mark.anyio
MANY = 700
Switch = Callable[[Pool, World, bool], Awaitable[object]]
PLANS = planning_stage("a secret", "https://sms.example.com")


async def workspace(app: Pool, here: World, stop: bool) -> object:
    actor = house(here.workspace)
    if stop:
        return await sending_rules.stop_sending(app, actor, "A wrong price")
    return await sending_rules.let_sending_go_on(app, actor)


async def connection(app: Pool, here: World, stop: bool) -> object:
    actor = house(here.workspace)
    if stop:
        return await connection_stops.stop_connection(app, actor, here.connection, "A wrong price")
    return await connection_stops.let_connection_go_on(app, actor, here.connection)


async def campaign(app: Pool, here: World, stop: bool) -> object:
    actor, which = house(here.workspace), here.value("SELECT id FROM campaigns")
    if stop:
        return await launching.pause(app, actor, which)
    return await launching.resume(app, actor, which, datetime.now(UTC))


@pytest.mark.rule("R2.5")
@pytest.mark.parametrize("switch", [workspace, connection, campaign])
async def test_a_stop_acts_within_a_second_on_what_is_claimed_and_holds_over_a_restart(
    database: Databases, switch: Switch
) -> None:
    async with (
        world(database, parts_per_second=400) as here,
        open_carrier() as carrier,
        open_pool(database.url, APP, size=1) as app,
    ):
        at: list[float] = []
        loop = asyncio.get_running_loop()

        async def arrives(_: Outbound) -> None:
            at.append(loop.time())

        carrier.before_answer = arrives
        going_out(here, MANY)
        async with engine(database.url, sends(carrier), PLANS):
            await until(lambda: len(at) >= 100)
            answer = await switch(app, here, True)
            stopped = loop.time()
            assert not isinstance(answer, Refused), answer
            # Nothing is claimed any more, nothing is on its way, and the second is over.
            await until(lambda: stands_still(here) and loop.time() > stopped + 1)
            assert max(at) <= stopped + 1
            gone = len(at)
            assert gone < MANY
        # Everything is started anew, and there are other things to do.
        async with engine(database.url, sends(carrier), PLANS):
            if switch is not connection:  # what it does not stop goes out
                (other,) = here.queue(1, phone=15_558_880_000, purpose="confirmation", lane=0)
                await until(lambda: here.standing(other) == ("sent", ""))
                gone += 1
            await until(lambda: here.value("SELECT count(*) FROM leases WHERE until > now()") > 0)
            await until(lambda: stands_still(here))
            assert len(at) == gone
            assert not isinstance(await switch(app, here, False), Refused)
            await until(lambda: here.left() == (0, 0, 0) and here.value("SELECT count(*) FROM parked") == 0)
        assert here.statuses() == {"sent": MANY + (switch is not connection)}
        assert len({one.client_reference for one in carrier.taken}) == len(carrier.taken)
        trail = [row[0] for row in here.rows("SELECT action FROM audit ORDER BY id")]
        assert trail == (["paused", "resumed"] if switch is campaign else ["stopped", "continued"])


def stands_still(here: World) -> bool:
    return here.left()[1:] == (0, 0)
