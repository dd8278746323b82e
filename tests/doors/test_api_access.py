"""Keys, scopes, the audit trail, and repeats."""

import asyncio
from base64 import b64encode

import pytest

from sayso.actions.actor import house
from sayso.actions.keys import revoke_key
from tests.doors.api import CONNECTION, MOBILE, Api, Client, line

pytestmark = pytest.mark.anyio


@pytest.mark.rule("R2.3")
async def test_a_revoked_key_ends_within_seconds(api: Api, client: Client) -> None:
    await client.get("lines")
    await revoke_key(api.app_pool, house(client.workspace_id), client.key_id, api.clock())
    api.clock.on(seconds=3)
    assert (await client.ask("GET", "lines")).status_code == 401


@pytest.mark.rule("R2.3")
async def test_a_key_is_stored_hashed_and_shown_once(api: Api, client: Client) -> None:
    assert client.key.startswith("sayso_")
    assert len(client.key) == len("sayso_") + 43
    shown = (await client.get("keys"))["items"][0]
    assert shown["hint"] == client.key[:10]
    async with api.engine_pool.connection() as conn:
        row = await (await conn.execute("SELECT k::text FROM api_keys k")).fetchone()
    assert row is not None
    assert client.key not in row[0]


@pytest.mark.rule("R2.3")
async def test_last_use_is_kept_to_the_minute(api: Api, client: Client) -> None:
    await client.get("lines")
    first = (await client.get("keys"))["items"][0]["last_used_at"]
    api.clock.on(seconds=30)
    assert (await client.get("keys"))["items"][0]["last_used_at"] == first
    api.clock.on(seconds=40)
    assert (await client.get("keys"))["items"][0]["last_used_at"] > first


@pytest.mark.rule("R2.3")
async def test_a_key_does_only_what_its_scopes_say(api: Api, client: Client) -> None:
    reader = await api.client(client.workspace_id, ["contacts:read"])
    assert (await reader.ask("GET", "contacts")).status_code == 200
    for method, path, said in (
        ("PUT", "contacts", {"external_id": "1"}),
        ("GET", "messages", None),
        ("POST", "connections", CONNECTION),
        ("POST", "keys", {"name": "more", "scopes": ["operator"]}),
    ):
        answer = await reader.ask(method, path, said)
        assert answer.status_code == 403, path
        assert "scope" in answer.json()["detail"]


@pytest.mark.rule("R2.3")
async def test_nobody_gives_a_key_more_than_they_may_do(api: Api, client: Client) -> None:
    maker = await api.client(client.workspace_id, ["keys:write"])
    answer = await maker.ask("POST", "keys", {"name": "more", "scopes": ["operator"]})
    assert answer.status_code == 422
    made = await maker.post("keys", {"name": "as much"})
    assert "contacts:write" in made["scopes"]
    assert "operator" not in made["scopes"]


@pytest.mark.rule("R2.3")
async def test_a_test_key_reaches_only_the_simulator(api: Api, client: Client) -> None:
    real = {"account_sid": "AC" + "0" * 32, "auth_token": "t" * 32}
    made = await client.post("connections", {"name": "Real", "kind": "twilio", "settings": real})
    number = {"number": "+12025550109", "kind": "long_code", "country": "US", "connection_id": made["id"]}
    number_id = (await client.post("inbound-numbers", number))["id"]
    await client.post("lines", {"inbound_number_id": number_id})
    tester = await api.client(client.workspace_id, [], test_mode=True)
    await client.put("contacts", {"external_id": "1", "phone": MOBILE, "sms_consent": "yes"})
    said = {"to": MOBILE, "body": "Hello", "category": "news"}
    answer = await tester.ask("POST", "messages", said)
    assert answer.json()["errors"][0]["code"] == "test_mode"
    await line(client)
    sent = await tester.post("messages", said)
    shown = await tester.get(f"messages/{sent['id']}")
    assert (sent["status"], shown["sender"]) == ("queued", "12025550100")


