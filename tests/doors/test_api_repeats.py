"""Idempotency-Key where the answer is lost: nothing is done twice, and what was not done can be repeated."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
import pytest

from sayso.actions import messages
from sayso.actions.actor import Actor, TakenOverError, house, transaction
from sayso.api.answers import Answer
from sayso.api.idempotency import Once
from sayso.api.idempotency import asked as asked_once
from sayso.storage.databases import Databases
from sayso.storage.pool import Connection, Pool
from tests.doors.api import MOBILE, Api, Client, line

pytestmark = pytest.mark.anyio
SAID = {"to": MOBILE, "body": "Once", "category": "news"}
KEY = {"idempotency-key": "order 7"}


@pytest.fixture
async def client(api: Api) -> Client:
    made = await api.client()
    await line(made)
    await made.put("contacts", {"external_id": "1", "phone": MOBILE, "sms_consent": "yes"})
    return made


async def bodies(client: Client) -> list[str]:
    return [message["body"] for message in (await client.get("messages"))["items"]]


async def test_a_message_whose_answer_was_lost_after_the_commit_is_not_queued_again(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    @asynccontextmanager
    async def cut_off(pool: Pool, actor: Actor) -> AsyncIterator[Connection]:
        async with transaction(pool, actor) as conn:
            yield conn
        raise psycopg.OperationalError("server closed the connection unexpectedly")

    with monkeypatch.context() as lost:
        lost.setattr(messages, "transaction", cut_off)
        assert (await client.ask("POST", "messages", SAID, headers=KEY)).status_code == 503
    again = await client.ask("POST", "messages", SAID, headers=KEY)
    assert again.status_code == 409
    assert "was carried out" in again.json()["detail"]
    assert await bodies(client) == ["Once"]


async def test_a_message_that_failed_in_the_commit_may_be_repeated_at_once(
    database: Databases, client: Client
) -> None:
    with psycopg.connect(
        database.owner_url, options="-c search_path=sayso", autocommit=True, prepare_threshold=None
    ) as owner:
        owner.execute(
            "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS"
            " $$BEGIN RAISE EXCEPTION 'no room' USING ERRCODE = 'disk_full'; END$$"
        )
        owner.execute(
            "CREATE CONSTRAINT TRIGGER full_disk AFTER INSERT ON messages DEFERRABLE INITIALLY DEFERRED"
            " FOR EACH ROW EXECUTE FUNCTION full_disk()"
        )
        assert (await client.ask("POST", "messages", SAID, headers=KEY)).status_code == 503
        owner.execute("DROP TRIGGER full_disk ON messages")
    assert (await client.ask("POST", "messages", SAID, headers=KEY)).status_code == 202
    assert await bodies(client) == ["Once"]


async def test_a_repeat_takes_over_after_a_minute_and_the_first_can_commit_nothing_more(
    api: Api, client: Client
) -> None:
    once = Once(api.app_pool, api.clock)
    actor = house(client.workspace_id)
    use = asked_once("POST /api/v1/messages", b"k", b"{}")

    async def quick(_: Actor) -> Answer:
        return Answer(202, (), b"the second")

    async def stuck(holder: Actor) -> Answer:
        assert (await once.do(actor, use, quick)).status == 409
        api.clock.on(seconds=61)
        assert (await once.do(actor, use, quick)).body == b"the second"
        with pytest.raises(TakenOverError):
            async with transaction(api.app_pool, holder) as conn:
                await conn.execute("INSERT INTO opt_out_terms VALUES (sayso.workspace(), 'x', 'x')")
        return Answer(500, (), b"")

    await once.do(actor, use, stuck)
    assert (await once.do(actor, use, quick)).body == b"the second"
    assert (await client.get("opt-out"))["terms"] == []


async def test_what_one_key_was_answered_is_not_told_to_another(api: Api, client: Client) -> None:
    made = await client.ask("POST", "messages", SAID, headers=KEY)
    assert made.status_code < 300
    weaker = await api.client(client.workspace_id, scopes=("contacts:read",))
    assert (await weaker.ask("POST", "messages", SAID, headers=KEY)).status_code == 403
    other = await api.client(client.workspace_id)
    answer = await other.ask("POST", "messages", SAID | {"body": "Another"}, headers=KEY)
    assert (answer.status_code, "idempotency-replayed" in answer.headers) == (made.status_code, False)


@pytest.mark.parametrize(
    ("scopes", "said", "status"),
    [(("contacts:read",), SAID, 403), (("*",), {**SAID, "to": "nobody"}, 422), (("*",), {"to": 5}, 422)],
)
async def test_a_refusal_is_not_kept_for_its_key(
    api: Api, client: Client, scopes: tuple[str, ...], said: dict[str, object], status: int
) -> None:
    asking = await api.client(client.workspace_id, scopes=scopes)
    for _ in range(2):
        refused = await asking.ask("POST", "messages", said, headers=KEY)
        assert (refused.status_code, "idempotency-replayed" in refused.headers) == (status, False)
    if "*" in scopes:
        assert (await asking.ask("POST", "messages", SAID, headers=KEY)).is_success
