"""A campaign from its draft to its report, told as its owner meets it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from sayso.cli.demo_client import Client, StoryError
from tests.doors.served import get
from tests.journeys.shop import CATEGORY, Shop, open_shop, telephone
from tests.running import Sayso, post, until

BODY = 'Hi {{ first_name | default: "there" }}, prams are 20% off.'
OPT_OUT = "Text STOP to end."
FORM = {"content-type": "application/x-www-form-urlencoded"}


class Marketing:
    """A workspace of its own with a shop on a US number, whose launches begin at once."""

    def __init__(self, sayso: Sayso, name: str) -> None:
        self.client: Client = sayso.workspace(name)
        self.shop: Shop = open_shop(sayso, self.client)
        self.client.put("/api/v1/opt-out", {"message": OPT_OUT, "terms": []})
        sayso.rows("UPDATE workspaces SET launch_delay_seconds = 0 WHERE name = %s", name)

    def contact(self, phone: str | None, name: str | None = None, consent: object = True) -> str:
        """A contact with this number; its external id."""
        external_id = f"c-{telephone()}"
        told: dict[str, Any] = {"external_id": external_id, "sms_consent": consent}
        told |= {"phone": phone} if phone else {}
        told |= {"attributes": {"first_name": name}} if name else {}
        self.client.put("/api/v1/contacts", told)
        return external_id

    def campaign(self, **more: object) -> int:
        """A draft to everybody."""
        told = {"name": "Prams", "audience": "everybody", "category": CATEGORY, "body": BODY, **more}
        return int(self.client.post("/api/v1/campaigns", told)["id"])

    def do(self, campaign: int, verb: str, **told: object) -> dict[str, Any]:
        return dict(self.client.post(f"/api/v1/campaigns/{campaign}/{verb}", told))

    def stands(self, campaign: int, *states: str) -> str:
        """The campaign's state, once it is one of these."""

        def look() -> str | None:
            state = str(self.client.get(f"/api/v1/campaigns/{campaign}")["state"])
            return state if state in states else None

        return until(f"campaign {campaign} is {' or '.join(states)}", look) or ""

    def report(self, campaign: int) -> dict[str, dict[tuple[str, str], int]]:
        """Messages by status and reason, as planned and as they stand."""
        found = self.client.get(f"/api/v1/campaigns/{campaign}/report")
        return {
            kind: {(one["status"], one["reason"]): one["messages"] for one in found[kind]}
            for kind in ("planned", "messages")
        }

    def got(self, phone: str) -> list[str]:
        """What the telephone received."""
        return [str(message["body"]) for message in self.shop.shown(phone)]


@pytest.fixture(scope="module")
def marketing(sayso: Sayso) -> Iterator[Marketing]:
    yield Marketing(sayso, "Campaigns & Co")


@pytest.mark.rule("R9.3")
@pytest.mark.rule("R9.7")
def test_a_campaign_reaches_who_may_be_texted_and_says_of_everybody_else_why_not(
    marketing: Marketing,
) -> None:
    ada, bob, twice, stopped, silent = (telephone() for _ in range(5))
    marketing.contact(ada, "Ada")
    marketing.contact(bob)
    marketing.contact(twice, "Cy")
    marketing.contact(twice, "Dee")
    marketing.contact(stopped, "Ed")
    marketing.contact(silent, "Flo", consent="unknown")
    marketing.contact("+447700900318", "Gil")
    marketing.contact(None, "Hal")
    marketing.shop.texted(stopped, "stop")
    marketing.shop.blocked(stopped)

    campaign = marketing.campaign()
    assert marketing.do(campaign, "launch")["state"] == "scheduled"
    assert marketing.stands(campaign, "sending", "finished")
    assert marketing.shop.received(ada, "Hi Ada")["body"] == f"Hi Ada, prams are 20% off. {OPT_OUT}"
    assert marketing.shop.received(bob, "Hi")["body"] == f"Hi there, prams are 20% off. {OPT_OUT}"
    marketing.shop.received(twice, "Hi Cy")
    marketing.stands(campaign, "finished")

    reported = marketing.report(campaign)
    assert reported["planned"] == {
        ("queued", ""): 3,
        ("enqueue_failed", "blocked_by_keyword"): 1,
        ("skipped", "consent_unknown"): 1,
        ("skipped", "duplicate_number"): 1,
        ("skipped", "no_two_way_sender"): 1,
        ("skipped", "no_number"): 1,
    }
    assert sum(reported["messages"].values()) == 7
    timeline = marketing.client.get(f"/api/v1/campaigns/{campaign}/report")["timeline"]
    assert sum(step["sent"] for step in timeline) == 3
    used = marketing.client.get("/api/v1/reports/usage")
    days = marketing.client.get("/api/v1/reports/usage?by=day")["by_day"]
    assert used["messages"] == sum(one["messages"] for one in used["by_country"]) >= 3
    assert sum(one["messages"] for one in days) == used["messages"]
    assert not any(body.startswith("Hi") for phone in (stopped, silent) for body in marketing.got(phone))
    assert len([body for body in marketing.got(twice) if body.startswith("Hi")]) == 1


