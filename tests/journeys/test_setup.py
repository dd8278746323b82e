"""Setting up: keys, numbers and lines, processes; who may, what is missing, who did what."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from sayso.cli.demo_client import Client, StoryError
from tests.journeys.shop import CATEGORY, GOODBYE, SECRET, Shop, open_shop, own_number, telephone, template
from tests.running import Sayso, post, until


@pytest.fixture(scope="module")
def neighbour(sayso: Sayso) -> Client:
    """Another workspace; its key may do what belongs to a workspace, and nothing of the operator's."""
    return sayso.workspace("Neighbour", "settings:read,processes:read,messages:read,messages:send")


def bare_line(operator: Client, shop: Shop) -> int:
    _, number = own_number(operator, shop.connection)
    return int(operator.post("/api/v1/lines", {"inbound_number_id": number})["id"])


def trail(client: Client, object_type: str) -> list[dict[str, Any]]:
    """What was changed about things of this type, newest first."""
    items = client.get("/api/v1/audit?limit=100")["items"]
    return [entry for entry in items if entry["object_type"] == object_type]


@pytest.mark.rule("R2.3", "R2.4")
def test_a_key_is_shown_once_used_and_revoked(sayso: Sayso, operator: Client) -> None:
    made = operator.post("/api/v1/keys", {"name": "till", "scopes": ["contacts:read"]})
    (kept,) = sayso.rows("SELECT hint, last_used_at FROM api_keys WHERE id = %s", made["id"])
    assert made["key"].startswith(kept["hint"])
    assert kept["last_used_at"] is None
    everything = sayso.rows("SELECT row_to_json(k)::text AS kept FROM api_keys k")
    assert all(made["key"] not in row["kept"] for row in everything)

    till = Client(sayso.url, made["key"])
    assert till.get("/api/v1/contacts?limit=1")["items"] is not None
    with pytest.raises(StoryError, match="answered 403"):
        till.put("/api/v1/contacts", {"external_id": "x", "phone": telephone()})
    (kept,) = sayso.rows("SELECT last_used_at FROM api_keys WHERE id = %s", made["id"])
    assert kept["last_used_at"] is not None

    operator._ask("DELETE", f"/api/v1/keys/{made['id']}", None)
    until("the key is refused", lambda: refused(till, "/api/v1/contacts?limit=1", "401"))
    newest, first = (each for each in trail(operator, "api_key") if each["object_id"] == str(made["id"]))
    assert (first["action"], newest["action"]) == ("created", "revoked")
    assert first["after"]["name"] == "till"
    assert newest["key_id"] is not None
    assert made["key"] not in str((first, newest))


def refused(client: Client, path: str, status: str) -> bool:
    try:
        client.get(path)
    except StoryError as fault:
        return f"answered {status}" in str(fault)
    return False


@pytest.mark.rule("R2.3")
def test_a_key_in_test_mode_reaches_the_simulator_alone(sayso: Sayso, operator: Client) -> None:
    plan = {"service_plan_id": "p", "api_token": "t"}
    shop, sinch = open_shop(sayso, operator), open_shop(sayso, operator, "sinch", **plan)
    made = operator.post("/api/v1/keys", {"name": "trying", "test_mode": True})
    tester, phone = Client(sayso.url, made["key"]), shop.customer()
    told = {"to": phone, "body": "Only a trial", "category": CATEGORY}
    with pytest.raises(StoryError, match="answered 422"):
        tester.post("/api/v1/messages", {**told, "sender": sinch.number})
    tester.post("/api/v1/messages", {**told, "sender": shop.number})
    shop.received(phone, "Only a trial")


