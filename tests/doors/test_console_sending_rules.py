"""Hours, caps and countries at the console, and the switch that stops all sending."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from http import HTTPStatus

import pytest

from tests.browser.pages import campaigns as rows
from tests.console_visits import signed_in, text
from tests.consoles import Console

RULES = "SELECT days, opens, closes, holidays, per_day, per_week, countries FROM sayso.sending_rules"
FILLED = {
    "days": "01234", "opens": "10:00", "closes": "18:30",
    "per_day": "", "per_week": "3", "countries": "gb, ie",
}  # fmt: skip


@pytest.mark.rule("R9.8", "R9.11", "R2.4")
def test_hours_caps_and_countries_are_set_told_and_kept_in_the_trail(console: Console) -> None:
    workspace = console.workspace()
    client = signed_in(console.person((workspace, "owner")))
    before = text(client.get("/settings/"))
    assert "Every day, 09:00 to 20:00" in before and "1 in 24 hours, 4 in 7 days" in before
    page = text(client.post("/settings/sending/", FILLED, follow=True))
    assert "Monday to Friday, 10:00 to 18:30, not on public holidays" in page
    assert "3 in 7 days" in page and "United Kingdom, Ireland" in page
    assert console.execute(f"{RULES} WHERE workspace_id = %s", workspace) == [
        ([0, 1, 2, 3, 4], "10:00", "18:30", False, None, 3, ["GB", "IE"])
    ]
    wrong = client.post("/settings/sending/", {**FILLED, "opens": "20:00", "countries": "Ireland"})
    assert wrong.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "The end comes after the beginning" in text(wrong) and "is no country" in text(wrong)
    trail = text(client.get("/audit/"))
    assert "hanged hours, caps and countries" in trail
    analyst = signed_in(console.person((workspace, "analyst")))
    assert analyst.post("/settings/sending/", FILLED).status_code == HTTPStatus.FORBIDDEN


@pytest.mark.rule("R2.5", "R2.4")
def test_all_sending_is_stopped_said_on_every_page_and_goes_on_at_one_word(console: Console) -> None:
    workspace = console.workspace()
    person = console.person((workspace, "marketer"), name="Jo Brandt")
    client = signed_in(person)
    assert "Stop all sending" in text(client.get("/campaigns/"))
    assert "Stop all sending" in text(client.get("/settings/stop/"))
    posted = client.post("/settings/stop/", {"why": "A wrong price"})
    assert posted.status_code == HTTPStatus.SEE_OTHER, text(posted)
    for address in ("/", "/campaigns/", "/settings/", "/contacts/"):
        page = text(client.get(address, follow=True))
        assert "A wrong price" in page and "by Jo Brandt" in page, (address, page[:1500])
    agent = text(signed_in(console.person((workspace, "agent"))).get("/inbox/"))
    assert "All sending stands still" in agent and "Let it go on" not in agent
    assert "Let sending go on?" in text(client.get("/settings/go-on/"))
    assert "All sending stands still" not in text(client.post("/settings/go-on/", follow=True))
    trail = text(signed_in(console.person((workspace, "owner"))).get("/audit/"))
    assert "topped all sending" in trail and "et sending go on" in trail
    analyst = signed_in(console.person((workspace, "analyst")))
    assert analyst.post("/settings/stop/", {"why": ""}).status_code == HTTPStatus.FORBIDDEN


@pytest.mark.rule("R9.6", "R9.8")
def test_a_review_says_how_many_wait_for_the_morning_and_until_when(console: Console) -> None:
    workspace = console.workspace()
    console.execute("UPDATE sayso.workspaces SET time_zone = 'Europe/London' WHERE id = %s", workspace)
    console.category(workspace, "promotions")
    client = signed_in(console.person((workspace, "marketer")))
    campaign = rows.campaign(console, workspace, "Autumn box", audience="everybody")
    morning = datetime(2027, 1, 14, 9, tzinfo=UTC)
    console.execute(
        "INSERT INTO sayso.campaign_plans (workspace_id, campaign_id, rehearsal, began_at, finished_at) "
        "VALUES (%s, %s, true, now(), now())",
        workspace,
        campaign,
    )
    console.execute(
        "INSERT INTO sayso.campaign_tallies "
        "VALUES (%s, %s, true, 'deferred', 'quiet_hours', 1208, 1208, %s, %s)",
        workspace,
        campaign,
        morning,
        morning.replace(hour=10),
    )
    page = text(client.get(f"/campaigns/{campaign}/review/"))
    # What is between tags stands apart here: the reason leads to who they are.
    assert "It is outside their hours for advertising , until Thu 14 Jan, 09:00 to 10:00 1,208" in page


@pytest.mark.rule("R2.5", "R9.5")
def test_what_launches_wait_for_is_set_told_and_not_overwritten_unseen(console: Console) -> None:
    workspace = console.workspace()
    client = signed_in(console.person((workspace, "owner")))
    seen = client.get("/settings/launches/").content.decode()
    stamped = re.search(r'name="stands" value="([^"]+)"', seen)
    assert stamped is not None
    filled = {
        "launch_delay_seconds": "90", "approve_above": "1000", "pause_from": "500",
        "pause_at_opt_outs": "2.5", "pause_at_failures": "0", "stands": stamped[1],
    }  # fmt: skip
    page = text(client.post("/settings/launches/", filled, follow=True))
    assert "for 90 seconds" in page and "by a second person above 1,000 people" in page
    assert "where more than 2.5% stop, of at least 500 texts" in page
    second = client.post("/settings/launches/", {**filled, "launch_delay_seconds": "0"})
    assert second.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Somebody saved the limits of launches" in text(second)
