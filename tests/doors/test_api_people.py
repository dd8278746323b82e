"""Contacts, blocks, consent and messages as an integrator meets them."""

from datetime import timedelta
from typing import Any

import pytest

from tests.doors.api import MOBILE, OTHER_MOBILE, Api, Client, line, template

pytestmark = pytest.mark.anyio
ADVERT = {"to": MOBILE, "body": "Fresh bread", "category": "promotions"}
PROOF = {"method": "web form", "wording": "Yes, text me offers"}


@pytest.fixture
async def client(api: Api) -> Client:
    made = await api.client()
    await line(made)
    return made


async def stop(api: Api, client: Client, scope: str = "channel") -> None:
    """A block as the engine writes it when somebody texts STOP."""
    async with api.engine_pool.connection() as conn:
        await conn.execute(
            "INSERT INTO blocks (workspace_id, phone, written, scope, since, source, said, reason)"
            " VALUES (%s, %s, %s, %s, %s, 'keyword', 'stop', 'Texted stop.')",
            (client.workspace_id, int(MOBILE[1:]), MOBILE, scope, api.clock()),
        )


async def subscribed(client: Client) -> dict[str, Any]:
    put: dict[str, Any] = await client.put(
        "contacts", {"external_id": "7", "phone": MOBILE, "sms_consent": "yes"}
    )
    return put


@pytest.mark.rule("R6.7")
async def test_advertising_to_a_number_that_texted_stop_is_enqueue_failed(api: Api, client: Client) -> None:
    await subscribed(client)
    await stop(api, client)
    told = await client.post("messages", ADVERT)
    assert told["status"] == "enqueue_failed"
    assert told["reason_text"] == "Phone number is blacklisted by an opt-out keyword."
    shown = await client.get(f"messages/{told['id']}")
    assert shown["status"] == "enqueue_failed"
    assert shown["history"][-1]["detail"] == "Phone number is blacklisted by an opt-out keyword."
    assert shown["because"][-1]["rule"] == "R6.7"


@pytest.mark.rule("R6.7", "R6.1")
async def test_other_blocks_skip_with_their_reason(client: Client) -> None:
    await subscribed(client)
    await client.post("blocks", {"phone": MOBILE, "reason": "Asked by letter"})
    told = await client.post("messages", ADVERT)
    assert (told["status"], told["reason"]) == ("skipped", "blocked_by_api")
    assert "Asked by letter" in told["reason_text"]


@pytest.mark.rule("R6.1")
async def test_each_scope_blocks_what_it_names(api: Api, client: Client) -> None:
    await subscribed(client)
    approved = await template(client, **{"class": "transactional"})
    await client.post(f"templates/{approved}/approve")
    own_line = (await client.get("lines"))["items"][0]["id"]
    needed = {"to": MOBILE, "template_id": approved, "class": "transactional"}
    await client.post("blocks", {"phone": MOBILE, "scope": "categories", "categories": ["promotions"]})
    assert (await client.post("messages", ADVERT))["status"] == "skipped"
    assert (await client.post("messages", ADVERT | {"category": "events"}))["status"] == "queued"
    await client.post("blocks", {"phone": MOBILE, "scope": "line", "line_id": own_line})
    assert (await client.post("messages", ADVERT | {"category": "events"}))["status"] == "skipped"
    assert (await client.post("messages", needed))["status"] == "queued"
    await client.post("blocks", {"phone": MOBILE, "scope": "all"})
    assert (await client.post("messages", needed))["status"] == "skipped"


@pytest.mark.rule("R6.3")
async def test_writing_a_contact_never_lifts_a_block(api: Api, client: Client) -> None:
    await subscribed(client)
    await stop(api, client)
    api.clock.on(hours=1)
    for said in ({"sms_consent": "no"}, {"sms_consent": "yes"}, {"sms_consent": "yes"}):
        put = await client.put("contacts", {"external_id": "7", "phone": MOBILE} | said)
    assert put["sms_consent"] == "no"
    bulk = await client.post(
        "contacts/bulk", {"contacts": [{"external_id": "8", "phone": MOBILE, "sms_consent": "yes"}]}
    )
    assert bulk["results"][0]["consent"] == "pending"
    assert len((await client.get(f"blocks?phone={MOBILE}"))["items"]) == 1
    assert (await client.post("messages", ADVERT))["status"] == "enqueue_failed"


@pytest.mark.rule("R6.4")
async def test_setting_sms_consent_writes_a_ledger_entry_with_its_source(client: Client) -> None:
    await subscribed(client)
    await client.put("contacts", {"external_id": "7", "sms_consent": False})
    ledger = (await client.get(f"consents?phone={MOBILE}"))["items"]
    assert [(entry["action"], entry["source"], entry["category"]) for entry in ledger] == [
        ("reject", "api", "*"),
        ("accept", "api", "*"),
    ]
    assert (await client.post("messages", ADVERT))["reason"] == "consent_rejected"


