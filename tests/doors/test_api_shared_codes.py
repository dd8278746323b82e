"""A yes by record where the number said stop to a shared code: the API says that it changes nothing there."""

import pytest

from sayso.core.phones import parse
from sayso.storage.databases import Databases
from sayso.storage.pool import ENGINE, open_pool
from tests.doors.api import MOBILE, OTHER_MOBILE, Client, line, serving

pytestmark = pytest.mark.anyio


async def stopped(database: Databases, said: str) -> None:
    read = parse(said, None)
    async with open_pool(database.url, ENGINE) as pool, pool.connection() as conn:
        await conn.execute(
            "INSERT INTO code_blocks (inbound_number_id, phone, since, inbound_id)"
            " SELECT id, %s, now() - interval '1 day', 1 FROM inbound_numbers"
            " WHERE kind = 'shared_short_code'",
            (read.key,),  # type: ignore[union-attr]
        )


async def rules(client: Client, phone: str) -> list[list[str]]:
    told = await client.post("consents", {"phone": phone, "action": "accept", "method": "form"})
    put = await client.put("contacts", {"external_id": phone, "phone": phone, "sms_consent": "yes"})
    return [[step["rule"] for step in said["because"]] for said in (*told["results"], put)]


@pytest.mark.rule("R3.3")
async def test_a_yes_by_record_says_that_a_stop_on_a_shared_code_stands(database: Databases) -> None:
    async with serving(database) as api:
        client = await api.client()
        await line(client, number="11221", kind="shared_short_code", provider_keyword="baby")
        await stopped(database, MOBILE)
        assert await rules(client, MOBILE) == [["R6.4", "R3.3"], ["R3.3"]]
        assert await rules(client, OTHER_MOBILE) == [["R6.4"], []]
        sent = await client.post("messages", {"to": MOBILE, "body": "Hi", "category": "news"})
        assert (sent["status"], sent["because"][0]["rule"]) == ("enqueue_failed", "R3.3")


@pytest.mark.rule("R3.3")
async def test_nobody_learns_of_stops_on_a_code_that_is_not_theirs(database: Databases) -> None:
    async with serving(database) as api:
        holder = await api.client()
        await line(holder, number="11221", kind="shared_short_code", provider_keyword="baby")
        await stopped(database, MOBILE)
        assert await rules(await api.client(), MOBILE) == [["R6.4"], []]


@pytest.mark.rule("R3.3")
async def test_once_the_number_texted_back_in_nothing_is_said_of_the_code(database: Databases) -> None:
    async with serving(database) as api:
        client = await api.client()
        await line(client, number="11221", kind="shared_short_code", provider_keyword="baby")
        await stopped(database, MOBILE)
        async with open_pool(database.url, ENGINE) as pool, pool.connection() as conn:
            await conn.execute(
                "INSERT INTO consent_states SELECT %s, phone, 0, '*', 'accept', since + interval '1 hour',"
                " 'sms_reply' FROM code_blocks",
                (client.workspace_id,),
            )
        assert await rules(client, MOBILE) == [["R6.4"], []]
        sent = await client.post("messages", {"to": MOBILE, "body": "Hi", "category": "news"})
        assert sent["status"] == "queued"
