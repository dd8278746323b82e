"""A window that may leave at once: taken, looked at and fenced by one commit, and nothing of it otherwise."""

from __future__ import annotations

import asyncio

import pytest

from sayso.engine.sending_look import CrowdedError, last_look, look_at_once
from sayso.engine.sending_record import Finished, record
from sayso.engine.supervisor import open_works
from sayso.providers.contract import Accepted, Refused
from sayso.storage import outbox, sending_rules, windows
from sayso.storage.databases import Databases
from tests.engine.sending_scene import until, world
from tests.engine.test_sending_doubt import grip_of, link_of

pytestmark = pytest.mark.anyio
FIRST = 15557770000


@pytest.mark.rule("R9.10")
async def test_what_leaves_at_once_is_out_of_the_outbox_and_fenced_by_one_commit(database: Databases) -> None:
    async with world(database) as here, open_works(database.url) as works:
        ids = here.queue(3)
        grip = await grip_of(here, works)
        async with works.pool.connection() as conn:
            window = await windows.take(conn, grip, 10, works.clock())
            leaving = await look_at_once(conn, grip, window, 3, works.clock())
            assert here.left() == (3, 0, 0)
        assert sorted(row.message_id for row in leaving) == ids
        assert here.left() == (0, 0, 3)


@pytest.mark.rule("R9.10")
async def test_what_the_pace_does_not_admit_is_not_fenced_ahead(database: Databases) -> None:
    async with world(database) as here, open_works(database.url) as works:
        here.queue(3, parts=2)
        grip = await grip_of(here, works)
        async with works.pool.connection() as conn:
            window = await windows.take(conn, grip, 10, works.clock())
            (row,) = await look_at_once(conn, grip, window, 1, works.clock())
        assert here.left() == (2, 0, 1)
        assert here.rows("SELECT message_id FROM intents") == [(row.message_id,)]


@pytest.mark.rule("R9.10")
async def test_a_campaign_leaves_by_one_commit_too_and_one_that_is_paused_does_not(
    database: Databases,
) -> None:
    async with world(database) as here, open_works(database.url) as works:
        goes_on, rests = here.queue(2, advertising=True, contact=True, lane=2)
        for message, state in ((goes_on, "sending"), (rests, "paused")):
            here.conn.execute(
                "WITH made AS (INSERT INTO campaigns"
                " (workspace_id, name, state, audience, category, body, starts_at)"
                " VALUES (%s, 'Sale', %s, 'everybody', 'offers', 'Sale', now()) RETURNING id)"
                " UPDATE messages SET campaign_id = made.id FROM made WHERE messages.id = %s",
                (here.workspace, state, message),
            )
        grip = await grip_of(here, works)
        async with works.pool.connection() as conn:
            window = await windows.take(conn, grip, 10, works.clock())
            (row,) = await look_at_once(conn, grip, window, 2, works.clock())
        assert row.message_id == goes_on
        assert here.rows("SELECT message_id FROM intents") == [(goes_on,)]
        assert here.rows("SELECT message_id FROM parked") == [(rests,)]


@pytest.mark.rule("R9.7", "R9.10")
async def test_what_its_look_keeps_back_has_no_intent(database: Databases) -> None:
    async with world(database) as here, open_works(database.url) as works:
        here.queue(3, advertising=True, contact=True)
        here.block(FIRST + 1)
        grip = await grip_of(here, works)
        async with works.pool.connection() as conn:
            window = await windows.take(conn, grip, 10, works.clock())
            leaving = await look_at_once(conn, grip, window, 3, works.clock())
        assert [row.phone for row in leaving] == [FIRST, FIRST + 2]
        assert here.left() == (0, 0, 2)
        assert here.statuses() == {"queued": 2, "enqueue_failed": 1}


