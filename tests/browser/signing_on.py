"""What every sign-on must come to, whichever protocol the company's provider speaks."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from contextlib import AbstractContextManager

from playwright.sync_api import Page, expect

from tests.browser.people import add_app, next_code, sign_in
from tests.consoles import Console, Person

Vouching = Callable[[str], AbstractContextManager[object]]
"""A provider that says this address is there, for as long as the block runs."""
Enter = Callable[[Page, str], None]
"""From the sign-in page of this address to the provider and back."""


def refused(page: Page, *words: str) -> None:
    """The page that says why nobody was signed in."""
    expect(page.get_by_role("heading", name="You are not signed in")).to_be_visible()
    for each in words:
        expect(page.get_by_text(each)).to_be_visible()


def invitation(console: Console, workspace: int, owner: Person, email: str) -> str:
    """The link of an open invitation."""
    token = secrets.token_urlsafe(32)
    console.execute(
        "INSERT INTO sayso.invitations (workspace_id, email, role, hash, invited_by, expires_at) "
        "VALUES (%s, %s, 'agent', %s, %s, now() + interval '1 day')",
        workspace,
        email,
        hashlib.sha256(token.encode()).digest(),
        owner.id,
    )
    return f"/join/{token}/"


def the_second_factor_is_asked_for(
    page: Page, address: str, person: Person, vouching: Vouching, enter: Enter
) -> None:
    """Whoever has a second factor on this server gives it all the same."""
    sign_in(page, address, person)
    secret = add_app(page, address, person)
    page.context.clear_cookies()
    with vouching(person.email):
        enter(page, address)
        expect(page.get_by_role("heading", name="One thing more")).to_be_visible()
        page.get_by_label("Code").fill(next_code(secret))
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", name="Your account")).to_be_visible()


def a_stranger_is_refused(
    page: Page, address: str, console: Console, vouching: Vouching, enter: Enter
) -> None:
    """Nobody signs up by a provider."""
    console.person()
    before = console.execute("SELECT count(*) FROM console.accounts_user")
    with vouching("stranger@elsewhere.example"):
        enter(page, address)
        refused(page, "nobody here has that address", "Only people who have an account or an invitation")
    assert console.execute("SELECT count(*) FROM console.accounts_user") == before


def what_somebody_else_set_ends(
    page: Page, address: str, console: Console, vouching: Vouching, enter: Enter
) -> None:
    """The password of an account that was made by a link, which may be the inviter's, opens it no more."""
    workspace = console.workspace()
    person = console.person((workspace, "agent"))
    console.execute("UPDATE console.accounts_user SET joined_by_link = true WHERE id = %s", person.id)
    with vouching(person.email):
        enter(page, address)
        expect(page.get_by_role("heading", name="Your account")).to_be_visible()
    page.context.clear_cookies()
    sign_in(page, address, person)
    expect(page.get_by_text("That didn’t match.")).to_be_visible()
    query = "SELECT after FROM sayso.audit WHERE workspace_id = %s AND action = 'account_changed'"
    assert console.execute(query, workspace) == [({"password": "removed", "second_factors": "removed"},)]
