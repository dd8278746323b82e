"""Prices and credit at the console: who looks, who sets, and where it is told."""

from __future__ import annotations

import csv
from functools import partial
from http import HTTPStatus
from io import StringIO
from typing import Any

import pytest

from sayso import console as room
from tests.browser.pages import campaigns as rows
from tests.console_visits import signed_in, text
from tests.consoles import Console, apart


def shop(console: Console, *, operator: bool = True) -> tuple[int, Any]:
    """A workspace, and its owner, who is an operator too."""
    workspace = console.workspace()
    owner = console.person((workspace, "owner"))
    if operator:
        apart(partial(room.set_operator, owner.email, True))
    return workspace, signed_in(owner)


def top_up(client: Any, amount: str, note: str = "Invoice 7", **more: str) -> Any:
    return client.post("/credit/top-up/", {"amount": amount, "note": note, **more}, follow=True)


@pytest.mark.rule("R13.3")
def test_a_price_is_set_by_country_and_told_to_the_last_digit(console: Console) -> None:
    workspace, client = shop(console)
    assert "No price yet" in text(client.get("/prices/"))
    said = {"country": "GB", "kind": "sms", "price": "0,041", "at": "", "currency": "GBP"}
    page = text(client.post("/prices/set/", said, follow=True))
    assert "£0.041" in page
    assert "A country without a price costs an unknown amount." in page
    assert "Price, GBP" in text(client.get("/prices/set/"))
    later = {"country": "GB", "kind": "sms", "price": "0.05", "at": "2099-01-01T00:00"}
    assert "£0.05 from" in text(client.post("/prices/set/", later, follow=True))
    wrong = client.post("/prices/set/", later | {"price": "cheap"})
    assert wrong.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    past = client.post("/prices/set/", later | {"at": "2026-01-01T00:00"})
    assert "what was sent keeps what it cost" in text(past)
    assert len(console.execute("SELECT 1 FROM sayso.prices WHERE workspace_id = %s", workspace)) == 2


@pytest.mark.rule("R13.3")
def test_credit_is_topped_up_once_a_form_and_told_in_the_frame_the_ledger_and_a_file(
    console: Console,
) -> None:
    _, client = shop(console)
    assert "No credit is kept" in text(client.get("/credit/"))
    once = {"once": "form-1", "currency": "EUR"}
    for _ in range(2):
        top_up(client, "100", "=HYPERLINK(1)", **once)
    client.post("/credit/correct/", {"amount": "-0.005", "note": "Half a cent"})
    page = text(client.get("/credit/"))
    assert "Credit €100.00" in page  # half a cent is told in the file
    assert "Before: €0.00" in page and "After: €100.00" in page
    month = console.execute("SELECT to_char(now(), 'YYYY-FMMM')")[0][0]
    answer = client.get(f"/credit/credit-{month}.csv")
    lines = list(csv.DictReader(StringIO(answer.content.decode())))
    assert [(line["what"], line["credit"]) for line in lines] == [
        ("correction", "-0.005"),
        ("top_up", "100.00"),
    ]
    assert lines[1]["note"] == "'=HYPERLINK(1)"
    trail = text(client.get("/audit/"))
    assert "Topped up the credit" in trail


@pytest.mark.rule("R13.3")
def test_low_credit_is_told_at_home_to_those_who_spend_and_not_to_agents(console: Console) -> None:
    workspace, client = shop(console)
    top_up(client, "20", currency="EUR")
    client.post("/credit/alarm/", {"alarm_below": "50"})
    # The dashboard is what one sees after the first steps; what needs somebody is a part of it.
    page = text(client.get("/home/heard/"))
    assert "€20.00 of credit is left" in page and "€50.00 below which you want to be told" in page
    agent = signed_in(console.person((workspace, "agent")))
    assert "€20.00" not in text(agent.get("/inbox/"))
    assert agent.get("/credit/").status_code == HTTPStatus.FORBIDDEN
    marketer = signed_in(console.person((workspace, "marketer")))
    assert "Credit €20.00" in text(marketer.get("/credit/"))
    refused = top_up(marketer, "1000")
    assert refused.status_code == HTTPStatus.FORBIDDEN


@pytest.mark.rule("R9.6")
def test_a_review_tells_the_cost_by_country_and_a_launch_that_is_short_goes_nowhere(console: Console) -> None:
    workspace, client = shop(console)
    client.post(
        "/prices/set/", {"country": "*", "kind": "sms", "price": "0.041", "at": "", "currency": "EUR"}
    )
    top_up(client, "1284.60")
    query = "UPDATE sayso.workspaces SET opt_out_message = 'STOP ends it' WHERE id = %s"
    console.execute(query, workspace)
    rows.people(console, workspace)
    tried = client.post("/campaigns/preview/", {"recipients": "everybody", "body": "x" * 200})
    assert "€0.082 to them" in text(tried)
    campaign = rows.campaign(console, workspace, "Autumn box")
    refused = text(client.post(f"/campaigns/{campaign}/review/", {"when": "now"}, follow=True))
    assert "Rehearse it" in refused
    rows.tallies(console, workspace, campaign, (("queued", "", 17_135),), rehearsal=True)
    cost = "INSERT INTO sayso.campaign_costs VALUES (%s, %s, true, %s, %s, %s, %s, %s)"
    console.execute(cost, workspace, campaign, "GB", 15_931, 31_862, 15_931, 31_862 * 41_000)
    console.execute(cost, workspace, campaign, "FR", 1_204, 2_408, 1_204, 2_408 * 49_000)
    page = text(client.get(f"/campaigns/{campaign}/review/"))
    assert "Cost €1,424.34" in page
    assert "31,862 × €0.041" in page
    assert "Not yet: credit is €139.74 short." in page
    assert "You can undo it" not in page
    told = text(client.post(f"/campaigns/{campaign}/review/", {"when": "now"}, follow=True))
    assert "Credit is €139.74 short" in told
    top_up(client, "1000")
    client.post("/credit/caps/", {"most": "500", "begins": ""})
    capped = text(client.get(f"/campaigns/{campaign}/review/"))
    assert (
        "It would wait at a spend cap. It would cost €1,424.34; all texts of a day may cost €500.00" in capped
    )
    assert console.execute("SELECT state FROM sayso.campaigns WHERE id = %s", campaign) == [("draft",)]


@pytest.mark.rule("R9.11")
def test_the_day_is_capped_by_a_form_that_shows_what_is_used_up(console: Console) -> None:
    workspace, client = shop(console)
    assert "No price is set" in text(client.get("/credit/caps/"))
    said = {"country": "GB", "kind": "sms", "price": "0,041", "at": "", "currency": "GBP"}
    client.post("/prices/set/", said)
    wrong = client.post("/credit/caps/", {"most": "50", "begins": "+44 lots"})
    assert wrong.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "“+44 lots” cannot be read." in text(wrong)
    page = text(client.post("/credit/caps/", {"most": "50", "begins": "+1876 5\n+44 20,5"}, follow=True))
    assert "Spend caps saved." in page
    assert "+1876 £0.00 £5.00" in page and "all numbers £0.00 £50.00" in page
    console.execute("UPDATE sayso.spend_caps SET told = 100 WHERE prefix = '44' RETURNING 1")
    assert "Today’s cap for numbers that begin with +44 is used up" in text(client.get("/home/heard/"))
    trail = text(client.get("/audit/"))
    assert "Changed spend caps" in trail
    client.post("/credit/caps/", {"most": "", "begins": ""})
    assert console.execute("SELECT 1 FROM sayso.spend_caps WHERE workspace_id = %s", workspace) == []
