"""The dashboard's figures and a campaign's report as a person meets them, and as files."""

from __future__ import annotations

import csv
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest

from sayso.core import money
from tests.browser.pages import campaigns as rows
from tests.browser.pages import reports
from tests.console_visits import signed_in, text
from tests.consoles import Console
from tests.doors.test_console_contacts import handed_out


def begun(console: Console) -> tuple[Any, dict[str, Any]]:
    workspace = console.workspace()
    made = reports.furnish(console, workspace)
    return signed_in(console.person((workspace, "analyst"))), {"workspace": workspace, **made}


def lines(answer: Any) -> list[list[str]]:
    """The rows of a CSV file."""
    body = handed_out(answer) if answer.streaming else answer.content
    return list(csv.reader(StringIO(body.decode("utf-8-sig"))))


@pytest.mark.rule("R13.1")
def test_the_dashboard_tells_the_days_that_are_asked_for_and_its_file_agrees(console: Console) -> None:
    client, made = begun(console)
    table = lines(client.get("/home/by-country.csv?days=30"))
    query = (
        "SELECT country, sum(messages)::text FROM sayso.usage WHERE workspace_id = %s AND kind = 'left'"
        " AND grain = 60 GROUP BY 1 ORDER BY sum(messages) DESC"
    )
    assert [tuple(row[:2]) for row in table[1:]] == console.execute(query, made["workspace"])
    whole = sum(int(row[1]) for row in table[1:])
    page = text(client.get("/home/?days=30"))
    assert f"Messages {whole:,}" in " ".join(page.split())
    assert "United Kingdom" in page
    charged = (
        "SELECT sum(price) FROM sayso.usage WHERE workspace_id = %s AND kind = 'charged' AND grain = 1440"
    )
    paid = console.execute(charged, made["workspace"])[0][0]
    assert sum(money.read(row[7]) or 0 for row in table[1:]) == paid > 0
    assert f"Cost {money.written(int(paid), 'EUR')}" in " ".join(page.split())
    console.execute("UPDATE sayso.usage SET priced = 0, price = 0 WHERE kind = 'charged' AND country = 'GB'")
    page = " ".join(text(client.get("/home/?days=30")).split())
    assert "Cost at least €" in page
    assert "unknown" in page
    assert "None in this time." in text(client.get("/home/?from=2020-01-01&to=2020-01-07"))
    page = text(client.get("/home/?from=2026-02-02&to=2026-02-01"))
    assert "The last day is before the first." in page


@pytest.mark.rule("R13.2")
def test_a_report_and_its_files_tell_the_same_and_no_cell_is_a_formula(console: Console) -> None:
    client, made = begun(console)
    page = " ".join(text(client.get(f"/campaigns/{made['report']}/")).split())
    for figure in (
        "18,412 people",
        "17,135 93.1% of planned",
        "16,702 97.5% of sent",
        "389 2.3% of delivered",
    ):
        assert figure in page
    found = lines(client.get(f"/campaigns/{made['report']}/figures.csv"))
    told = {(row[0], row[1]): row[2] for row in found}
    assert (told["sent", ""], told["replied", ""]) == ("17135", "389")
    assert told["not sent", "Number already in this campaign"] == "121"
    assert [row for row in found if row[0] == "sent until"][-1][2] == "17040"

    stands = {"state": "sending", "starts_at": made["at"] - timedelta(1)}
    scene = rows.campaign(console, made["workspace"], "Files", **stands)
    rows.messages(console, made["workspace"], scene, 1)
    query = (
        "INSERT INTO sayso.messages (workspace_id, phone, recipient, connection_id, line_id, sender, class,"
        " purpose, category, campaign_id, body, encoding, parts)"
        " SELECT %s, 447700900009, '+447700900009', 1, 1, 'x', 'advertising', 'campaign', 'promotions', %s,"
        " '=HYPERLINK(1)', 'GSM-7', 1"
    )
    console.execute(query, made["workspace"], scene)
    head, *people = lines(client.get(f"/campaigns/{scene}/recipients.csv"))
    assert head[:4] == ["number", "external id", "status", "reason"]
    assert len(people) == 9
    assert people[0][2] == "delivered"
    assert people[-1][0] == "447700900009"
    assert people[-1][-1] == "'=HYPERLINK(1)"
