"""A silent provider with another in its place: what waits leaves by that one, and nobody is texted twice."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import cast

import psycopg
import pytest

from sayso.core.receipts import RANKS
from sayso.engine.gateway import Result, StandIn, Unreachable, Unsent, Way
from sayso.engine.inbound import hear
from sayso.engine.receipts import receipts
from sayso.engine.sending_failover import FailOver
from sayso.engine.sending_look import last_look
from sayso.engine.sending_record import Finished, record
from sayso.engine.sending_trouble import Trouble
from sayso.engine.supervisor import Works
from sayso.providers.catalogue import PROVIDERS, provider_answers
from sayso.providers.contract import Accepted, Later, Refused, Unsure
from sayso.storage import failing_over, leases, outbox, setup
from sayso.storage.databases import Databases
from sayso.storage.failing_over import Move
from sayso.storage.outbox import Claimed, Grip
from sayso.storage.pool import ENGINE, Pool, open_pool
from tests.engine.sending_scene import Carrier, World, accept, engine, open_carrier, sends, until, world

pytestmark = [pytest.mark.anyio, pytest.mark.rule("R9.10")]
LONG = timedelta(minutes=5)
NUMBER = "15550001111"


def stand_in(here: World, url: str = "http://127.0.0.1:1", *, after: int = 1, registered: bool = True) -> int:
    """Another connection that the first one falls back to; its id."""
    other = here.value(
        "INSERT INTO connections (name, kind, settings, hook_token, parts_per_second) "
        "VALUES ('Spare', 'simulator', jsonb_build_object('base_url', %s::text), repeat('s', 32), 1000) "
        "RETURNING id",
        url,
    )
    if registered:
        here.conn.execute(
            "INSERT INTO inbound_numbers (connection_id, number, kind, country) "
            "VALUES (%s, %s, 'long_code', 'US')",
            (other, NUMBER),
        )
    here.conn.execute(
        "UPDATE connections SET fallback_connection_id = %s, fallback_after = %s WHERE id = %s",
        (other, after, here.connection),
    )
    return other


def waiting(here: World, connection: int) -> int:
    return here.value("SELECT count(*) FROM outbox WHERE connection_id = %s", connection)


def moving(other: int, room: int = 1000, *, pictures: bool = True) -> Move:
    return Move(other, room, pictures, ("provider_silent", "provider_account"), "It was silent.")


@asynccontextmanager
async def held(database: Databases, *connections: int) -> AsyncIterator[tuple[Pool, list[Grip]]]:
    """The engine's pool, and the lease of each connection."""
    async with open_pool(database.url, ENGINE) as pool:
        yield pool, [await grip(pool, connection, "me") for connection in connections]


async def grip(pool: Pool, connection: int, holder: str) -> Grip:
    async with pool.connection() as conn:
        (epoch,) = (await leases.acquire(conn, holder, [f"connection:{connection}"], LONG)).values()
    return Grip(connection, holder, epoch)


async def move(pool: Pool, held_by: Grip, wanted: Move) -> int:
    async with pool.connection() as conn:
        return await failing_over.move(conn, held_by, wanted, datetime.now(UTC))


async def test_what_waits_at_a_silent_provider_leaves_by_the_other_until_the_first_answers(
    database: Databases,
) -> None:
    async with world(database) as here, open_carrier() as first, open_carrier() as second:
        first.answers = lambda _: Unsure("lost_answer")
        other = stand_in(here, second.url)
        here.queue(200)
        async with engine(database.url, sends(first), receipts()):
            await until(lambda: here.left() == (0, 0, 0))
            lost = {sent.client_reference for sent in first.taken}
            gone = {sent.client_reference for sent in second.taken}
            assert len(first.taken) == len(lost)
            assert len(second.taken) == len(gone)
            assert (lost & gone, len(lost | gone)) == (set(), 200)
            assert {sent.sender for sent in second.taken} == {sent.sender for sent in first.taken}
            told = here.rows("SELECT code, subject FROM alarms ORDER BY code")
            subject = f"connection:{here.connection}"
            assert told == [("connection_failed_over", subject), ("provider_silent", subject)]
            why = here.rows(
                "SELECT DISTINCT status, reason, detail FROM message_events WHERE reason = 'failed_over'"
            )
            assert len(why) == 1
            assert f"by connection {other} (Spare), which has the same number" in str(why[0][2])
            # A message that asks, once that is due, ends it.
            first.answers = accept
            first.taken.clear()
            await until(lambda: _asked(here, first))
            assert here.rows("SELECT code FROM alarms") == []
            gone_by_second = len(second.taken)
            here.queue(5, phone=15557790000)
            await until(lambda: here.left() == (0, 0, 0))
            assert len(second.taken) == gone_by_second
        sent = here.statuses()
        assert sent["unconfirmed"] == len(lost)


