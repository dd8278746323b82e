"""What hostile and mistaken requests are told: always a problem, never a trace, nothing half done."""

import json
import re

import psycopg
import pytest

from sayso.api.bodies import is_too_deep
from sayso.api.problems import unexpected
from tests.doors.api import CONNECTION, MOBILE, OTHER_MOBILE, Api, Client, line, template

pytestmark = pytest.mark.anyio


async def test_every_error_is_a_problem_with_a_stable_type(client: Client) -> None:
    for method, path, status in (
        ("GET", "nothing/here", 404),
        ("DELETE", "messages", 405),
        ("GET", "messages/999", 404),
        ("GET", "messages/neither", 404),
        ("GET", "lines/99999999999999999999", 404),
        ("GET", "lines?limit=0", 422),
        ("GET", "lines?cursor=abc", 422),
        ("GET", "blocks?phone=neither", 422),
        ("GET", "blocks?phone=%00", 422),
    ):
        answer = await client.ask(method, path)
        assert answer.status_code == status, (path, answer.text)
        assert answer.headers["content-type"] == "application/problem+json"
        told = answer.json()
        assert told["status"] == status
        assert told["type"].startswith("https://")
        assert told["detail"]
        assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    ("method", "path", "said", "field"),
    [
        ("POST", "contacts/imports", {"file_name": "x.csv", "size": 10**400}, "file"),
        ("PUT", "campaign-limits", {"approve_above": 2**31}, "approve_above"),
        ("GET", "reports/usage?to=0001-01-01", None, "from"),
        ("GET", "reports/usage?to=9999-12-31", None, "from"),
        (
            "POST",
            "consents",
            {"phone": MOBILE, "action": "accept", "timestamp": "0001-01-01T00:00:00+23:59"},
            "timestamp",
        ),
    ],
)
async def test_what_is_beyond_all_bounds_is_a_fault_of_its_field(
    client: Client, method: str, path: str, said: object, field: str
) -> None:
    answer = await client.ask(method, path, said)
    assert answer.status_code == 422, answer.text
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_a_number_that_changed_hands_before_there_were_any_is_a_fault_of_its_row(
    client: Client,
) -> None:
    numbers = [{"phone": MOBILE, "at": "0001-01-01T00:00:00+23:59"}, {"phone": OTHER_MOBILE}]
    done = await client.post("consents/ended", {"numbers": numbers})
    assert (done["new"], len(done["refused"])) == (1, 1)


async def test_without_a_good_key_nothing_is_told(api: Api, client: Client) -> None:
    for header in ("", "Bearer", "Basic abc", "Bearer sayso_wrong", "Bearer " + "x" * 5_000):
        answer = await api.http.get("/api/v1/lines", headers={"authorization": header})
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
    assert (await api.http.post("/api/v1/lines", content=b"\xff")).status_code == 401


async def test_all_wrong_fields_are_named_at_once(client: Client) -> None:
    said = {"number": 5, "kind": "landline", "connection_id": 0, "colour": "red"}
    answer = await client.ask("POST", "inbound-numbers", said)
    assert answer.status_code == 422
    fields = {fault["field"] for fault in answer.json()["errors"]}
    assert fields == {"number", "kind", "connection_id", "colour", "country"}


@pytest.mark.rule("R8.1")
async def test_attributes_beyond_their_bounds_are_refused_with_a_sentence(api: Api, client: Client) -> None:
    said = {"external_id": "fern-1", "attributes": {"note": "x" * 2_001}}
    answer = await client.ask("PUT", "contacts", said)
    assert answer.status_code == 422
    (fault,) = answer.json()["errors"]
    assert fault["field"] == "attributes"
    assert fault["message"] == "The value of note has more than 2,000 characters."
    good = {"external_id": "fern-2", "attributes": {"note": "x" * 2_000}}
    named = {"external_id": "fern-3", "attributes": {"n" * 101: "x"}}
    done = (await client.post("contacts/bulk", [said, good, named]))["results"]
    assert [one["result"] for one in done] == ["refused", "created", "refused"]
    described = (await api.http.get("/api/v1/openapi.json")).json()
    told = described["components"]["schemas"]["ContactIn"]["properties"]["attributes"]
    assert "at most 2,000" in json.dumps(told)


async def test_a_body_that_is_no_json_is_told_so(client: Client) -> None:
    json_type = {"content-type": "application/json"}
    for body in (b"{", b"\xff\xfe", b"[]", b'"text"', b"null", b"\x00", b'{"a": "\\ud800"}', b"1e999"):
        answer = await client.ask("POST", "messages", content=body, headers=json_type)
        assert answer.status_code in (400, 422), (body, answer.text)
    answer = await client.ask("POST", "messages")
    assert answer.status_code == 422
    form = {"content-type": "application/x-www-form-urlencoded"}
    assert (await client.ask("POST", "messages", content=b"to=1", headers=form)).status_code == 415


async def test_nul_characters_are_refused_with_their_field(client: Client) -> None:
    said = {"external_id": "1", "attributes": {"note": ["a", "b\0"]}}
    answer = await client.ask("PUT", "contacts", said)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "attributes.note[1]"
    literal = await client.put("contacts", {"external_id": "1", "attributes": {"note": "\\u0000"}})
    assert literal["result"] == "created"


