"""A double click makes one thing, also while the first of its two requests is still at work."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http import HTTPStatus
from threading import Barrier
from typing import Any

import pytest

from sayso import console as room
from sayso.actions import credit
from sayso.actions.campaign_tests import send_test
from tests.console_visits import signed_in, text
from tests.consoles import Console, apart

CLICKS = 4
CAMPAIGN = {"name": "Twice", "recipients": "none", "body": "Hi", "category": "", "per": "number"}


@pytest.mark.parametrize(
    ("path", "form", "made"),
    [
        ("/campaigns/new/", CAMPAIGN, "campaigns"),
        ("/lists/new/", {"name": "Twice"}, "lists"),
    ],
)
def test_of_a_double_click_one_thing_is_made(
    console: Console, path: str, form: dict[str, Any], made: str
) -> None:
    workspace = console.workspace()
    person = console.person((workspace, "owner"))
    clients = [signed_in(person) for _ in range(CLICKS)]
    together = Barrier(CLICKS)

    def click(place: int) -> int:
        def ask() -> int:
            together.wait(30)
            return int(clients[place].post(path, form | {"once": "one-form"}).status_code)

        return apart(ask)

    with ThreadPoolExecutor(CLICKS) as pool:
        answers = list(pool.map(click, range(CLICKS)))
    assert answers == [HTTPStatus.SEE_OTHER] * CLICKS
    count = f"SELECT count(*) FROM sayso.{made} WHERE workspace_id = %s"
    assert console.execute(count, workspace) == [(1,)]


def test_a_form_that_was_refused_may_be_sent_again(console: Console) -> None:
    workspace = console.workspace()
    client = signed_in(console.person((workspace, "owner")))
    client.post("/lists/new/", {"name": "There already", "once": "first"})
    refused = client.post("/lists/new/", {"name": "There already", "once": "second"})
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert client.post("/lists/new/", {"name": "Another", "once": "second"}).status_code == 303
    names = "SELECT name FROM sayso.lists WHERE workspace_id = %s ORDER BY name"
    assert console.execute(names, workspace) == [("Another",), ("There already",)]


def test_a_form_that_ended_in_an_error_page_may_be_sent_again(console: Console) -> None:
    workspace = console.workspace()
    owner, person = console.person((workspace, "owner")), console.person((workspace, "analyst"))
    made = signed_in(owner).post("/campaigns/new/", CAMPAIGN | {"once": "made"})
    assert made.status_code == HTTPStatus.SEE_OTHER
    ((campaign,),) = console.execute("SELECT id FROM sayso.campaigns WHERE workspace_id = %s", workspace)
    client = signed_in(person)
    copying = f"/campaigns/{campaign}/copy/", {"once": "copied"}
    assert client.post(*copying).status_code == HTTPStatus.FORBIDDEN
    promote = "UPDATE sayso.memberships SET role = 'marketer' WHERE user_id = %s RETURNING user_id"
    console.execute(promote, person.id)
    count = "SELECT count(*) FROM sayso.campaigns WHERE workspace_id = %s"
    for _ in range(2):
        assert client.post(*copying).status_code == HTTPStatus.SEE_OTHER
        assert console.execute(count, workspace) == [(2,)]


def test_a_launch_that_stood_in_the_way_of_a_limit_may_be_sent_again(console: Console) -> None:
    workspace = console.workspace()
    console.category(workspace, "promotions")
    client = signed_in(console.person((workspace, "owner")))
    drafted = CAMPAIGN | {"recipients": "everybody", "category": "promotions"}
    client.post("/campaigns/new/", drafted | {"once": "made"})
    ((campaign,),) = console.execute("SELECT id FROM sayso.campaigns WHERE workspace_id = %s", workspace)
    launching = f"/campaigns/{campaign}/review/", {"when": "now", "once": "launched"}
    limit = "UPDATE sayso.workspaces SET approve_above = %s WHERE id = %s RETURNING 1"
    console.execute(limit, 1, workspace)
    client.post(*launching)
    state = "SELECT state FROM sayso.campaigns WHERE id = %s"
    assert console.execute(state, campaign) == [("draft",)]
    console.execute(limit, None, workspace)
    client.post(*launching)
    assert console.execute(state, campaign) == [("scheduled",)]


def answer_lost(action: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """The same action, done to its end, whose answer nobody gets."""

    async def done(*asked: Any) -> Any:
        await action(*asked)
        raise TimeoutError

    return done


@pytest.mark.rule("R9.5")
def test_a_test_whose_answer_was_lost_does_not_leave_twice(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = console.workspace()
    console.line(workspace, "447700900118")
    client = signed_in(console.person((workspace, "owner")))
    client.post("/campaigns/new/", CAMPAIGN | {"once": "made"})
    ((campaign,),) = console.execute("SELECT id FROM sayso.campaigns WHERE workspace_id = %s", workspace)
    page, test = f"/campaigns/{campaign}/test/", {"to": "07700 900641", "as": "0"}
    left = "SELECT count(*) FROM sayso.messages WHERE workspace_id = %s"
    with monkeypatch.context() as losing:
        losing.setattr("sayso.console.campaigns.testing.send_test", answer_lost(send_test))
        assert client.post(page, test | {"once": "pressed"}).status_code == HTTPStatus.INTERNAL_SERVER_ERROR
    assert console.execute(left, workspace) == [(1,)]
    for _ in range(2):
        again = client.post(page, test | {"once": "pressed"})
        assert again.status_code == HTTPStatus.CONFLICT
        assert "Nobody knows whether it was done" in text(again)
        assert "Look at the telephones that the test was for" in text(again)
        assert console.execute(left, workspace) == [(1,)]
    client.post(page, test | {"once": "from-a-new-page"})
    assert console.execute(left, workspace) == [(2,)]


@pytest.mark.rule("R13.3")
def test_a_top_up_whose_answer_was_lost_is_not_booked_twice(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = console.workspace()
    person = console.person((workspace, "owner"))
    apart(partial(room.set_operator, person.email, True))
    client = signed_in(person)
    asked = {"amount": "100", "note": "Invoice 7", "currency": "EUR", "once": "pressed"}
    with monkeypatch.context() as losing:
        losing.setattr(credit, "top_up", answer_lost(credit.top_up))
        assert client.post("/credit/top-up/", asked).status_code == HTTPStatus.INTERNAL_SERVER_ERROR
    again = client.post("/credit/top-up/", asked)
    assert again.status_code == HTTPStatus.CONFLICT
    assert "Look into the ledger" in text(again)
    booked = "SELECT count(*) FROM sayso.credit_entries WHERE workspace_id = %s AND kind = 'top_up'"
    assert console.execute(booked, workspace) == [(1,)]


def test_a_form_of_which_nothing_was_begun_may_be_sent_again(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import OperationalError

    def away(*_said: Any) -> None:
        raise OperationalError

    workspace = console.workspace()
    client = signed_in(console.person((workspace, "owner")))
    asked, made = (
        {"name": "Wanted", "once": "pressed"},
        "SELECT name FROM sayso.lists WHERE workspace_id = %s",
    )
    with monkeypatch.context() as without:
        without.setattr("sayso.console.aside.keep", away)
        assert client.post("/lists/new/", asked).status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert console.execute(made, workspace) == []
    assert client.post("/lists/new/", asked).status_code == HTTPStatus.SEE_OTHER
    assert console.execute(made, workspace) == [("Wanted",)]