@pytest.mark.rule("R2.3")
async def test_a_test_key_erases_nobody_lifts_no_stop_and_makes_no_key_that_is_more(
    api: Api, client: Client
) -> None:
    real = "+12024561414"
    for phone in (real, MOBILE):
        await client.put("contacts", {"external_id": phone, "phone": phone})
        await client.post("blocks", {"phone": phone, "scope": "channel", "reason": "They called."})
    tester = await api.client(client.workspace_id, ["*"], test_mode=True)
    api.clock.on(minutes=1)
    said = {"action": "accept", "timestamp": api.clock().isoformat(), "method": "form", "wording": "Yes."}
    found = (await client.get("contacts", params={"phone": real}))["items"][0]["id"]
    for path, body in (
        ("consents", {**said, "phone": real}),
        (f"contacts/{found}/erase", {"confirm": real}),
        ("keys", {"name": "real"}),
    ):
        answer = await tester.ask("POST", path, body)
        assert answer.status_code == 422, (path, answer.text)
        assert answer.json()["errors"][0]["field"] in ("key", "test_mode"), path
    assert (await tester.post("consents", {**said, "phone": MOBILE}))["results"][0]["outcome"] == "lifted"
    assert (await client.get("blocks", params={"phone": real}))["items"]
    assert (await tester.post("consents", {"phone": real, "action": "reject"}))["results"]


@pytest.mark.rule("R2.3")
async def test_a_test_key_brings_no_yes_with_a_contact_or_a_file_for_somebody_real(
    api: Api, client: Client
) -> None:
    real = "+12024561414"
    await client.put("contacts", {"external_id": "real", "phone": real, "sms_consent": "no"})
    tester = await api.client(client.workspace_id, ["*"], test_mode=True)
    api.clock.on(minutes=1)
    proof = {"method": "form", "wording": "Yes.", "timestamp": api.clock().isoformat()}
    for said in (
        {"external_id": "real", "sms_consent": "yes", "consent_evidence": proof},
        {"external_id": "other", "phone": real, "sms_consent": "yes"},
        {"external_id": "none", "sms_consent": "yes"},
    ):
        answer = await tester.ask("PUT", "contacts", said)
        assert answer.status_code == 422, answer.text
        assert [(each["field"], each["code"]) for each in answer.json()["errors"]] == [
            ("sms_consent", "test_mode")
        ]
    data = f"external_id,phone,sms_consent\nreal,{real},yes\n".encode()
    made = await tester.post("contacts/imports", {"file_name": "club.csv", "size": len(data)})
    path = f"contacts/imports/{made['id']}"
    await tester.put(f"{path}/file", {"at_byte": 0, "data": b64encode(data).decode()})
    answer = await tester.ask("POST", f"{path}/start", {})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "test_mode")
    assert (await client.get("contacts", params={"phone": real}))["items"][0]["sms_consent"] == "no"
    tried = {"external_id": "tried", "phone": MOBILE, "sms_consent": "yes"}
    await tester.put("contacts", tried)
    assert (await client.get("contacts", params={"phone": MOBILE}))["items"][0]["sms_consent"] == "yes"
    await tester.put("contacts", {"external_id": "real", "phone": real, "sms_consent": "no"})


@pytest.mark.rule("R2.3")
async def test_a_test_key_changes_no_settings_and_nothing_of_the_operators(api: Api, client: Client) -> None:
    tester = await api.client(client.workspace_id, ["*"], test_mode=True)
    rules = await tester.get("sending-rules")
    number = {"number": "+12025550109", "kind": "long_code", "country": "US", "connection_id": 1}
    for method, path, body in (
        ("PUT", "spend-caps", {"caps": []}),
        ("PUT", "sending-rules", {"countries": ["US", "GB"]}),
        ("PUT", "link-domain", {"host": "links.example"}),
        ("PUT", "opt-out", {"message": "", "terms": []}),
        ("POST", "connections", {"name": "mine", "kind": "simulator"}),
        ("POST", "inbound-numbers", number),
        ("POST", "lines", {"inbound_number_id": 1}),
    ):
        answer = await tester.ask(method, path, body)
        assert answer.status_code == 422, (path, answer.text)
        assert answer.json()["errors"][0]["code"] == "test_mode", (path, answer.text)
    assert await client.get("sending-rules") == rules