@pytest.mark.rule("R3.1")
def test_the_operator_owns_numbers_and_a_workspace_sees_its_own_lines(
    operator: Client, shop: Shop, neighbour: Client
) -> None:
    number, number_id = own_number(operator, shop.connection)
    own = operator.get(f"/api/v1/lines/{shop.line}")
    assert own["number"] == shop.number.removeprefix("+")
    for path, told in (
        ("connections", {"name": "mine", "kind": "simulator"}),
        ("inbound-numbers", {"number": number, "kind": "long_code", "country": "US", "connection_id": 1}),
        ("lines", {"inbound_number_id": number_id}),
    ):
        with pytest.raises(StoryError, match="answered 403"):
            neighbour.post(f"/api/v1/{path}", told)
    assert neighbour.get("/api/v1/lines")["items"] == []
    assert neighbour.get("/api/v1/inbound-numbers")["items"] == []
    with pytest.raises(StoryError, match="answered 404"):
        neighbour.get(f"/api/v1/lines/{shop.line}")
    told = {"to": telephone(), "body": "Hello", "category": CATEGORY, "sender": shop.number}
    with pytest.raises(StoryError, match="answered 422"):
        neighbour.post("/api/v1/messages", told)


@pytest.mark.rule("R4.1", "R4.3")
@pytest.mark.parametrize("kind", ["unsubscribe_event", "respond", "join", "email", "inbox"])
def test_a_type_of_a_later_release_can_be_prepared_but_not_started(
    operator: Client, shop: Shop, kind: str
) -> None:
    told = {
        "type": kind,
        "name": kind,
        "line_id": bare_line(operator, shop),
        "keywords": ["club"],
        "template_id": template(operator, "Welcome."),
    }
    made = operator.post("/api/v1/processes", told)
    assert made["state"] == "new"
    with pytest.raises(StoryError, match="answered 422") as fault:
        operator.post(f"/api/v1/processes/{made['id']}/start")
    assert "starting them comes later" in str(fault.value)


@pytest.mark.rule("R2.4", "R3.1")
def test_a_renewed_hook_token_opens_and_the_old_one_closes(sayso: Sayso, operator: Client) -> None:
    shop = open_shop(sayso, operator)
    phone, message = shop.customer(), {"content-type": "application/json"}
    old = sayso.hook(shop.connection, "inbound")
    renewed = operator.post(f"/api/v1/connections/{shop.connection['id']}/hook-token")
    until("the old address is gone", lambda: post(old, b"{}", message).status == 404)
    again = replace(shop, connection=renewed)
    sayso.carrier.put(f"/connections/{renewed['hook_token']}", {"webhook_secret": SECRET})
    again.texted(phone, "help")
    again.heard(phone)

    sent = []

    def is_delivered() -> bool:
        return any(again.message(each)["status"] == "delivered" for each in sent)

    def is_reported() -> bool:
        sent.append(again.advertise(phone)["id"])
        with suppress(AssertionError):  # a slow machine reports one while the next is sent already
            return bool(until("one of them is", is_delivered, patience=2))
        return False

    # What left within a second of the change may still be reported to the old address, and is not heard.
    until("what is sent from now on is reported to the new address", is_reported)


def test_a_type_that_nobody_knows_is_refused(operator: Client, shop: Shop) -> None:
    with pytest.raises(StoryError, match=r"answered (400|422)"):
        operator.post("/api/v1/processes", {"type": "poll", "name": "Poll", "line_id": shop.line})


@pytest.mark.rule("R4.3", "R2.4")
def test_an_incomplete_process_says_what_is_missing_until_it_is_there(operator: Client, shop: Shop) -> None:
    told = {"type": "help", "name": "Help", "line_id": bare_line(operator, shop)}
    made = operator.post("/api/v1/processes", told)
    assert [each["field"] for each in made["missing"]] == ["template_id"]
    with pytest.raises(StoryError, match="answered 422") as fault:
        operator.post(f"/api/v1/processes/{made['id']}/start")
    assert "choose the template" in str(fault.value)
    whole = {**told, "template_id": template(operator, "We help."), "version": made["version"]}
    operator.put(f"/api/v1/processes/{made['id']}", whole)
    assert operator.post(f"/api/v1/processes/{made['id']}/start")["state"] == "started"
    done = [entry for entry in trail(operator, "process") if entry["object_id"] == str(made["id"])]
    assert [entry["action"] for entry in done] == ["started", "changed", "created"]
    assert done[1]["before"]["template_id"] is None
    assert done[1]["after"]["template_id"] == whole["template_id"]
    assert all(entry["key_id"] and entry["at"] for entry in done)