@pytest.mark.rule("R9.5")
def test_a_paused_campaign_stands_still_and_goes_on_where_it_stopped(sayso: Sayso) -> None:
    marketing = Marketing(sayso, "Pauses & Co")
    phones = [telephone() for _ in range(3)]
    for phone in phones:
        marketing.contact(phone)
    campaign = marketing.campaign()
    # The line stands still, so that the whole campaign waits and can be paused before anything leaves.
    connection = marketing.shop.connection["id"]
    sayso.rows("INSERT INTO pauses (resource, why) VALUES (%s, 'a test')", f"connection:{connection}")
    marketing.do(campaign, "launch")
    marketing.stands(campaign, "sending")
    assert marketing.do(campaign, "pause")["state"] == "paused"
    sayso.rows("DELETE FROM pauses")
    parked = "SELECT count(*) AS n FROM parked WHERE campaign_id = %s"
    until("what waited is set aside", lambda: sayso.rows(parked, campaign)[0]["n"] == 3)
    assert not any(map(marketing.got, phones))
    # A stop that comes meanwhile holds when the campaign goes on.
    marketing.shop.texted(phones[0], "stop")
    marketing.shop.blocked(phones[0])
    assert marketing.do(campaign, "resume")["state"] == "sending"
    for phone in phones[1:]:
        marketing.shop.received(phone, "Hi")
    marketing.stands(campaign, "finished")
    assert not any(body.startswith("Hi") for body in marketing.got(phones[0]))
    assert marketing.report(campaign)["messages"]["cancelled", "opted_out"] == 1


@pytest.mark.rule("R9.5")
def test_a_cancelled_campaign_sends_nothing_that_waited(sayso: Sayso) -> None:
    marketing = Marketing(sayso, "Cancels & Co")
    phone = telephone()
    marketing.contact(phone)
    campaign = marketing.campaign()
    connection = marketing.shop.connection["id"]
    sayso.rows("INSERT INTO pauses (resource, why) VALUES (%s, 'a test')", f"connection:{connection}")
    marketing.do(campaign, "launch")
    marketing.stands(campaign, "sending")
    assert marketing.do(campaign, "cancel")["state"] == "cancelled"
    sayso.rows("DELETE FROM pauses")
    key = "cancelled", "campaign_cancelled"
    until("it is cancelled", lambda: marketing.report(campaign)["messages"].get(key) == 1)
    assert marketing.got(phone) == []


@pytest.mark.rule("R2.5")
def test_a_launch_is_undone_before_anything_is_planned(sayso: Sayso, marketing: Marketing) -> None:
    campaign = marketing.campaign()
    sayso.rows("UPDATE workspaces SET launch_delay_seconds = 60 WHERE name = 'Campaigns & Co'")
    try:
        assert marketing.do(campaign, "launch")["state"] == "scheduled"
    finally:
        sayso.rows("UPDATE workspaces SET launch_delay_seconds = 0 WHERE name = 'Campaigns & Co'")
    assert marketing.do(campaign, "undo")["state"] == "draft"
    assert marketing.report(campaign) == {"planned": {}, "messages": {}}


