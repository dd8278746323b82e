"""Beside the gate: hours of one's own, throttles, trials, crowded lines, campaigns that stand still."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from sayso.engine.planning import Means, plan_slice, planning_stage
from sayso.storage import crowding, launch_details
from sayso.storage.databases import Databases
from tests.engine.sending_scene import World, engine, until
from tests.engine.test_planning import FIRST, LINKS, launched, people, planned, planners, walk

pytestmark = pytest.mark.anyio
WINDOW = timedelta(minutes=1)


def paced(here: World, campaign: int, clock: datetime | None, most: int | None) -> None:
    query = (
        "INSERT INTO campaign_paces (workspace_id, campaign_id, rehearsal, local_clock, most)"
        " VALUES (%s, %s, false, %s, %s)"
    )
    here.conn.execute(query, (here.workspace, campaign, clock, most))


def tried(here: World, campaign: int, tested: int, control: int, measure: str = "replies") -> None:
    query = (
        "INSERT INTO campaign_trials (workspace_id, campaign_id, tested, control, measure, hours)"
        " VALUES (%s, %s, %s, %s, %s, 1)"
    )
    here.conn.execute(query, (here.workspace, campaign, tested, control, measure))
    for variant, body in ((1, "Sale."), (2, "Sale today.")):
        query = "INSERT INTO campaign_variants VALUES (%s, %s, %s, %s, 50)"
        here.conn.execute(query, (here.workspace, campaign, variant, body))


@pytest.mark.rule("R9.5")
async def test_each_is_due_at_their_own_hour_and_no_more_than_so_many_in_a_minute(
    database: Databases,
) -> None:
    now = datetime.now(UTC)
    async with planners(database) as (here, pool):
        people(here, list(range(30)))
        here.conn.execute("UPDATE contacts SET time_zone = 'UTC'")
        east = "UPDATE contacts SET time_zone = 'Asia/Tokyo' WHERE phone = %s"
        here.conn.execute(east, (FIRST + 3,))
        campaign = launched(here)
        clock = now.replace(tzinfo=None, microsecond=0) + timedelta(minutes=30)
        paced(here, campaign, clock, 10)
        await walk(pool, 7)
        assert planned(here)[FIRST + 3, "skipped", "local_hour_past"] == 1
        dues = sorted(row[0] for row in here.rows("SELECT due FROM outbox"))
        assert len(dues) == 29
        assert dues[0] >= clock.replace(tzinfo=UTC)  # type: ignore[operator]
        assert all(later - first >= WINDOW for first, later in zip(dues, dues[10:], strict=False))  # type: ignore[operator]
        # What was parked meanwhile finds room behind them.
        here.conn.execute(
            "WITH gone AS (DELETE FROM outbox WHERE due IN (SELECT due FROM outbox ORDER BY due LIMIT 5)"
            " RETURNING *) INSERT INTO parked"
            " SELECT workspace_id, %s, connection_id, lane, due, message_id, attempt FROM gone",
            (campaign,),
        )
        # Nor are they too late for having waited.
        here.conn.execute("UPDATE messages SET expires_at = now()")
        async with pool.connection() as conn:
            assert await launch_details.place_again(conn, 100, now + timedelta(minutes=31)) == 5
        late = (
            "SELECT count(*) FROM outbox o JOIN messages m ON m.id = o.message_id WHERE m.expires_at > o.due"
        )
        assert here.value(late) == 5
        dues = sorted(row[0] for row in here.rows("SELECT due FROM outbox"))
        assert len(dues) == 29
        assert all(later - first >= WINDOW for first, later in zip(dues, dues[10:], strict=False))  # type: ignore[operator]


@pytest.mark.rule("R9.5")
async def test_texts_are_tried_on_some_and_the_others_get_the_one_that_won(database: Databases) -> None:
    async with planners(database) as (here, pool):
        people(here, list(range(300)))
        campaign = launched(here)
        tried(here, campaign, 40, 10)
        await walk(pool, 50)
        first = Counter(here.rows("SELECT variant, body FROM messages"))
        control = first.pop((None, ""))
        tested = sum(first.values())
        assert 10 < control < 60
        assert set(first) == {(1, "Sale."), (2, "Sale today.")}
        assert here.rows("SELECT state FROM campaigns") == [("planning",)]
        # One of those who got the second text wrote back; the hours are over.
        here.conn.execute("UPDATE campaigns SET launched_at = now() - interval '1 minute'")
        here.conn.execute(
            "INSERT INTO outcomes SELECT workspace_id, id, 'sent', '', 120, now() FROM messages"
            " WHERE variant > 0"
        )
        here.conn.execute(
            "INSERT INTO inbound_messages (workspace_id, id, line_id, phone, sender, recipient, body,"
            " provider_at, received_at, outcome, because, answers_message_id)"
            " SELECT workspace_id, new_id(), line_id, phone, recipient, sender, 'More', now(), now(),"
            " 'inbox', '[]', id FROM messages WHERE variant = 2 LIMIT 1"
        )
        here.conn.execute("UPDATE campaign_plans SET waits_until = now() - interval '1 second'")
        async with engine(database.url, planning_stage("a secret", "https://sms.example.com")):
            await until(lambda: here.rows("SELECT state FROM campaigns") == [("sending",)])
        assert here.rows("SELECT winner FROM campaign_trials") == [(2,)]
        became = Counter(row[0] for row in here.rows("SELECT body FROM messages WHERE body <> ''"))
        assert sum(became.values()) == 300 - control
        assert became["Sale today."] == first[2, "Sale today."] + 300 - control - tested
        assert set(Counter(row[0] for row in here.rows("SELECT phone FROM messages")).values()) == {1}


@pytest.mark.rule("R9.5")
async def test_a_million_on_a_line_leaves_room_for_others_on_it(database: Databases) -> None:
    async with planners(database) as (here, pool):
        here.conn.execute("UPDATE connections SET parts_per_second = 1")
        people(here, list(range(200)))
        launched(here)
        now = datetime.now(UTC)
        planned_at_once = []
        for _ in range(3):
            async with pool.connection() as conn:
                rooms = await crowding.rooms(conn, now)
                planned_at_once.append(await plan_slice(conn, LINKS, 100, now, Means(rooms)))
        assert planned_at_once == [100, 20, 0]
        # Two minutes later there is room again; what is due tomorrow is in nobody's way.
        here.conn.execute("UPDATE outbox SET due = due + interval '1 day'")
        async with pool.connection() as conn:
            assert await crowding.rooms(conn, now) == {here.workspace: 120}


@pytest.mark.rule("R9.5")
async def test_what_is_overdue_or_over_a_limit_stands_still_and_says_why(database: Databases) -> None:
    async with planners(database) as (here, _):
        people(here, list(range(10)))
        late, failing = launched(here), launched(here)
        here.conn.execute(
            "UPDATE campaigns SET state = 'scheduled', starts_at = now() - interval '61 minutes'"
            " WHERE id = %s",
            (late,),
        )
        here.conn.execute("DELETE FROM campaign_plans WHERE campaign_id = %s", (late,))
        here.conn.execute("UPDATE workspaces SET pause_from = 10")
        here.conn.execute("UPDATE campaigns SET launched_at = now() WHERE id = %s", (failing,))
        query = (
            "INSERT INTO campaign_departures (workspace_id, campaign_id, at, messages)"
            " VALUES (%s, %s, now(), 10)"
        )
        here.conn.execute(query, (here.workspace, failing))
        async with engine(database.url, planning_stage("a secret", "https://sms.example.com")):
            await until(lambda: here.rows("SELECT count(*) FROM messages") == [(10,)])
            here.conn.execute(
                "INSERT INTO message_events (workspace_id, message_id, status, at)"
                " SELECT workspace_id, id, 'failed', now() FROM messages LIMIT 3"
            )
            await until(lambda: len(here.rows("SELECT FROM campaign_holds")) == 2)
            await until(lambda: len(here.rows("SELECT FROM alarms WHERE code = 'campaign_held'")) == 2)
            # A person goes on with one of them: it is counted afresh, and its alarm is over.
            here.conn.execute(
                "UPDATE campaign_holds SET resumed_at = clock_timestamp() WHERE reason = 'failures'"
            )
            here.conn.execute("UPDATE campaign_counts SET base_departed = departed, base_failed = failed")
            here.conn.execute("UPDATE campaigns SET state = 'sending' WHERE id = %s", (failing,))
            await until(lambda: len(here.rows("SELECT FROM alarms WHERE code = 'campaign_held'")) == 1)
        assert here.rows("SELECT campaign_id, reason FROM campaign_holds ORDER BY 1") == [
            (late, "overdue"),
            (failing, "failures"),
        ]
        told = str(here.rows("SELECT told FROM campaign_holds WHERE campaign_id = %s", failing)[0][0])
        assert told.startswith("Paused by itself: 3 of 10 were not delivered, more than 20%.")
        assert here.rows("SELECT state FROM campaigns ORDER BY id") in (
            [("paused",), ("sending",)],
            [("paused",), ("finished",)],
        )


@pytest.mark.rule("R9.7")
async def test_a_number_that_changes_meanwhile_is_not_texted_by_both(database: Databases) -> None:
    async with planners(database) as (here, pool):
        people(here, [1, 2, 30])
        launched(here)
        async with pool.connection() as conn:
            assert await plan_slice(conn, LINKS, 1, datetime.now(UTC)) == 1
        # The first was planned by their old number, the third is still to come.
        change = "UPDATE contacts SET phone = %s WHERE phone = %s"
        here.conn.execute(change, (FIRST + 20, FIRST + 1))
        here.conn.execute(change, (FIRST + 21, FIRST + 30))
        await walk(pool, 1)
        assert planned(here) == {
            (FIRST + 1, "queued", ""): 1,
            (FIRST + 2, "queued", ""): 1,
            (FIRST + 20, "skipped", "duplicate_number"): 1,
            (FIRST + 21, "queued", ""): 1,
        }
        assert here.rows("SELECT FROM changed_numbers") == []
