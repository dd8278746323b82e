"""The console in a real browser: sign in, read the opt-outs, with and without scripting, at every width."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.looking import complaining, faults
from tests.browser.people import add_app, confirm, enter, next_code, sign_in
from tests.browser.screens import furnish
from tests.consoles import Console, Person


@pytest.fixture(scope="module")
def people(console: Console) -> dict[str, Person]:
    """A furnished workspace."""
    return furnish(console)


@pytest.mark.rule("R2.2")
def test_password_then_code_then_the_opt_outs(page: Page, address: str, console: Console) -> None:
    workspace = console.workspace()
    console.block(workspace, 447700900227, "baby stop pls")
    person = console.person((workspace, "owner"))
    sign_in(page, address, person)
    expect(page.get_by_role("heading", name="Welcome to Sayso")).to_be_visible()
    secret = add_app(page, address, person)
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    page.goto(f"{address}/sign-out/")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()

    sign_in(page, address, person)
    expect(page.get_by_role("heading", name="One thing more")).to_be_visible()
    # The password alone opens nothing.
    page.goto(f"{address}/opt-outs/")
    expect(page.get_by_role("heading", name="One thing more")).to_be_visible()
    page.get_by_label("Code").fill("000000")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_text("That code didn’t match")).to_be_visible()
    page.get_by_label("Code").fill(next_code(secret))
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="Welcome to Sayso")).to_be_visible()
    page.goto(f"{address}/opt-outs/")
    expect(page.get_by_text("baby stop pls")).to_be_visible()
    # The secret is not in the database as the app knows it.
    stored = str(console.execute("SELECT data FROM console.mfa_authenticator WHERE user_id = %s", person.id))
    assert secret not in stored


@pytest.mark.rule("R2.2")
def test_a_code_signs_in_once(page: Page, address: str, console: Console) -> None:
    person = console.person((console.workspace(), "owner"))
    sign_in(page, address, person)
    secret = add_app(page, address, person)
    now = next_code(secret)
    for expected in ("Welcome to Sayso", "That code didn’t match"):
        page.context.clear_cookies()
        sign_in(page, address, person)
        page.get_by_label("Code").fill(now)
        page.get_by_role("button", name="Sign in", exact=True).click()
        expect(page.get_by_text(expected)).to_be_visible()


@pytest.mark.rule("R2.2")
def test_a_recovery_code_signs_in_once(page: Page, address: str, console: Console) -> None:
    person = console.person((console.workspace(), "owner"))
    sign_in(page, address, person)
    add_app(page, address, person)
    lost = page.locator(".codes li").first.inner_text()
    for expected in ("Welcome to Sayso", "That code didn’t match"):
        page.context.clear_cookies()
        sign_in(page, address, person)
        page.get_by_label("Code").fill(lost)
        page.get_by_role("button", name="Sign in", exact=True).click()
        expect(page.get_by_text(expected)).to_be_visible()


@pytest.mark.rule("R2.2")
def test_a_passkey_is_made_and_signs_in_alone(page: Page, address: str, console: Console) -> None:
    authenticator = page.context.new_cdp_session(page)
    authenticator.send("WebAuthn.enable")
    authenticator.send("WebAuthn.addVirtualAuthenticator", {"options": VIRTUAL_KEY})
    person = console.person((console.workspace(), "owner"))
    sign_in(page, address, person)
    page.goto(f"{address}/account/passkeys/add/")
    confirm(page, person)
    page.get_by_label("Name").fill("Work laptop")
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    page.goto(f"{address}/account/passkeys/")
    expect(page.get_by_role("rowheader", name="Work laptop")).to_be_visible()
    page.context.clear_cookies()
    page.goto(f"{address}/sign-in/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("heading", name="Welcome to Sayso")).to_be_visible()


VIRTUAL_KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.mark.rule("R2.2")
def test_guessing_is_paused_and_says_for_how_long(page: Page, address: str, console: Console) -> None:
    person = console.person((console.workspace(), "owner"))
    for left in ("4 tries", "3 tries", "2 tries", "1 try"):
        sign_in(page, address, person, "not the password")
        expect(page.get_by_text(f"{left} left, then a pause of 5 minutes")).to_be_visible()
    sign_in(page, address, person, "not the password")
    sign_in(page, address, person)
    expect(page.get_by_text("Paused for 5 minutes.")).to_be_visible()


def test_everything_works_without_scripting(
    browser: Browser, address: str, people: dict[str, Person]
) -> None:
    with complaining(browser, java_script_enabled=False) as page:
        sign_in(page, address, people["nora"])
        page.goto(f"{address}/opt-outs/")
        page.get_by_label("Number, with its country code").fill("07700 900227")
        page.get_by_role("button", name="Find").click()
        expect(page.get_by_role("status").first).to_contain_text("1 opt-out of 07700 900227")
        page.goto(f"{address}/workspaces/")
        page.get_by_role("button", name="Switch to Quiet Harbour").click()
        expect(page.get_by_role("heading", name="Welcome to Sayso")).to_be_visible()


def test_finding_a_number_keeps_the_page_and_the_address(
    page: Page, address: str, people: dict[str, Person]
) -> None:
    enter(page, address, people["nora"])
    page.goto(f"{address}/opt-outs/")
    page.get_by_role("heading", name="Opt-outs").evaluate("heading => heading.dataset.kept = 'yes'")
    page.wait_for_load_state()  # the script that hears the key is the last to come
    page.keyboard.press("/")
    expect(page.get_by_label("Find a number or a keyword")).to_be_focused()
    page.get_by_label("Number, with its country code").focus()
    page.keyboard.type("+44 7700 900227")
    page.keyboard.press("Enter")
    expect(page.locator("#count")).to_have_text("1 opt-out of +44 7700 900227")
    expect(page.get_by_role("rowheader")).to_have_text(["+44 7700 900227"])
    expect(page.locator("h1")).to_have_attribute("data-kept", "yes")
    expect(page.get_by_label("Number, with its country code")).to_be_focused()
    expect(page).to_have_url(re.compile(r"[?]number="))
    page.go_back()
    expect(page.locator("#count")).to_have_text(re.compile(r"^\d+ opt-outs$"))
    expect(page.locator("h1")).to_be_visible()


def test_the_menu_opens_on_a_telephone(browser: Browser, address: str, people: dict[str, Person]) -> None:
    with complaining(browser, viewport={"width": 390, "height": 844}) as page:
        sign_in(page, address, people["nora"])
        expect(page.get_by_role("heading", name="Welcome to Sayso")).to_be_visible()
        page.wait_for_load_state()
        page.get_by_role("button", name="Menu", exact=True).click()
        menu = page.get_by_role("navigation", name="Main")
        expect(menu.get_by_role("link", name="Opt-outs")).to_be_visible()
        page.keyboard.press("Escape")
        expect(menu).to_be_hidden()


PAGES = (
    ("nora", "/home/"),
    ("nora", "/opt-outs/"),
    ("nora", "/opt-outs/?number=%2B447700900999"),
    ("nora", "/workspaces/"),
    ("nora", "/account/"),
    ("nora", "/account/password/"),
    ("nora", "/sign-out/"),
    ("nora", "/account/app/add/"),
    ("nora", "/account/passkeys/add/"),
    ("nora", "/account/passkeys/"),
    ("nora", "/nowhere/"),
    ("quiet", "/home/"),
    ("quiet", "/opt-outs/"),
    ("agent", "/"),
    ("agent", "/opt-outs/"),
    ("nobody", "/"),
    (None, "/sign-in/"),
)


@pytest.mark.parametrize("who", ["nora", "quiet", "agent", "nobody", None])
def test_pages_are_accessible_and_fit(
    page: Page, address: str, people: dict[str, Person], who: str | None
) -> None:
    """axe's rules at the widest and the narrowest, and no sideways scroll at any width."""
    found: list[str] = []
    if who:
        enter(page, address, people[who])
    if who == "nora":
        page.goto(f"{address}/account/app/add/")
        found += faults(page, "/account/confirm/")
        confirm(page, people[who])
    for path in (path for owner, path in PAGES if owner == who):
        page.goto(address + path)
        found += faults(page, path)
    assert found == []