def _asked(here: World, first: Carrier) -> bool:
    if first.taken:
        return here.left() == (0, 0, 0) and here.value("SELECT count(*) FROM alarms") == 0
    if here.left() == (0, 0, 0):
        here.queue(1, phone=15557780000)
    return False


@pytest.mark.parametrize(
    "answer",
    [Accepted("r"), Later(timedelta(seconds=1), "throttled"), Refused("account"), Refused("content")],
)
def test_silence_must_last_and_any_answer_ends_it(answer: Result) -> None:
    way = Way(
        1, "Main", PROVIDERS["simulator"], {}, {}, "", 10, stand_in=StandIn(2, "Spare", "simulator", 10, 30)
    )
    trouble = Trouble(cast("Works", None), way, "connection:1")
    fail_over = FailOver(cast("Works", None), way, Grip(1, "me", 1), trouble)
    for now, result in ((0.0, Unreachable("away")), (1.0, Unreachable("away")), (20.0, Unsent())):
        trouble.pause(result, resting=False)
        fail_over.heed(now)
    assert (fail_over.is_near, fail_over.is_on(30.9), fail_over.is_on(31.0)) == (True, False, True)
    trouble.pause(answer, resting=False)
    fail_over.heed(32.0)
    assert (fail_over.is_near, fail_over.is_on(1e6)) == (False, False)
    trouble.pause(Unreachable("away"), resting=False)
    trouble.pause(Unreachable("away"), resting=False)
    fail_over.heed(40.0)
    assert (fail_over.is_on(69.0), fail_over.is_on(70.0)) == (False, True)


async def test_only_what_has_no_intent_moves_with_its_lane_and_moment(database: Databases) -> None:
    async with world(database) as here:
        other = stand_in(here)
        async with held(database, here.connection) as (pool, (mine,)):
            (left,) = here.queue(1, lane=0)
            async with pool.connection() as conn:
                claimed = await outbox.claim(conn, mine, 1, datetime.now(UTC))
                await last_look(conn, mine, claimed, datetime.now(UTC))
            (claimed_only,) = here.queue(1, lane=0)
            async with pool.connection() as conn:
                await outbox.claim(conn, mine, 1, datetime.now(UTC))
            late, early = here.queue(1, lane=2), here.queue(1, lane=1)
            here.queue(1)
            here.conn.execute(
                "UPDATE outbox SET due = now() + interval '1 hour' WHERE message_id NOT IN (%s, %s)",
                (*late, *early),
            )
            before = here.rows(
                "SELECT lane, due, message_id, attempt FROM outbox WHERE due <= now() ORDER BY 3"
            )
            assert await move(pool, mine, moving(other)) == 2
            after = here.rows(
                "SELECT lane, due, message_id, attempt FROM outbox WHERE connection_id = %s ORDER BY 3", other
            )
            assert after == before
            assert waiting(here, here.connection) == 1
            assert here.rows("SELECT message_id FROM intents") == [(left,)]
            assert here.rows("SELECT message_id FROM claims") == [(claimed_only,)]


