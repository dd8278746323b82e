"""Sign-on by a real OpenID provider on loopback, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from django.test import override_settings
from oidc_provider_mock import User, run_server_in_thread
from playwright.sync_api import Page, expect

from sayso.console.open_id import OpenId
from sayso.console.providers import provider_settings
from tests.browser.people import sign_in
from tests.browser.signing_on import (
    a_stranger_is_refused,
    invitation,
    refused,
    the_second_factor_is_asked_for,
    what_somebody_else_set_ends,
)
from tests.consoles import Console
from tests.running import free_port


@contextmanager
def offered(issuer: str) -> Iterator[None]:
    """The console offers the provider at this address."""
    open_id = OpenId(issuer, "sayso", "a secret of two", "Fern ID")
    values = replace(settings.SAYSO_VALUES, open_id=open_id)
    with override_settings(SAYSO_VALUES=values, **provider_settings(open_id, None)):
        yield


@contextmanager
def vouching(email: str, **claims: Any) -> Iterator[None]:
    """A provider that knows one person, `nora`, and says this of the address."""
    said = {"email": email, "email_verified": True, "name": "Nora Ilves"} | claims
    people = [User(sub="nora", claims=said)]
    with (
        run_server_in_thread(user_claims=people) as server,
        offered(f"http://localhost:{server.server_port}"),
    ):
        yield


def enter(page: Page, url: str) -> None:
    """The button of the sign-in page, and Nora at the provider."""
    page.goto(f"{url}/sign-in/?next=/account/")
    page.get_by_role("link", name="Continue with Fern ID").click()
    expect(page.get_by_text("Authorize Client")).to_be_visible()
    page.get_by_role("button", name="nora").click()


@pytest.mark.rule("R2.2")
def test_a_person_signs_in_with_the_provider_and_proves_which_browser_asked(
    page: Page, address: str, console: Console
) -> None:
    person = console.person((console.workspace(), "owner"))
    with vouching(person.email.upper()):
        page.goto(f"{address}/sign-in/?next=/account/")
        page.get_by_role("link", name="Continue with Fern ID").click()
        expect(page.get_by_text("Authorize Client")).to_be_visible()
        asked = parse_qs(urlsplit(page.url).query)
        assert asked["code_challenge_method"] == ["S256"]
        assert asked["redirect_uri"] == [f"{console.url}/sign-in/company/back/"]
        page.get_by_role("button", name="nora").click()
        expect(page.get_by_role("heading", name="Your account")).to_be_visible()
        expect(page.get_by_text(person.email)).to_be_visible()
    assert console.execute("SELECT count(*) FROM console.socialaccount_socialaccount") == [(0,)]


@pytest.mark.rule("R2.2")
def test_a_second_factor_of_this_server_is_asked_for_all_the_same(
    page: Page, address: str, console: Console
) -> None:
    person = console.person((console.workspace(), "owner"))
    the_second_factor_is_asked_for(page, address, person, vouching, enter)


@pytest.mark.rule("R2.2")
def test_a_stranger_is_refused_and_no_account_is_made(page: Page, address: str, console: Console) -> None:
    a_stranger_is_refused(page, address, console, vouching, enter)


@pytest.mark.rule("R2.2")
@pytest.mark.parametrize("word", [False, "false", None])
def test_an_unverified_address_is_refused(page: Page, address: str, console: Console, word: object) -> None:
    person = console.person((console.workspace(), "owner"))
    with vouching(person.email, email_verified=word):
        enter(page, address)
        refused(page, "did not say that your e-mail address is verified")
    page.goto(f"{address}/account/")
    expect(page.get_by_role("heading", name="Welcome back")).to_be_visible()


@pytest.mark.rule("R2.2")
def test_a_provider_that_is_away_is_said_and_the_password_still_works(
    page: Page, address: str, console: Console
) -> None:
    person = console.person((console.workspace(), "owner"))
    with offered(f"http://localhost:{free_port()}"):
        page.goto(f"{address}/sign-in/")
        page.get_by_role("link", name="Continue with Fern ID").click()
        refused(page, "can’t be reached", "sign in with a password or passkey")
    sign_in(page, address, person)
    page.wait_for_url(lambda url: "sign-in" not in url)


@pytest.mark.rule("R2.2")
def test_whoever_is_cancelled_or_comes_with_a_borrowed_answer_is_told(
    page: Page, address: str, console: Console
) -> None:
    person = console.person((console.workspace(), "owner"))
    with vouching(person.email):
        page.goto(f"{address}/sign-in/")
        page.get_by_role("link", name="Continue with Fern ID").click()
        expect(page.get_by_text("Authorize Client")).to_be_visible()
        # This provider forgets the state when it is told no; others send it back, as the protocol says.
        (state,) = parse_qs(urlsplit(page.url).query)["state"]
        page.goto(f"{address}/sign-in/company/back/?error=access_denied&state={state}")
        refused(page, "was cancelled")
        page.goto(f"{address}/sign-in/company/back/?code=borrowed&state=borrowed")
        refused(page, "was not begun in this browser")


@pytest.mark.rule("R2.1", "R2.2")
def test_an_invited_person_joins_without_a_password(page: Page, address: str, console: Console) -> None:
    workspace = console.workspace("Fernery")
    owner = console.person((workspace, "owner"), name="Olga Fern")
    with vouching("invited@littlefern.example"):
        page.goto(address + invitation(console, workspace, owner, "invited@littlefern.example"))
        page.get_by_role("link", name="Continue with Fern ID").click()
        page.get_by_role("button", name="nora").click()
        page.get_by_role("button", name="Join Fernery").click()
        expect(page.get_by_role("heading", name="Inbox")).to_be_visible()
        page.goto(f"{address}/account/")
        expect(page.get_by_text("You sign in with Fern ID.")).to_be_visible()
        page.goto(f"{address}/account/password/")
        expect(page.get_by_role("heading", name="Your account")).to_be_visible()


@pytest.mark.rule("R2.2")
def test_an_invitation_for_another_address_lets_nobody_in(page: Page, address: str, console: Console) -> None:
    workspace = console.workspace("Fernery")
    owner = console.person((workspace, "owner"))
    with vouching("other@littlefern.example"):
        page.goto(address + invitation(console, workspace, owner, "somebody@littlefern.example"))
        page.get_by_role("link", name="Continue with Fern ID").click()
        page.get_by_role("button", name="nora").click()
        refused(page, "nobody here has that address")


@pytest.mark.rule("R2.2", "R2.4")
def test_what_somebody_else_set_for_this_address_opens_it_no_more(
    page: Page, address: str, console: Console
) -> None:
    what_somebody_else_set_ends(page, address, console, vouching, enter)
