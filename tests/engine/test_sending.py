"""What leaves, what does not, and what is said of it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from sayso.core.phones import lane
from sayso.engine.inbound import hear
from sayso.engine.supervisor import open_works
from sayso.providers.catalogue import provider_answers
from sayso.providers.contract import Accepted, Later, Outbound, Refused, Unsure
from sayso.storage import outbox, setup
from sayso.storage.databases import Databases
from sayso.storage.outbox import Grip
from sayso.storage.pool import ENGINE, open_pool
from tests.engine.sending_scene import Answer, World, engine, open_carrier, sends, until, world

pytestmark = pytest.mark.anyio
PHONE = 15557770000


async def test_what_is_queued_leaves_once_and_is_sent(database: Databases) -> None:
    async with world(database) as here, open_carrier() as carrier:
        ids = here.queue(150)
        async with engine(database.url, sends(carrier)):
            await until(lambda: here.statuses() == {"sent": 150})
        assert sorted(int(sent.client_reference) for sent in carrier.taken) == ids
        assert here.left() == (0, 0, 0)
        assert here.value("SELECT count(*) FROM provider_ids") == 150
        assert here.value("SELECT count(*) FROM message_events WHERE status = 'sent'") == 150
        assert here.value("SELECT count(*) FROM last_texted WHERE transactional") == 150


@pytest.mark.rule("R9.10")
async def test_urgent_messages_overtake_the_rest(database: Databases) -> None:
    async with world(database, parts_per_second=20) as here, open_carrier() as carrier:
        later = here.queue(60, lane=2)
        urgent = here.queue(5, lane=0, phone=15558880000)
        async with engine(database.url, sends(carrier)):
            await until(lambda: len(carrier.taken) >= 5)
        first = [int(sent.client_reference) for sent in carrier.taken[:5]]
        assert sorted(first) == urgent
        assert not set(first) & set(later)


@pytest.mark.rule("R6.7")
async def test_a_keyword_block_makes_advertising_enqueue_failed(database: Databases) -> None:
    async with world(database) as here, open_carrier() as carrier:
        here.block(PHONE)
        here.block(PHONE + 1, source="api")
        stopped, skipped, free = here.queue(3, advertising=True, contact=True)
        async with engine(database.url, sends(carrier)):
            await until(lambda: here.statuses() == {"enqueue_failed": 1, "skipped": 1, "sent": 1})
        assert here.standing(stopped) == ("enqueue_failed", "blocked_by_keyword")
        assert here.standing(skipped) == ("skipped", "blocked_by_api")
        assert [sent.client_reference for sent in carrier.taken] == [str(free)]
        told = here.rows("SELECT detail FROM message_events WHERE message_id = %s", stopped)
        assert told == [("Phone number is blacklisted by an opt-out keyword.",)]


@pytest.mark.rule("R12.3")
async def test_an_answer_to_somebody_blocked_since_stays_and_one_to_who_wrote_again_leaves(
    database: Databases,
) -> None:
    async with world(database) as here, open_carrier() as carrier:
        for number, wrote in (
            (PHONE, "now() - interval '1 hour'"),
            (PHONE + 1, "now() + interval '1 second'"),
        ):
            here.block(number)
            here.conn.execute(
                "INSERT INTO conversations (workspace_id, phone, line_id, id, written, unanswered, last_id, "
                f"last_inbound_id, wrote_at, last_words) VALUES (%s, %s, %s, 1, '', 1, 1, 1, {wrote}, '')",
                (here.workspace, number, here.line),
            )
        stopped, asked, free = here.queue(3, purpose="reply")
        async with engine(database.url, sends(carrier)):
            await until(lambda: here.statuses() == {"skipped": 1, "sent": 2})
        assert here.standing(stopped) == ("skipped", "blocked_and_silent")
        assert sorted(int(sent.client_reference) for sent in carrier.taken) == [asked, free]


@pytest.mark.rule("R6.1")
async def test_a_block_between_planning_and_the_wire_holds(database: Databases) -> None:
    async with world(database) as here, open_carrier() as carrier:
        advertising = here.queue(1, advertising=True, contact=True)
        transactional = here.queue(1)
        here.block(PHONE)
        async with engine(database.url, sends(carrier)):
            await until(lambda: "queued" not in here.statuses())
        assert here.standing(advertising[0])[0] == "enqueue_failed"
        assert [sent.client_reference for sent in carrier.taken] == [str(transactional[0])]


@pytest.mark.rule("R5.8")
async def test_a_confirmation_leaves_though_the_number_is_blocked(database: Databases) -> None:
    soon = datetime.now(UTC) + timedelta(minutes=5)
    async with world(database) as here, open_carrier() as carrier:
        here.block(PHONE, scope="all")
        here.queue(1, purpose="confirmation", lane=0, expires_at=soon)
        async with engine(database.url, sends(carrier)):
            await until(lambda: here.statuses() == {"sent": 1})
        assert len(carrier.taken) == 1
        assert here.value("SELECT count(*) FROM last_texted") == 0


@pytest.mark.rule("R5.8")
async def test_a_confirmation_that_is_too_late_never_leaves(database: Databases) -> None:
    past = datetime.now(UTC) - timedelta(seconds=1)
    async with world(database) as here, open_carrier() as carrier:
        (late,) = here.queue(1, purpose="confirmation", lane=0, expires_at=past)
        async with engine(database.url, sends(carrier)):
            await until(lambda: here.standing(late) == ("expired", "too_late"))
        assert carrier.taken == []
        assert here.left() == (0, 0, 0)


@pytest.mark.rule("R5.4")
async def test_what_was_taken_back_never_leaves(database: Databases) -> None:
    async with world(database) as here, open_carrier() as carrier:
        back, stays = here.queue(2)
        here.conn.execute(
            "INSERT INTO outcomes VALUES (%s, %s, 'cancelled', 'opted_out', 90, now())",
            (here.workspace, back),
        )
        async with engine(database.url, sends(carrier)):
            await until(lambda: here.left() == (0, 0, 0))
        assert here.standing(back)[0] == "cancelled"
        assert [sent.client_reference for sent in carrier.taken] == [str(stays)]


def wait(here: World, body: str, phone: int = PHONE) -> None:
    """A text as a door leaves it, acknowledged and not yet decided."""
    here.conn.execute(
        "INSERT INTO inbound_queue (lane, id, connection_id, phone, sender, recipient, body, provider_at,"
        " received_at) VALUES (%s, new_id(), %s, %s, %s, '+15550001111', %s, now(), now())",
        (lane(phone), here.connection, phone, f"+{phone}", body),
    )


async def decide_all(database: Databases) -> None:
    async with open_pool(database.url, ENGINE) as pool, pool.connection() as conn, conn.transaction():
        await hear(conn, range(16), await setup.read(conn, provider_answers), datetime.now(UTC))


@pytest.mark.rule("R9.7")
async def test_a_text_that_waits_holds_advertising_until_it_is_decided(database: Databases) -> None:
    async with world(database) as here, open_carrier() as carrier:
        wait(here, "what time do you open?")
        held, free = here.queue(2, advertising=True, contact=True)
        (receipt,) = here.queue(1)
        async with engine(database.url, sends(carrier)):
            await until(lambda: here.standing(held) == ("deferred", "undecided_text"))
            await until(lambda: here.standing(free)[0] == here.standing(receipt)[0] == "sent")
            due = here.rows("SELECT due FROM outbox WHERE message_id = %s", held)
            await until(lambda: here.rows("SELECT due FROM outbox WHERE message_id = %s", held) > due)
            await decide_all(database)
            await until(lambda: here.standing(held)[0] == "sent", within=timedelta(seconds=4))
        told = here.rows("SELECT status, reason FROM message_events WHERE message_id = %s ORDER BY id", held)
        # However often it was looked at.
        assert told == [("deferred", "undecided_text"), ("sent", "")]


@pytest.mark.rule("R9.7", "R5.4")
async def test_an_acknowledged_stop_holds_before_it_is_decided(database: Databases) -> None:
    async with world(database) as here, open_carrier() as carrier:
        wait(here, "stop")
        (only,) = here.queue(1, advertising=True, contact=True)
        async with engine(database.url, sends(carrier)):
            await until(lambda: here.standing(only)[0] == "deferred")
            await decide_all(database)
            await until(lambda: here.left() == (0, 0, 0))
        assert here.standing(only) == ("cancelled", "opted_out")
        assert carrier.taken == []


@pytest.mark.rule("R12.3")
async def test_an_answer_queued_before_a_stop_stays_though_they_write_again(database: Databases) -> None:
    async with world(database) as here, open_carrier() as carrier:
        (early,) = here.queue(1, purpose="reply")
        wait(here, "stop")
        await decide_all(database)
        wait(here, "wait, do you have it in grey?")
        await decide_all(database)
        async with engine(database.url, sends(carrier)):
            await until(lambda: here.left() == (0, 0, 0))
        assert here.standing(early) == ("skipped", "blocked_since")
        assert carrier.taken == []


@pytest.mark.rule("R12.3", "R9.7")
async def test_an_answer_waits_for_a_text_that_may_be_a_stop(database: Databases) -> None:
    async with world(database) as here, open_carrier() as carrier:
        wait(here, "stop")
        held, free = here.queue(2, purpose="reply")
        async with engine(database.url, sends(carrier)):
            await until(lambda: here.standing(held) == ("deferred", "undecided_text"))
            await until(lambda: here.standing(free)[0] == "sent")
            await decide_all(database)
            await until(lambda: here.left() == (0, 0, 0))
        assert here.standing(held)[0] in ("skipped", "cancelled")
        assert [sent.client_reference for sent in carrier.taken] == [str(free)]


@pytest.mark.rule("R3.1")
async def test_what_is_on_its_way_when_its_line_is_withdrawn_never_leaves(database: Databases) -> None:
    async with world(database) as here, open_carrier() as carrier:
        ids = here.queue(1, advertising=True, contact=True) + here.queue(1)
        here.conn.execute("UPDATE lines SET withdrawn_at = now()")
        async with engine(database.url, sends(carrier)):
            await until(lambda: here.left() == (0, 0, 0))
        assert [here.standing(one) for one in ids] == [("cancelled", "line_withdrawn")] * 2
        told = here.rows("SELECT DISTINCT status, reason, detail FROM message_events")
        assert told == [
            (
                "cancelled",
                "line_withdrawn",
                "Its line was taken back from the workspace before it was sent.",
            )
        ]
        assert carrier.taken == []


@pytest.mark.rule("R9.10")
async def test_a_throttling_provider_is_asked_again_later(database: Databases) -> None:
    refusals, asked = iter([Later(timedelta(seconds=1), "throttled")]), []

    def answers(outbound: Outbound) -> Answer:
        asked.append(asyncio.get_running_loop().time())
        return next(refusals, Accepted("ref-" + outbound.client_reference))

    async with world(database) as here, open_carrier() as carrier:
        carrier.answers = answers
        (only,) = here.queue(1)
        async with engine(database.url, sends(carrier)):
            await until(lambda: here.standing(only)[0] == "sent")
        history = here.rows(
            "SELECT status, reason FROM message_events WHERE message_id = %s ORDER BY id", only
        )
        assert history == [("deferred", "throttled"), ("sent", "")]
        first, second = asked
        assert second - first >= 1.0


@pytest.mark.rule("R9.10")
async def test_a_provider_that_asks_for_years_is_asked_again_within_a_day(database: Databases) -> None:
    async with world(database) as here, open_carrier() as carrier:
        carrier.answers = lambda _: Later(timedelta(days=4_000), "throttled")
        (only,) = here.queue(1)
        async with engine(database.url, sends(carrier)):
            await until(lambda: here.standing(only) == ("deferred", "throttled"))
            await until(lambda: here.left() == (1, 0, 0))
        within = "now() + interval '23 hours' AND now() + interval '24 hours'"
        assert here.value(f"SELECT count(*) FROM outbox WHERE due BETWEEN {within}") == 1


@pytest.mark.rule("R9.10")
async def test_silence_is_unconfirmed_and_never_sent_again(database: Databases) -> None:
    async with world(database) as here, open_carrier() as carrier:
        carrier.answers = lambda _: Unsure("lost_answer")
        (only,) = here.queue(1)
        async with engine(database.url, sends(carrier)):
            await until(lambda: here.standing(only)[0] == "unconfirmed")
            after = here.queue(1, phone=PHONE + 1)
            await until(lambda: here.standing(after[0])[0] == "unconfirmed")
        assert len(carrier.taken) == 2
        assert here.left() == (0, 0, 0)


@pytest.mark.rule("R3.3")
async def test_who_may_have_been_texted_has_been_texted(database: Databases) -> None:
    """Its delivery is unknown, so a STOP may answer it: the workspace must be found."""
    async with world(database) as here, open_carrier() as carrier:
        carrier.answers = lambda _: Unsure("lost_answer")
        (only,) = here.queue(1)
        async with engine(database.url, sends(carrier)):
            await until(lambda: here.standing(only)[0] == "unconfirmed")
        assert here.rows("SELECT phone, line_id, message_id FROM last_texted") == [(PHONE, here.line, only)]


async def test_a_provider_that_cannot_be_reached_costs_nothing(database: Databases) -> None:
    async with world(database) as here, open_carrier() as carrier:
        (only,) = here.queue(1)
        real, carrier.url = carrier.url, "http://127.0.0.1:1"
        async with engine(database.url, sends(carrier)):
            await until(lambda: here.standing(only) == ("deferred", "temp_unreachable"))
            await until(lambda: here.left() == (1, 0, 0))
        carrier.url = real
        async with engine(database.url, sends(carrier)):
            await until(lambda: here.standing(only)[0] == "sent")
        assert len(carrier.taken) == 1


async def test_a_refused_account_holds_messages_and_rings(database: Databases) -> None:
    async with world(database) as here, open_carrier() as carrier:
        carrier.answers = lambda _: Refused("account", code="401")
        here.queue(3)
        async with engine(database.url, sends(carrier)):
            await until(lambda: here.statuses() == {"deferred": 3})
            await until(
                lambda: here.value("SELECT count(*) FROM alarms WHERE code = 'provider_account'") == 1
            )
        assert here.left() == (3, 0, 0)


@pytest.mark.rule("R6.6")
@pytest.mark.parametrize(("kind", "scope"), [("long_code", "channel"), ("shared_short_code", "line")])
async def test_a_providers_opted_out_blocks(database: Databases, kind: str, scope: str) -> None:
    async with world(database, kind=kind) as here, open_carrier() as carrier:
        carrier.answers = lambda _: Refused("opted_out", opted_out=True, code="21610")
        (only,) = here.queue(1, contact=True)
        async with engine(database.url, sends(carrier)):
            await until(lambda: here.standing(only) == ("rejected", "opted_out"))
        assert here.rows("SELECT phone, scope, source FROM blocks") == [(PHONE, scope, "provider")]
        assert here.rows("SELECT action, source, category FROM consents") == [("reject", "provider", "*")]
        consent = "no" if scope == "channel" else "yes"
        assert here.rows("SELECT sms_consent FROM contacts") == [(consent,)]
        assert here.value("SELECT count(*) FROM consent_states") == (1 if scope == "channel" else 0)


async def test_a_paused_connection_claims_nothing(database: Databases) -> None:
    async with world(database) as here, open_works(database.url) as works:
        here.conn.execute("INSERT INTO pauses VALUES (%s, 'stop all')", (f"connection:{here.connection}",))
        here.queue(3)
        (epoch,) = (await works.leases.hold("connection", [here.connection])).values()
        grip = Grip(here.connection, works.leases.holder, epoch)
        async with works.pool.connection() as conn:
            assert await outbox.claim(conn, grip, 10, works.clock()) == []
        here.conn.execute("DELETE FROM pauses")
        async with works.pool.connection() as conn:
            assert len(await outbox.claim(conn, grip, 10, works.clock())) == 3


async def test_a_paused_workspace_waits_and_others_go_on(database: Databases) -> None:
    async with world(database) as here, open_carrier() as carrier:
        here.conn.execute("INSERT INTO pauses VALUES (%s, 'restored')", (f"workspace:{here.workspace}",))
        here.queue(2)
        async with engine(database.url, sends(carrier)):
            await until(lambda: here.value("SELECT count(*) FROM outbox WHERE due > now()") == 2)
        assert carrier.taken == []


async def test_one_message_that_cannot_be_stored_does_not_stop_the_others(database: Databases) -> None:
    async with world(database) as here, open_carrier() as carrier:
        ids = here.queue(20)
        bad = ids[7]
        here.conn.execute(f"ALTER TABLE intents ADD CONSTRAINT bad CHECK (message_id <> {bad})")
        async with engine(database.url, sends(carrier)):
            await until(lambda: here.statuses() == {"sent": 19, "failed": 1})
        assert here.standing(bad) == ("failed", "poison")
        assert here.left() == (0, 0, 0)
        assert len(carrier.taken) == 19


async def test_a_larger_pace_is_never_taken_than_allowed(database: Databases) -> None:
    async with world(database, parts_per_second=10) as here, open_carrier() as carrier:
        here.queue(40, parts=2)
        loop = asyncio.get_running_loop()
        # Before there is a bucket at all: however late we look at what was taken, no less time has passed.
        began = loop.time()
        async with engine(database.url, sends(carrier)):
            await until(lambda: len(carrier.taken) >= 12)
            # 24 parts: ten from the full bucket, fourteen at ten a second.
            assert loop.time() - began >= 1.4
        outbox, claims, intents = here.left()
        assert outbox + len(carrier.taken) == 40
        assert claims == intents == 0


async def test_a_connection_mended_while_nothing_ran_rings_no_more(database: Databases) -> None:
    async with world(database) as here, open_carrier() as carrier:
        here.conn.execute(
            "INSERT INTO alarms (code, subject, sentence, first_at, last_at)"
            " VALUES ('connection_locked', %s, 'Locked.', now(), now())",
            (f"connection:{here.connection}",),
        )
        async with engine(database.url, sends(carrier)):
            await until(lambda: here.rows("SELECT code FROM alarms") == [])