async def test_what_the_other_cannot_carry_stays(database: Databases) -> None:
    """Its number is not there, or is somebody else's there; a name for a sender; a picture; no room."""
    async with world(database) as here:
        other = stand_in(here, registered=False)
        async with held(database, here.connection) as (pool, (mine,)):
            here.queue(3)
            assert await move(pool, mine, moving(other)) == 0
            number = here.value(
                "INSERT INTO inbound_numbers (connection_id, number, kind, country) "
                "VALUES (%s, %s, 'long_code', 'US') RETURNING id",
                other,
                NUMBER,
            )
            here.conn.execute("ALTER TABLE messages DISABLE TRIGGER ALL")
            here.conn.execute("UPDATE messages SET sender = 'Bakery'")
            assert await move(pool, mine, moving(other)) == 0
            here.conn.execute(
                "UPDATE messages SET sender = %s, media_urls = '{https://a.example/b.png}'", (NUMBER,)
            )
            assert await move(pool, mine, moving(other, pictures=False)) == 0
            assert await move(pool, mine, moving(other, room=2)) == 2
            assert await move(pool, mine, moving(other, room=2)) == 0
            here.conn.execute(
                "INSERT INTO lines (workspace_id, inbound_number_id) VALUES (%s, %s)",
                (here.workspace, number),
            )
            assert await move(pool, mine, moving(other)) == 0


async def test_nothing_moves_while_sending_is_paused_the_other_is_in_trouble_or_the_lease_is_lost(
    database: Databases,
) -> None:
    async with world(database) as here:
        other = stand_in(here)
        async with held(database, here.connection) as (pool, (mine,)):
            here.queue(1)
            for paused in ("all", f"connection:{here.connection}", f"connection:{other}"):
                here.conn.execute("INSERT INTO pauses (resource, why) VALUES (%s, 'a restore')", (paused,))
                assert await move(pool, mine, moving(other)) == 0
                here.conn.execute("DELETE FROM pauses")
            here.conn.execute(
                "INSERT INTO alarms (code, subject, sentence, first_at, last_at) "
                "VALUES ('provider_silent', %s, 'It is silent.', now(), now())",
                (f"connection:{other}",),
            )
            assert await move(pool, mine, moving(other)) == 0
            here.conn.execute("DELETE FROM alarms")
            here.conn.execute("UPDATE connections SET fallback_connection_id = NULL")
            assert await move(pool, mine, moving(other)) == 0
            here.conn.execute(
                "UPDATE connections SET fallback_connection_id = %s WHERE id <> %s", (other, other)
            )
            here.conn.execute("UPDATE leases SET until = now() - interval '1 second'")
            await grip(pool, here.connection, "somebody else")
            assert await move(pool, mine, moving(other)) == 0


async def test_a_crash_between_the_move_and_its_commit_leaves_everything_where_it_was(
    database: Databases,
) -> None:
    async with world(database) as here, open_carrier() as first, open_carrier() as second:
        first.answers = lambda _: Unsure("lost_answer")
        other = stand_in(here, second.url)
        here.queue(20)
        async with held(database, here.connection) as (pool, (mine,)):
            with pytest.raises(psycopg.OperationalError):
                async with pool.connection() as conn:
                    assert await failing_over.move(conn, mine, moving(other), datetime.now(UTC)) == 20
                    here.conn.execute("SELECT pg_terminate_backend(%s)", (conn.info.backend_pid,))
                    await conn.execute("SELECT 1")
            assert (waiting(here, here.connection), waiting(here, other)) == (20, 0)
            assert here.rows("SELECT FROM failed_over UNION ALL SELECT FROM message_events") == []
            # Whoever comes next moves them, and the other sends each once.
            here.conn.execute("UPDATE leases SET until = now() - interval '1 second'")
            assert await move(pool, await grip(pool, here.connection, "the next"), moving(other)) == 20
            assert (waiting(here, here.connection), waiting(here, other)) == (0, 20)
        async with engine(database.url, sends(first)):
            await until(lambda: here.left() == (0, 0, 0))
        assert (len(first.taken), len({sent.client_reference for sent in second.taken})) == (0, 20)
        assert len(second.taken) == 20


