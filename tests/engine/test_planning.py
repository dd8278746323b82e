"""Walking an audience: each recipient is decided on once, whatever breaks, and however many walk."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
from psycopg.errors import CheckViolation

from sayso.core.campaign_text import Links
from sayso.engine import planning_slice
from sayso.engine.planning import Means, plan_slice, planning_stage
from sayso.engine.supervisor import open_works
from sayso.storage import messages
from sayso.storage.databases import Databases
from sayso.storage.pool import ENGINE, Pool, open_pool
from tests.engine.sending_scene import World, engine, until, world

pytestmark = pytest.mark.anyio
SEED = 20_261_126
FIRST = 12_065_550_000
LINKS = Links(b"k" * 32, "https://sms.example.com")


class CrashError(Exception):
    """The process ended here."""


@asynccontextmanager
async def planners(databases: Databases) -> AsyncIterator[tuple[World, Pool]]:
    async with world(databases) as here, open_pool(databases.url, ENGINE, size=4) as pool:
        yield here, pool


def people(here: World, numbers: list[int]) -> None:
    """A contact for each number, who said yes."""
    here.conn.cursor().executemany(
        "INSERT INTO contacts (workspace_id, phone, sms_consent) VALUES (%s, %s, 'yes')",
        [(here.workspace, FIRST + number) for number in numbers],
    )


def launched(here: World, **more: object) -> int:
    """A campaign to everybody whose planning has begun."""
    told = {"body": "Sale.", "per_profile": False, **more}
    campaign = here.value(
        "INSERT INTO campaigns (workspace_id, name, state, audience, category, body, per_profile, starts_at)"
        " VALUES (%s, 'Sale', 'planning', 'everybody', 'promotions', %s, %s, now()) RETURNING id",
        here.workspace,
        told["body"],
        told["per_profile"],
    )
    here.conn.execute(
        "INSERT INTO campaign_plans (workspace_id, campaign_id, rehearsal, began_at)"
        " VALUES (%s, %s, false, now())",
        (here.workspace, campaign),
    )
    return campaign


async def walk(pool: Pool, limit: int, chance: random.Random | None = None) -> None:
    """Plan slice by slice to the end; with `chance` the process ends now and then after what it wrote."""
    while True:
        try:
            async with pool.connection() as conn:
                means = Means(beside=pool.connection)
                done = await plan_slice(conn, LINKS, limit, datetime.now(UTC), means)
                if done:
                    _perhaps_crash(chance)
        except CrashError:
            continue
        if not done:
            return


def _perhaps_crash(chance: random.Random | None) -> None:
    if chance is not None and chance.random() < 0.4:
        raise CrashError


def planned(here: World) -> Counter[tuple[object, ...]]:
    rows = here.rows(
        "SELECT m.phone, coalesce(o.status, 'queued'), coalesce(o.reason, '')"
        " FROM messages m LEFT JOIN outcomes o ON o.message_id = m.id"
    )
    return Counter(rows)


def tallied(here: World) -> dict[tuple[object, object], object]:
    return {
        (row[0], row[1]): row[2] for row in here.rows("SELECT status, reason, messages FROM campaign_tallies")
    }


def standing(here: World) -> dict[object, object]:
    """Where messages stand by the figures, which are counted as they are stored."""
    return dict(
        here.rows(
            "SELECT status, sum(messages)::int FROM standing_deltas GROUP BY status"
            " HAVING sum(messages) <> 0 ORDER BY status"
        )
    )


def in_parts(monkeypatch: pytest.MonkeyPatch, part: int) -> None:
    monkeypatch.setattr(planning_slice, "FIRST", part)
    monkeypatch.setattr(planning_slice, "PART", part)


@pytest.mark.rule("R9.7")
@pytest.mark.parametrize(("limit", "part"), [(1, 1), (3, 1), (7, 3), (20, 5), (100, 7), (100, 100)])
async def test_each_contact_is_decided_on_once_and_each_number_texted_once(
    database: Databases, monkeypatch: pytest.MonkeyPatch, limit: int, part: int
) -> None:
    """However slices end, and however their parts: one is stored while the next is decided on."""
    in_parts(monkeypatch, part)
    chance = random.Random(SEED)
    numbers = [chance.randrange(40) for _ in range(60)]
    async with planners(database) as (here, pool):
        people(here, numbers)
        launched(here)
        await walk(pool, limit, chance)
        found = planned(here)
        times = Counter(FIRST + number for number in numbers)
        assert found == Counter(
            {(phone, "queued", ""): 1 for phone in times}
            | {
                (phone, "skipped", "duplicate_number"): count - 1
                for phone, count in times.items()
                if count > 1
            }
        )
        assert here.left() == (len(times), 0, 0)
        assert tallied(here)["queued", ""] == len(times)
        skipped = {"skipped": len(numbers) - len(times)} if len(numbers) > len(times) else {}
        assert standing(here) == {"queued": len(times), **skipped}
        assert here.rows("SELECT state FROM campaigns") == [("sending",)]


@pytest.mark.rule("R9.7")
async def test_a_campaign_per_profile_texts_each_profile_of_a_number(database: Databases) -> None:
    async with planners(database) as (here, pool):
        people(here, [1, 1, 2])
        launched(here, per_profile=True)
        await walk(pool, 2)
        assert planned(here) == {(FIRST + 1, "queued", ""): 2, (FIRST + 2, "queued", ""): 1}


async def test_the_second_profile_of_a_number_gets_what_the_first_may_not(database: Databases) -> None:
    async with planners(database) as (here, pool):
        people(here, [1, 1])
        here.conn.execute("UPDATE contacts SET sms_consent = 'no' WHERE id = (SELECT min(id) FROM contacts)")
        launched(here)
        await walk(pool, 1)
        assert planned(here) == {(FIRST + 1, "skipped", "consent_no"): 1, (FIRST + 1, "queued", ""): 1}


async def test_history_begins_with_what_a_planned_message_began_as(database: Databases) -> None:
    """Who is queued has no event stored for that; whoever reads history finds it all the same."""
    async with planners(database) as (here, pool):
        people(here, [1, 1])
        launched(here)
        await walk(pool, 100)
        assert here.value("SELECT count(*) FROM message_events") == 1
        first, second = (row[0] for row in here.rows("SELECT id FROM messages ORDER BY id"))
        async with pool.connection() as conn:
            (queued,) = await messages.events(conn, first)
            (skipped,) = await messages.events(conn, second)
        assert (queued.status, queued.reason, queued.detail) == ("queued", "", "")
        assert here.rows("SELECT sayso.time_of(%s)", first) == [(queued.at,)]
        assert (skipped.status, skipped.reason) == ("skipped", "duplicate_number")
        assert skipped.detail.startswith("Another profile")


async def test_four_planners_at_once_plan_nothing_twice(database: Databases) -> None:
    async with planners(database) as (here, pool):
        people(here, list(range(120)))
        launched(here)
        await asyncio.gather(*(walk(pool, 5) for _ in range(4)))
        # Who finds the plan held by another goes on to other work, so one may be left to come back to.
        await walk(pool, 5)
        assert set(planned(here).values()) == {1}
        assert len(planned(here)) == 120


async def test_a_part_that_fails_takes_its_whole_slice_with_it(
    database: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stored beside the next part or not: nothing of the slice stands, and the connection is whole."""
    in_parts(monkeypatch, 2)
    async with planners(database) as (here, pool):
        people(here, list(range(9)))
        launched(here)
        here.conn.execute(f"ALTER TABLE messages ADD CONSTRAINT bad CHECK (phone <> {FIRST + 3})")
        async with pool.connection() as conn:
            with pytest.raises(CheckViolation):
                await plan_slice(conn, LINKS, 9, datetime.now(UTC))
            await conn.rollback()
        assert planned(here) == {}
        here.conn.execute("ALTER TABLE messages DROP CONSTRAINT bad")
        await walk(pool, 9)
        assert len(planned(here)) == here.left()[0] == 9