@pytest.mark.rule("R9.8")
async def test_a_number_whose_caps_are_being_looked_at_is_not_looked_at_beside(database: Databases) -> None:
    async with world(database) as here, open_works(database.url) as works:
        here.queue(1, advertising=True, contact=True)
        here.queue(1, advertising=True, contact=True, phone=447400123456)
        grip = await grip_of(here, works)
        async with works.pool.connection() as other:
            # Another number that begins as the first does: who is there is told apart no further.
            await sending_rules.alone(other, {(here.workspace, 15550009999)})
            with pytest.raises(CrowdedError):
                async with works.pool.connection() as conn:
                    window = await windows.take(conn, grip, 10, works.clock())
                    await look_at_once(conn, grip, window, 2, works.clock())
            assert here.left() == (2, 0, 0)
            async with works.pool.connection() as conn:
                window = await windows.take(conn, grip, 10, works.clock())
                abroad = [row for row in window.rows if row.phone == 447400123456]
                leaving = await look_at_once(
                    conn, grip, windows.Window(abroad, window.looked), 1, works.clock()
                )
                assert leaving == abroad


async def test_a_window_whose_commit_is_late_is_waited_for_before_it_goes_back(database: Databases) -> None:
    async with world(database) as here, open_works(database.url) as works:
        link = await link_of(here, works)
        here.queue(2)
        async with works.pool.connection() as conn:
            window = await windows.take(conn, link.grip, 10, works.clock())
            await look_at_once(conn, link.grip, window, 2, works.clock())
            link._doubtful.extend(window.rows)
            back = asyncio.create_task(link._give_back())
            await until(lambda: here.value("SELECT count(*) FROM pg_locks WHERE NOT granted") == 1)
        await back
        assert here.left() == (2, 0, 0)
        await link.close()


async def test_what_was_taken_and_never_committed_is_still_in_the_outbox_alone(database: Databases) -> None:
    async with world(database) as here, open_works(database.url) as works:
        link = await link_of(here, works)
        here.queue(2)
        async with works.pool.connection() as conn:
            window = await windows.take(conn, link.grip, 10, works.clock())
            await conn.rollback()
        link._doubtful.extend(window.rows)
        await link._give_back()
        assert here.left() == (2, 0, 0)
        await link.close()


@pytest.mark.rule("R13.3")
async def test_answers_of_a_window_are_recorded_alike_alone_and_beside_a_refusal(database: Databases) -> None:
    async with world(database) as here, open_works(database.url) as works:
        ids = here.queue(4)
        grip = await grip_of(here, works)
        async with works.pool.connection() as conn:
            claimed = await outbox.claim(conn, grip, 10, works.clock())
        async with works.pool.connection() as conn:
            rows = await last_look(conn, grip, claimed, works.clock())
        taken = [Finished(row, Accepted(f"ref-{row.message_id}"), works.clock()) for row in rows]
        refused = Finished(rows[3], Refused("number_invalid", code="21211"), works.clock())
        for batch in (taken[:2], [taken[2], refused]):
            async with works.pool.connection() as conn:
                await record(conn, grip, batch)
        assert here.statuses() == {"sent": 3, "rejected": 1}
        told = here.rows("SELECT DISTINCT reason, rank, accepted FROM outcomes WHERE status = 'sent'")
        assert told == [("", 120, True)]
        assert here.rows("SELECT message_id, status, reason, detail FROM message_events ORDER BY 1") == [
            *((id_, "sent", "", "") for id_ in ids[:3]),
            (ids[3], "rejected", "number_invalid", "21211"),
        ]
        named = here.rows("SELECT provider_ref, message_id FROM provider_ids ORDER BY 2")
        assert named == [(f"ref-{id_}", id_) for id_ in ids[:3]]
        assert here.left() == (0, 0, 0)


async def test_a_report_that_came_first_stands_when_the_answer_is_recorded(database: Databases) -> None:
    async with world(database) as here, open_works(database.url) as works:
        (message,) = here.queue(1)
        grip = await grip_of(here, works)
        async with works.pool.connection() as conn:
            window = await windows.take(conn, grip, 10, works.clock())
            (row,) = await look_at_once(conn, grip, window, 1, works.clock())
        here.conn.execute(
            "INSERT INTO outcomes VALUES (%s, %s, 'delivered', '', 133, now(), true)",
            (here.workspace, message),
        )
        async with works.pool.connection() as conn:
            await record(conn, grip, [Finished(row, Accepted("late"), works.clock())])
        assert here.standing(message) == ("delivered", "")
        assert here.rows("SELECT provider_ref FROM provider_ids") == [("late",)]
