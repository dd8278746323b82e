"""Hours, caps, countries and the stop-all switch by the API, and what they do to a message."""

from __future__ import annotations

import pytest

from tests.doors.api import Api, Client, line

pytestmark = pytest.mark.anyio
# Nobody's, so that no hours hold.
PHONE = "+12065550111"
WIDE = {
    "days": [0, 1, 2, 3, 4, 5, 6],
    "opens": "00:00",
    "closes": "24:00",
    "per_day": None,
    "countries": ["GB"],
}


@pytest.mark.rule("R9.11", "R9.9")
async def test_a_country_that_is_not_on_the_list_is_not_texted(client: Client) -> None:
    assert (await client.get("sending-rules"))["per_week"] == 4
    await line(client)
    await client.put("contacts", {"external_id": "1", "phone": PHONE, "sms_consent": "yes"})
    said = {"to": PHONE, "external_id": "1", "body": "Hello", "category": "news"}
    assert (await client.post("messages", said))["status"] == "queued"
    # A simulated line has nobody at its end until the workspace practises.
    stored = await client.put("sending-rules", WIDE | {"practises": True})
    assert (stored["countries"], stored["closes"], stored["per_day"]) == (["GB"], "24:00", None)
    sent = await client.post("messages", said)
    assert (sent["status"], sent["reason"]) == ("skipped", "destination_not_allowed")
    await client.put("sending-rules", WIDE | {"practises": True, "countries": ["US"]})
    assert (await client.post("messages", said))["status"] == "queued"
    refused = await client.ask("PUT", "sending-rules", WIDE | {"opens": "25:00", "days": [], "per_week": 0})
    assert {one["field"] for one in refused.json()["errors"]} == {"opens", "days", "per_week"}


@pytest.mark.rule("R2.5", "R9.7")
async def test_while_everything_is_stopped_messages_wait_and_say_why(api: Api, client: Client) -> None:
    await line(client)
    await client.put("contacts", {"external_id": "1", "phone": PHONE, "sms_consent": "yes"})
    stopped = await client.put("standstill", {"why": "A wrong price"})
    assert stopped["stopped"] and stopped["key_id"]
    sent = await client.post(
        "messages", {"to": PHONE, "external_id": "1", "body": "Hello", "category": "news"}
    )
    assert (sent["status"], sent["reason"]) == ("deferred", "halted")
    assert "A wrong price" in str(sent)
    limited = await api.client(client.workspace_id, ["messages:send"])
    assert (await limited.ask("DELETE", "standstill")).status_code == 403
    await client.ask("DELETE", "standstill")
    assert (await client.get("standstill"))["stopped"] is False
