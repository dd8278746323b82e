"""The database is away, hangs, or has no room; Sayso is told to end: nothing is lost, nothing half done."""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from urllib.parse import quote

import msgspec
import psycopg
import pytest

from sayso.cli.demo_client import StoryError
from sayso.providers.simulator.carrier_side import sign
from tests.faults.load import Load, texts
from tests.journeys.shop import SECRET, Shop, open_shop, telephone
from tests.running import Answer, Sayso, command_line, descendants, post, serving, until

pytestmark = [pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def sayso() -> Iterator[Sayso]:
    with serving() as running:
        yield running


@pytest.fixture(scope="module")
def shop(sayso: Sayso) -> Shop:
    return open_shop(sayso, sayso.workspace("Fern & Co"))


def texted(shop: Shop, phone: str, message: str) -> Answer:
    """A STOP from this telephone under this id."""
    told = {"id": message, "from": phone, "to": shop.number, "body": "stop"}
    body = msgspec.json.encode(told)
    headers = {"content-type": "application/json", **sign(body, SECRET, datetime.now(UTC))}
    return post(shop.sayso.hook(shop.connection, "inbound"), body, headers)


def back(shop: Shop) -> None:
    """Wait until every worker has the database again: readiness is the answer of one of them."""

    def answered() -> bool:
        try:
            return all(shop.blocks(telephone()) == [] for _ in range(20))
        except StoryError:
            return False

    until("whoever said that it is away says that it is over", lambda: _over(shop.sayso.said()))
    until("the workers answer again", answered)


def _over(said: str) -> bool:
    away = "the database cannot be reached"
    return said.count(f"{away} (") == said.count(f"over: {away}")


def below(sayso: Sayso, *said: str) -> list[int]:
    """The processes of this Sayso whose command line says one of these."""
    assert sayso.process is not None
    return [pid for pid in descendants(sayso.process.pid) if any(each in command_line(pid) for each in said)]


def database(sayso: Sayso) -> list[int]:
    """Every process of the database, the postmaster first."""
    return below(sayso, "/postgres -D", "postgres: ")


@contextmanager
def hanging(sayso: Sayso) -> Iterator[None]:
    """Every process of the database stands still."""
    stopped: list[int] = []
    # Again, for one that was forked while the first were stopped.
    while running := [pid for pid in database(sayso) if pid not in stopped]:
        for pid in running:
            os.kill(pid, signal.SIGSTOP)
        stopped += running
    try:
        yield
    finally:
        for pid in stopped:
            os.kill(pid, signal.SIGCONT)


@contextmanager
def away(sayso: Sayso) -> Iterator[None]:
    """The database was killed, and who would start it again stands still."""
    (keeper,) = below(sayso, "embedded.keeper")
    # Parents stand first, and a backend that was forked just now goes by the same command line.
    postmaster, *_ = below(sayso, "/postgres -D")
    os.kill(keeper, signal.SIGSTOP)
    served = database(sayso)
    os.kill(postmaster, signal.SIGKILL)
    try:
        # A backend may do one thing more before it notices that its postmaster is gone.
        until("the database is gone", lambda: not any(map(command_line, served)))
        yield
    finally:
        os.kill(keeper, signal.SIGCONT)


@contextmanager
def without_room(sayso: Sayso, table: str) -> Iterator[None]:
    """Every write to a table fails as on a full disk."""
    sayso.rows(
        "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device'"
        " USING ERRCODE = 'disk_full'; END $$;"
        f" CREATE TRIGGER no_room BEFORE INSERT ON {table} EXECUTE FUNCTION no_room()"
    )
    try:
        yield
    finally:
        sayso.rows("DROP FUNCTION no_room CASCADE")


@contextmanager
def full(sayso: Sayso) -> Iterator[None]:
    with without_room(sayso, "inbound_queue"):
        yield


@pytest.mark.rule("R5.1")
@pytest.mark.parametrize("trouble", [hanging, away, full])
def test_a_text_that_cannot_be_stored_is_sent_back_and_counts_when_it_comes_again(
    sayso: Sayso, shop: Shop, trouble: Callable[[Sayso], contextmanager[None]]
) -> None:
    phone, message = telephone(), f"m-{trouble.__name__}"
    with trouble(sayso):
        answer = texted(shop, phone, message)
        assert answer.status == 503, answer
        assert answer.headers["retry-after"]
    sayso.await_ready()
    back(shop)
    assert until("the provider's next try is taken", lambda: texted(shop, phone, message).status == 200)
    shop.blocked(phone)
    assert len(shop.heard(phone)) == 1
    assert len(shop.received(phone, "You are out.")) > 0
    assert len(shop.shown(phone)) == 1


def test_who_asks_while_the_database_is_away_is_told_so(sayso: Sayso, shop: Shop) -> None:
    with away(sayso):
        until("readiness says no", lambda: not sayso.is_ready())
        with pytest.raises(StoryError, match="answered 503"):
            shop.client.get(f"/api/v1/blocks?phone={quote(telephone())}")
    sayso.await_ready()
    back(shop)


@pytest.mark.rule("R5.4")
def test_an_opt_out_that_finds_no_room_waits_whole(sayso: Sayso, shop: Shop) -> None:
    phone, before = telephone(), sayso.said().count("No space left on device")
    with without_room(sayso, "blocks"):
        assert texted(shop, phone, "m-no-room").status == 200
        until("the engine has tried", lambda: sayso.said().count("No space left on device") > before)
        until("an alarm rings", lambda: ringing(sayso))
        for table in ("inbound_messages", "messages", "consents", "events"):
            found = sayso.rows(f"SELECT count(*) AS n FROM {table} WHERE phone = %s", int(phone))
            assert found[0]["n"] == 0, table
    shop.blocked(phone)
    shop.received(phone, "You are out.")
    (heard,) = shop.heard(phone)
    assert heard["decision"] == "unsubscribe"
    until("no alarm rings any more", lambda: not ringing(sayso))


def ringing(sayso: Sayso) -> list[dict[str, object]]:
    """Alarms of stages that fail."""
    return sayso.rows("SELECT subject, sentence FROM alarms WHERE code = 'stage_failing'")


@pytest.mark.rule("R5.1")
def test_told_to_end_it_finishes_and_forgets_nothing(sayso: Sayso, shop: Shop) -> None:
    # More than come in while the end is told of, however long that takes.
    said = texts(6_000, random.Random(1))
    with Load(sayso.hook(shop.connection, "inbound"), shop.number) as load:
        load.release(said)
        until("texts come in", lambda: len(load.acknowledged) > 100)
        assert sayso.stop() == 0
        acknowledged = set(load.acknowledged)
    assert len(acknowledged) < len(said), "everything was in before it was told to end"

    sayso.start()

    def undecided() -> list[str]:
        with suppress(psycopg.OperationalError):
            found = sayso.rows("SELECT sender FROM inbound_messages WHERE phone >= 12062000000")
            known = {row["sender"] for row in found}
            return [text.id for text in said if text.id in acknowledged and text.phone not in known]
        return ["unknown"]

    until("everything acknowledged is decided", lambda: not undecided())
    blocked = {f"+{row['phone']}" for row in sayso.rows("SELECT phone FROM blocks WHERE lifted_at IS NULL")}
    assert {text.phone for text in said if text.id in acknowledged and text.is_stop} <= blocked
    doubled = sayso.rows(
        "SELECT inbound_id FROM messages WHERE inbound_id IS NOT NULL GROUP BY 1 HAVING count(*) > 1"
    )
    assert doubled == []
