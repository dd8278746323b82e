"""Numbers of the operator, lines of a workspace, and texts tried on them."""

import pytest

from tests.doors.api import CONNECTION, MOBILE, Api, Client, line, template

pytestmark = pytest.mark.anyio


async def shared_code(client: Client) -> int:
    connection = await client.post("connections", CONNECTION)
    said = {"number": "11221", "kind": "shared_short_code", "country": "US"}
    made = await client.post("inbound-numbers", said | {"connection_id": connection["id"]})
    return int(made["id"])


@pytest.mark.rule("R3.1")
async def test_a_workspace_sees_only_its_own_lines(api: Api, client: Client) -> None:
    code = await shared_code(client)
    other = await api.client()
    await client.post("lines", {"inbound_number_id": code, "provider_keyword": "baby"})
    await other.post("lines", {"inbound_number_id": code, "provider_keyword": "kids"})
    assert [found["name"] for found in (await client.get("lines"))["items"]] == ["11221 / baby"]
    assert [found["name"] for found in (await other.get("lines"))["items"]] == ["11221 / kids"]


@pytest.mark.rule("R3.1")
async def test_only_an_operator_gives_out_numbers_and_lines(api: Api, client: Client) -> None:
    code = await shared_code(client)
    ordinary = await api.client(client.workspace_id, [])
    said = {"inbound_number_id": code, "provider_keyword": "baby"}
    assert (await ordinary.ask("POST", "lines", said)).status_code == 403
    assert (await ordinary.ask("GET", "connections")).status_code == 403
    assert (await ordinary.get("inbound-numbers"))["items"] == []
    await client.post("lines", said)
    assert [found["number"] for found in (await ordinary.get("inbound-numbers"))["items"]] == ["11221"]


@pytest.mark.rule("R3.1", "R3.2")
async def test_a_provider_keyword_has_one_holder_however_it_is_written(api: Api, client: Client) -> None:
    code = await shared_code(client)
    await client.post("lines", {"inbound_number_id": code, "provider_keyword": "Bäby"})
    other = await api.client()
    answer = await other.ask("POST", "lines", {"inbound_number_id": code, "provider_keyword": " BABY "})
    assert answer.status_code == 409
    made = (await client.get("lines"))["items"][0]
    assert made["provider_keyword"] == "baby"
    assert (await client.ask("DELETE", f"lines/{made['id']}")).status_code == 204
    await other.post("lines", {"inbound_number_id": code, "provider_keyword": "baby"})


async def test_a_line_fits_its_number(client: Client) -> None:
    code = await shared_code(client)
    bare = await client.ask("POST", "lines", {"inbound_number_id": code})
    assert bare.json()["errors"][0]["field"] == "provider_keyword"
    connection = await client.post("connections", CONNECTION)
    said = {
        "number": "(202) 555-0177",
        "kind": "long_code",
        "country": "US",
        "connection_id": connection["id"],
    }
    own = await client.post("inbound-numbers", said)
    assert own["number"] == "12025550177"
    keyword = {"inbound_number_id": own["id"], "provider_keyword": "baby"}
    assert (await client.ask("POST", "lines", keyword)).status_code == 422
    again = await client.ask("POST", "inbound-numbers", said | {"number": "+1 202 555 0177"})
    assert again.status_code == 409


@pytest.mark.rule("R9.10")
async def test_a_number_is_freed_by_an_operator_alone(api: Api, client: Client) -> None:
    code = await shared_code(client)
    ordinary = await api.client(client.workspace_id, [])
    assert (await ordinary.ask("POST", f"inbound-numbers/{code}/free")).status_code == 403
    refused = await client.ask("POST", f"inbound-numbers/{code}/free")
    assert refused.status_code == 409
    assert "never stood in" in refused.json()["errors"][0]["message"]


async def test_trying_a_text_tells_the_decision_and_changes_nothing(client: Client) -> None:
    line_id = await line(client)
    words = await template(client)
    said = {
        "type": "unsubscribe",
        "name": "Stop",
        "line_id": line_id,
        "template_id": words,
        "keywords": ["genug"],
    }
    made = await client.post("processes", said)
    await client.post(f"processes/{made['id']}/start")
    for text, decision in (
        ("šťóp", "unsubscribe"),
        ("Genug!", "unsubscribe"),
        ("START", "optin"),
        ("please cancel my order", "inbox"),
        ("", "empty"),
    ):
        told = await client.post("keywords/test", {"text": text, "line_id": line_id, "from": MOBILE})
        assert told["decision"] in (decision, "review" if decision == "inbox" else decision), (text, told)
        assert told["because"]
    told = await client.post("keywords/test", {"text": "genug", "line_id": line_id})
    assert (told["keyword"], told["process_id"], told["scope"]) == ("genug", made["id"], "channel")
    assert "AddBlock" in {effect["effect"] for effect in told["effects"]}
    assert (await client.get("blocks"))["items"] == []
    assert (await client.get("inbound-messages"))["items"] == []


async def test_texts_to_a_shared_code_are_tried_with_and_without_its_keyword(client: Client) -> None:
    code = await shared_code(client)
    held = await client.post("lines", {"inbound_number_id": code, "provider_keyword": "baby"})
    for text in ("baby stop", "stop baby", "stop"):
        told = await client.post("keywords/test", {"text": text, "line_id": held["id"]})
        assert told["decision"] == "unsubscribe", (text, told)


async def test_trying_hostile_texts_never_fails(client: Client) -> None:
    line_id = await line(client)
    for text in ("\u202e\u200b", "🛑" * 5_000, "\U0010ffff", "a" * 10_000, "' OR 1=1 --", "ﷺ" * 1_000):
        told = await client.ask(
            "POST", "keywords/test", {"text": text, "line_id": line_id, "from": "Bäckerei"}
        )
        assert told.status_code == 200, (text[:10], told.text)