@pytest.mark.rule("R5.4")
async def test_a_stop_holds_whichever_connection_it_came_in_by(database: Databases) -> None:
    """One has stopped before its message moved, one after, by the connection that stands in."""
    async with world(database) as here:
        other = stand_in(here)
        async with held(database, here.connection, other) as (pool, (mine, others)):
            first, second, third = here.queue(3, advertising=True, contact=True)
            here.block(15557770000)
            assert await move(pool, mine, moving(other)) == 3
            here.conn.execute(
                "INSERT INTO inbound_queue (lane, id, connection_id, phone, sender, recipient, body, media, "
                "provider_at, received_at) VALUES (0, sayso.new_id(), %s, 15557770001, '+15557770001', %s, "
                "'STOP', '[]', now(), now())",
                (other, "+" + NUMBER),
            )
            async with pool.connection() as conn:
                claimed = await outbox.claim(conn, others, 10, datetime.now(UTC))
                leaving = await last_look(conn, others, claimed, datetime.now(UTC))
            assert [row.message_id for row in leaving] == [third]
            assert here.standing(first) == ("enqueue_failed", "blocked_by_keyword")
            assert here.standing(second) == ("deferred", "undecided_text")
            async with pool.connection() as conn:
                known = await setup.read(conn, provider_answers)
                assert await hear(conn, [0], known, datetime.now(UTC)) == 1
            assert here.value("SELECT count(*) FROM blocks WHERE phone = 15557770001") == 1
            here.conn.execute("UPDATE outbox SET due = now()")
            async with pool.connection() as conn:
                claimed = await outbox.claim(conn, others, 10, datetime.now(UTC))
                assert await last_look(conn, others, claimed, datetime.now(UTC)) == []
            assert here.standing(second) == ("cancelled", "opted_out")


@pytest.mark.rule("R5.4", "R6.6")
async def test_a_stop_holds_by_the_connection_that_stood_in_once_that_is_taken_away(
    database: Databases,
) -> None:
    """One of the two has stopped by a text, the other the provider says so of a message that is not known."""
    async with world(database) as here:
        other = stand_in(here)
        async with held(database, here.connection, other) as (pool, (mine, _)):
            (texted,) = here.queue(1, advertising=True, contact=True)
            before = here.value("SELECT version FROM setup")
            assert await move(pool, mine, moving(other)) == 1
            assert here.value("SELECT version FROM setup") > before
            here.conn.execute("UPDATE connections SET fallback_connection_id = NULL")
            here.conn.execute(
                "INSERT INTO inbound_queue (lane, id, connection_id, phone, sender, recipient, body, media, "
                "provider_at, received_at) VALUES (0, sayso.new_id(), %s, 15557770000, '+15557770000', %s, "
                "'STOP', '[]', now(), now())",
                (other, "+" + NUMBER),
            )
            asked = "SELECT count(*) FROM sayso.waiting_texts('{15557770000}') WHERE inbound_number_id = ("
            mine_id = (
                "SELECT inbound_number_id FROM lines WHERE id = (SELECT line_id FROM messages WHERE id = %s))"
            )
            assert here.value(asked + mine_id, texted) == 1
            async with pool.connection() as conn:
                known = await setup.read(conn, provider_answers)
                assert await hear(conn, [0], known, datetime.now(UTC)) == 1
            assert here.value("SELECT count(*) FROM blocks WHERE phone = 15557770000") == 1
        here.conn.execute(
            "INSERT INTO last_texted (workspace_id, phone, line_id, message_id, transactional, at) "
            "SELECT workspace_id, 15557770009, line_id, id, false, now() FROM messages WHERE id = %s",
            (texted,),
        )
        here.conn.execute(
            "INSERT INTO receipt_queue (id, connection_id, provider_ref, client_reference, status, reason, "
            "opted_out, recipient, received_at) VALUES (sayso.new_id(), %s, 'lost', NULL, 'rejected', "
            "'opted_out', true, '+15557770009', now() - interval '1 day')",
            (other,),
        )
        async with engine(database.url, receipts()):
            await until(lambda: here.value("SELECT count(*) FROM receipt_queue") == 0)
        assert here.value("SELECT count(*) FROM blocks WHERE phone = 15557770009") == 1


