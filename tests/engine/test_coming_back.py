"""A reply that does not arrive answers nothing: its conversation comes back, with a reason (R12.2)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sayso.engine.receipts import receipts
from sayso.providers.contract import Accepted, Outbound, Refused
from sayso.storage.databases import Databases
from tests.engine.sending_scene import World, engine, open_carrier, sends, until, world
from tests.engine.test_receipts import queued, report

pytestmark = [pytest.mark.anyio, pytest.mark.rule("R12.2")]
PHONE = 15557770000
BACK = (True, 1, 2)  # open, one waits, and that is news beside the text
SENT = (False, 0, 1)


def answered(here: World, count: int = 1) -> list[int]:
    """Conversations that were answered and closed, with the replies in the outbox."""
    replies = here.queue(count, purpose="reply")
    for place, message in enumerate(replies):
        key = (here.workspace, PHONE + place, here.line)
        here.conn.execute(
            "INSERT INTO conversations (workspace_id, phone, line_id, id, written, open, unanswered, news, "
            "last_id, last_inbound_id, wrote_at, last_is_ours, last_words) "
            "VALUES (%s, %s, %s, 1, '', false, 0, 1, 1, 1, now() - interval '1 hour', true, 'Yes.')",
            key,
        )
        here.conn.execute(
            "INSERT INTO conversation_replies VALUES (%s, %s, gen_random_uuid(), %s, %s, 1, 7, NULL)",
            (here.workspace, message, *key[1:]),
        )
    return replies


def stands(here: World) -> list[tuple[object, ...]]:
    return here.rows("SELECT open, unanswered, news FROM conversations ORDER BY phone")


def why(here: World, phone: int = PHONE) -> str:
    return str(here.rows("SELECT came_back FROM conversations WHERE phone = %s", phone)[0][0])


async def test_what_the_gate_skips_the_provider_refuses_or_nobody_can_write_comes_back(
    database: Databases,
) -> None:
    def answers(outbound: Outbound) -> Accepted | Refused:
        if outbound.to.endswith("1"):
            return Refused("bad_number", code="21211")
        return Accepted(f"ref-{outbound.client_reference}")

    async with world(database) as here, open_carrier() as carrier:
        carrier.answers = answers
        here.block(PHONE)
        answered(here, 3)
        here.queue(1, phone=PHONE + 1)  # no reply: its refusal concerns no conversation
        async with engine(database.url, sends(carrier)):
            await until(lambda: here.statuses() == {"skipped": 1, "rejected": 2, "sent": 1})
        assert stands(here) == [BACK, BACK, SENT]
        assert (
            why(here)
            == "They have not written since they were blocked. Only they can begin again, by writing."
        )
        assert why(here, PHONE + 1).startswith("The number does not exist")


async def test_what_was_taken_back_while_it_waited_comes_back(database: Databases) -> None:
    async with world(database) as here, open_carrier() as carrier:
        (reply,) = answered(here)
        here.conn.execute(
            "INSERT INTO outcomes VALUES (%s, %s, 'cancelled', 'opted_out', 90, now())",
            (here.workspace, reply),
        )
        here.conn.execute("NOTIFY outbox")
        async with engine(database.url, sends(carrier)):
            await until(lambda: stands(here) == [BACK])
        assert why(here) == "The recipient opted out before it was sent."


async def test_a_report_that_it_failed_brings_it_back_once_and_one_after_it_arrived_does_not(
    database: Databases,
) -> None:
    async with world(database) as here, engine(database.url, receipts()):
        failed, arrived = answered(here, 2)
        here.conn.execute("DELETE FROM outbox")
        report(here, "a", "failed", reference=str(failed), reason="temp_unreachable")
        report(here, "b", "delivered", reference=str(arrived))
        report(here, "b", "failed", reference=str(arrived))
        await until(lambda: queued(here) == 0)
        assert stands(here) == [BACK, SENT]
        here.conn.execute("UPDATE conversations SET open = false WHERE phone = %s", (PHONE,))
        report(here, "a", "failed", reference=str(failed), reason="temp_unreachable")
        await until(lambda: queued(here) == 0)
        assert stands(here)[0] == (False, 1, 2)


async def test_a_reply_that_was_put_off_for_a_day_comes_back(database: Databases) -> None:
    async with world(database) as here, open_carrier() as carrier:
        carrier.answers = lambda _: Refused("account", code="20003")
        (reply,) = answered(here)
        yesterday = datetime.now(UTC) - timedelta(hours=25)
        old = here.value("SELECT sayso.id_at(%s)", yesterday)
        for table, column in (
            ("messages", "id"),
            ("outbox", "message_id"),
            ("conversation_replies", "message_id"),
        ):
            here.conn.execute(f"UPDATE {table} SET {column} = %s WHERE {column} = %s", (old, reply))  # type: ignore[arg-type]
        here.conn.execute(
            "INSERT INTO message_events (workspace_id, message_id, status, reason, at)"
            " SELECT workspace_id, id, 'deferred', 'account', %s FROM messages WHERE id = %s",
            (yesterday, old),
        )
        here.conn.execute("NOTIFY outbox")
        async with engine(database.url, sends(carrier)):
            await until(lambda: here.standing(old)[0] == "expired")
        assert stands(here) == [BACK]
