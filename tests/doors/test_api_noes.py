"""A no to texts that comes with something wrong beside it, as an integrator meets it."""

from typing import Any

import pytest

from tests.doors.api import MOBILE, OTHER_MOBILE, Api, Client, line

pytestmark = pytest.mark.anyio
ADVERT = {"to": MOBILE, "body": "Fresh bread", "category": "promotions"}
YES = {"external_id": "c1", "phone": MOBILE, "sms_consent": "yes"}
NO = {"external_id": "c1", "sms_consent": "no"}
LONG = "x" * 2_001
EVIDENCE = {"method": "form", "wording": "Stop.", "timestamp": "31.12.2025"}
FAULTS = [
    {"attributes": {"cart": LONG}},
    {"attributes": ["cart"]},
    {"attributes": {f"a{place}": "1" for place in range(201)}},
    {"phone": "neither"},
    {"phone": 5},
    {"phone": "1" * 65},
    {"email": "a@@b"},
    {"email": ""},
    {"country": "Britain"},
    {"consent_evidence": EVIDENCE},
    {"colour": "red"},
]


@pytest.fixture
async def client(api: Api) -> Client:
    made = await api.client()
    await line(made)
    return made


def codes(faults: list[dict[str, Any]]) -> list[str]:
    return [fault["code"] for fault in faults]


async def consent_of(client: Client, name: str) -> list[tuple[str | None, str]]:
    found = (await client.get("contacts", params={"external_id": name}))["items"]
    return [(one["phone"], one["sms_consent"]) for one in found]


@pytest.mark.rule("R6.4", "R8.2")
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("many", [True, False])
@pytest.mark.parametrize("no", ["no", False, 0])
async def test_a_no_beside_a_fault_holds_over_a_standing_yes(
    client: Client, fault: dict[str, Any], many: bool, no: object
) -> None:
    await client.put("contacts", YES | {"email": "ada@mail.example"})
    said = {**NO, "sms_consent": no, **fault}
    if many:
        (told,) = (await client.post("contacts/bulk", {"contacts": [said]}))["results"]
        assert (told["result"], told["external_id"]) == ("refused", "c1")
    else:
        answer = await client.ask("PUT", "contacts", said)
        assert answer.status_code == 422, answer.text
        told = answer.json()
    assert len(told["errors"]) >= 2
    assert codes(told["errors"])[-1] == "no_kept"
    (stands,) = (await client.get("contacts", params={"external_id": "c1"}))["items"]
    assert (stands["phone"], stands["email"], stands["sms_consent"]) == (MOBILE, "ada@mail.example", "no")
    newest = (await client.get("consents"))["items"][0]
    assert (newest["action"], newest["source"], newest["phone"]) == ("reject", "api", MOBILE)
    assert (await client.post("messages", ADVERT))["reason"] == "consent_rejected"


@pytest.mark.rule("R8.2")
async def test_of_somebody_new_the_no_is_kept_with_the_number_alone(client: Client) -> None:
    said = {**NO, "phone": MOBILE, "email": "ada@mail.example", "attributes": {"cart": LONG}}
    assert codes((await client.ask("PUT", "contacts", said)).json()["errors"]) == ["too_long", "no_kept"]
    (stands,) = (await client.get("contacts"))["items"]
    assert (stands["phone"], stands["email"], stands["attributes"]) == (MOBILE, None, {})
    assert (await client.post("messages", ADVERT))["reason"] == "consent_rejected"


@pytest.mark.rule("R6.4", "R8.2")
async def test_a_no_beside_a_fault_holds_over_a_yes_of_the_same_bulk(client: Client) -> None:
    second = {"external_id": "c2", "phone": OTHER_MOBILE}
    said = [
        YES,
        NO,
        {**second, "sms_consent": "no", "country": "Britain"},
        {**second, "sms_consent": "yes", "language": "de"},
    ]
    told = (await client.post("contacts/bulk", said))["results"]
    assert [one["result"] for one in told] == ["created", "refused", "refused", "created"]
    assert [codes(one["errors"]) for one in told[1:3]] == [["twice", "no_kept"], ["form", "no_kept"]]
    assert await consent_of(client, "c1") == [(MOBILE, "no")]
    assert await consent_of(client, "c2") == [(OTHER_MOBILE, "no")]


@pytest.mark.rule("R8.2")
@pytest.mark.parametrize(
    "said",
    [
        {"sms_consent": "no", "phone": MOBILE},
        {"external_id": "x" * 201, "sms_consent": "no", "phone": MOBILE},
        {"external_id": "nobody", "sms_consent": "no", "phone": "neither"},
        {"external_id": None, "sms_consent": False},
    ],
)
async def test_a_no_that_is_nobodys_says_that_it_is_lost(client: Client, said: dict[str, Any]) -> None:
    await client.put("contacts", {"external_id": "x" * 200, "phone": MOBILE, "sms_consent": "yes"})
    (told,) = (await client.post("contacts/bulk", [said]))["results"]
    assert codes(told["errors"])[-1] == "no_lost"
    answer = await client.ask("PUT", "contacts", said)
    assert answer.status_code == 422, answer.text
    assert codes(answer.json()["errors"])[-1] == "no_lost"
    assert await consent_of(client, "x" * 200) == [(MOBILE, "yes")]
    assert len((await client.get("contacts"))["items"]) == 1


async def test_a_faulty_yes_changes_nothing(client: Client) -> None:
    await client.put("contacts", {**YES, "sms_consent": "unknown"})
    for fault in FAULTS:
        answer = await client.ask("PUT", "contacts", {**YES, **fault})
        assert answer.status_code == 422, answer.text
        assert not {"no_kept", "no_lost"} & set(codes(answer.json()["errors"]))
    assert await consent_of(client, "c1") == [(MOBILE, "unknown")]


async def test_a_key_that_may_not_write_contacts_keeps_no_no(api: Api, client: Client) -> None:
    await client.put("contacts", YES)
    reader = await api.client(client.workspace_id, ["contacts:read"])
    assert (await reader.ask("PUT", "contacts", {**NO, "phone": 5})).status_code == 403
    assert await consent_of(client, "c1") == [(MOBILE, "yes")]
