"""Who answers a STOP: the API tells it per number, as the engine takes it (R5.8)."""

from typing import Any

import pytest

from sayso.storage.databases import Databases
from tests.doors.api import CONNECTION, Client, line, serving, template

pytestmark = pytest.mark.anyio
TWILIO = {"account_sid": "AC" + "0" * 32, "auth_token": "t" * 32}


async def numbers_of(client: Client, **said: Any) -> dict[str, str]:
    made = await client.post("connections", {"name": "Real", "kind": "twilio", "settings": TWILIO} | said)
    assert made["provider_answers"] == said.get("provider_answers")
    for number, kind in (("+12025550109", "long_code"), ("55512", "exclusive_short_code")):
        asked = {"number": number, "kind": kind, "country": "US", "connection_id": made["id"]}
        await client.post("inbound-numbers", asked)
    found = (await client.get("inbound-numbers"))["items"]
    return {one["kind"]: one["provider_answers"] for one in found if one["connection_id"] == made["id"]}


@pytest.mark.rule("R5.8")
async def test_each_number_tells_what_its_provider_answers(database: Databases) -> None:
    async with serving(database) as api:
        client = await api.client()
        usual = await numbers_of(client)
        assert usual["long_code"] == "stop_start_help"
        assert usual["exclusive_short_code"] != usual["long_code"]
        chosen = await numbers_of(client, provider_answers="stop")
        assert set(chosen.values()) == {"stop"}


@pytest.mark.rule("R5.8")
async def test_who_holds_a_line_sees_what_its_provider_answers_and_no_account(database: Databases) -> None:
    async with serving(database) as api:
        await line(await api.client(), number="+12025550101")
        client = await api.client()
        await line(client)
        reader = await api.client(client.workspace_id, ["settings:read"])
        found = (await reader.get("inbound-numbers"))["items"]
        assert [(one["number"], one["provider_answers"]) for one in found] == [("12025550100", "none")]
        assert (await reader.ask("GET", "connections")).status_code == 403


@pytest.mark.rule("R5.8")
@pytest.mark.parametrize(("answers", "replies"), [("none", 1), ("stop", 0)])
async def test_a_tried_stop_gets_no_second_answer(database: Databases, answers: str, replies: int) -> None:
    async with serving(database) as api:
        client = await api.client()
        line_id = await line(client)
        template_id = await template(client)
        said = {"type": "unsubscribe", "name": "Stop", "line_id": line_id, "template_id": template_id}
        process = await client.post("processes", said)
        await client.post(f"processes/{process['id']}/start")
        connection = (await client.get("connections"))["items"][0]["id"]
        edit = CONNECTION | {"provider_answers": answers}
        assert (await client.ask("PUT", f"connections/{connection}", edit)).is_success
        tried = {"text": "stop", "line_id": line_id, "from": "+12025550143"}
        told = await client.post("keywords/test", tried)
        assert len([one for one in told["effects"] if one["effect"] == "Reply"]) == replies, told
