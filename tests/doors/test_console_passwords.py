"""The way back in for somebody who forgot their password."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http import HTTPStatus

import pytest
from django.conf import settings
from django.test import override_settings

from sayso.console.mail import mail_settings
from tests.console_visits import signed_in, text, visitor
from tests.consoles import Console, Person
from tests.letters import listening
from tests.running import until

NEW = "another fern in the window"
SET = {"password1": NEW, "password2": NEW}


@contextmanager
def mailing() -> Iterator[list[str]]:
    """A mail server stands behind the console; the lines that it heard."""
    with listening() as (port, heard):
        url = f"smtp://127.0.0.1:{port}"
        values = replace(settings.SAYSO_VALUES, smtp_url=url)
        with override_settings(SAYSO_VALUES=values, **mail_settings(url, "sms.example.com")):
            yield heard


def link(heard: list[str], person: Person) -> str:
    """Where the newest mail to this person leads."""
    until("the mail is taken", lambda: person.email in " ".join(heard) and heard[-1].upper() == "QUIT")
    return re.findall(r"http://localhost:\d+(/sign-in/forgotten/\S+)", "\n".join(heard))[-1]


@pytest.mark.rule("R2.2", "R2.4")
def test_a_mailed_link_sets_a_password_once_and_ends_every_session(console: Console) -> None:
    workspace = console.workspace()
    person = console.person((workspace, "owner"))
    elsewhere = signed_in(person)
    with mailing() as heard:
        asked = visitor().post("/sign-in/forgotten/", {"email": person.email.upper()}, follow=True)
        assert "If somebody has an account" in text(asked)
        way = link(heard, person)
    client = visitor()
    page = client.get(way, follow=True)
    assert "Set a new password" in text(page)
    form = page.redirect_chain[-1][0]
    assert "too short" in text(client.post(form, {"password1": "short", "password2": "short"}))
    done = client.post(form, SET, follow=True)
    assert "Password changed" in text(done)
    assert "Welcome back" in text(done)
    assert elsewhere.get("/account/").status_code == HTTPStatus.FOUND
    assert visitor().get(way, follow=True).status_code == HTTPStatus.GONE
    assert client.post(form, SET).status_code == HTTPStatus.GONE
    signed_in(Person(person.id, person.email, NEW))
    query = "SELECT user_id, after FROM sayso.audit WHERE workspace_id = %s AND action = 'account_changed'"
    assert console.execute(query, workspace) == [(person.id, {"password": "set anew by a mailed link"})]


@pytest.mark.rule("R2.2")
def test_nobody_learns_from_the_answer_who_has_an_account(console: Console) -> None:
    person = console.person((console.workspace(), "owner"))
    with mailing() as heard:
        answers = [
            text(visitor().post("/sign-in/forgotten/", {"email": email}, follow=True))
            for email in ("nobody@littlefern.example", person.email)
        ]
        link(heard, person)
    assert answers[0] == answers[1]
    assert not any("nobody@" in line for line in heard)


@pytest.mark.rule("R2.2")
def test_an_address_is_mailed_three_links_an_hour_whoever_asks(console: Console) -> None:
    person = console.person((console.workspace(), "owner"))
    with mailing():
        statuses = [
            visitor().post("/sign-in/forgotten/", {"email": person.email}, headers={"host": host}).status_code
            for host in ("localhost", "127.0.0.1", "localhost", "127.0.0.1")
        ]
    assert statuses == [302, 302, 302, 429]


@pytest.mark.rule("R2.2")
def test_without_a_mail_server_people_are_told_whom_to_ask(console: Console) -> None:
    assert "Forgotten your password?" in text(visitor().get("/sign-in/"))
    for answer in (
        visitor().get("/sign-in/forgotten/"),
        visitor().post("/sign-in/forgotten/", {"email": "x"}),
    ):
        assert "Ask whoever runs it" in text(answer)
        assert "sayso user password you@example.com" in text(answer)


def test_a_link_that_was_made_up_opens_nothing(console: Console) -> None:
    answer = visitor().get("/sign-in/forgotten/1/abc-def/", follow=True)
    assert (answer.status_code, "This link opens nothing" in text(answer)) == (HTTPStatus.GONE, True)