async def test_a_slice_that_is_cancelled_half_way_leaves_nothing_behind(
    database: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_parts(monkeypatch, 2)
    chance = random.Random(SEED)
    async with planners(database) as (here, pool):
        people(here, list(range(40)))
        launched(here)
        for _ in range(5):
            slicing = asyncio.create_task(walk(pool, 40))
            for _ in range(chance.randrange(5, 60)):
                await asyncio.sleep(0)
            slicing.cancel()
            await asyncio.gather(slicing, return_exceptions=True)
        await walk(pool, 40)
        assert set(planned(here).values()) == {1}
        assert len(planned(here)) == here.left()[0] == 40


async def test_two_campaigns_are_planned_each_to_its_own(database: Databases) -> None:
    async with planners(database) as (here, pool):
        people(here, list(range(10)))
        first, second = launched(here), launched(here, body="Other.")
        await walk(pool, 3)
        rows = here.rows("SELECT campaign_id, body, count(*) FROM messages GROUP BY 1, 2 ORDER BY 1")
        assert rows == [(first, "Sale.", 10), (second, "Other.", 10)]


async def test_a_paused_campaign_is_planned_no_further(database: Databases) -> None:
    async with planners(database) as (here, pool):
        people(here, list(range(10)))
        launched(here)
        async with pool.connection() as conn:
            assert await plan_slice(conn, LINKS, 4, datetime.now(UTC)) == 4
        here.conn.execute("UPDATE campaigns SET state = 'paused'")
        await walk(pool, 4)
        assert len(planned(here)) == 4
        here.conn.execute("UPDATE campaigns SET state = 'planning'")
        await walk(pool, 4)
        assert len(planned(here)) == 10


@pytest.mark.rule("R9.2")
async def test_a_text_that_grows_too_long_or_lacks_a_word_is_not_sent(database: Databases) -> None:
    async with planners(database) as (here, pool):
        people(here, [1, 2, 3])
        here.conn.execute(
            "UPDATE contacts SET attributes = jsonb_build_object('word', repeat('x', 1600)) WHERE phone = %s",
            (FIRST + 1,),
        )
        here.conn.execute(
            'UPDATE contacts SET attributes = \'{"word": "yes"}\' WHERE phone = %s', (FIRST + 2,)
        )
        launched(here, body="Say {{ word }}.")
        await walk(pool, 10)
        assert planned(here) == {
            (FIRST + 1, "skipped", "too_long"): 1,
            (FIRST + 2, "queued", ""): 1,
            (FIRST + 3, "skipped", "missing_value"): 1,
        }


async def test_who_cannot_be_planned_is_left_out_and_all_others_are_planned(database: Databases) -> None:
    async with planners(database) as (here, _):
        people(here, list(range(40)))
        # As a row that the database will not take, whatever the reason.
        here.conn.execute(
            f"ALTER TABLE messages ADD CONSTRAINT no_poison CHECK (phone <> {FIRST + 17} OR body = '')"
        )
        launched(here)
        async with engine(database.url, planning_stage("a secret", "https://sms.example.com")):
            await until(lambda: here.rows("SELECT state FROM campaigns") == [("sending",)])
        found = planned(here)
        assert found[FIRST + 17, "skipped", "poison"] == 1
        assert sum(count for (_, status, _), count in found.items() if status == "queued") == 39


async def test_campaigns_are_planned_in_turn_so_that_a_large_one_keeps_nobody_waiting(
    database: Databases,
) -> None:
    async with planners(database) as (here, pool):
        people(here, list(range(10)))
        for body in ("First.", "Second."):
            launched(here, body=body)
        for _ in range(2):
            async with pool.connection() as conn:
                await plan_slice(conn, LINKS, 3, datetime.now(UTC))
        rows = here.rows("SELECT body, count(*) FROM messages GROUP BY 1 ORDER BY 1")
        assert rows == [("First.", 3), ("Second.", 3)]


async def test_nothing_is_planned_while_a_restore_waits_for_somebody_to_say_so(database: Databases) -> None:
    async with planners(database) as (here, pool):
        people(here, [1])
        launched(here)
        here.conn.execute("INSERT INTO pauses VALUES ('all', 'restored', now(), now())")
        await walk(pool, 10)
        assert planned(here) == Counter()
        here.conn.execute("DELETE FROM pauses")
        await walk(pool, 10)
        assert sum(planned(here).values()) == 1


async def test_a_campaign_that_was_planned_to_its_end_while_it_was_paused_comes_to_its_end(
    database: Databases,
) -> None:
    async with planners(database) as (here, pool):
        launched(here)
        await walk(pool, 10)
        here.conn.execute("UPDATE campaigns SET state = 'planning'")
        async with engine(database.url, planning_stage("a secret", "https://sms.example.com")):
            await until(lambda: here.rows("SELECT state FROM campaigns") == [("finished",)])


async def test_a_slice_that_gets_no_second_connection_is_planned_over_its_own_and_says_so(
    database: Databases, caplog: pytest.LogCaptureFixture
) -> None:
    async with world(database) as here, open_works(database.url, pool_size=1) as works:
        people(here, list(range(1, 6)))
        launched(here)
        stage = planning_stage("a secret", "https://sms.example.com")(works)
        began = time.monotonic()
        await stage.step()
        assert time.monotonic() - began < 5
        assert sum(planned(here).values()) == 5
        assert "no second connection is free" in caplog.text