@pytest.mark.rule("R9.6")
def test_a_rehearsal_counts_what_a_launch_would_do_and_sends_nothing(sayso: Sayso) -> None:
    marketing = Marketing(sayso, "Rehearses & Co")
    phone = telephone()
    marketing.contact(phone)
    marketing.contact("+447700900319")
    campaign = marketing.campaign()
    marketing.do(campaign, "rehearsal")

    def counted() -> list[dict[str, Any]] | None:
        found = marketing.client.get(f"/api/v1/campaigns/{campaign}/rehearsal")
        return list(found["counted"]) if found["finished_at"] else None

    told = until("it is counted", counted)
    assert told == [
        {"status": "queued", "reason": "", "messages": 1, "parts": 1},
        {"status": "skipped", "reason": "no_two_way_sender", "messages": 1, "parts": 0},
    ]
    assert marketing.got(phone) == []
    assert marketing.report(campaign)["messages"] == {}
    assert marketing.client.get(f"/api/v1/campaigns/{campaign}")["state"] == "draft"


@pytest.mark.rule("R9.1")
def test_a_campaign_without_recipients_cannot_be_launched(marketing: Marketing) -> None:
    campaign = marketing.campaign(audience="none", category="", body="")
    with pytest.raises(StoryError) as refused:
        marketing.do(campaign, "launch")
    for wanting in ("Choose who gets it", "Choose the category", "Write what it says"):
        assert wanting in str(refused.value)


@pytest.mark.rule("R8.3")
def test_a_campaign_to_a_list_reaches_only_who_is_on_it(sayso: Sayso) -> None:
    marketing = Marketing(sayso, "Lists & Co")
    on, off = telephone(), telephone()
    external_id = marketing.contact(on)
    marketing.contact(off)
    made = int(marketing.client.post("/api/v1/lists", {"name": "Newsletter"})["id"])
    told = marketing.client.post(f"/api/v1/lists/{made}/contacts", {"external_ids": [external_id, "nobody"]})
    assert told == {"changed": 1, "unknown": ["nobody"]}
    campaign = marketing.campaign(audience="list", list_id=made)
    marketing.do(campaign, "launch")
    marketing.shop.received(on, "Hi")
    marketing.stands(campaign, "finished")
    assert marketing.got(off) == []


def test_a_text_that_is_not_understood_is_refused_and_says_what_to_write(marketing: Marketing) -> None:
    for body, wanted in (("Hi {{ name }", "do not come in pairs"), ("{% if x %}", "Line 1, column 1")):
        with pytest.raises(StoryError) as refused:
            marketing.campaign(body=body)
        assert wanted in str(refused.value)


@pytest.mark.rule("R9.4")
@pytest.mark.rule("R13.2")
def test_a_recipient_stops_by_the_link_and_only_the_button_does_it(sayso: Sayso) -> None:
    marketing = Marketing(sayso, "Links & Co")
    linked, texting = telephone(), telephone()
    marketing.contact(linked)
    marketing.contact(texting)
    campaign = marketing.campaign(body="Sale. Stop: {{ unsubscribe_link }}")
    marketing.do(campaign, "launch")
    marketing.shop.received(texting, "Sale.")
    told = str(marketing.shop.received(linked, "Sale.")["body"])
    (address,) = re.findall(r"https://sms\.example\.com(/u/[\w-]{22})", told)
    for _ in range(2):
        looked = get(sayso.url + address)
        assert (looked.status, looked.headers["referrer-policy"]) == (200, "no-referrer")
        assert "Stop texts from Links &amp; Co?" in looked.body.decode()
    assert marketing.shop.blocks(linked) == []
    assert post(sayso.url + address, b"", {}).status == 200  # the page that it leads to
    block = marketing.shop.blocked(linked)
    assert (block["scope"], block["source"]) == ("channel", "link")
    assert "Done. No more offers by text." in get(sayso.url + address).body.decode()
    assert {entry["source"] for entry in marketing.shop.ledger(linked)} >= {"link"}
    advert = {"to": linked, "body": "More.", "category": CATEGORY}
    assert marketing.client.post("/api/v1/messages", advert)["reason"] == "blocked_by_link"
    marketing.shop.texted(texting, "stop")
    marketing.shop.blocked(texting)
    found = marketing.client.get(f"/api/v1/campaigns/{campaign}/report")
    assert (found["opt_outs_by_link"], found["opt_outs_by_keyword"]) == (1, 1)
    # Once more changes nothing, and one letter of another's opens nothing.
    assert post(sayso.url + address, b"", {}).status == 200
    assert len(marketing.shop.blocks(linked)) == 1
    other = address[:-2] + ("A" if address[-2] != "A" else "B") + address[-1]
    assert get(sayso.url + other).status == post(sayso.url + other, b"", {}).status == 404


