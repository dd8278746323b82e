"""What systems ask of campaigns beside launching them: tests, trials, hours of one's own, approvals."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sayso.cli.demo_client import StoryError
from tests.journeys.shop import telephone
from tests.journeys.test_campaigns import OPT_OUT, Marketing
from tests.running import Sayso, until


@pytest.fixture(scope="module")
def marketing(sayso: Sayso) -> Marketing:
    return Marketing(sayso, "Tests & Co")


def refused(marketing: Marketing, campaign: int, verb: str, **told: object) -> str:
    with pytest.raises(StoryError) as error:
        marketing.do(campaign, verb, **told)
    return str(error.value)


@pytest.mark.rule("R9.5")
def test_a_test_reaches_who_is_named_never_who_stopped_and_counts_for_no_campaign(
    marketing: Marketing,
) -> None:
    colleague, stopped = telephone(), telephone()
    amira = marketing.contact(telephone(), "Amira")
    marketing.shop.texted(stopped, "stop")
    marketing.shop.blocked(stopped)
    campaign = marketing.campaign(audience="none")
    told = marketing.do(campaign, "test", to=[colleague, stopped], external_id=amira)["messages"]
    assert [(one["status"], one["reason"]) for one in told] == [
        ("queued", ""),
        ("enqueue_failed", "blocked_by_keyword"),
    ]
    # Nobody knows of a yes of the colleague's: who is named asked for it.
    body = marketing.shop.received(colleague, "Hi Amira")["body"]
    assert body == f"Hi Amira, prams are 20% off. {OPT_OUT}"
    assert not any(body.startswith("Hi") for body in marketing.got(stopped))
    assert marketing.report(campaign) == {"planned": {}, "messages": {}}
    sent = marketing.client.get(f"/api/v1/messages/{told[0]['id']}")
    assert (sent["purpose"], sent["client_reference"]) == ("test", f"test of campaign {campaign}")
    assert "one to 5 numbers" in refused(marketing, campaign, "test", to=[" "])
    assert "no such contact" in refused(marketing, campaign, "test", to=[colleague], external_id="x")
    lacking = marketing.campaign(body="Hi {{ nickname }}")
    assert "nickname" in refused(marketing, lacking, "test", to=[colleague])


@pytest.mark.rule("R2.5")
def test_a_system_that_says_what_it_read_launches_and_approves_nothing_else(marketing: Marketing) -> None:
    campaign = marketing.campaign()
    read = marketing.client.get(f"/api/v1/campaigns/{campaign}")["stamp"]
    texts = [{"body": "First", "share": 50}, {"body": "Second", "share": 50}]
    tried = marketing.client.put(f"/api/v1/campaigns/{campaign}/trial", {"variants": texts})["stamp"]
    assert tried != read
    far = (datetime.now(UTC) + timedelta(days=3)).isoformat()
    for verb, told in (("launch", {"at": far, "seen": read}), (f"approve?seen={read}", {})):
        assert "Somebody changed this campaign" in refused(marketing, campaign, verb, **told)
    assert marketing.client.get(f"/api/v1/campaigns/{campaign}")["state"] == "draft"
    assert marketing.do(campaign, "launch", at=far, seen=tried)["state"] == "scheduled"
    assert marketing.do(campaign, "undo")["state"] == "draft"


@pytest.mark.rule("R9.5")
def test_a_launch_for_an_hour_that_is_over_is_refused_and_others_wait_for_the_first_zone(
    marketing: Marketing,
) -> None:
    campaign = marketing.campaign()
    over = datetime.now(UTC) - timedelta(days=1)
    assert "This moment is over" in refused(marketing, campaign, "launch", at=over.isoformat())
    clock = over.replace(tzinfo=None, microsecond=0).isoformat()
    assert "This moment is over" in refused(marketing, campaign, "launch", recipient_local=clock)
    for slip in ({"at": "9999-12-31T23:59:59-23:59"}, {"recipient_local": "9999-12-31T23:59:59"}):
        assert "Check the year" in refused(marketing, campaign, "launch", **slip)
    assert "Check the year" in refused(marketing, campaign, "rehearsal?at=9999-12-31T23:59:59Z")
    comes = (over + timedelta(days=4)).replace(hour=9, minute=0, second=0, microsecond=0, tzinfo=None)
    told = marketing.do(
        campaign, "launch", recipient_local=comes.isoformat(), throttle_most=100, throttle_seconds=3600
    )
    starts_at = datetime.fromisoformat(told["starts_at"])
    assert starts_at == comes.replace(tzinfo=UTC) - timedelta(hours=14)
    assert marketing.do(campaign, "undo")["state"] == "draft"


@pytest.mark.rule("R2.5")
def test_what_reaches_many_is_launched_by_one_and_approved_by_another(
    sayso: Sayso, marketing: Marketing
) -> None:
    marketing.contact(telephone())
    limits: dict[str, Any] = {"approve_above": 0}
    assert marketing.client.put("/api/v1/campaign-limits", limits)["pause_at_failures"] == 200
    try:
        campaign = marketing.campaign()
        assert "Rehearse it" in refused(marketing, campaign, "launch")
        query = (
            "WITH plan AS (INSERT INTO campaign_plans (workspace_id, campaign_id, rehearsal, began_at,"
            " finished_at) SELECT workspace_id, id, true, now(), now() FROM campaigns WHERE id = %s"
            " RETURNING *)"
            " INSERT INTO campaign_tallies SELECT workspace_id, campaign_id, true, 'queued', '', 3, 3"
            " FROM plan"
        )
        sayso.rows(query + " RETURNING 1", campaign)
        assert "It reaches 3 people, and above 0 a second person approves" in refused(
            marketing, campaign, "launch"
        )
        marketing.client.post(f"/api/v1/campaigns/{campaign}/approve", {})
        assert "a second person approves" in refused(marketing, campaign, "launch")
        query = "UPDATE campaign_approvals SET who = 'user:0' WHERE campaign_id = %s RETURNING 1"
        sayso.rows(query, campaign)
        far = (datetime.now(UTC) + timedelta(days=9)).isoformat()
        assert marketing.do(campaign, "launch", at=far)["state"] == "scheduled"
    finally:
        marketing.client.put("/api/v1/campaign-limits", {})


@pytest.mark.rule("R2.5")
def test_an_audience_that_grew_after_it_was_counted_waits_for_a_second_person(
    sayso: Sayso, marketing: Marketing
) -> None:
    people = [telephone() for _ in range(3)]
    ids = [marketing.contact(phone) for phone in people]
    listed = marketing.client.post("/api/v1/lists", {"name": "Prams that grew"})["id"]
    marketing.client.post(f"/api/v1/lists/{listed}/contacts", {"external_ids": ids[:1]})
    marketing.client.put("/api/v1/campaign-limits", {"approve_above": 1})
    try:
        campaign = marketing.campaign(audience="list", list_id=listed)
        marketing.do(campaign, "rehearsal")
        until("it is counted", lambda: refused_or_launched(marketing, campaign, listed, ids))
        assert marketing.stands(campaign, "paused", "finished") == "paused"
        held = marketing.client.get(f"/api/v1/campaigns/{campaign}/hold")
        assert (held["reason"], "more than 1 people" in held["detail"]) == ("approval", True)
        assert "more people than you may reach alone" in refused(marketing, campaign, "resume")
        sayso.rows("UPDATE campaigns SET launched_by = 'user:0' WHERE id = %s RETURNING 1", campaign)
        marketing.do(campaign, "resume")
        marketing.stands(campaign, "finished")
        assert [len(marketing.got(phone)) for phone in people] == [1, 1, 1]
    finally:
        marketing.client.put("/api/v1/campaign-limits", {})


def refused_or_launched(marketing: Marketing, campaign: int, listed: int, ids: list[str]) -> bool:
    """Launch it as soon as its rehearsal has come to its end, for a list that has grown since."""
    soon = (datetime.now(UTC) + timedelta(seconds=2)).isoformat()
    try:
        marketing.do(campaign, "launch", at=soon)
    except StoryError as error:
        assert "Rehearse it" in str(error)
        return False
    marketing.client.post(f"/api/v1/lists/{listed}/contacts", {"external_ids": ids[1:]})
    return True


@pytest.mark.rule("R9.5")
def test_a_trial_is_stored_shown_and_refused_by_field(sayso: Sayso, marketing: Marketing) -> None:
    campaign = marketing.campaign()
    path = f"/api/v1/campaigns/{campaign}/trial"
    texts = [
        {"body": "A https://example.com/prams", "share": 50},
        {"body": "B {{ first_name | default: 'you' }}", "share": 50},
    ]
    told = marketing.client.put(path, {"variants": texts, "tested": 20, "control": 5})
    assert [one["body"] for one in told["variants"]] == [one["body"] for one in texts]
    assert (told["tested"], told["control"], told["winner"]) == (20, 5, None)
    assert marketing.client.get(path) == told
    # An address in any of the texts is one that short links may lead to.
    assert sayso.rows("SELECT written FROM campaign_links WHERE campaign_id = %s", campaign) == [
        {"written": "https://example.com/prams"}
    ]
    for wrong, why in (
        ({"variants": texts[:1]}, "two to four texts"),
        ({"variants": texts, "tested": 0}, "Try them on 1 to 100 percent"),
        ({"variants": [texts[0], {"body": "{{ x", "share": 50}]}, "pairs"),
    ):
        with pytest.raises(StoryError, match=why):
            marketing.client.put(path, wrong)
