"""The description of the API: whole for every operation, and its examples work as they are written."""

from __future__ import annotations

import re
from typing import Any

import pytest

from sayso.api.described import METHODS
from sayso.api.examples import BODIES, IN_ADDRESSES
from sayso.core.campaign_text import Links
from sayso.engine.planning import plan_slice
from sayso.storage import erased
from tests.doors.api import VAULT_KEY, Api, Client

pytestmark = pytest.mark.anyio

PLAYED = (
    "POST connections",
    "PUT connections/1",
    "POST connections/1/hook-token",
    "GET connections/1",
    "POST inbound-numbers",
    "PATCH inbound-numbers/1",
    "POST lines",
    "POST templates",
    "PUT templates/1",
    "POST templates/1/approve",
    "PUT opt-out",
    "PUT categories",
    "POST processes",
    "PUT processes/1",
    "POST processes/1/start",
    "POST keywords/test",
    "POST keys",
    "PUT sending-rules",
    "PUT contacts",
    "POST contacts/bulk",
    "POST consents",
    "POST lists",
    "POST lists/1/contacts",
    "POST lists/1/contacts/remove",
    "POST segments",
    "PUT segments/1",
    "POST segments/count",
    "GET segments/1/count",
    "POST messages",
    "GET messages/MESSAGE",
    "POST media",
    "POST campaigns",
    "PUT campaigns/1",
    "PUT campaigns/1/trial",
    "GET campaigns/1/trial",
    "POST campaigns/1/test",
    "POST campaigns/1/copy",
    "DELETE campaigns/1/trial",
    "POST campaigns/1/rehearsal",
    "GET campaigns/1/rehearsal/people",
    "PUT campaign-limits",
    "PUT link-domain",
    "PUT prices",
    "POST credit/top-ups",
    "POST credit/corrections",
    "PUT credit",
    "PUT spend-caps",
    "POST campaigns/1/launch",
    "POST campaigns/1/undo",
    "GET campaigns/1/report",
    "GET links?campaign_id=1",
    "POST contacts/imports",
    "PUT contacts/imports/IMPORT/file",
    "POST contacts/imports/IMPORT/preview",
    "POST contacts/imports/IMPORT/start",
    "POST blocks",
    "POST blocks/import",
    "POST consents/ended",
    "POST consents/reviews",
    "PUT standstill",
    "DELETE standstill",
    "PUT connections/1/standstill",
    "DELETE connections/1/standstill",
    "POST contacts/CONTACT/merge",
    "POST contacts/OTHER/erase",
    "GET audit",
    "GET reports/usage",
)
"""In an order in which each finds what it needs."""
UNASKED = "POST consents/reviews"
"""Decides on a text that called the number the wrong one; here nobody wrote one."""


@pytest.fixture
async def schema(api: Api) -> dict[str, Any]:
    found = (await api.http.get("/api/v1/openapi.json")).json()
    assert isinstance(found, dict)
    return found


def operations(schema: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [
        (f"{method.upper()} {path}", one[method])
        for path, one in schema["paths"].items()
        for method in METHODS
        if method in one
    ]


async def test_every_operation_says_what_it_does_what_can_go_wrong_and_gives_an_example(
    schema: dict[str, Any],
) -> None:
    for name, one in operations(schema):
        assert one["summary"][0].isupper(), name
        assert " " in one["summary"], name
        assert len(one["summary"]) < 121, name
        assert " ".join(one["description"].split()).startswith(one["summary"]), name
        assert {"401", "500", "503"} <= one["responses"].keys(), name
        assert all("example" in part for part in one.get("parameters", []) if part["in"] == "path"), name
        body = one.get("requestBody", {}).get("content", {})
        assert all(found.get("example") for found in body.values()), name
        assert ("422" in one["responses"]) or not body, name


async def test_every_reference_of_the_description_leads_somewhere(schema: dict[str, Any]) -> None:
    for found in set(re.findall(r'"\$ref": ?"#/([^"]+)"', str(schema).replace("'", '"'))):
        at: Any = schema
        for step in found.split("/"):
            at = at[step]


async def test_errors_have_the_shape_that_is_told(api: Api, client: Client, schema: dict[str, Any]) -> None:
    model = schema["components"]["schemas"]["ProblemDetails"]
    for answer in (
        await client.ask("POST", "blocks", {"phone": "no number"}),
        await client.ask("GET", "lines/999"),
        await api.http.get("/api/v1/lines"),
    ):
        said = answer.json()
        told = schema["components"]["responses"][f"Problem{answer.status_code}"]["content"]
        assert answer.headers["content-type"] in told
        assert said.keys() <= model["properties"].keys()
        assert set(model["required"]) <= said.keys()
        example = told[answer.headers["content-type"]]["example"]
        assert (example["type"], example["title"]) == (said["type"], said["title"])


async def test_the_examples_work_in_their_order_as_they_are_written(
    api: Api, client: Client, schema: dict[str, Any]
) -> None:
    erased.use(VAULT_KEY)
    made: dict[str, str] = {}
    patterns = [
        (re.compile(re.sub(r"\{\w+\}", "[^/]+", name.replace("/api/v1/", ""))), one)
        for name, one in operations(schema)
    ]
    taken = set()
    for call in PLAYED:
        method, path = call.split(" ")
        bare = f"{method} {path.partition('?')[0]}"
        operation = next(one for pattern, one in patterns if pattern.fullmatch(bare))
        body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("example")
        taken.add(operation["operationId"])
        for word, value in made.items():
            path = path.replace(word, value)
        if body and body.get("contact_id") == BODIES["MergeIn"]["contact_id"]:
            body = body | {"contact_id": made["THIRD"]}
        answer = await client.ask(method, path, body)
        assert answer.status_code == 404 if call == UNASKED else answer.is_success, (call, body, answer.text)
        made |= _noted(call, answer.json() if answer.content else {})
        if call.endswith("/rehearsal"):
            async with api.engine_pool.connection() as conn:
                await plan_slice(conn, Links.of(VAULT_KEY, "https://sayso.test"), 100, api.clock())
    with_body = {one["operationId"] for _, one in operations(schema) if "requestBody" in one}
    assert with_body <= taken


def _noted(call: str, said: Any) -> dict[str, str]:
    if call == "POST messages":
        return {"MESSAGE": said["id"]}
    if call == "POST contacts/imports":
        return {"IMPORT": said["id"]}
    if call == "PUT contacts":
        return {"CONTACT": said["id"]}
    if call == "POST contacts/bulk":
        return {"THIRD": said["results"][0]["id"], "OTHER": said["results"][1]["id"]}
    return {}


async def test_every_example_belongs_to_something(schema: dict[str, Any]) -> None:
    models = schema["components"]["schemas"].keys()
    asked = {part["name"] for _, one in operations(schema) for part in one.get("parameters", [])}
    assert BODIES.keys() <= models
    assert IN_ADDRESSES.keys() <= asked
