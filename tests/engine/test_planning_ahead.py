"""Parts of a slice that are read while others are decided on and stored, over another connection."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
from psycopg.pq import TransactionStatus

from sayso.engine import planning_slice
from sayso.engine.planning import ALONE, Means, plan_slice, planning_stage
from sayso.engine.planning_slice import Decided, Part, Slice, Walked
from sayso.storage.databases import Databases
from sayso.storage.pool import Connection
from tests.engine.sending_scene import engine, until
from tests.engine.test_planning import FIRST, LINKS, in_parts, launched, people, planned, planners

pytestmark = pytest.mark.anyio
GONE = 100
TIMES = """
SELECT m.contact_id, count(*) FILTER (WHERE o.status IS NULL) FROM messages m
LEFT JOIN outcomes o ON o.message_id = m.id GROUP BY 1 ORDER BY 1
"""


@pytest.mark.rule("R9.7")
@pytest.mark.parametrize("limit", [100, 7])
@pytest.mark.parametrize("is_beside", [True, False])
async def test_whose_number_changes_while_a_slice_is_decided_on_is_texted_once(
    database: Databases, monkeypatch: pytest.MonkeyPatch, limit: int, is_beside: bool
) -> None:
    """By the new number they are met again, in a part that was read before this slice was stored."""
    in_parts(monkeypatch, 1)
    decide = Slice.decide
    async with planners(database) as (here, pool):
        people(here, list(range(12)))
        launched(here)
        changed = []

        async def while_it_changes(self: Slice, part: Part, walked: Walked) -> Decided:
            phone = part.people[0].phone
            if phone < FIRST + 6:
                changed.append(phone)
                query = "UPDATE contacts SET phone = %s WHERE phone = %s"
                here.conn.execute(query, (phone + GONE, phone))
            return await decide(self, part, walked)

        monkeypatch.setattr(Slice, "decide", while_it_changes)
        means, done = Means(beside=pool.connection) if is_beside else ALONE, 1
        while done:
            async with pool.connection() as conn:
                done = await plan_slice(conn, LINKS, limit, datetime.now(UTC), means)
        assert len(changed) == 6
        assert [times for _, times in here.rows(TIMES)] == [1] * 12
        assert sum(planned(here).values()) > 12  # some of them were met again, and told why not


async def test_whoever_reads_ahead_keeps_no_transaction_open_meanwhile(
    database: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A migration would wait for its locks, and everybody behind the migration."""
    in_parts(monkeypatch, 2)
    lent: list[Connection] = []
    seen: list[TransactionStatus] = []
    decide = Slice.decide

    async def while_others_are_stored(self: Slice, part: Part, walked: Walked) -> Decided:
        seen.append(lent[0].info.transaction_status)
        return await decide(self, part, walked)

    monkeypatch.setattr(Slice, "decide", while_others_are_stored)
    async with planners(database) as (here, pool):
        people(here, list(range(8)))
        launched(here)

        @asynccontextmanager
        async def beside() -> AsyncIterator[Connection]:
            async with pool.connection() as conn:
                lent.append(conn)
                yield conn

        async with pool.connection() as conn:
            await plan_slice(conn, LINKS, 8, datetime.now(UTC), Means(beside=beside))
        assert len(planned(here)) == 8
        assert seen[-1] == TransactionStatus.IDLE


async def test_a_campaign_whose_slices_cannot_be_opened_keeps_no_other_waiting(
    database: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everybody of it is left out, each said so, and it comes to its end."""
    async with planners(database) as (here, _):
        people(here, list(range(5)))
        bad = launched(here)
        opened = planning_slice.opened

        async def open_or_fail(conn, plan, links, now):  # type: ignore[no-untyped-def] # it passes all on
            if plan.campaign_id == bad:
                raise ValueError("a fault of the text")
            return await opened(conn, plan, links, now)

        monkeypatch.setattr(planning_slice, "opened", open_or_fail)
        async with engine(database.url, planning_stage("a secret", "https://sms.example.com")):
            await until(
                lambda: here.rows("SELECT state FROM campaigns WHERE id = %s", bad) == [("finished",)]
            )
            good = launched(here, body="Other.")
            await until(
                lambda: here.rows("SELECT state FROM campaigns WHERE id = %s", good) == [("sending",)]
            )
        told = here.rows(
            "SELECT m.campaign_id, coalesce(o.reason, ''), count(*) FROM messages m"
            " LEFT JOIN outcomes o ON o.message_id = m.id GROUP BY 1, 2 ORDER BY 1"
        )
        assert told == [(bad, "poison", 5), (good, "", 5)]