@pytest.mark.rule("R6.4")
async def test_the_same_word_twice_is_one_entry(client: Client) -> None:
    await subscribed(client)
    await subscribed(client)
    assert len((await client.get("consents"))["items"]) == 1


@pytest.mark.rule("R6.4")
async def test_unknown_is_not_yes(client: Client) -> None:
    await client.put("contacts", {"external_id": "7", "phone": MOBILE})
    assert (await client.post("messages", ADVERT))["reason"] == "consent_unknown"


@pytest.mark.rule("R6.4")
async def test_legitimate_interest_allows_where_nothing_was_said(client: Client) -> None:
    await client.put("categories", {"name": "promotions", "legal_basis": "legitimate_interest"})
    await client.put("contacts", {"external_id": "7", "phone": MOBILE})
    assert (await client.post("messages", ADVERT))["status"] == "queued"
    await client.post("consents", {"phone": MOBILE, "action": "reject", "categories": ["promotions"]})
    assert (await client.post("messages", ADVERT))["reason"] == "consent_rejected"


@pytest.mark.rule("R6.4")
async def test_a_changed_number_starts_unknown_unless_evidence_comes_with_it(
    api: Api, client: Client
) -> None:
    await subscribed(client)
    moved = {"external_id": "7", "phone": OTHER_MOBILE, "sms_consent": "yes"}
    put = await client.put("contacts", moved)
    assert (put["sms_consent"], put["consent"]) == ("unknown", "pending")
    again = await client.put("contacts", moved)
    assert again["sms_consent"] == "unknown"
    assert (await client.post("messages", ADVERT | {"to": OTHER_MOBILE}))["reason"] == "consent_pending"
    back = await client.put(
        "contacts",
        {"external_id": "7", "phone": MOBILE, "sms_consent": "yes"}
        | {"consent_evidence": PROOF | {"timestamp": api.clock().isoformat()}},
    )
    assert (back["sms_consent"], back["consent"]) == ("yes", "accept")


@pytest.mark.rule("R6.5")
async def test_an_accept_lifts_only_with_evidence_and_the_right_to_override(api: Api, client: Client) -> None:
    await subscribed(client)
    await stop(api, client)
    api.clock.on(hours=1)
    said = {"phone": MOBILE, "action": "accept", "categories": "*"}
    proven = said | PROOF | {"timestamp": (api.clock() - timedelta(minutes=1)).isoformat()}
    assert (await client.post("consents", said))["results"][0]["outcome"] == "pending"
    ordinary = await api.client(client.workspace_id, [])
    assert (await ordinary.post("consents", proven))["results"][0]["outcome"] == "pending"
    assert (await client.post("messages", ADVERT))["status"] == "enqueue_failed"
    lifted = (await client.post("consents", proven))["results"][0]
    assert lifted["outcome"] == "lifted"
    assert len(lifted["lifted_block_ids"]) == 1
    assert (await client.get(f"blocks?phone={MOBILE}"))["items"] == []
    history = (await client.get(f"blocks?phone={MOBILE}&lifted=true"))["items"]
    assert history[0]["lifted_by"] == "api"
    assert (await client.post("messages", ADVERT))["status"] == "queued"


@pytest.mark.rule("R6.5")
@pytest.mark.parametrize("offset", [-3_600, 0])
async def test_an_accept_not_later_than_the_block_lifts_nothing(
    api: Api, client: Client, offset: int
) -> None:
    await stop(api, client)
    at = api.clock() + timedelta(seconds=offset)
    api.clock.on(hours=1)
    said = {"phone": MOBILE, "action": "accept", "categories": "*", "timestamp": at.isoformat()} | PROOF
    assert (await client.post("consents", said))["results"][0]["outcome"] == "nothing"
    assert len((await client.get(f"blocks?phone={MOBILE}"))["items"]) == 1


@pytest.mark.rule("R6.5")
async def test_only_the_scope_that_was_stopped_comes_back(api: Api, client: Client) -> None:
    await stop(api, client)
    await client.post("blocks", {"phone": MOBILE, "scope": "categories", "categories": ["events"]})
    api.clock.on(hours=1)
    said = {"phone": MOBILE, "action": "accept", "timestamp": api.clock().isoformat()} | PROOF
    await client.post("consents", said | {"categories": ["promotions"]})
    standing = (await client.get(f"blocks?phone={MOBILE}"))["items"]
    assert {block["scope"] for block in standing} == {"channel", "category"}


async def test_a_word_from_the_future_is_refused(api: Api, client: Client) -> None:
    at = (api.clock() + timedelta(days=1)).isoformat()
    answer = await client.ask("POST", "consents", {"phone": MOBILE, "action": "accept", "timestamp": at})
    assert answer.json()["errors"][0]["field"] == "timestamp"


