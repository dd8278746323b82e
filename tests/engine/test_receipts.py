"""Delivery reports: early, late, twice, out of order, and of messages that nobody knows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from sayso.core.receipts import RANKS
from sayso.engine.receipts import BATCH, receipts
from sayso.storage.databases import Databases
from tests.engine.sending_scene import World, engine, until, world

pytestmark = pytest.mark.anyio


def report(here: World, ref: str, status: str, **told: object) -> None:
    """One receipt in the queue, as a door stores it."""
    here.conn.execute(
        """
        INSERT INTO receipt_queue (id, connection_id, provider_ref, client_reference, status, reason,
            opted_out, recipient, received_at)
        VALUES (sayso.new_id(), %s, %s, %s, %s, %s, %s, %s, %s)
        """,
        (
            here.connection,
            ref,
            told.get("reference"),
            status,
            told.get("reason", ""),
            told.get("opted_out", False),
            told.get("recipient", ""),
            told.get("received_at", datetime.now(UTC)),
        ),
    )


def sent(here: World, count: int = 1) -> list[int]:
    """Messages that have left, and what the provider calls them."""
    ids = here.queue(count)
    here.conn.execute("DELETE FROM outbox")
    for message in ids:
        here.conn.execute(
            "INSERT INTO provider_ids VALUES (%s, %s, %s, %s)",
            (here.connection, f"ref-{message}", here.workspace, message),
        )
        here.conn.execute(
            "INSERT INTO outcomes VALUES (%s, %s, 'sent', '', 120, now())", (here.workspace, message)
        )
    return ids


def queued(here: World) -> int:
    return here.value("SELECT count(*) FROM receipt_queue")


async def test_a_receipt_moves_its_message(database: Databases) -> None:
    async with world(database) as here, engine(database.url, receipts()):
        first, second = sent(here, 2)
        report(here, f"ref-{first}", "delivered")
        report(here, f"ref-{second}", "failed", reason="bad_number")
        here.conn.execute("NOTIFY receipts")
        await until(lambda: queued(here) == 0)
        assert here.standing(first) == ("delivered", "")
        assert here.standing(second) == ("failed", "bad_number")


@pytest.mark.parametrize(
    "order",
    [
        ("sent", "delivered"),
        ("delivered", "sent"),
        ("delivered", "delivered"),
        # Two parts, or two networks, that say different things of one message: that it arrived is the proof.
        ("failed", "delivered"),
        ("delivered", "failed"),
    ],
)
async def test_order_and_repeats_change_nothing_and_each_is_kept(
    database: Databases, order: tuple[str, str]
) -> None:
    async with world(database) as here, engine(database.url, receipts()):
        (only,) = sent(here)
        for status in order:
            report(here, f"ref-{only}", status)
        await until(lambda: queued(here) == 0)
        assert here.standing(only)[0] == "delivered"
        kept = here.rows("SELECT status FROM message_events WHERE message_id = %s", only)
        assert sorted(str(row[0]) for row in kept) == sorted(order)


async def test_our_own_reference_names_the_message_and_teaches_the_providers(database: Databases) -> None:
    async with world(database) as here, engine(database.url, receipts()):
        (only,) = here.queue(1)
        report(here, "abc", "sent", reference=str(only))
        await until(lambda: here.standing(only)[0] == "sent")
        report(here, "abc", "delivered")
        await until(lambda: here.standing(only)[0] == "delivered")


async def test_a_name_taught_by_the_batch_before_is_known_to_one_that_was_read_ahead(
    database: Databases,
) -> None:
    async with world(database) as here:
        long_ago = datetime.now(UTC) - timedelta(hours=1)
        (only,) = here.queue(1)
        report(here, "abc", "sent", reference=str(only), received_at=long_ago)
        here.conn.execute(
            "INSERT INTO receipt_queue (id, connection_id, provider_ref, status, received_at)"
            " SELECT sayso.new_id(), %s, 'nobody-' || n, 'sent', now() FROM generate_series(2, %s) n",
            (here.connection, BATCH),
        )
        # The first of the second batch, which is read while the first is stored, and too old to wait.
        report(here, "abc", "delivered", received_at=long_ago)
        async with engine(database.url, receipts()):
            await until(lambda: here.standing(only)[0] == "delivered")


async def test_a_receipt_confirms_what_was_unconfirmed_however_late(database: Databases) -> None:
    async with world(database) as here, engine(database.url, receipts()):
        crashed, given_up = here.queue(2)
        for message, status in ((crashed, "unconfirmed"), (given_up, "unknown")):
            here.conn.execute(
                "INSERT INTO outcomes VALUES (%s, %s, %s, 'crashed', %s, now() - interval '4 days')",
                (here.workspace, message, status, RANKS[status]),
            )
            report(here, f"ref-{message}", "delivered", reference=str(message))
        await until(lambda: here.statuses() == {"delivered": 2})


async def test_a_reference_of_another_connections_message_means_nothing(database: Databases) -> None:
    async with world(database) as here, engine(database.url, receipts()):
        (only,) = here.queue(1)
        here.conn.execute(
            "INSERT INTO connections (name, kind, hook_token, parts_per_second) "
            "VALUES ('Other', 'simulator', repeat('u', 32), 1)"
        )
        other = World(here.databases, here.conn, here.workspace, here.connection + 1)
        report(
            other, "abc", "failed", reference=str(only), received_at=datetime.now(UTC) - timedelta(minutes=2)
        )
        await until(lambda: queued(here) == 0)
        assert here.standing(only)[0] == "queued"


async def test_a_receipt_that_came_too_early_waits_for_its_message(database: Databases) -> None:
    async with world(database) as here, engine(database.url, receipts()):
        report(here, "early", "delivered")
        (other,) = sent(here)
        report(here, f"ref-{other}", "delivered")
        await until(lambda: here.standing(other)[0] == "delivered")
        assert queued(here) == 1
        (only,) = here.queue(1)
        here.conn.execute(
            "INSERT INTO provider_ids VALUES (%s, 'early', %s, %s)", (here.connection, here.workspace, only)
        )
        await until(lambda: here.standing(only)[0] == "delivered")


async def test_a_receipt_nobody_knows_is_dropped_with_an_alarm(database: Databases) -> None:
    async with world(database) as here, engine(database.url, receipts()):
        long_ago = datetime.now(UTC) - timedelta(minutes=2)
        for number in range(3):
            report(here, f"foreign-{number}", "delivered", received_at=long_ago)
        await until(lambda: queued(here) == 0)
        await until(lambda: here.value("SELECT count(*) FROM alarms WHERE code = 'unknown_receipts'") == 1)


@pytest.mark.rule("R6.6")
async def test_an_opted_out_receipt_blocks_the_channel(database: Databases) -> None:
    async with world(database) as here, engine(database.url, receipts()):
        (only,) = sent(here)
        (waits,) = here.queue(1, advertising=True)
        report(here, f"ref-{only}", "rejected", reason="opted_out", opted_out=True)
        report(here, f"ref-{only}", "rejected", reason="opted_out", opted_out=True)
        await until(lambda: queued(here) == 0)
        assert here.rows("SELECT phone, scope, source FROM blocks") == [(15557770000, "channel", "provider")]
        assert here.standing(waits) == ("cancelled", "opted_out")
        assert (
            here.value("SELECT count(*) FROM consents WHERE action = 'reject' AND source = 'provider'") == 1
        )
        assert here.rows("SELECT inbound_id, reason FROM blocks") == [
            (None, "The provider says that this number has opted out.")
        ]
        assert here.value("SELECT count(*) FROM events") == 0


@pytest.mark.rule("R6.6", "R5.5", "R5.6")
async def test_a_report_that_meets_the_same_stop_as_it_is_decided_writes_nothing_twice(
    database: Databases,
) -> None:
    async with world(database) as here, engine(database.url, receipts()):
        (only,) = sent(here)
        here.queue(1, contact=True)
        # The inbound stage's transaction, not committed yet: nobody else sees its block.
        with psycopg.connect(database.owner_url, options="-c search_path=sayso") as deciding:
            World(here.databases, deciding, here.workspace).block(15557770000)
            report(here, f"ref-{only}", "rejected", reason="opted_out", opted_out=True)
            here.conn.execute("NOTIFY receipts")
            waits = "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'"
            await until(lambda: here.value(waits) == 1)
        await until(lambda: queued(here) == 0)
        assert here.rows("SELECT source, said_last_at > since FROM blocks") == [("keyword", True)]
        assert here.value("SELECT count(*) FROM consents") == 0
        assert here.value("SELECT count(*) FROM events") == 0


@pytest.mark.rule("R5.6")
async def test_each_of_several_numbers_that_opted_out_at_once_is_an_event(database: Databases) -> None:
    async with world(database) as here:
        for place, message in enumerate(sent(here, 2)):
            phone = 15557770001 + place
            moved = "UPDATE messages SET phone = %s, recipient = %s WHERE id = %s"
            here.conn.execute(moved, (phone, str(phone), message))
            made = "INSERT INTO contacts (workspace_id, phone, sms_consent) VALUES (%s, %s, 'yes')"
            here.conn.execute(made, (here.workspace, phone))
            report(here, f"ref-{message}", "rejected", reason="opted_out", opted_out=True)
        async with engine(database.url, receipts()):
            await until(lambda: queued(here) == 0)
        told = here.rows("SELECT phone FROM events ORDER BY phone")
        assert told == here.rows("SELECT phone FROM blocks ORDER BY phone")
        assert told == [(15557770001,), (15557770002,)]


@pytest.mark.rule("R6.6", "R5.5", "R5.6")
async def test_an_opted_out_receipt_writes_what_a_stop_writes(database: Databases) -> None:
    async with world(database) as here, engine(database.url, receipts()):
        (only,) = sent(here)
        older, newer = (
            here.value(
                "INSERT INTO contacts (workspace_id, phone, sms_consent) VALUES (%s, 15557770000, 'yes')"
                " RETURNING id",
                here.workspace,
            )
            for _ in range(2)
        )
        here.conn.execute(
            "INSERT INTO last_texted VALUES (%s, 15557770000, %s, %s, %s, false, now())",
            (here.workspace, here.line, newer, only),
        )
        report(here, f"ref-{only}", "rejected", reason="opted_out", opted_out=True)
        await until(lambda: queued(here) == 0)
        report(here, f"ref-{only}", "rejected", reason="opted_out", opted_out=True)
        await until(lambda: queued(here) == 0)
        written = here.rows("SELECT contact_id, action, category, source, method, inbound_id FROM consents")
        assert sorted(written, key=str) == [
            (contact, "reject", "*", "provider", "provider", None) for contact in (older, newer)
        ]
        assert here.rows("SELECT DISTINCT state, source FROM consent_states") == [("reject", "provider")]
        assert here.rows("SELECT DISTINCT sms_consent FROM contacts") == [("no",)]
        ((contact, name, properties),) = here.rows("SELECT contact_id, name, properties FROM events")
        assert (contact, name) == (newer, "campaign")
        assert isinstance(properties, dict)
        assert properties["recipient"] == "15550001111"
        assert (properties["answers_message_id"], properties["answers_certainty"]) == (
            str(only),
            "provider_reference",
        )


@pytest.mark.rule("R6.6")
@pytest.mark.parametrize("recipient", ["15557770000", "+15557770000"])
async def test_an_opt_out_of_an_unknown_message_blocks_the_number_it_names(
    database: Databases, recipient: str
) -> None:
    async with world(database) as here, engine(database.url, receipts()):
        long_ago = datetime.now(UTC) - timedelta(minutes=2)
        report(here, "gone", "rejected", opted_out=True, recipient=recipient, received_at=long_ago)
        await until(lambda: queued(here) == 0)
        assert here.rows("SELECT workspace_id, phone, scope, source FROM blocks") == [
            (here.workspace, 15557770000, "channel", "provider")
        ]


@pytest.mark.rule("R6.6")
@pytest.mark.parametrize("texted", [True, False])
async def test_an_opt_out_on_one_of_several_lines_blocks_who_texted_or_is_listed(
    database: Databases, texted: bool
) -> None:
    async with world(database, kind="shared_short_code") as here:
        other = here.value("INSERT INTO workspaces (name, country) VALUES ('Other', 'US') RETURNING id")
        here.conn.execute(
            "INSERT INTO lines (workspace_id, inbound_number_id, provider_keyword) VALUES (%s, %s, 'kids')",
            (other, here.number),
        )
        if texted:
            here.conn.execute(
                "INSERT INTO last_texted VALUES (%s, 15557770000, %s, NULL, 1, false, now())",
                (here.workspace, here.line),
            )
        long_ago = datetime.now(UTC) - timedelta(minutes=2)
        report(here, "gone", "rejected", opted_out=True, recipient="15557770000", received_at=long_ago)
        async with engine(database.url, receipts()):
            await until(lambda: queued(here) == 0)
        blocked = here.rows("SELECT workspace_id, scope, line_id FROM blocks")
        assert blocked == ([(here.workspace, "line", here.line)] if texted else [])
        listed = here.rows("SELECT kind, sender FROM unrouted")
        assert listed == ([] if texted else [("unrouted", "15557770000")])
        rung = here.value("SELECT count(*) FROM alarms WHERE code = 'opt_out_unrouted'")
        assert rung == (0 if texted else 1)


async def test_one_bad_receipt_does_not_stop_the_others(database: Databases) -> None:
    async with world(database) as here, engine(database.url, receipts()):
        ids = sent(here, 5)
        here.conn.execute(f"ALTER TABLE message_events ADD CONSTRAINT bad CHECK (message_id <> {ids[2]})")
        for message in ids:
            report(here, f"ref-{message}", "delivered")
        await until(lambda: queued(here) == 0)
        assert here.statuses() == {"delivered": 4, "sent": 1}
        assert here.value("SELECT count(*) FROM unrouted WHERE kind = 'poison'") == 1


@pytest.mark.rule("R6.8")
async def test_the_report_that_completes_the_signs_ends_consent(database: Databases) -> None:
    async with world(database) as here, engine(database.url, receipts()):
        here.conn.execute("UPDATE connections SET kind = 'twilio'")
        ids = sent(here, 3)
        for message, days in zip(ids[:2], (4, 2), strict=True):
            here.conn.execute(
                "UPDATE outcomes SET status = 'failed', reason = 'bad_number', rank = 132,"
                " at = now() - make_interval(days => %s) WHERE message_id = %s",
                (days, message),
            )
        here.conn.execute("UPDATE messages SET phone = 12025550143")
        report(here, f"ref-{ids[2]}", "failed", reason="temp_unreachable")
        await until(lambda: queued(here) == 0)
        assert here.value("SELECT count(*) FROM consent_states") == 0
        here.conn.execute("UPDATE outcomes SET rank = 120 WHERE message_id = %s", (ids[2],))
        report(here, f"ref-{ids[2]}", "failed", reason="bad_number")
        await until(lambda: here.value("SELECT count(*) FROM consent_states") == 1)
        assert here.rows("SELECT action, source, method FROM consents") == [("ended", "failures", "failures")]


@pytest.mark.rule("R6.8")
async def test_whoever_holds_a_contact_keeps_neither_reports_nor_other_numbers_waiting(
    database: Databases,
) -> None:
    """Its number is judged once that is over, without another failure."""
    held, free = 12025550143, 12025550144
    ended = "SELECT phone FROM consent_states WHERE category = '*hands' ORDER BY phone"
    async with world(database) as here, engine(database.url, receipts()):
        here.conn.execute("UPDATE connections SET kind = 'twilio'")
        ids = sent(here, 7)
        for place, message in enumerate(ids[:6]):
            phone = held if place % 2 else free
            here.conn.execute("UPDATE messages SET phone = %s WHERE id = %s", (phone, message))
            if place < 4:
                here.conn.execute(
                    "UPDATE outcomes SET status = 'failed', reason = 'bad_number', rank = 132,"
                    " at = now() - make_interval(days => %s) WHERE message_id = %s",
                    (4 - place // 2, message),
                )
        for phone in (held, free):
            here.conn.execute(
                "INSERT INTO contacts (workspace_id, phone, sms_consent) VALUES (%s, %s, 'yes')",
                (here.workspace, phone),
            )
        with psycopg.connect(database.owner_url, options="-c search_path=sayso") as holder:
            holder.execute("SELECT FROM contacts WHERE phone = %s FOR UPDATE", (held,))
            for message in ids[4:6]:
                report(here, f"ref-{message}", "failed", reason="bad_number")
            await until(lambda: here.rows(ended) == [(free,)])
            report(here, f"ref-{ids[6]}", "delivered")
            await until(lambda: here.standing(ids[6]) == ("delivered", ""))
            assert here.rows(ended) == [(free,)]
        await until(lambda: here.rows(ended) == [(held,), (free,)])
        assert here.value("SELECT count(*) FROM contacts WHERE sms_consent = 'yes'") == 0
