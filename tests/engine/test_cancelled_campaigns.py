"""R9.5: what waits of a cancelled campaign is taken back, also where its sender does not come to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from sayso.actions import launching
from sayso.actions.actor import house
from sayso.actions.refusal import Refused
from sayso.core.receipts import RANKS
from sayso.engine.planning import planning_stage
from sayso.storage import campaign_ends, restored
from sayso.storage.campaign_ends import Cancelled
from sayso.storage.databases import Databases
from sayso.storage.pool import APP, ENGINE, Pool, open_pool
from tests.engine.sending_scene import World, engine, going_out, open_carrier, sends, until, world

pytestmark = pytest.mark.anyio
MANY = 300
PLANS = planning_stage("a secret", "https://sms.example.com")
Held = Callable[[World], None]


def connection_stands_still(here: World) -> None:
    here.conn.execute("INSERT INTO pauses (resource, why) VALUES ('connection:1', 'because')")


def everything_stands_still(here: World) -> None:
    here.conn.execute("INSERT INTO pauses (resource, why) VALUES ('all', 'because')")


def workspace_is_stopped(here: World) -> None:
    here.conn.execute("INSERT INTO halts (workspace_id, why) VALUES (%s, 'because')", (here.workspace,))


def waits_for_tomorrow(here: World) -> None:
    here.conn.execute("UPDATE outbox SET due = now() + interval '1 day'")


def is_parked(here: World) -> None:
    connection_stands_still(here)
    here.conn.execute(
        "WITH gone AS (DELETE FROM outbox RETURNING *) INSERT INTO parked (workspace_id, campaign_id,"
        " connection_id, lane, due, message_id, attempt) SELECT workspace_id, (SELECT id FROM campaigns),"
        " connection_id, lane, due, message_id, attempt FROM gone"
    )


def nobody_may_send(here: World) -> None:
    """Its secrets cannot be opened, and who held it was killed with what it had claimed."""
    here.conn.execute("UPDATE connections SET secrets = '\\x00'")
    here.conn.execute(
        "WITH gone AS (DELETE FROM outbox RETURNING *) INSERT INTO claims (connection_id, epoch, lane, due,"
        " workspace_id, message_id, attempt, claim)"
        " SELECT connection_id, 1, lane, due, workspace_id, message_id, attempt, 7 FROM gone"
    )


WAYS = [
    connection_stands_still,
    everything_stands_still,
    workspace_is_stopped,
    waits_for_tomorrow,
    is_parked,
    nobody_may_send,
]


@pytest.mark.rule("R9.5")
@pytest.mark.parametrize("held", WAYS)
async def test_what_waits_of_a_cancelled_campaign_is_taken_back_wherever_it_waits(
    database: Databases, held: Held
) -> None:
    async with (
        world(database) as here,
        open_carrier() as carrier,
        open_pool(database.url, APP, size=1) as app,
    ):
        which = going_out(here, MANY)
        held(here)
        actor = house(here.workspace)
        async with engine(database.url, sends(carrier), PLANS):
            for step in (launching.pause(app, actor, which), launching.resume(app, actor, which, now())):
                assert not isinstance(await step, Refused)
            assert not isinstance(await launching.cancel(app, actor, which, now()), Refused)
            await until(lambda: here.statuses() == {"cancelled": MANY})
            await until(lambda: here.value("SELECT count(taken_back_at) FROM campaigns") == 1)
        assert carrier.taken == []
        told = here.rows("SELECT DISTINCT status, reason FROM message_events")
        assert ("cancelled", "campaign_cancelled") in told
        once = "SELECT count(*), count(DISTINCT message_id) FROM message_events WHERE status = 'cancelled'"
        assert here.rows(once) == [(MANY, MANY)]


@pytest.mark.rule("R9.5")
async def test_what_was_taken_back_leaves_the_queue_unsent_once_its_connection_goes_on(
    database: Databases,
) -> None:
    async with world(database) as here, open_carrier() as carrier:
        which = going_out(here, MANY)
        connection_stands_still(here)
        here.conn.execute("UPDATE campaigns SET state = 'cancelled' WHERE id = %s", (which,))
        async with engine(database.url, sends(carrier), PLANS):
            await until(lambda: here.statuses() == {"cancelled": MANY})
            here.conn.execute("DELETE FROM pauses")
            here.conn.execute("NOTIFY outbox")
            await until(lambda: here.left() == (0, 0, 0))
        assert carrier.taken == []
        assert here.value("SELECT count(*) FROM message_events WHERE status = 'cancelled'") == MANY


async def test_what_is_on_the_wire_keeps_its_own_end_and_is_waited_for(database: Databases) -> None:
    async with world(database) as here, open_pool(database.url, ENGINE, size=1) as pool:
        which = going_out(here, 5)
        ids = message_ids(here)
        leaves(here, ids[2])
        here.conn.execute("UPDATE campaigns SET state = 'cancelled' WHERE id = %s", (which,))
        await take_back(pool, here)
        assert here.statuses() == {"cancelled": 4, "queued": 1}
        assert here.standing(ids[2]) == ("queued", "")
        assert here.value("SELECT count(taken_back_at) FROM campaigns") == 0
        # It could not be handed over after all, and waits again.
        here.conn.execute("DELETE FROM intents")
        await take_back(pool, here)
        assert here.statuses() == {"cancelled": 5}
        assert here.value("SELECT count(taken_back_at) FROM campaigns") == 1
        assert here.value("SELECT settled_to FROM campaign_plans") == ids[-1]


@pytest.mark.rule("R9.5")
async def test_what_stays_on_the_wire_holds_up_nothing_that_waits_behind_it(database: Databases) -> None:
    """Its engine was killed, and nobody can open the connection: what became of it is not known for long."""
    async with world(database) as here, open_pool(database.url, ENGINE, size=1) as pool:
        which = going_out(here, 23)
        ids = message_ids(here)
        on_the_wire = [*ids[:6], ids[12]]  # more than one look's worth at the head
        for each in on_the_wire:
            leaves(here, each)
        here.conn.execute("UPDATE campaigns SET state = 'cancelled' WHERE id = %s", (which,))
        await take_back_whole(pool, here, limit=5)
        assert here.statuses() == {"cancelled": 16, "queued": 7}
        assert here.value("SELECT settled_to FROM campaign_plans") < ids[0]
        assert here.value("SELECT count(taken_back_at) FROM campaigns") == 0
        # One comes back to the queue behind those that stay; of others it is told what became of them.
        here.conn.execute("DELETE FROM intents WHERE message_id = %s", (ids[12],))
        for each, status in ((ids[0], "sent"), (ids[1], "unconfirmed")):
            ends(here, each, status)
        for _ in range(3):
            await take_back_whole(pool, here, limit=5)
        assert here.statuses() == {"cancelled": 17, "sent": 1, "unconfirmed": 1, "queued": 4}
        assert ids[1] <= here.value("SELECT settled_to FROM campaign_plans") < ids[2]
        assert here.value("SELECT count(taken_back_at) FROM campaigns") == 0
        here.conn.execute("DELETE FROM intents")
        await take_back_whole(pool, here, limit=5)
        assert here.statuses() == {"cancelled": 21, "sent": 1, "unconfirmed": 1}
        assert here.value("SELECT count(taken_back_at) FROM campaigns") == 1
        assert here.value("SELECT settled_to FROM campaign_plans") == ids[-1]
        once = "SELECT count(*), count(DISTINCT message_id) FROM message_events WHERE status = 'cancelled'"
        assert here.rows(once) == [(21, 21)]


async def test_what_a_restored_queue_holds_is_not_called_cancelled(database: Databases) -> None:
    async with world(database) as here, open_pool(database.url, ENGINE, size=1) as pool:
        which = going_out(here, 3)
        here.conn.execute(
            "UPDATE campaigns SET state = 'cancelled', ended_at = now() - interval '1 hour' WHERE id = %s",
            (which,),
        )
        here.conn.execute("INSERT INTO pauses VALUES ('all', 'because', now(), now() + interval '1 second')")
        async with pool.connection() as conn:
            assert await campaign_ends.cancelled(conn, (0, 0), now()) == []
            await restored.hold_back(conn, RANKS["unconfirmed"], RANKS["sending"], now())
        here.conn.execute("DELETE FROM pauses")
        await take_back(pool, here)
        assert here.statuses() == {"unconfirmed": 3}
        assert here.value("SELECT count(taken_back_at) FROM campaigns") == 1


def message_ids(here: World) -> list[int]:
    return [int(str(row[0])) for row in here.rows("SELECT id FROM messages ORDER BY id")]


def leaves(here: World, message: int) -> None:
    """It is out of the queue, and has its intent."""
    here.conn.execute("DELETE FROM outbox WHERE message_id = %s", (message,))
    here.conn.execute("INSERT INTO intents VALUES (1, 1, %s, %s, 7, now())", (here.workspace, message))


def ends(here: World, message: int, status: str) -> None:
    """What became of it on the wire is known."""
    here.conn.execute("DELETE FROM intents WHERE message_id = %s", (message,))
    here.conn.execute(
        "INSERT INTO outcomes (workspace_id, message_id, status, reason, rank, at)"
        " VALUES (%s, %s, %s, '', %s, now())",
        (here.workspace, message, status, RANKS[status]),
    )


async def take_back(pool: Pool, here: World, limit: int = 100) -> int:
    """One look at each cancelled campaign; how many were walked, where there is more at once."""
    done = 0
    async with pool.connection() as conn:
        for one in await campaign_ends.cancelled(conn, (0, 0), now()):
            assert one == Cancelled(here.workspace, here.value("SELECT id FROM campaigns"))
            told = "campaign_cancelled", "It was."
            done += await campaign_ends.take_back(conn, one, told, limit, now())
    return done


async def take_back_whole(pool: Pool, here: World, limit: int) -> None:
    """Looks until nothing more is to be done at once, and one that looks again at what was passed over."""
    while await take_back(pool, here, limit):
        pass
    await take_back(pool, here, limit)


def now() -> datetime:
    return datetime.now(UTC)