@pytest.mark.rule("R2.4")
async def test_every_change_says_who_when_what_before_and_after(api: Api, client: Client) -> None:
    await client.put("opt-out", {"message": "Bye", "terms": ["leave me"]})
    await client.put("opt-out", {"message": "Farewell", "terms": ["leave me"]})
    entry = (await client.get("audit"))["items"][0]
    assert (entry["key_id"], entry["user_id"]) == (client.key_id, None)
    assert (entry["action"], entry["object_type"]) == ("changed", "opt_out")
    assert (entry["before"]["message"], entry["after"]["message"]) == ("Bye", "Farewell")
    assert entry["at"].endswith("Z")


@pytest.mark.rule("R2.4")
async def test_the_audit_trail_cannot_be_rewritten(api: Api, client: Client) -> None:
    async with api.app_pool.connection() as conn:
        for statement in ("UPDATE audit SET action = 'x'", "DELETE FROM audit"):
            with pytest.raises(Exception, match="permission denied"):
                async with conn.transaction():
                    await conn.execute(statement)


async def test_a_repeat_is_answered_as_the_first_was(client: Client) -> None:
    await line(client)
    await client.put("contacts", {"external_id": "1", "phone": MOBILE, "sms_consent": "yes"})
    said = {"to": MOBILE, "body": "Once", "category": "news"}
    key = {"idempotency-key": "order 7"}
    first = await client.ask("POST", "messages", said, headers=key)
    again = await client.ask("POST", "messages", said, headers=key)
    assert again.status_code == first.status_code == 202
    assert again.json() == first.json()
    assert again.headers["idempotency-replayed"] == "true"
    assert len((await client.get("messages"))["items"]) == 1
    other = await client.ask("POST", "messages", said | {"body": "Twice"}, headers=key)
    assert other.status_code == 422
    elsewhere = await client.ask("PUT", "contacts", {"external_id": "2"}, headers=key)
    assert elsewhere.status_code == 200


async def test_a_key_is_forgotten_after_a_day(api: Api, client: Client) -> None:
    key = {"idempotency-key": "k"}
    await client.ask("PUT", "contacts", {"external_id": "1"}, headers=key)
    api.clock.on(hours=25)
    answer = await client.ask("PUT", "contacts", {"external_id": "2"}, headers=key)
    assert answer.json()["external_id"] == "2"


async def test_five_repeats_at_once_do_the_work_once(client: Client) -> None:
    await line(client)
    await client.put("contacts", {"external_id": "1", "phone": MOBILE, "sms_consent": "yes"})
    said = {"to": MOBILE, "body": "Once", "category": "news"}
    key = {"idempotency-key": "same"}
    answers = await asyncio.gather(*(client.ask("POST", "messages", said, headers=key) for _ in range(5)))
    assert {answer.status_code for answer in answers} <= {202, 409}
    assert len((await client.get("messages"))["items"]) == 1


async def test_lists_go_on_where_the_cursor_says(client: Client) -> None:
    said = [{"external_id": str(place)} for place in range(5)]
    await client.post("contacts/bulk", {"contacts": said})
    seen, cursor = [], ""
    while cursor is not None:
        page = await client.get(f"contacts?limit=2{cursor and '&cursor=' + cursor}")
        seen += [contact["external_id"] for contact in page["items"]]
        cursor = page["next_cursor"]
    assert sorted(seen) == ["0", "1", "2", "3", "4"]