@pytest.mark.rule("R6.4")
@pytest.mark.parametrize(
    "at",
    ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00+23:59", "1969-12-31T23:00:00Z", "2999-01-01T00:00:00Z"],
)
async def test_a_no_of_a_day_that_cannot_be_holds_from_now_on_and_says_so(
    api: Api, client: Client, at: str
) -> None:
    await subscribed(client)
    told = await client.post("consents", {"phone": MOBILE, "action": "reject", "timestamp": at})
    (done,) = told["results"]
    assert done["outcome"] == "rejected"
    assert "timestamp is not taken" in done["because"][-1]["fact"]
    newest = (await client.get("consents"))["items"][0]
    assert (newest["action"], newest["timestamp"]) == ("reject", newest["imported_timestamp"])
    assert (await client.post("messages", ADVERT))["reason"] == "consent_rejected"


@pytest.mark.rule("R6.8")
async def test_a_record_whose_evidence_is_of_a_day_that_cannot_be_brings_no_yes(
    api: Api, client: Client
) -> None:
    proof = {"method": "form", "wording": "Yes, text me."}
    year_ahead = (api.clock() + timedelta(days=365)).isoformat()
    said = {"external_id": "1", "phone": MOBILE, "sms_consent": "yes"}
    await client.put("contacts", said)
    await client.post("consents/ended", {"numbers": [{"phone": MOBILE}]})
    for at, code in ((year_ahead, "future"), ("0001-01-01T00:00:00+23:59", "past")):
        answer = await client.ask("PUT", "contacts", {**said, "consent_evidence": {**proof, "timestamp": at}})
        assert answer.status_code == 422, answer.text
        assert [(each["field"], each["code"]) for each in answer.json()["errors"]] == [
            ("consent_evidence.timestamp", code)
        ]
        no = {**said, "sms_consent": "no", "consent_evidence": {**proof, "timestamp": at}}
        assert (await client.put("contacts", no))["sms_consent"] == "no"
    found = await client.get("contacts", params={"phone": MOBILE})
    assert found["items"][0]["sms_consent"] == "no"


async def test_transactional_needs_its_scope_and_an_approved_template(api: Api, client: Client) -> None:
    transactional = await template(client, **{"class": "transactional"})
    said = {"to": MOBILE, "class": "transactional", "template_id": transactional}
    ordinary = await api.client(client.workspace_id, [])
    assert (await ordinary.ask("POST", "messages", said)).status_code == 403
    answer = await client.ask("POST", "messages", said)
    assert answer.json()["errors"][0]["code"] == "not_approved"
    bare = {"to": MOBILE, "class": "transactional", "body": "Your order is ready"}
    assert (await client.ask("POST", "messages", bare)).status_code == 422
    await client.post(f"templates/{transactional}/approve")
    assert (await client.post("messages", said))["status"] == "queued"
    await client.put(f"templates/{transactional}", {"name": "Words", "class": "transactional", "body": "New"})
    assert (await client.ask("POST", "messages", said)).status_code == 422


async def test_a_faulty_contact_never_fails_its_neighbours(client: Client) -> None:
    said = [
        {"external_id": "1", "phone": MOBILE},
        {"external_id": "2", "phone": "neither"},
        {"external_id": "3", "country": "Britain"},
        {"phone": MOBILE},
        {"external_id": "5", "sms_consent": "perhaps"},
        {"external_id": "1"},
        {"external_id": "7", "colour": "red"},
    ]
    told = (await client.post("contacts/bulk", {"contacts": said}))["results"]
    assert [one["result"] for one in told] == ["created"] + ["refused"] * 6
    assert [one["errors"][0]["field"] for one in told[1:5]] == ["phone", "country", "", "sms_consent"]
    assert len((await client.get("contacts"))["items"]) == 1


async def test_a_bare_list_of_contacts_is_taken_too(client: Client) -> None:
    told = await client.post("contacts/bulk", [{"external_id": "1"}, {"external_id": "2"}])
    assert [one["result"] for one in told["results"]] == ["created", "created"]
    many = [{"external_id": str(place)} for place in range(1_001)]
    assert (await client.ask("POST", "contacts/bulk", many)).status_code == 422


async def test_absent_stays_and_null_clears(client: Client) -> None:
    first = {
        "external_id": "1",
        "phone": "(202) 555-0143",
        "email": "a@b.example",
        "attributes": {"a": 1, "b": 2},
    }
    put = await client.put("contacts", first)
    await client.put("contacts", {"external_id": "1", "email": None, "attributes": {"a": None, "c": 3}})
    shown = await client.get(f"contacts/{put['id']}")
    assert (shown["phone"], shown["email"], shown["attributes"]) == (MOBILE, None, {"b": 2, "c": 3})
    assert (await client.get("contacts?external_id=1"))["items"] == [shown]
    assert (await client.get(f"contacts?phone={MOBILE}"))["items"] == [shown]
