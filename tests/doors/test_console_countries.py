"""Country rules as pages: in words, with source and date, what is unknown said aloud."""

from __future__ import annotations

from datetime import date
from http import HTTPStatus

import pytest

from tests.console_visits import signed_in, text
from tests.consoles import Console


@pytest.mark.rule("R14.1")
def test_every_country_has_its_page_with_sources_and_dates(console: Console) -> None:
    from sayso.core.countries import COUNTRIES

    client = signed_in(console.person((console.workspace(), "analyst")))
    listed = text(client.get("/countries/"))
    for code, rules in COUNTRIES.items():
        assert rules.name.removeprefix("the ") in listed
        answer = client.get(f"/countries/{code}/")
        assert answer.status_code == HTTPStatus.OK
        assert f'href="{rules.senders.source}"' in answer.content.decode() or " " in rules.senders.source
        assert f"{date.fromisoformat(rules.senders.checked):%d-%m-%Y}" in text(answer)
    assert "Hours, Florida Advertising may arrive every day 08:00 to 20:00" in text(
        client.get("/countries/US/")
    )


@pytest.mark.rule("R14.2")
def test_what_is_unknown_is_said_with_its_strict_branch(console: Console) -> None:
    page = text(signed_in(console.person((console.workspace(), "analyst"))).get("/countries/DE/"))
    assert "No: we stay silent" in page
    assert (
        "Whether Germany wants an opt-out confirmed is unknown: so none goes out until it is allowed." in page
    )
    assert "Allow confirmations" not in page
    assert "The compliance owner, an admin or an owner can allow it." in page


@pytest.mark.rule("R14.2", "R2.4")
def test_a_compliance_owner_allows_a_confirmation_and_takes_it_back(console: Console) -> None:
    workspace = console.workspace()
    client = signed_in(console.person((workspace, "compliance_owner"), name="Imke Vos"))
    assert "Allow confirmations of a stop to Germany?" in text(client.get("/countries/DE/allow/"))
    assert "Allowed by Imke Vos" in text(client.post("/countries/DE/allow/", follow=True))
    assert "Not known, and allowed by a person." in text(client.get("/countries/"))
    assert "No: we stay silent" in text(client.post("/countries/DE/withdraw/", follow=True))
    trail = console.execute(
        "SELECT action, object_id FROM sayso.audit WHERE workspace_id = %s ORDER BY id", workspace
    )
    assert trail == [("allowed", "DE"), ("withdrawn", "DE")]


@pytest.mark.rule("R14.2")
def test_nobody_else_allows_it_and_nothing_known_is_allowed(console: Console) -> None:
    workspace = console.workspace()
    for role in ("analyst", "marketer"):
        client = signed_in(console.person((workspace, role)))
        assert client.post("/countries/DE/allow/").status_code == HTTPStatus.FORBIDDEN
    owner = signed_in(console.person((workspace, "owner")))
    assert owner.post("/countries/US/allow/").status_code == HTTPStatus.NOT_FOUND
    assert owner.get("/countries/XX/").status_code == HTTPStatus.NOT_FOUND


@pytest.mark.rule("R14.1")
def test_what_is_older_than_180_days_is_marked(console: Console) -> None:
    from sayso.console.countries.words import rule_lines
    from sayso.core.countries import COUNTRIES

    lines = rule_lines(COUNTRIES["GB"], date(2027, 6, 1))
    assert {line.old for line in lines if line.checked} == {True}
    assert {line.old for line in rule_lines(COUNTRIES["GB"], date(2027, 5, 21))} == {False}
