"""Every address and every field of the API with an id in it, asked for with what is another workspace's.

Both are read from the API's own description: one that is new fails here until it says whose it is.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from sayso.actions.actor import SCOPES
from tests.doors.api import CONNECTION, MOBILE, Api, Client, line, template

pytestmark = [pytest.mark.anyio, pytest.mark.rule("R2.4")]

# Of no workspace: an operator's, and refused to everybody else whatever the id says.
OPERATORS = frozenset({"connection_id", "number_id", "inbound_number_id", "fallback_connection_id"})
# A name that each workspace gives its contacts: the same one is somebody else everywhere.
NAMES = frozenset({"external_id", "external_ids"})
CAMPAIGN = {"name": "Mine", "body": "Hello", "category": "theirs", "audience": "everybody"}
PROCESS = {"name": "Mine", "type": "help", "keywords": ["mine"], "match_mode": "exact"}
ANYBODY = {"all": [{"about": "language", "test": "is", "value": "en"}]}
WORDS = {"name": "Mine", "body": "Hello"}
REFUSED = {HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY}
# What an address wants besides the id, so that it is the id that is refused.
BODIES: Mapping[str, dict[str, Any]] = {
    "PUT connections/{connection_id}": CONNECTION,
    "PATCH inbound-numbers/{number_id}": {"help_answer": "none"},
    "PUT connections/{connection_id}/standstill": {"why": "Mine"},
    "POST contacts/imports/{import_id}/preview": {},
    "POST contacts/imports/{import_id}/start": {},
    "POST campaigns/{campaign_id}/launch": {},
    "PUT templates/{template_id}": WORDS,
    "POST contacts/{contact_id}/erase": {"confirm": MOBILE},
    "POST contacts/{contact_id}/merge": {"contact_id": "1"},
    "PUT contacts/imports/{import_id}/file": {"at_byte": 0, "data": "eA=="},
    "POST lists/{list_id}/contacts": {"external_ids": ["1"]},
    "POST lists/{list_id}/contacts/remove": {"external_ids": ["1"]},
    "PUT segments/{segment_id}": {"name": "Mine", "conditions": ANYBODY},
    "PUT campaigns/{campaign_id}": CAMPAIGN,
    "POST campaigns/{campaign_id}/copy": {"name": "Mine"},
    "POST campaigns/{campaign_id}/test": {"to": [MOBILE]},
    "PUT campaigns/{campaign_id}/trial": {"variants": [{"body": word, "share": 50} for word in "ab"]},
}  # fmt: skip


def _picture() -> str:
    out = BytesIO()
    Image.new("RGB", (8, 8)).save(out, "PNG")
    return b64encode(out.getvalue()).decode()


def _description(client: Client) -> Any:
    return client.get("openapi.json")


def _addresses(described: Any) -> Iterator[tuple[str, str, Any]]:
    for path, ways in described["paths"].items():
        for method, told in ways.items():
            yield method.upper(), path.removeprefix("/api/v1/"), told


def _fields(schema: Any, every: Any, seen: tuple[str, ...] = ()) -> Iterator[str]:
    """Names of fields, also within lists and groups of them."""
    name = schema.get("$ref", "").rpartition("/")[2]
    if name and name not in seen:
        yield from _fields(every[name], every, (*seen, name))
    for part in (*schema.get("oneOf", ()), *schema.get("anyOf", ()), schema.get("items", {})):
        yield from _fields(part, every, seen) if part else ()
    for field, inner in schema.get("properties", {}).items():
        yield field
        yield from _fields(inner, every, seen)


def _with_ids(described: Any) -> set[tuple[str, str]]:
    """Every field of a body or a query that names something by its id: the address, and the field."""
    every, found = described["components"]["schemas"], set()
    for method, path, told in _addresses(described):
        asked = {one["name"] for one in told.get("parameters", ()) if one["in"] == "query"}
        for content in told.get("requestBody", {}).get("content", {}).values():
            asked |= set(_fields(content["schema"], every))
        found |= {(f"{method} {path}", name) for name in asked if re.search(r"(^|_)ids?$", name)}
    return found


async def _theirs(api: Api) -> Mapping[str, Any]:
    """A workspace with one of everything, all of it called Theirs."""
    client = await api.client()
    line_id = await line(client)
    await client.put("categories", {"name": "theirs"})
    await client.put("contacts", {"external_id": "Theirs", "phone": MOBILE, "sms_consent": "yes"})
    sent = await client.post("messages", {"to": MOBILE, "body": "Theirs", "category": "theirs"})
    made = {
        "line_id": line_id,
        "template_id": await template(client, "Theirs"),
        "process_id": (await client.post("processes", PROCESS | {"name": "Theirs", "line_id": line_id}))[
            "id"
        ],
        "key_id": client.key_id,
        "contact_id": (await client.get("contacts", params={"external_id": "Theirs"}))["items"][0]["id"],
        "import_id": (await client.post("contacts/imports", {"file_name": "Theirs.csv", "size": 9}))["id"],
        "list_id": (await client.post("lists", {"name": "Theirs"}))["id"],
        "segment_id": (await client.post("segments", {"name": "Theirs", "conditions": ANYBODY}))["id"],
        "campaign_id": (await client.post("campaigns", CAMPAIGN | {"name": "Theirs"}))["id"],
        "message_id": sent["id"],
        "token": (await client.post("media", {"data": _picture(), "description": "Theirs"}))["url"][3:],
    }
    return made | {"inbound_id": made["message_id"]}


@dataclass
class Stranger:
    """Somebody of another workspace who may do everything but what is an operator's, and what is theirs."""

    client: Client
    own: Mapping[str, Any]


