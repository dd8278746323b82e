"""The inbound stage on a real database: claim and effects are one transaction."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import psycopg
import pytest

from sayso.engine.hearing import PREFIX, Hearing
from sayso.engine.inbound import hear
from sayso.engine.leases import Leases
from sayso.providers.catalogue import provider_answers
from sayso.storage import setup
from sayso.storage.databases import Databases
from sayso.storage.pool import ENGINE, open_pool
from tests.world import AMIRA, NOON, World, build

LANES = list(range(16))


@pytest.fixture
def world(database: Databases) -> World:
    return build(database)


async def listen(database: Databases) -> int:
    """One batch of the stage, committed."""
    async with open_pool(database.url, ENGINE) as pool, pool.connection() as conn, conn.transaction():
        return await hear(conn, LANES, await setup.read(conn, provider_answers), NOON)


@pytest.mark.anyio
@pytest.mark.rule("R5.4", "R5.5")
async def test_a_stop_leaves_block_ledger_cancellation_and_reply_together(
    database: Databases, world: World
) -> None:
    contacts = [world.contact(), world.contact()]
    waiting = queue_message(world)
    world.text("šťóp")
    assert await listen(database) == 1
    ((scope, source, reason, said),) = world.rows("SELECT scope, source, reason, said FROM blocks")
    assert (scope, source, said) == ("channel", "keyword", "šťóp")
    assert "šťóp" in str(reason)
    assert world.rows("SELECT contact_id, action, category, source, message FROM consents ORDER BY 1") == [
        (contact, "reject", "*", "sms_reply", "šťóp") for contact in contacts
    ]
    assert world.rows("SELECT DISTINCT sms_consent FROM contacts") == [("no",)]
    assert world.rows("SELECT message_id, status, reason FROM outcomes") == [
        (waiting, "cancelled", "opted_out")
    ]
    assert world.rows(
        "SELECT body, purpose, sender, recipient, inbound_id IS NULL FROM messages WHERE purpose <> 'api'"
    ) == [("You are out.", "confirmation", "12025550100", f"+{AMIRA}", False)]
    assert world.rows("SELECT count(*) FROM outbox WHERE lane = 0") == [(1,)]
    assert world.rows("SELECT phone FROM inbox") == [(AMIRA,)]
    assert world.rows("SELECT process_id, matches FROM process_matches") == [(world.stop_process, 1)]
    assert world.rows("SELECT count(*) FROM inbound_queue") == [(0,)]


def queue_message(world: World) -> int:
    """An advertising message that waits to be sent."""
    ((message,),) = world.rows(
        """WITH m AS (INSERT INTO messages (workspace_id, phone, recipient, connection_id, line_id, sender,
               class, purpose, category, body, encoding, parts)
               VALUES (%s, %s, %s, %s, %s, '12025550100',
               'advertising', 'api', 'promotions', 'Buy', 'GSM-7', 1)
               RETURNING workspace_id, id, connection_id)
           INSERT INTO outbox (connection_id, lane, due, workspace_id, message_id)
           SELECT connection_id, 2, now(), workspace_id, id FROM m RETURNING message_id""",
        world.workspace, AMIRA, f"+{AMIRA}", world.connection, world.line,
    )  # fmt: skip
    return int(str(message))


@pytest.mark.anyio
@pytest.mark.rule("R5.4")
async def test_open_pages_are_told_once_a_batch(database: Databases, world: World) -> None:
    world.text("stop")
    world.text("what are your hours?")
    with psycopg.connect(database.owner_url, autocommit=True) as conn:
        conn.execute("LISTEN live")
        async with open_pool(database.url, ENGINE) as pool:
            hearing = Hearing(pool, Leases(pool, "test"), LANES, lambda: NOON)
            assert await hearing.step() == 2
            heard = await asyncio.to_thread(lambda: list(conn.notifies(timeout=10, stop_after=1)))
            await hearing.close()
    assert [note.payload for note in heard] == [f"inbox,opt_outs,keywords,telephones {world.workspace}"]


@pytest.mark.anyio
async def test_a_crash_in_the_middle_gives_the_text_back_whole(database: Databases, world: World) -> None:
    world.text("stop")
    with pytest.raises(RuntimeError, match="pulled"):
        async with open_pool(database.url, ENGINE) as pool, pool.connection() as conn, conn.transaction():
            await hear(conn, LANES, await setup.read(conn, provider_answers), NOON)
            raise RuntimeError("the plug was pulled")
    assert world.rows("SELECT (SELECT count(*) FROM blocks), (SELECT count(*) FROM inbound_queue)") == [
        (0, 1)
    ]
    assert await listen(database) == 1
    assert world.rows("SELECT (SELECT count(*) FROM blocks), (SELECT count(*) FROM replied)") == [(1, 1)]


@pytest.mark.anyio
@pytest.mark.rule("R5.2")
async def test_texts_of_one_number_in_one_batch_see_each_other(database: Databases, world: World) -> None:
    world.contact()
    world.text("start", at=NOON + timedelta(minutes=1))
    world.text("stop", at=NOON)
    assert await listen(database) == 2
    assert world.rows("SELECT lifted_at IS NOT NULL, lifted_by FROM blocks") == [(True, "sms_reply")]
    assert world.rows("SELECT sms_consent FROM contacts") == [("yes",)]


@pytest.mark.anyio
@pytest.mark.rule("R5.7")
async def test_the_block_holds_for_a_profile_made_later(database: Databases, world: World) -> None:
    world.text("stop")
    await listen(database)
    world.contact(consent="yes")
    assert world.rows("SELECT phone FROM blocks WHERE lifted_at IS NULL") == [(AMIRA,)]


@pytest.mark.anyio
@pytest.mark.rule("R3.4")
async def test_a_sender_that_is_no_number_is_blocked_as_written(database: Databases, world: World) -> None:
    world.text("stop", sender="ACME")
    await listen(database)
    ((phone, written),) = world.rows("SELECT phone, written FROM blocks")
    assert int(str(phone)) < 0
    assert written == "ACME"


@pytest.mark.anyio
@pytest.mark.rule("R5.8")
async def test_the_same_text_decided_twice_is_answered_once(database: Databases, world: World) -> None:
    world.text("help")
    ((row,),) = world.rows("SELECT to_jsonb(q) FROM inbound_queue q")
    await listen(database)
    # The ledger row would refuse a second decision; even without it there is one answer.
    world.rows("DELETE FROM inbound_messages")
    import json

    world.rows(
        "INSERT INTO inbound_queue SELECT * FROM jsonb_populate_record(NULL::inbound_queue, %s::jsonb)",
        json.dumps(row),
    )
    await listen(database)
    assert world.rows("SELECT count(*) FROM messages WHERE purpose = 'help'") == [(1,)]
    assert world.rows("SELECT count(*) FROM outbox") == [(1,)]


@pytest.mark.anyio
@pytest.mark.rule("R3.3")
async def test_a_bare_stop_on_the_shared_code_stops_both_who_texted(
    database: Databases, world: World
) -> None:
    told = ((world.workspace, world.baby, 7), (world.other_workspace, world.kids, 8))
    for workspace, line, campaign in told:
        world.rows(
            "WITH said AS (INSERT INTO messages (workspace_id, id, phone, recipient, connection_id, line_id,"
            " sender, class, purpose, category, campaign_id, body, encoding, parts, because)"
            " SELECT %s, new_id(), %s, '',"
            " n.connection_id, l.id, '11221', 'advertising', 'campaign', 'news', %s, 'Hi', 'GSM-7', 1, '[]'"
            " FROM lines l JOIN inbound_numbers n ON n.id = l.inbound_number_id WHERE l.id = %s RETURNING *)"
            " INSERT INTO last_texted (workspace_id, phone, line_id, message_id, transactional, at)"
            " SELECT workspace_id, phone, line_id, id, false, now() FROM said",
            workspace, AMIRA, campaign, line,
        )  # fmt: skip
    world.text("stop", to="11221")
    await listen(database)
    # Each workspace's stop counts for its own campaign, the last that it texted.
    blocks = world.rows("SELECT workspace_id, campaign_id FROM blocks")
    assert set(blocks) == {(world.workspace, 7), (world.other_workspace, 8)}
    assert world.rows("SELECT count(*) FROM code_blocks") == [(1,)]
    assert world.rows("SELECT count(*) FROM outbox") == [(1,)]


@pytest.mark.anyio
@pytest.mark.rule("R3.3")
async def test_what_belongs_to_nobody_is_listed_for_the_operator(database: Databases, world: World) -> None:
    world.text("hello", to="19995550000")
    await listen(database)
    assert world.rows("SELECT kind, body FROM unrouted") == [("unrouted", "hello")]


@pytest.mark.anyio
@pytest.mark.rule("R4.2")
async def test_a_saved_edit_raises_the_version_that_the_engine_looks_at(
    database: Databases, world: World
) -> None:
    async with open_pool(database.url, ENGINE) as pool, pool.connection() as conn:
        before = await setup.version(await setup.ask_version(conn))
        await conn.commit()
        world.rows("UPDATE processes SET state = 'paused' WHERE id = %s", world.stop_process)
        assert await setup.version(await setup.ask_version(conn)) > before
        number = (await setup.read(conn, provider_answers)).number(world.connection, "+12025550100")
        assert number is not None
        assert number.lines[0].of_type("unsubscribe") is None


@pytest.mark.anyio
@pytest.mark.rule("R5.6")
async def test_the_event_carries_the_fields_that_integrators_know(database: Databases, world: World) -> None:
    world.rows(
        "UPDATE workspaces SET event_name = 'sms', event_properties = jsonb_build_object('message', 'text')"
        " WHERE id = %s",
        world.workspace,
    )
    contact = world.contact()
    world.text("hello there")
    await listen(database)
    ((name, contact_id, properties),) = world.rows("SELECT name, contact_id, properties FROM events")
    assert (name, contact_id) == ("sms", contact)
    assert isinstance(properties, dict)
    assert properties["status"] == "incoming_message"
    assert properties["action_type"] == "sms"
    assert properties["text"] == "hello there"
    assert {"timestamp", "sender", "recipient"} <= properties.keys()


@pytest.mark.anyio
async def test_one_bad_text_never_sinks_its_batch(database: Databases, world: World) -> None:
    for number in range(20):
        world.text("stop", sender=f"+1202555{1000 + number}")
    # A text nobody can store a second time: its place in the ledger is taken.
    ((bad,),) = world.rows("SELECT id FROM inbound_queue ORDER BY id OFFSET 7 LIMIT 1")
    world.rows(
        "INSERT INTO inbound_messages (workspace_id, id, line_id, phone, sender, recipient, body,"
        " provider_at, received_at, outcome, because)"
        " VALUES (%s, %s, %s, 1, '', '', '', now(), now(), 'none', '[]')",
        world.workspace, bad, world.line,
    )  # fmt: skip
    async with open_pool(database.url, ENGINE) as pool:
        leases = Leases(pool, "this test")
        assert await Hearing(pool, leases, LANES, lambda: NOON).step() == 20
    assert world.rows("SELECT id, kind FROM unrouted") == [(bad, "poison")]
    assert world.rows("SELECT code FROM alarms") == [("poison_text",)]
    assert world.rows("SELECT count(*) FROM blocks") == [(20,)], (
        "a stop stops, whatever else is wrong with it"
    )
    assert world.rows("SELECT count(*) FROM inbound_queue") == [(0,)]


@pytest.mark.anyio
@pytest.mark.rule("R5.2")
async def test_two_engines_never_read_the_same_lane(database: Databases, world: World) -> None:
    world.text("stop")
    async with open_pool(database.url, ENGINE) as pool:
        first = Leases(pool, "first")
        assert len(await first.hold(PREFIX, LANES)) == len(LANES)
        assert await Hearing(pool, Leases(pool, "second"), LANES, lambda: NOON).step() == 0
        assert await Hearing(pool, first, LANES, lambda: NOON).step() == 1


@pytest.mark.anyio
@pytest.mark.rule("R3.4")
async def test_a_sender_in_national_spelling_is_read_by_the_numbers_country(
    database: Databases, world: World
) -> None:
    world.rows("UPDATE inbound_numbers SET country = 'GB' WHERE number = '12025550100'")
    world.text("stop", sender="07400 123456")
    world.rows("UPDATE inbound_queue SET phone = -5")
    await listen(database)
    assert world.rows("SELECT phone FROM blocks") == [(447400123456,)]


@pytest.mark.anyio
@pytest.mark.rule("R6.5")
async def test_a_stop_said_again_counts_and_keeps_the_first_as_proof(
    database: Databases, world: World
) -> None:
    world.text("stop", at=NOON)
    await listen(database)
    world.text("stop", at=NOON + timedelta(minutes=10))
    await listen(database)
    assert world.rows("SELECT since, said_last_at FROM blocks") == [(NOON, NOON + timedelta(minutes=10))]
    world.text("start", at=NOON + timedelta(minutes=5))
    await listen(database)
    assert world.rows("SELECT lifted_at FROM blocks") == [(None,)]
    world.text("start", at=NOON + timedelta(minutes=15))
    await listen(database)
    assert world.rows("SELECT lifted_at IS NOT NULL FROM blocks") == [(True,)]


@pytest.mark.anyio
@pytest.mark.rule("R5.4")
async def test_a_deferred_message_is_cancelled_too(database: Databases, world: World) -> None:
    waiting = queue_message(world)
    world.rows(
        "INSERT INTO outcomes (workspace_id, message_id, status, rank, at)"
        " VALUES (%s, %s, 'deferred', 10, now())",
        world.workspace, waiting,
    )  # fmt: skip
    world.text("stop")
    await listen(database)
    assert world.rows("SELECT status FROM outcomes") == [("cancelled",)]


@pytest.mark.anyio
@pytest.mark.rule("R6.5")
async def test_who_said_stop_before_anybody_knew_them_and_start_after_is_free_of_it_under_each_profile(
    database: Databases, world: World
) -> None:
    world.text("stop")
    await listen(database)
    contact = world.contact(consent="unknown")
    world.text("START", at=NOON + timedelta(minutes=1))
    await listen(database)
    states = world.rows("SELECT contact_id, category, state FROM consent_states ORDER BY 1")
    assert states == [(0, "*", "accept"), (contact, "*", "accept")]
    assert world.rows("SELECT count(*) FROM blocks WHERE lifted_at IS NULL") == [(0,)]


@pytest.mark.anyio
@pytest.mark.rule("R6.5")
async def test_a_no_to_one_category_stands_as_late_as_the_start_that_follows(
    database: Databases, world: World
) -> None:
    contact = world.contact()
    world.rows(
        "INSERT INTO consent_states VALUES (%s, %s, %s, 'events', 'reject', %s, 'link')",
        world.workspace, AMIRA, contact, NOON - timedelta(days=2),
    )  # fmt: skip
    world.text("stop", at=NOON)
    await listen(database)
    started = NOON + timedelta(minutes=1)
    world.text("start", at=started)
    await listen(database)
    states = "SELECT category, state, since, source FROM consent_states ORDER BY category"
    assert world.rows(states) == [
        ("*", "accept", started, "sms_reply"),
        ("events", "reject", started, "link"),
    ]
