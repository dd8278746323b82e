"""What is said of a message last is how it stands, though two may say something in the same instant."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sayso.core.receipts import RANKS
from sayso.observe import metrics
from sayso.storage import campaign_ends, outbox
from sayso.storage.campaign_ends import Cancelled
from sayso.storage.databases import Databases
from sayso.storage.outbox import Verdict
from sayso.storage.pool import ENGINE, open_pool
from tests.engine.sending_scene import World, world

pytestmark = pytest.mark.anyio
NOW = datetime(2026, 11, 27, 9, 7, 30, tzinfo=UTC)
HISTORY = "SELECT status, reason FROM message_events WHERE message_id = %s ORDER BY ctid"
CANCELLED = ("cancelled", "campaign_cancelled")
CAMPAIGN = 7


def said(here: World, message: int, status: str, reason: str = "") -> Verdict:
    return Verdict(here.workspace, message, status, reason, RANKS[status], "", NOW)


def counted(status: str) -> float:
    """Steps of messages to this status so far, as Prometheus reads them."""
    series = f'sayso_messages_total{{status="{status}"}} '
    lines = metrics.render().decode().splitlines()
    return sum(float(line.removeprefix(series)) for line in lines if line.startswith(series))


@pytest.mark.parametrize("status", ["deferred", "skipped", "cancelled", "enqueue_failed"])
async def test_what_a_sender_says_of_a_message_that_was_just_taken_back_is_not_told(
    database: Databases, status: str
) -> None:
    async with world(database) as here, open_pool(database.url, ENGINE, size=1) as pool:
        taken, other, left = here.queue(3)
        here.conn.execute("UPDATE messages SET campaign_id = %s WHERE id = %s", (CAMPAIGN, taken))
        here.conn.execute(
            "INSERT INTO campaigns (id, workspace_id, name, audience, category, body, opt_out_message, state)"
            " OVERRIDING SYSTEM VALUE"
            " VALUES (%s, %s, 'Sale', 'everybody', 'news', 'Sale.', 'STOP', 'cancelled')",
            (CAMPAIGN, here.workspace),
        )
        before = counted(status), counted("cancelled"), counted("sent")
        async with pool.connection() as conn:
            of = Cancelled(here.workspace, CAMPAIGN)
            await campaign_ends.take_back(conn, of, (CANCELLED[1], "It was."), 10, NOW)
        verdicts = [said(here, one, status, "quiet_hours") for one in (taken, other)]
        async with pool.connection() as conn, conn.pipeline():
            await outbox.conclude(conn, [*verdicts, said(here, left, "sent")])
        assert here.standing(taken) == CANCELLED
        assert here.rows(HISTORY, taken) == [CANCELLED]
        assert here.rows(HISTORY, other) == [(status, "quiet_hours")]
        assert here.rows(HISTORY, left) == [("sent", "")]
        more = counted(status) - before[0], counted("cancelled") - before[1], counted("sent") - before[2]
        assert more == ((2, 2, 1) if status == "cancelled" else (1, 1, 1))


async def test_every_report_is_told_and_of_two_reasons_to_wait_both_are(database: Databases) -> None:
    async with world(database) as here, open_pool(database.url, ENGINE, size=1) as pool:
        waits, arrived = here.queue(2)
        before = counted("deferred"), counted("sent")
        for told in (
            [said(here, waits, "deferred", "quiet_hours"), said(here, arrived, "delivered")],
            [said(here, waits, "deferred", "frequency_cap"), said(here, arrived, "sent")],
        ):
            async with pool.connection() as conn:
                await outbox.conclude(conn, told)
        assert here.standing(waits) == ("deferred", "frequency_cap")
        assert here.rows(HISTORY, waits) == [("deferred", "quiet_hours"), ("deferred", "frequency_cap")]
        assert here.standing(arrived) == ("delivered", "")
        assert here.rows(HISTORY, arrived) == [("delivered", ""), ("sent", "")]
        assert (counted("deferred") - before[0], counted("sent") - before[1]) == (2, 1)