async def _stranger(api: Api) -> Stranger:
    scopes = sorted(set(SCOPES) - {"operator"})
    client = await api.client(scopes=scopes)
    operator = await api.client(client.workspace_id)
    line_id = await line(operator, number="+12025550177")
    await client.put("categories", {"name": "theirs"})
    await client.put("contacts", {"external_id": "1", "phone": MOBILE, "sms_consent": "yes"})
    process = await client.post("processes", PROCESS | {"line_id": line_id})
    campaign = await client.post("campaigns", CAMPAIGN)
    contact = (await client.get("contacts", params={"external_id": "1"}))["items"][0]
    made = {"process_id": process["id"], "campaign_id": campaign["id"], "contact_id": contact["id"]}
    return Stranger(client, made | {"line_id": line_id, "version": process["version"]})


async def test_what_is_another_workspaces_is_404_by_every_address(api: Api) -> None:
    theirs, stranger = await _theirs(api), await _stranger(api)
    tried = 0
    for method, path, _ in _addresses(await _description(stranger.client)):
        named = set(re.findall(r"\{(\w+)\}", path))
        if not named:
            continue
        if named & OPERATORS or f"{method} {path}" == "DELETE lines/{line_id}":
            wanted = HTTPStatus.FORBIDDEN
        else:
            assert named <= set(theirs), f"{path}: say here which of another workspace's it would show"
            wanted = HTTPStatus.NOT_FOUND
        said = BODIES.get(f"{method} {path}")
        if path == "processes/{process_id}" and method == "PUT":
            said = PROCESS | {"line_id": stranger.own["line_id"], "version": 1}
        answer = await stranger.client.ask(
            method, path.format(**{name: theirs.get(name, 1) for name in named}), said
        )
        assert answer.status_code == wanted, (method, path, answer.text)
        assert "Theirs" not in answer.text, path
        tried += 1
    assert tried > 40


def _fields_tried(own: Mapping[str, Any]) -> list[tuple[str, str, Any]]:
    """Each field with an id in it: its address, its name, and what else is said there."""
    process = {**PROCESS, "keywords": ["other"], "line_id": own["line_id"]}
    changed = process | {"version": own["version"]}
    return [
        ("POST processes", "line_id", process),
        ("POST processes", "template_id", process),
        ("PUT processes/{process_id}", "line_id", changed),
        ("PUT processes/{process_id}", "template_id", changed),
        ("POST keywords/test", "line_id", {"text": "stop"}),
        ("POST contacts/{contact_id}/merge", "contact_id", {"take": []}),
        ("POST blocks", "line_id", {"phone": MOBILE, "scope": "line", "reason": "Mine"}),
        ("POST campaigns", "list_id", CAMPAIGN | {"audience": "list"}),
        ("POST campaigns", "segment_id", CAMPAIGN | {"audience": "segment"}),
        ("PUT campaigns/{campaign_id}", "list_id", CAMPAIGN | {"audience": "list"}),
        ("PUT campaigns/{campaign_id}", "segment_id", CAMPAIGN | {"audience": "segment"}),
        ("POST messages", "template_id", {"to": MOBILE, "category": "theirs"}),
        ("GET links", "campaign_id", None),
        ("GET inbound-messages", "line_id", None),
    ]


def _by_another_name(theirs: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
    """What names something of theirs where no field is called so: conditions, groups, pictures."""
    for about, test in (("list", "on"), ("campaign", "ever")):
        meant = {"all": [{"about": about, "test": test, "id": theirs[f"{about}_id"]}]}
        yield "POST segments", "conditions", {"name": "Other", "conditions": meant}
        yield "POST segments/count", "conditions", {"conditions": meant}
    for kind in ("list", "segment"):
        yield "GET contacts/export", kind, {"whom": f"{kind}:{theirs[f'{kind}_id']}"}
    picture = {"media_urls": [f"/m/{theirs['token']}"]}
    yield "POST messages", "media_urls", {"to": MOBILE, "body": "Mine", "category": "theirs"} | picture
    yield "POST campaigns", "media_urls", CAMPAIGN | picture


async def test_what_is_another_workspaces_is_nothing_in_every_field(api: Api) -> None:
    theirs, stranger = await _theirs(api), await _stranger(api)
    fields = _fields_tried(stranger.own)
    described = _with_ids(await _description(stranger.client))
    named = {one for one in described if one[1] not in OPERATORS | NAMES}
    assert named == {(address, name) for address, name, _ in fields}, "say here what else is asked there"
    tried = [(address, name, (said or {}) | {name: theirs[name]}) for address, name, said in fields]
    for address, name, said in [*tried, *_by_another_name(theirs)]:
        method, _, path = address.partition(" ")
        asked: dict[str, Any] = {"params": said} if method == "GET" else {"said": said}
        answer = await stranger.client.ask(method, path.format(**stranger.own), **asked)
        assert "Theirs" not in answer.text, (address, name)
        if address == "GET inbound-messages":
            assert answer.json()["items"] == []
            continue
        assert answer.status_code in REFUSED, (address, name, answer.text)
        assert {error["field"] for error in answer.json()["errors"]} <= {name, "id"}, (address, answer.text)
