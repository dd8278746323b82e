"""People sign in with the company's SAML provider, which stands on another site than the console."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings
from django.test import override_settings
from playwright.sync_api import Page, expect

from sayso.console.open_id import OpenId
from sayso.console.providers import provider_settings
from sayso.console.saml import Saml
from tests.browser.looking import faults
from tests.browser.signing_on import (
    a_stranger_is_refused,
    invitation,
    refused,
    the_second_factor_is_asked_for,
    what_somebody_else_set_ends,
)
from tests.consoles import Console
from tests.saml_provider import DENIED, OTHER_KEYS, PERSISTENT, Provider, providing

OPEN_ID = OpenId("https://login.example.com", "sayso", "a secret of two", "Heather ID")


@contextmanager
def vouching(email: str, open_id: OpenId | None = None, **said: Any) -> Iterator[Provider]:
    """A provider that says who is there, and sends them back at once."""
    with providing(name_id=email, **said) as provider:
        saml = Saml(f"{provider.url}/metadata", "Fern ID")
        values = replace(settings.SAYSO_VALUES, saml=saml, open_id=open_id)
        with override_settings(SAYSO_VALUES=values, **provider_settings(open_id, saml)):
            yield provider


def enter(page: Page, url: str) -> None:
    """The button of the sign-in page."""
    page.goto(f"{url}/sign-in/?next=/account/")
    page.get_by_role("link", name="Continue with Fern ID").click()


@pytest.mark.rule("R2.2")
def test_a_person_signs_in_with_the_provider_and_nothing_of_it_is_kept(
    page: Page, address: str, console: Console
) -> None:
    person = console.person((console.workspace(), "owner"))
    with vouching(person.email.upper()) as provider:
        enter(page, address)
        expect(page.get_by_role("heading", name="Your account")).to_be_visible()
        expect(page.get_by_text(person.email)).to_be_visible()
        assert len(provider.asked) == 1
    assert console.execute("SELECT count(*) FROM console.socialaccount_socialaccount") == [(0,)]
    kept = {cookie["name"]: cookie for cookie in page.context.cookies()}
    assert kept["sayso_session"]["sameSite"] == "Lax"


@pytest.mark.rule("R2.2")
def test_a_second_factor_of_this_server_is_asked_for_after_saml_too(
    page: Page, address: str, console: Console
) -> None:
    person = console.person((console.workspace(), "owner"))
    the_second_factor_is_asked_for(page, address, person, vouching, enter)


@pytest.mark.rule("R2.2")
def test_both_providers_may_be_set_up_and_are_told_apart(page: Page, address: str, console: Console) -> None:
    person = console.person((console.workspace(), "owner"))
    console.execute("UPDATE console.accounts_user SET password = '!' WHERE id = %s", person.id)
    with vouching(person.email, open_id=OPEN_ID):
        page.goto(f"{address}/sign-in/")
        expect(page.get_by_role("link", name="Continue with Heather ID")).to_be_visible()
        assert faults(page, "sign-in with two providers") == []
        enter(page, address)
        expect(page.get_by_role("heading", name="Your account")).to_be_visible()
        expect(page.get_by_text("You sign in with Heather ID or Fern ID.")).to_be_visible()
        assert faults(page, "account without a password") == []


@pytest.mark.rule("R2.2")
def test_a_stranger_to_this_server_is_refused_after_saml_too(
    page: Page, address: str, console: Console
) -> None:
    a_stranger_is_refused(page, address, console, vouching, enter)


@pytest.mark.rule("R2.2")
@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"keys": OTHER_KEYS}, "cannot be believed"),
        ({"asked": ""}, "has to begin here"),
        ({"status": DENIED}, "did not let you through"),
        ({"name_format": PERSISTENT}, "did not say which e-mail address is yours"),
    ],
    ids=["disbelieved", "unasked", "declined", "addressless"],
)
def test_each_refusal_says_what_happened_and_what_to_do(
    page: Page, address: str, console: Console, said: dict[str, Any], words: str
) -> None:
    person = console.person((console.workspace(), "owner"))
    with vouching(person.email, **said):
        enter(page, address)
        refused(page, words)
        assert faults(page, words) == []
        page.get_by_role("link", name="Back to sign-in").click()
        expect(page.get_by_role("heading", name="Welcome back")).to_be_visible()


@pytest.mark.rule("R2.1", "R2.2")
def test_an_invited_person_joins_by_saml_without_a_password(
    page: Page, address: str, console: Console
) -> None:
    workspace = console.workspace("Fernery")
    owner = console.person((workspace, "owner"), name="Olga Fern")
    email = "invited.by.saml@littlefern.example"
    names = {"displayName": "Iva Fern"}
    with vouching(email, attributes=names):
        page.goto(address + invitation(console, workspace, owner, email))
        assert faults(page, "invitation with a provider") == []
        page.get_by_role("link", name="Continue with Fern ID").click()
        page.get_by_role("button", name="Join Fernery").click()
        expect(page.get_by_role("heading", name="Inbox")).to_be_visible()
        page.goto(f"{address}/account/")
        expect(page.get_by_text("You sign in with Fern ID.")).to_be_visible()
        expect(page.get_by_label("Name")).to_have_value("Iva Fern")


@pytest.mark.rule("R2.2", "R2.4")
def test_what_somebody_else_set_for_an_address_ends_with_saml_and_is_audited(
    page: Page, address: str, console: Console
) -> None:
    what_somebody_else_set_ends(page, address, console, vouching, enter)
