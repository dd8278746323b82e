"""A connection's hook token renewed, and what an operator is warned of."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from sayso.cli.proving import warned
from sayso.storage.databases import Databases
from tests.doors.api import CONNECTION, VAULT_KEY, Api, Client, serving

pytestmark = pytest.mark.anyio
SINCH: dict[str, Any] = {
    "name": "Sinch",
    "kind": "sinch",
    "settings": {"service_plan_id": "plan", "api_token": "hush"},
}


@pytest.fixture
async def api(database: Databases) -> AsyncIterator[Api]:
    async with serving(database) as made:
        yield made


@pytest.fixture
async def client(api: Api) -> Client:
    return await api.client()


def sinch(**settings: str) -> dict[str, Any]:
    return {**SINCH, "settings": {**SINCH["settings"], **settings}}


@pytest.mark.rule("R2.4")
async def test_a_renewed_hook_token_is_answered_and_audited_without_being_told(client: Client) -> None:
    made = await client.post("connections", CONNECTION)
    renewed = await client.post(f"connections/{made['id']}/hook-token")
    assert len(renewed["hook_token"]) == 43
    assert {**renewed, "hook_token": made["hook_token"]} == made
    assert await client.get(f"connections/{made['id']}") == renewed
    trail = (await client.get("audit"))["items"]
    (entry,) = [entry for entry in trail if entry["action"] == "token_renewed"]
    assert (entry["object_type"], entry["object_id"]) == ("connection", str(made["id"]))
    assert entry["key_id"] == client.key_id
    assert made["hook_token"] not in str(trail)
    assert renewed["hook_token"] not in str(trail)


@pytest.mark.rule("R9.10")
async def test_a_fallback_is_set_told_and_refused_with_its_reason(client: Client) -> None:
    first = await client.post("connections", sinch())
    assert (first["fallback_connection_id"], first["fallback_after"]) == (None, 60)
    simulated = await client.post("connections", CONNECTION)
    other = await client.post("connections", sinch(service_plan_id="other"))
    own, said = f"connections/{first['id']}", {"fallback_connection_id": other["id"], "fallback_after": 120}
    put = await client.put(own, sinch() | said)
    assert put.items() >= said.items()
    refused = await client.ask("PUT", own, sinch() | {"fallback_connection_id": simulated["id"]})
    assert refused.status_code == 422
    assert "cannot stand in for each other" in refused.text
    assert (await client.get(own)).items() >= said.items()


@pytest.mark.rule("R3.1")
async def test_only_an_operator_renews_a_hook_token(api: Api, client: Client) -> None:
    made = await client.post("connections", CONNECTION)
    ordinary = await api.client(client.workspace_id, ["settings:write"])
    assert (await ordinary.ask("POST", f"connections/{made['id']}/hook-token")).status_code == 403
    assert (await client.ask("POST", "connections/999/hook-token")).status_code == 404
    assert (await client.get(f"connections/{made['id']}"))["hook_token"] == made["hook_token"]


@pytest.mark.rule("R5.11")
async def test_a_connection_whose_callbacks_prove_nothing_warns_until_one_chose_or_mended_it(
    client: Client,
) -> None:
    made = await client.post("connections", sinch())
    (warning,) = made["warnings"]
    assert "whoever learns the hook address can text as anyone" in warning
    own = f"connections/{made['id']}"
    assert (await client.post(f"{own}/hook-token"))["warnings"] == [warning]
    assert (await client.get(own))["warnings"] == [warning]
    assert (await client.put(own, sinch(callback_auth="none")))["warnings"] == []
    assert (await client.put(own, sinch(callback_auth="configured")))["warnings"] == [warning]
    assert (await client.put(own, sinch(webhook_secret="s")))["warnings"] == []
    assert (await client.get(own))["warnings"] == []
    assert (await client.post("connections", CONNECTION))["warnings"] == []


@pytest.mark.rule("R5.11")
async def test_the_api_and_the_doctor_warn_of_the_same(database: Databases, client: Client) -> None:
    for said in (CONNECTION, sinch(), sinch(webhook_secret="s"), SINCH | {"name": "Second"}):
        await client.post("connections", said)
    listed = (await client.get("connections"))["items"]
    told = [(one["name"], warning) for one in listed for warning in one["warnings"]]
    assert told == await warned(database.url, VAULT_KEY)
    assert [name for name, _ in told] == ["Sinch", "Second"]
    assert await warned(database.url, "another key") == []


async def test_the_description_tells_of_both(api: Api) -> None:
    described = (await api.http.get("/api/v1/openapi.json")).json()
    renewing = described["paths"]["/api/v1/connections/{connection_id}/hook-token"]["post"]
    assert "Scope: operator" in renewing["description"]
    assert "200" in renewing["responses"]
    shown = described["components"]["schemas"]["ConnectionOut"]
    assert shown["properties"]["warnings"]["type"] == "array"
    assert "warnings" in shown["required"]


@pytest.mark.rule("R2.5")
async def test_an_operator_stops_a_connection_and_lets_it_go_on_and_both_are_audited(
    api: Api, client: Client
) -> None:
    made = await client.post("connections", CONNECTION)
    path = f"connections/{made['id']}/standstill"
    assert (await client.get(path))["stopped"] is False
    stopped = await client.put(path, {"why": "It sends to wrong numbers"})
    assert (stopped["stopped"], stopped["why"]) == (True, "It sends to wrong numbers")
    assert stopped["key_id"] == client.key_id
    assert await client.put(path, {"why": "again"}) == stopped
    ordinary = await api.client(client.workspace_id, ["settings:write", "sending:halt"])
    for method, said in (("PUT", {"why": ""}), ("DELETE", None), ("GET", None)):
        assert (await ordinary.ask(method, path, said)).status_code == 403
    assert (await client.ask("PUT", "connections/999/standstill", {"why": ""})).status_code == 404
    await client.ask("DELETE", path)
    assert (await client.get(path))["stopped"] is False
    trail = [one["action"] for one in (await client.get("audit"))["items"] if one["action"] != "created"]
    assert trail[:2] == ["continued", "stopped"]
