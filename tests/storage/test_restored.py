"""What was queued at the backup is not sent a second time after a restore."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from sayso.core.receipts import RANKS
from sayso.storage import restored
from sayso.storage.databases import Databases
from sayso.storage.pool import ENGINE, url_as
from tests.engine.sending_scene import World, world

pytestmark = pytest.mark.anyio


async def hold_back(database: Databases) -> restored.HeldBack:
    url = url_as(database.url, ENGINE)
    async with await psycopg.AsyncConnection.connect(url) as conn:
        return await restored.hold_back(conn, RANKS["unconfirmed"], RANKS["sending"], datetime.now(UTC))


def pause(here: World, *, restored_at: datetime | None) -> None:
    here.conn.execute("INSERT INTO pauses VALUES ('all', 'because', now(), %s)", (restored_at,))


async def test_what_was_queued_before_a_restore_is_unconfirmed_and_gone_from_the_queue(
    database: Databases,
) -> None:
    async with world(database) as here:
        waits, claimed, cancelled = here.queue(3)
        here.conn.execute("DELETE FROM outbox WHERE message_id = %s", (claimed,))
        here.conn.execute("INSERT INTO claims VALUES (1, 1, 1, now(), 1, %s, 0, 7)", (claimed,))
        here.conn.execute("INSERT INTO outcomes VALUES (1, %s, 'cancelled', '', 90, now())", (cancelled,))
        pause(here, restored_at=datetime.now(UTC) + timedelta(seconds=1))
        assert (await hold_back(database)).messages == 2
        assert here.standing(waits) == here.standing(claimed) == ("unconfirmed", "restored")
        assert here.standing(cancelled)[0] == "cancelled"
        assert here.left() == (0, 0, 0)
        told = here.rows("SELECT DISTINCT detail FROM message_events")
        assert "may have been sent since" in str(told)


@pytest.mark.parametrize("restored_at", [None, datetime(2026, 1, 1, tzinfo=UTC)])
async def test_what_was_queued_after_a_restore_or_without_one_stays(
    database: Databases, restored_at: datetime | None
) -> None:
    async with world(database) as here:
        here.queue(2)
        pause(here, restored_at=restored_at)
        assert await hold_back(database) == restored.HeldBack(0, 0)
        assert here.left() == (2, 0, 0)


async def test_campaigns_that_were_not_wholly_planned_end_and_what_was_parked_is_unconfirmed(
    database: Databases,
) -> None:
    async with world(database) as here:
        (parked,) = here.queue(1)
        here.conn.execute("DELETE FROM outbox")
        for state in ("scheduled", "planning", "paused", "sending"):
            here.conn.execute(
                "INSERT INTO campaigns (workspace_id, name, state, audience, starts_at)"
                " VALUES (%s, 'Sale', %s, 'everybody', now())",
                (here.workspace, state),
            )
        here.conn.execute(
            "INSERT INTO parked VALUES (%s, 1, %s, 2, now(), %s, 0)",
            (here.workspace, here.connection, parked),
        )
        pause(here, restored_at=datetime.now(UTC) + timedelta(seconds=1))
        assert await hold_back(database) == restored.HeldBack(1, 3)
        assert here.standing(parked) == ("unconfirmed", "restored")
        assert here.rows("SELECT state, count(*) FROM campaigns GROUP BY 1 ORDER BY 1") == [
            ("cancelled", 3),
            ("sending", 1),
        ]
        assert here.value("SELECT count(*) FROM parked") == 0
