"""Quiet hours, caps and the stop-all switch at planning and at the last look, at clocks that are told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from sayso.engine.planning import plan_slice
from sayso.engine.sending_look import last_look
from sayso.engine.sending_record import Finished, record
from sayso.providers.contract import Accepted, Refused
from sayso.storage import launch_details, outbox, planning, upkeep
from sayso.storage.databases import Databases
from sayso.storage.outbox import Claimed, Grip
from sayso.storage.pool import Pool
from tests.engine.sending_scene import World
from tests.engine.test_campaign_features import paced
from tests.engine.test_planning import FIRST, LINKS, launched, people, planned, planners, tallied

pytestmark = pytest.mark.anyio
# Washington State, whose hours end at 20; in its zone.
NOON = datetime(2027, 1, 13, 20, tzinfo=UTC)
ONE_MINUTE_TO_EIGHT, HALF_PAST_EIGHT = NOON + timedelta(hours=7, minutes=59), NOON + timedelta(hours=8.5)
MORNING = datetime(2027, 1, 14, 17, tzinfo=UTC)


@asynccontextmanager
async def real(database: Databases) -> AsyncIterator[tuple[World, Pool, Grip]]:
    """A workspace on a line behind which there are people, and the lease of its connection."""
    async with planners(database) as (here, pool):
        here.conn.execute("UPDATE connections SET kind = 'twilio'")
        here.conn.execute(
            "INSERT INTO leases VALUES (%s, 'here', 1, now() + interval '1 hour')",
            (f"connection:{here.connection}",),
        )
        yield here, pool, Grip(here.connection, "here", 1)


async def look(pool: Pool, grip: Grip, now: datetime) -> list[Claimed]:
    """Claim what is due at a moment, and look at it for the last time."""
    async with pool.connection() as conn:
        claimed = await outbox.claim(conn, grip, 100, now)
    async with pool.connection() as conn, conn.transaction():
        return await last_look(conn, grip, claimed, now)


async def plan(pool: Pool, now: datetime) -> None:
    async with pool.connection() as conn, conn.transaction():
        while await plan_slice(conn, LINKS, 100, now) == 100:
            pass


def due(here: World) -> list[object]:
    return [row[0] for row in here.rows("SELECT due FROM outbox ORDER BY 1")]


@pytest.mark.rule("R9.7", "R9.8")
async def test_a_campaign_at_night_is_deferred_to_the_morning_of_the_recipient(database: Databases) -> None:
    async with real(database) as (here, pool, grip):
        people(here, [1, 2])
        here.conn.execute("UPDATE contacts SET time_zone = 'Pacific/Honolulu' WHERE phone = %s", (FIRST + 2,))
        launched(here)
        await plan(pool, HALF_PAST_EIGHT)
        assert set(planned(here)) == {(FIRST + n, "deferred", "quiet_hours") for n in (1, 2)}
        assert due(here) == [MORNING, MORNING + timedelta(hours=2)]
        assert here.rows("SELECT messages, due_first, due_last FROM campaign_tallies") == [
            (2, MORNING, MORNING + timedelta(hours=2))
        ]
        assert await look(pool, grip, MORNING - timedelta(seconds=1)) == []
        assert [row.phone for row in await look(pool, grip, MORNING)] == [FIRST + 1]


@pytest.mark.rule("R9.8", "R9.10")
async def test_what_is_queued_before_eight_and_claimed_after_it_waits_for_the_morning(
    database: Databases,
) -> None:
    async with real(database) as (here, pool, grip):
        people(here, [1])
        launched(here)
        await plan(pool, ONE_MINUTE_TO_EIGHT)
        assert tallied(here) == {("queued", ""): 1}
        assert await look(pool, grip, HALF_PAST_EIGHT) == []
        assert set(planned(here)) == {(FIRST + 1, "deferred", "quiet_hours")}
        assert due(here) == [MORNING]
        assert here.value("SELECT count(*) FROM message_events WHERE reason = 'quiet_hours'") == 1


@pytest.mark.rule("R9.5", "R9.8")
async def test_what_a_throttle_spreads_and_the_night_holds_back_is_spread_from_the_morning_on(
    database: Databases,
) -> None:
    async with real(database) as (here, pool, grip):
        people(here, list(range(8)))
        paced(here, launched(here), None, 2)
        await plan(pool, ONE_MINUTE_TO_EIGHT)
        # Two may leave before eight; the others have places of their own in the morning.
        assert tallied(here) == {("queued", ""): 2, ("deferred", "quiet_hours"): 6}
        step = timedelta(seconds=30)
        assert due(here)[2:] == [MORNING + step * number for number in range(6)]
        # These two do not get away in time: they come behind the others, not all at nine.
        assert await look(pool, grip, HALF_PAST_EIGHT) == []
        assert here.value("SELECT count(*) FROM parked WHERE due = %s", MORNING) == 2
        async with pool.connection() as conn:
            assert await launch_details.place_again(conn, 100, HALF_PAST_EIGHT) == 2
        assert due(here) == [MORNING + step * number for number in range(8)]
        assert len(await look(pool, grip, MORNING + step)) == 2


@pytest.mark.rule("R9.8")
async def test_of_three_campaigns_planned_at_once_a_number_gets_one_a_day(database: Databases) -> None:
    async with real(database) as (here, pool, grip):
        people(here, [1, 2])
        for body in ("First.", "Second.", "Third."):
            launched(here, body=body)
        for _ in range(3):
            await plan(pool, NOON)
        assert tallied(here)["queued", ""] == 2
        left = await look(pool, grip, NOON)
        assert sorted((row.phone, row.body) for row in left) == [
            (FIRST + 1, left[0].body),
            (FIRST + 2, left[0].body),
        ]
        day = NOON + timedelta(hours=24)
        assert due(here) == [day] * 4
        assert {row[1:] for row in planned(here)} == {("queued", ""), ("deferred", "frequency_cap")}
        assert len(await look(pool, grip, day - timedelta(seconds=1))) == 0
        assert len(await look(pool, grip, day)) == 2
        # What a provider did not take reached nobody; what it took counts.
        first, second = left
        done = [Finished(first, Accepted("ref"), NOON), Finished(second, Refused("content", "", ""), NOON)]
        async with pool.connection() as conn, conn.transaction():
            await record(conn, grip, done)
        assert here.rows("SELECT phone FROM advertised WHERE at = %s", NOON) == [(first.phone,)]
        async with pool.connection() as conn, conn.transaction():
            assert await upkeep.prune(conn, "advertised", day) == 1


@pytest.mark.rule("R9.7")
async def test_while_everything_is_stopped_nothing_is_planned_and_what_waits_is_set_aside(
    database: Databases,
) -> None:
    async with real(database) as (here, pool, grip):
        people(here, [1])
        launched(here)
        await plan(pool, NOON)
        launched(here, body="Other.")
        here.queue(1, phone=FIRST + 50)
        here.queue(1, phone=FIRST + 51, purpose="confirmation", lane=0)
        here.conn.execute(
            "INSERT INTO halts (workspace_id, why) VALUES (%s, 'A wrong price')", (here.workspace,)
        )
        await plan(pool, NOON)
        assert here.value("SELECT count(*) FROM messages WHERE purpose = 'campaign'") == 1
        assert [row.purpose for row in await look(pool, grip, NOON)] == ["confirmation"]
        assert here.value("SELECT count(*) FROM parked") == 2
        async with pool.connection() as conn, conn.transaction():
            assert await planning.unpark(conn, 100) == 0
        here.conn.execute("DELETE FROM halts")
        async with pool.connection() as conn, conn.transaction():
            assert await planning.unpark(conn, 100) == 2
        assert sorted(row.purpose for row in await look(pool, grip, NOON)) == ["api", "campaign"]


@pytest.mark.rule("R9.7")
async def test_a_campaign_cancelled_while_everything_is_stopped_ends(database: Databases) -> None:
    async with real(database) as (here, pool, grip):
        people(here, [1])
        launched(here)
        await plan(pool, NOON)
        here.conn.execute("INSERT INTO halts (workspace_id) VALUES (%s)", (here.workspace,))
        await look(pool, grip, NOON)
        here.conn.execute("UPDATE campaigns SET state = 'cancelled'")
        async with pool.connection() as conn, conn.transaction():
            assert await planning.unpark(conn, 100) == 1
        assert await look(pool, grip, NOON) == []
        assert set(planned(here)) == {(FIRST + 1, "cancelled", "campaign_cancelled")}


@pytest.mark.rule("R9.8")
async def test_nobody_is_behind_a_simulated_line_unless_the_workspace_practises(database: Databases) -> None:
    async with real(database) as (here, pool, grip):
        here.conn.execute("UPDATE connections SET kind = 'simulator'")
        people(here, [1])
        launched(here)
        await plan(pool, HALF_PAST_EIGHT)
        assert tallied(here) == {("queued", ""): 1}
        here.conn.execute(
            "INSERT INTO sending_rules (workspace_id, practises) VALUES (%s, true)", (here.workspace,)
        )
        assert await look(pool, grip, HALF_PAST_EIGHT) == []
        assert due(here) == [MORNING]


@pytest.mark.rule("R6.8")
async def test_what_waits_for_a_number_that_changed_hands_is_stopped_at_the_wire(database: Databases) -> None:
    async with real(database) as (here, pool, grip):
        # A simulated line has no hours: the present will do.
        here.conn.execute("UPDATE connections SET kind = 'simulator'")
        now = datetime.now(UTC)
        people(here, [0, 1, 2, 3])
        launched(here)
        await plan(pool, now)
        said = "INSERT INTO consent_states VALUES (%s, %s, 0, %s, %s, %s, 'api')"
        here.conn.execute(said, (here.workspace, FIRST, "*hands", "ended", now))
        for asked in (FIRST + 1, FIRST + 3):
            here.conn.execute(said, (here.workspace, asked, "*review", "review", now))
        (left,) = await look(pool, grip, now + timedelta(minutes=1))
        assert left.phone == FIRST + 2
        stands = here.rows("SELECT status, reason FROM outcomes ORDER BY status, reason")
        assert ("skipped", "consent_ended") in stands
        assert ("deferred", "in_review") in stands
        here.conn.execute(
            "UPDATE consent_states SET state = 'settled' WHERE category = '*review' AND phone = %s",
            (FIRST + 1,),
        )
        (decided,) = await look(pool, grip, now + timedelta(minutes=12))
        assert decided.phone == FIRST + 1
        skipped = "SELECT count(*) FROM outcomes WHERE (status, reason) = ('skipped', 'in_review')"
        assert here.rows(skipped) == [(0,)]
        assert await look(pool, grip, now + timedelta(hours=25)) == []
        assert here.rows(skipped) == [(1,)]
