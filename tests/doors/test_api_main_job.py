"""The main job as an integrator does it: from a connection to a message, and a block in its way."""

import pytest

from sayso.storage.databases import Databases
from tests.doors.api import MOBILE, line, serving, template

pytestmark = pytest.mark.anyio


async def test_from_an_empty_workspace_to_a_queued_message(database: Databases) -> None:
    async with serving(database) as api:
        client = await api.client()
        line_id = await line(client)
        template_id = await template(client)
        said = {"type": "unsubscribe", "name": "Stop", "line_id": line_id, "keywords": ["genug"]}
        process = await client.post("processes", said | {"template_id": template_id})
        assert process["state"] == "new"
        assert process["missing"] == []
        started = await client.post(f"processes/{process['id']}/start")
        assert started["state"] == "started"
        put = await client.put("contacts", {"external_id": "7", "phone": MOBILE, "sms_consent": "yes"})
        assert put["result"] == "created"
        asked = {"to": MOBILE, "body": "Fresh bread", "category": "promotions"}
        answer = await client.ask("POST", "messages", asked)
        assert answer.status_code == 202, answer.text
        assert answer.json()["status"] == "queued"
        shown = await client.get(f"messages/{answer.json()['id']}")
        assert [event["status"] for event in shown["history"]] == ["queued"]
        assert shown["sender"] == "12025550100"
        assert isinstance(shown["id"], str)
