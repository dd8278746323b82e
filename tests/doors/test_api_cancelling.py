"""What waits is taken back by whoever refuses it through the API, and with its line."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from sayso.storage.databases import Databases
from sayso.storage.pool import ENGINE, Pool, open_pool
from tests.doors.api import MOBILE, OTHER_MOBILE, Client, line, serving, template

pytestmark = pytest.mark.anyio


@pytest.fixture
async def client(database: Databases) -> AsyncIterator[Client]:
    async with serving(database) as api:
        yield await api.client()


@pytest.fixture
async def engine(database: Databases) -> AsyncIterator[Pool]:
    async with open_pool(database.url, ENGINE, size=1) as pool:
        yield pool


async def queued(client: Client, to: str = MOBILE, **said: Any) -> str:
    await client.put("contacts", {"external_id": to, "phone": to, "sms_consent": "yes"})
    asked = {"to": to, "body": "Fresh bread", "category": "news"} | said
    made = await client.post("messages", asked)
    assert made["status"] == "queued", made
    return str(made["id"])


async def transactional(client: Client) -> str:
    template_id = await template(client, **{"class": "transactional"})
    await client.post(f"templates/{template_id}/approve")
    said: dict[str, Any] = {"body": None, "class": "transactional", "category": None}
    return await queued(client, template_id=template_id, **said)


async def status(client: Client, message_id: str) -> tuple[str, str]:
    shown = await client.get(f"messages/{message_id}")
    last = shown["history"][-1]
    assert (last["status"], last["reason"]) == (shown["status"], shown["reason"])
    return shown["status"], shown["reason"]


CANCELLED, QUEUED = ("cancelled", "opted_out"), ("queued", "")


@pytest.mark.rule("R5.4")
@pytest.mark.parametrize(
    ("said", "news", "offers"),
    [
        ({}, CANCELLED, CANCELLED),
        ({"scope": "all"}, CANCELLED, CANCELLED),
        ({"scope": "categories", "categories": ["news"]}, CANCELLED, QUEUED),
    ],
)
async def test_a_block_cancels_what_it_reaches(
    client: Client, said: dict[str, Any], news: tuple[str, str], offers: tuple[str, str]
) -> None:
    line_id = await line(client)
    first, second = await queued(client), await queued(client, category="offers")
    other = await queued(client, OTHER_MOBILE)
    await client.post("blocks", {"phone": MOBILE} | said)
    assert [await status(client, one) for one in (first, second, other)] == [news, offers, QUEUED]
    assert line_id


@pytest.mark.rule("R5.4")
async def test_a_block_of_a_line_cancels_what_leaves_from_it(client: Client) -> None:
    line_id = await line(client)
    other_line = await line(client, number="+12025550101")
    here, there = await queued(client), await queued(client, sender="+12025550101")
    await client.post("blocks", {"phone": MOBILE, "scope": "line", "line_id": other_line})
    assert [await status(client, one) for one in (here, there)] == [QUEUED, CANCELLED]
    assert line_id


@pytest.mark.rule("R5.4")
async def test_only_a_block_of_everything_cancels_transactional_messages(client: Client) -> None:
    await line(client)
    receipt = await transactional(client)
    await client.post("blocks", {"phone": MOBILE})
    assert await status(client, receipt) == QUEUED
    await client.post("blocks", {"phone": MOBILE, "scope": "all"})
    assert await status(client, receipt) == CANCELLED


@pytest.mark.rule("R5.4")
async def test_a_reported_no_cancels_what_it_refuses(client: Client) -> None:
    await line(client)
    first, second = await queued(client), await queued(client, category="offers")
    await client.post("consents", {"phone": MOBILE, "action": "reject", "categories": ["news"]})
    assert [await status(client, one) for one in (first, second)] == [CANCELLED, QUEUED]
    await client.post("consents", {"phone": MOBILE, "action": "reject"})
    assert await status(client, second) == CANCELLED


@pytest.mark.rule("R5.4")
async def test_a_record_that_says_no_cancels_what_waits_for_its_contact(client: Client) -> None:
    await line(client)
    first, other = await queued(client), await queued(client, OTHER_MOBILE)
    await client.put("contacts", {"external_id": MOBILE, "sms_consent": "no"})
    assert [await status(client, one) for one in (first, other)] == [CANCELLED, QUEUED]


@pytest.mark.rule("R5.4")
async def test_what_is_on_the_wire_keeps_its_true_outcome(client: Client, engine: Pool) -> None:
    line_id = await line(client)
    leaving, waiting = await queued(client), await queued(client)
    async with engine.connection() as conn:
        await conn.execute(
            "INSERT INTO intents (connection_id, epoch, workspace_id, message_id, claim, at)"
            " SELECT connection_id, 1, workspace_id, id, 1, now() FROM messages WHERE id = %s",
            (int(leaving),),
        )
    await client.post("blocks", {"phone": MOBILE})
    assert [await status(client, one) for one in (leaving, waiting)] == [QUEUED, CANCELLED]
    assert (await client.ask("DELETE", f"lines/{line_id}")).is_success
    assert await status(client, leaving) == QUEUED


@pytest.mark.rule("R9.7")
async def test_advertising_is_taken_and_waits_while_a_text_from_the_number_does(
    client: Client, engine: Pool
) -> None:
    await line(client)
    await client.put("contacts", {"external_id": "1", "phone": MOBILE, "sms_consent": "yes"})
    async with engine.connection() as conn:
        await conn.execute(
            "INSERT INTO inbound_queue (lane, id, connection_id, phone, sender, recipient, body,"
            " provider_at, received_at) SELECT 0, 1, id, %s, %s, 'any', 'stop', now(), now()"
            " FROM connections",
            (int(MOBILE.removeprefix("+")), MOBILE),
        )
    made = await client.post("messages", {"to": MOBILE, "body": "Fresh bread", "category": "news"})
    assert (made["status"], made["reason"]) == ("deferred", "undecided_text")
    assert made["because"][-1]["rule"] == "R9.7"
    assert await status(client, made["id"]) == ("deferred", "undecided_text")
    assert await status(client, await transactional(client)) == QUEUED


@pytest.mark.rule("R3.1")
async def test_a_withdrawn_line_takes_back_what_waits_to_leave_from_it(client: Client, engine: Pool) -> None:
    line_id = await line(client)
    await line(client, number="+12025550101")
    waiting, claimed, deferred = [await queued(client) for _ in range(3)]
    elsewhere = await queued(client, sender="+12025550101")
    async with engine.connection() as conn:
        await conn.execute(
            "WITH gone AS (DELETE FROM outbox WHERE message_id = %s RETURNING *)"
            " INSERT INTO claims (connection_id, epoch, lane, due, workspace_id, message_id, attempt, claim)"
            " SELECT connection_id, 1, lane, due, workspace_id, message_id, attempt, 1 FROM gone",
            (int(claimed),),
        )
        await conn.execute(
            "INSERT INTO outcomes VALUES (%s, %s, 'deferred', 'quiet_hours', 10, now())",
            (client.workspace_id, int(deferred)),
        )
    assert (await client.ask("DELETE", f"lines/{line_id}")).is_success
    withdrawn = ("cancelled", "line_withdrawn")
    assert [await status(client, one) for one in (waiting, claimed, deferred)] == [withdrawn] * 3
    assert await status(client, elsewhere) == QUEUED