@pytest.mark.rule("R9.4")
def test_a_recipient_stops_some_categories_and_keeps_the_others(sayso: Sayso) -> None:
    marketing = Marketing(sayso, "Chooses & Co")
    for name in ("events", "club"):
        marketing.client.put("/api/v1/categories", {"name": name})
    phone = telephone()
    marketing.contact(phone)
    refused = {"phone": phone, "action": "reject", "categories": ["club"]}
    marketing.client.post("/api/v1/consents", refused)
    campaign = marketing.campaign(body="Sale. {{ unsubscribe_link }}")
    marketing.do(campaign, "launch")
    told = str(marketing.shop.received(phone, "Sale.")["body"])
    (address,) = re.findall(r"(/u/[\w-]{22})", told)
    assert post(sayso.url + address, b"some=1&keep=events", FORM).status == 200
    blocks = marketing.shop.blocks(phone)
    assert {(block["scope"], block["category"]) for block in blocks} == {
        ("category", CATEGORY),
        ("category", "club"),
    }
    page = get(sayso.url + address).body.decode()
    assert 'value="events" checked' in page
    assert f'value="{CATEGORY}" disabled' in page
    assert 'value="club" disabled' in page


@pytest.mark.rule("R9.4")
def test_an_address_becomes_each_recipient_s_own_leads_on_and_is_counted(sayso: Sayso) -> None:
    marketing = Marketing(sayso, "Clicks & Co")
    client = marketing.client
    assert client.put("/api/v1/link-domain", {"host": "Go.Clicks.example"})["host"] == "go.clicks.example"
    ada, bob = telephone(), telephone()
    marketing.contact(ada)
    marketing.contact(bob)
    with pytest.raises(StoryError, match="no address of the web"):
        marketing.campaign(body="javascript:alert(1)")
    campaign = marketing.campaign(body="Sale: https://shop.example/sale")
    marketing.do(campaign, "launch")
    told = [str(marketing.shop.received(phone, "Sale:")["body"]) for phone in (ada, bob)]
    paths = [re.findall(r"https://go\.clicks\.example(/l/[\w-]{18}) ", body)[0] for body in told]
    assert paths[0] != paths[1]
    agent = "Mozilla/5.0 (iPhone) Mobile Safari/604.1"
    for _ in range(2):
        led = get(sayso.url + paths[0], **{"user-agent": agent, "host": "go.clicks.example"})
        assert (led.status, led.headers["location"]) == (302, "https://shop.example/sale")
    get(sayso.url + paths[1], **{"user-agent": "WhatsApp/2.24"})
    assert get(sayso.url + paths[0][:-1]).status == 404

    def counted() -> dict[str, Any] | None:
        found = client.get(f"/api/v1/links?campaign_id={campaign}")
        return dict(found) if found["people"] + found["machines"] == 3 else None

    found = until("it is counted", counted)
    assert (found["people"], found["machines"], found["unique_people"]) == (2, 1, 1)
    assert found["items"][0]["written"] == "https://shop.example/sale"
    clicked = {"conditions": {"all": [{"about": "clicked", "test": "within", "days": 1}]}}
    assert client.post("/api/v1/segments/count", clicked)["contacts"] == 1


@pytest.mark.rule("R2.3")
def test_a_test_key_rehearses_and_launches_nothing(marketing: Marketing) -> None:
    campaign = marketing.campaign()
    scopes = ["campaigns:read", "campaigns:write", "campaigns:launch"]
    made = marketing.client.post("/api/v1/keys", {"name": "Try", "scopes": scopes, "test_mode": True})
    trying = replace(marketing.client, key=made["key"])
    trying.post(f"/api/v1/campaigns/{campaign}/rehearsal", {})
    with pytest.raises(StoryError, match="Rehearse it instead"):
        trying.post(f"/api/v1/campaigns/{campaign}/launch", {})


@pytest.mark.rule("R9.3")
def test_a_campaign_that_can_be_answered_needs_words_that_say_how_to_stop(sayso: Sayso) -> None:
    marketing = Marketing(sayso, "Forgets & Co")
    marketing.client.put("/api/v1/opt-out", {"message": "", "terms": []})
    with pytest.raises(StoryError, match="There is no opt-out message"):
        marketing.do(marketing.campaign(), "launch")
    assert marketing.do(marketing.campaign(opt_out_message="STOP ends it."), "launch")["state"] == "scheduled"