async def test_large_bodies_are_refused_plainly(client: Client) -> None:
    line_id = await line(client)
    told = await client.ask("POST", "keywords/test", {"text": "x" * 1_000_000, "line_id": line_id})
    assert told.status_code == 422
    too_large = await client.ask(
        "POST", "messages", content=b" " * 4_000_001, headers={"content-type": "application/json"}
    )
    assert too_large.status_code == 413


async def test_numbers_beyond_the_database_are_faults_not_errors(client: Client) -> None:
    for said in (2**31, 2**63, 2**70, -1, 0, 1.5, "1", None, True):
        answer = await client.ask("POST", "lines", {"inbound_number_id": said})
        assert answer.status_code == 422, (said, answer.text)


async def test_another_workspaces_things_do_not_exist(api: Api, client: Client) -> None:
    line_id = await line(client)
    template_id = await template(client)
    made = await client.post(
        "processes", {"type": "help", "name": "Help", "line_id": line_id, "template_id": template_id}
    )
    put = await client.put("contacts", {"external_id": "1", "phone": MOBILE, "sms_consent": "yes"})
    sent = await client.post("messages", {"to": MOBILE, "body": "Hello", "category": "news"})
    stranger = await api.client(scopes=["messages:transactional"])
    for path in (
        f"lines/{line_id}",
        f"templates/{template_id}",
        f"processes/{made['id']}",
        f"contacts/{put['id']}",
        f"messages/{sent['id']}",
    ):
        assert (await stranger.ask("GET", path)).status_code == 404, path
    for path in (
        "lines",
        "templates",
        "processes",
        "contacts",
        "messages",
        "blocks",
        "consents",
        "inbound-numbers",
    ):
        assert (await stranger.get(path))["items"] == [], path
    foreign = {"type": "help", "name": "Help", "line_id": line_id}
    answer = await stranger.ask("POST", "processes", foreign)
    assert [fault["field"] for fault in answer.json()["errors"]] == ["line_id"]
    assert (await stranger.ask("POST", f"processes/{made['id']}/start")).status_code == 404
    assert (
        await stranger.ask("POST", "messages", {"to": MOBILE, "body": "x", "category": "a"})
    ).status_code == 422


async def test_a_template_of_another_workspace_cannot_be_used(api: Api, client: Client) -> None:
    foreign = await template(client)
    other = await api.client()
    line_id = await line(other, number="+12025550101")
    said = {"type": "help", "name": "Help", "line_id": line_id, "template_id": foreign}
    answer = await other.ask("POST", "processes", said)
    assert answer.json()["errors"][0]["field"] == "template_id"
    answer = await other.ask("POST", "messages", {"to": MOBILE, "template_id": foreign, "category": "a"})
    assert answer.json()["errors"][0]["field"] == "template_id"


async def test_secrets_are_never_shown_again(client: Client) -> None:
    made = await client.post("connections", CONNECTION)
    assert len(made["hook_token"]) == 43
    audit = await client.get("audit")
    shown = json.dumps([made, await client.get("connections"), audit])
    assert "hush" not in shown
    assert "api_token" not in shown


async def test_the_description_needs_no_key_and_no_other_server(api: Api, client: Client) -> None:
    described = (await api.http.get("/api/v1/openapi.json")).json()
    assert described["openapi"].startswith("3.1")
    assert "/api/v1/processes/{process_id}/start" in described["paths"]
    page = await api.http.get("/api/v1/docs")
    assert page.headers["content-type"].startswith("text/html")
    assert "POST /api/v1/messages" in page.text
    led = re.findall(r"""(?:href|src)=["']?([^"'> ]+)""", page.text)
    assert led
    assert all(address.startswith(("#", "/api/v1/")) for address in led)
    assert "<script" not in page.text


async def test_without_its_database_the_api_says_so_and_asks_for_patience(api: Api, client: Client) -> None:
    await api.app_pool.close()
    api.clock.on(seconds=5)
    answer = await client.ask("GET", "lines")
    assert answer.status_code == 503
    assert answer.json()["reference"]
    assert "psycopg" not in answer.text


async def test_a_full_disk_is_told_apart_from_a_database_that_is_away() -> None:
    full = unexpected("POST /", psycopg.errors.DiskFull("could not extend file"))
    away = unexpected("POST /", psycopg.OperationalError("connection refused"))
    assert (full.status, "disk is full" in full.detail) == (503, True)
    assert (away.status, "cannot be reached" in away.detail) == (503, True)


async def test_json_without_end_is_refused_and_brackets_in_a_text_are_none(client: Client) -> None:
    consent = b'{"phone": "+12025550143", "category": "news", "evidence": %s}'
    headers = {"content-type": "application/json"}
    for deep in (b"[" * 100_000, b'{"a":' * 100_000, b"[" * 900 + b"]" * 900):
        answer = await client.ask("POST", "consents", content=consent % deep, headers=headers)
        assert answer.status_code == 400, answer.text
        assert "levels deep" in answer.json()["detail"]
    flat = {"name": 'Say "[[', "body": "[{" * 100}
    assert (await client.ask("POST", "templates", flat)).status_code == 201
    assert not is_too_deep(json.dumps([{"items": [1, 2]}] * 1_000).encode())


@pytest.mark.rule("R9.4")
async def test_the_servers_own_name_is_not_given_to_a_workspaces_links(client: Client) -> None:
    answer = await client.ask("PUT", "link-domain", {"host": "Sayso.test"})
    assert answer.status_code == 422
    assert "the server's own name" in answer.text
    assert (await client.get("link-domain"))["host"] == ""