@pytest.mark.rule("R4.9", "R5.4")
async def test_a_stop_to_a_freed_number_holds_for_who_has_it_and_for_whom_it_stood_in(
    database: Databases,
) -> None:
    async with world(database) as here:
        other = stand_in(here)
        async with held(database, here.connection) as (pool, (mine,)):
            (texted,) = here.queue(1, advertising=True, contact=True)
            assert await move(pool, mine, moving(other)) == 1
            here.conn.execute(
                "INSERT INTO last_texted (workspace_id, phone, line_id, message_id, transactional, at) "
                "SELECT workspace_id, phone, line_id, id, false, now() FROM messages WHERE id = %s",
                (texted,),
            )
            here.conn.execute("UPDATE stood_in SET freed_at = now()")
            assert await move(pool, mine, moving(other)) == 0
            here.queue(1, phone=15557780000)
            assert await move(pool, mine, moving(other)) == 1
            assert here.rows("SELECT freed_at FROM stood_in") == [(None,)]
            here.conn.execute("UPDATE connections SET fallback_connection_id = NULL")
            here.conn.execute("UPDATE stood_in SET freed_at = now()")
            theirs = here.value("INSERT INTO workspaces (name, country) VALUES ('Shop', 'US') RETURNING id")
            here.conn.execute(
                "INSERT INTO lines (workspace_id, inbound_number_id) "
                "SELECT %s, other_number_id FROM stood_in",
                (theirs,),
            )
            here.conn.execute(
                "INSERT INTO inbound_queue (lane, id, connection_id, phone, sender, recipient, body, media, "
                "provider_at, received_at) SELECT 0, sayso.new_id(), %s, 15557770000, '+15557770000', %s, "
                "body, '[]', now(), now() FROM (VALUES ('Hello'), ('STOP')) AS said(body)",
                (other, "+" + NUMBER),
            )
            async with pool.connection() as conn:
                known = await setup.read(conn, provider_answers)
                assert await hear(conn, [0], known, datetime.now(UTC)) == 2
            blocked = here.rows("SELECT workspace_id FROM blocks WHERE phone = 15557770000 ORDER BY 1")
            assert blocked == [(here.workspace,), (theirs,)]
            heard = here.rows("SELECT workspace_id FROM inbound_messages WHERE body = 'Hello'")
            assert heard == [(theirs,)]
            assert here.standing(texted) == ("cancelled", "opted_out")


async def test_either_connection_may_report_on_what_failed_over_and_on_nothing_else(
    database: Databases,
) -> None:
    async with world(database) as here:
        other = stand_in(here)
        async with held(database, here.connection, other) as (pool, (mine, others)):
            by_name, by_reference, by_first = here.queue(3)
            await move(pool, mine, moving(other))
            async with pool.connection() as conn:
                claimed = await outbox.claim(conn, others, 10, datetime.now(UTC))
                gone = await last_look(conn, others, claimed, datetime.now(UTC))
                results = {
                    by_name: Accepted("ref-1"),
                    by_reference: Unsure("lost_answer"),
                    by_first: Unsure("lost_answer"),
                }
                await record(
                    conn, others, [Finished(row, results[row.message_id], datetime.now(UTC)) for row in gone]
                )
            (stayed,) = here.queue(1, phone=15557780000)
        for connection, ref, reference in (
            (other, "ref-1", None),
            (other, "ref-2", str(by_reference)),
            (here.connection, "ref-3", str(by_first)),
            (other, "ref-4", str(stayed)),
        ):
            here.conn.execute(
                "INSERT INTO receipt_queue (id, connection_id, provider_ref, client_reference, status, "
                "reason, opted_out, recipient, received_at) VALUES (sayso.new_id(), %s, %s, %s, 'delivered', "
                "'', false, '', now() - interval '2 minutes')",
                (connection, ref, reference),
            )
        async with engine(database.url, receipts()):
            await until(lambda: here.value("SELECT count(*) FROM receipt_queue") == 0)
        for message in (by_name, by_reference, by_first):
            assert here.standing(message) == ("delivered", "")
        assert here.standing(stayed) == ("queued", "")