@pytest.mark.rule("R4.5", "R4.4", "R4.12")
def test_a_process_keeps_what_it_was_told_and_the_overview_counts_its_matches(
    sayso: Sayso, operator: Client
) -> None:
    shop = open_shop(sayso, operator)
    process = shop.processes["unsubscribe"]
    stood = operator.get(f"/api/v1/processes/{process}")
    told = {
        "type": "unsubscribe",
        "name": "Basta",
        "line_id": shop.line,
        "keywords": ["basta", "genug"],
        "match_mode": "contains",
        "template_id": stood["template_id"],
        "scope": "line",
        "version": stood["version"],
    }
    operator.put(f"/api/v1/processes/{process}", told)
    kept = operator.get(f"/api/v1/processes/{process}")
    assert {name: kept[name] for name in told if name != "version"} == {
        name: value for name, value in told.items() if name != "version"
    }
    first, second = shop.customer(), shop.customer()
    until("the edit applies", lambda: said_on(shop, "es reicht, genug davon") == "unsubscribe")
    shop.texted(first, "es reicht, genug davon")
    assert shop.blocked(first)["scope"] == "line"
    shop.texted(second, "STOP")
    shop.blocked(second)
    rows = operator.get("/api/v1/processes?limit=200")["items"]
    (row,) = [each for each in rows if each["id"] == process]
    assert (row["type"], row["name"], row["state"]) == ("unsubscribe", "Basta", "started")
    assert row["keywords"] == ["basta", "genug"]
    assert shop.number.removeprefix("+") in row["line"]
    assert row["mailing_id"]
    assert row["last_match"]
    assert row["matches_in_7_days"] == 2


def said_on(shop: Shop, text: str) -> str:
    told = shop.client.post("/api/v1/keywords/test", {"text": text, "line_id": shop.line})
    return str(told["decision"])


@pytest.mark.rule("R4.2", "R4.9")
def test_a_paused_process_leaves_the_words_that_must_always_work(sayso: Sayso, operator: Client) -> None:
    shop = open_shop(sayso, operator)
    operator.post(f"/api/v1/processes/{shop.processes['unsubscribe']}/pause")
    phone = shop.customer()
    shop.texted(phone, "stop")
    shop.blocked(phone)
    (heard,) = shop.heard(phone)
    assert heard["because"][-1]["rule"] == "R4.9", heard["because"]
    assert shop.answers(phone) == []


@pytest.mark.rule("R7.1", "R4.9")
def test_the_workspaces_own_terms_stop_on_every_line(sayso: Sayso) -> None:
    client = sayso.workspace("Terms")
    shop = open_shop(sayso, client)
    client.put("/api/v1/opt-out", {"message": GOODBYE, "terms": ["leave me alone"]})
    phone, other = shop.customer(), shop.customer()
    shop.texted(phone, "please LEAVE me alone now")
    assert shop.blocked(phone)["scope"] == "channel"
    client.put("/api/v1/opt-out", {"message": GOODBYE, "terms": []})
    shop.texted(other, "stop")
    shop.blocked(other)


@pytest.mark.rule("R5.5", "R5.6")
def test_a_stop_speaks_for_every_profile_of_the_number_and_raises_one_event(shop: Shop) -> None:
    phone = telephone()
    for name in ("a", "b", "c"):
        told = {"external_id": f"{phone}-{name}", "phone": phone, "sms_consent": True}
        shop.client.put("/api/v1/contacts", told)
    shop.texted(phone, "stop")
    shop.blocked(phone)
    query = "SELECT id, sms_consent FROM contacts WHERE phone = %s ORDER BY id"
    people = shop.sayso.rows(query, int(phone))
    assert [person["sms_consent"] for person in people] == ["no"] * 3
    rejects = [entry for entry in shop.ledger(phone) if entry["action"] == "reject"]
    assert {entry["contact_id"] for entry in rejects} == {str(person["id"]) for person in people}
    events = shop.sayso.rows("SELECT name, contact_id, properties FROM events WHERE phone = %s", int(phone))
    (event,) = events
    assert (event["name"], event["contact_id"]) == ("campaign", people[0]["id"])
    fields = ("status", "action_type", "message", "sender")
    assert [event["properties"][name] for name in fields] == ["incoming_message", "sms", "stop", phone]