@dataclass
class Wire:
    """What has left by either connection, and what may have: nothing of the latter may leave again."""

    chance: random.Random
    may_have: set[int] = field(default_factory=set)

    def carry(self, row: Claimed, *, silent: bool) -> Result:
        assert row.message_id not in self.may_have, f"message {row.message_id} left twice"
        if silent:
            said: list[Result] = [Unsure("lost_answer"), Unreachable("nobody is there")]
        else:
            said = [Accepted(f"ref-{row.message_id}"), Later(timedelta(0), "throttled"), Refused("content")]
        result = self.chance.choice(said)
        if not isinstance(result, Unreachable | Later):
            self.may_have.add(row.message_id)
        return result


@dataclass
class Holder:
    """One connection's holder as the engine is one, in steps, so that it can be killed between any two."""

    pool: Pool
    wire: Wire
    connection: int
    other: int
    silent: bool = True
    grip: Grip | None = None

    async def take_over(self) -> None:
        """Begin anew after a kill: in a new epoch, with what the last one left cleared up."""
        self.grip = await grip(self.pool, self.connection, "holder")
        async with self.pool.connection() as conn:
            await outbox.recover(conn, self.grip, RANKS["unconfirmed"], datetime.now(UTC))

    async def send(self, dies: int) -> None:
        """One slice; killed after as many of its steps as `dies` says."""
        assert self.grip is not None
        async with self.pool.connection() as conn:
            claimed = await outbox.claim(conn, self.grip, self.wire.chance.randint(1, 4), datetime.now(UTC))
        if dies == 1 or not claimed:
            return
        async with self.pool.connection() as conn:
            leaving = await last_look(conn, self.grip, claimed, datetime.now(UTC))
        if dies == 2:
            self.wire.may_have.update(row.message_id for row in leaving)
            return
        results = [
            Finished(row, self.wire.carry(row, silent=self.silent), datetime.now(UTC)) for row in leaving
        ]
        if dies == 3:
            self.wire.may_have.update(row.message_id for row in leaving)
            return
        async with self.pool.connection() as conn:
            await record(conn, self.grip, results)

    async def fail_over(self, *, dies: bool) -> None:
        """One move, whose commit may not come through."""
        assert self.grip is not None
        with _killed(dies):
            async with self.pool.connection() as conn:
                room = self.wire.chance.randint(1, 6)
                await failing_over.move(conn, self.grip, moving(self.other, room), datetime.now(UTC))
                if dies:
                    raise KeyboardInterrupt


@contextmanager
def _killed(dies: bool) -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        assert dies


@pytest.mark.parametrize("seed", range(2))
async def test_whatever_is_silent_answers_or_dies_in_between_nothing_leaves_twice_and_nothing_is_lost(
    database: Databases, seed: int
) -> None:
    chance = random.Random(seed)
    async with world(database) as here:
        other = stand_in(here)
        messages = here.queue(60)
        async with held(database) as (pool, _):
            wire = Wire(chance)
            first = Holder(pool, wire, here.connection, other)
            second = Holder(pool, wire, other, 0, silent=False)
            for holder in (first, second):
                await holder.take_over()
            for _ in range(80):
                first.silent = chance.random() < 0.7
                holder = chance.choice((first, second))
                dies = chance.choice((0, 0, 0, 1, 2, 3))
                if holder is first and first.silent and chance.random() < 0.5:
                    await first.fail_over(dies=dies > 0)
                else:
                    await holder.send(dies)
                if dies:
                    await holder.take_over()
                here.conn.execute("UPDATE outbox SET due = now() WHERE due > now()")
                assert here.value("SELECT count(*) - count(DISTINCT message_id) FROM outbox") == 0
            ended = {
                int(str(row[0]))
                for row in here.rows("SELECT message_id FROM outcomes WHERE status <> 'deferred'")
            }
            waits = {int(str(row[0])) for row in here.rows("SELECT message_id FROM outbox")}
            assert (ended | waits, ended & waits) == (set(messages), set())
            assert ended == wire.may_have
