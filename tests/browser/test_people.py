"""An owner invites a colleague as agent, who sees the inbox and nothing else; makes an API key, shown once;
reads the audit trail of all of it. And every page of the areas around it, for axe and at every width."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.looking import by_keyboard, complaining, faults
from tests.browser.people import enter, sign_in
from tests.consoles import PASSWORD, Console, Person


@pytest.fixture
def nora(console: Console) -> Person:
    """The owner of a workspace."""
    return console.person((console.workspace(), "owner"))


def _joined(page: Page, link: str, name: str) -> None:
    page.goto(link)
    page.get_by_label("Your name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Join Little Fern").click()


def _tab_to(page: Page, wanted: Locator) -> None:
    for _ in range(60):
        page.keyboard.press("Tab")
        if wanted.evaluate("found => found === document.activeElement"):
            return
    raise AssertionError("Tab never came there")


def _menu(page: Page) -> list[str]:
    return page.get_by_role("navigation", name="Main").get_by_role("link").all_inner_texts()


@pytest.mark.rule("R2.1", "R2.3", "R2.4")
def test_an_owner_invites_an_agent_makes_a_key_and_reads_the_trail(
    page: Page, browser: Browser, address: str, nora: Person
) -> None:
    enter(page, address, nora)
    page.goto(f"{address}/settings/")
    page.get_by_role("link", name="Open people").click()
    page.get_by_role("link", name="Invite a colleague").click()
    page.get_by_label("E-mail").fill("tom@littlefern.example")
    expect(page.get_by_role("radio", name="Agent")).to_be_checked()
    page.get_by_role("button", name="Invite").click()
    link = page.get_by_label("Link").input_value()
    page.reload()
    expect(page.get_by_role("heading", name="This link was shown")).to_be_visible()

    with complaining(browser) as toms:
        _joined(toms, link, "Tom Reed")
        expect(toms.get_by_role("link", name="Tom Reed, your account")).to_be_visible()
        assert {"Opt-outs", "Keywords", "Numbers", "Settings"}.isdisjoint(_menu(toms))
        for path in ("/opt-outs/", "/settings/", "/people/", "/keys/", "/audit/", "/numbers/", "/unrouted/"):
            toms.goto(address + path)
            expect(toms.get_by_role("heading", level=1)).to_have_text("This page is not for your role")
        toms.goto(link)
        expect(toms.get_by_role("heading", level=1)).to_have_text("This link opens nothing")

    page.goto(f"{address}/keys/")
    page.get_by_role("link", name="Make a key").click()
    page.get_by_label("Name").fill("Shop")
    page.get_by_label("Send messages").check()
    page.get_by_role("button", name="Make key").click()
    key = page.get_by_label("API key").input_value()
    assert key.startswith("sayso_")
    page.get_by_role("link", name="Back to keys").click()
    expect(page.get_by_role("row", name="Shop")).to_contain_text("Live")
    assert key not in page.content()

    page.goto(f"{address}/audit/")
    for row in ("Nora Ilves Invited tom@littlefern.example", "Tom Reed Joined by invitation"):
        expect(page.get_by_role("row").filter(has_text=row.split(" ", 2)[2])).to_contain_text(
            row.split(" ")[0]
        )
    expect(page.get_by_role("row").filter(has_text="Made API key “Shop”")).to_contain_text("Nora Ilves")
    page.get_by_label("What").select_option("api_key")
    expect(page.get_by_role("status").filter(has_text="1 change")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="Joined by invitation")).to_have_count(0)


@pytest.mark.rule("R2.1", "R2.3")
def test_the_same_without_scripting(browser: Browser, address: str, nora: Person) -> None:
    with complaining(browser, java_script_enabled=False) as page:
        enter(page, address, nora)
        page.goto(f"{address}/people/invite/")
        page.get_by_label("E-mail").fill("jo@littlefern.example")
        page.get_by_role("button", name="Invite").click()
        link = page.get_by_label("Link").input_value()
        page.goto(f"{address}/keys/new/")
        page.get_by_label("Name").fill("Import")
        page.get_by_label("Make and change contacts").check()
        page.get_by_role("button", name="Make key").click()
        assert page.get_by_label("API key").input_value().startswith("sayso_")
        page.get_by_role("link", name="Back to keys").click()
        page.get_by_role("link", name="Revoke Import").click()
        page.get_by_role("button", name="Revoke").click()
        expect(page.get_by_role("status").filter(has_text="“Import” is revoked.")).to_be_visible()
        page.goto(f"{address}/audit/")
        page.get_by_label("What").select_option("invitation")
        page.get_by_role("button", name="Filter").click()
        expect(page.locator("#count")).to_have_text("1 change")
    with complaining(browser, java_script_enabled=False) as jos:
        _joined(jos, link, "Jo Brandt")
        expect(jos.get_by_role("link", name="Jo Brandt, your account")).to_be_visible()


@pytest.mark.rule("R2.1")
def test_inviting_changing_a_role_and_a_key_by_keyboard_alone(
    page: Page, console: Console, address: str, nora: Person
) -> None:
    ((workspace,),) = console.execute(
        "SELECT workspace_id FROM sayso.memberships WHERE user_id = %s", nora.id
    )
    tom = console.person((workspace, "agent"), name="Tom Reed")
    enter(page, address, nora)
    page.goto(f"{address}/people/")
    by_keyboard(page, "Invite a colleague")
    page.keyboard.press("Enter")
    page.wait_for_url("**/people/invite/")
    by_keyboard(page, "E-mail")
    page.keyboard.type("kim@littlefern.example")
    by_keyboard(page, "Invite")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Link")).to_be_visible()
    page.goto(f"{address}/people/{tom.id}/")
    page.get_by_role("radio", name="Agent").focus()
    page.keyboard.press("ArrowDown")
    by_keyboard(page, "Save role")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="Tom Reed is marketer now.")).to_be_visible()
    _tab_to(page, page.get_by_role("link", name="Remove Tom Reed"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Keep Tom Reed")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="Tom Reed no longer works")).to_be_visible()
    page.goto(f"{address}/settings/opt-out/")
    by_keyboard(page, "Opt-out terms")
    page.keyboard.type("take me off, no more")
    by_keyboard(page, "Save")
    page.keyboard.press("Enter")
    expect(page.locator(".chip")).to_have_text(["no more", "take me off"])


def test_a_key_is_copied(page: Page, address: str, nora: Person) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    enter(page, address, nora)
    page.goto(f"{address}/keys/new/")
    page.get_by_label("Name").fill("Shop")
    page.get_by_label("Send messages").check()
    page.get_by_role("button", name="Make key").click()
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == page.get_by_label("API key").input_value()


def test_what_forms_answer_is_accessible_and_fits(browser: Browser, address: str, nora: Person) -> None:
    found: list[str] = []
    with complaining(browser) as page:
        enter(page, address, nora)
        page.goto(f"{address}/people/invite/")
        page.get_by_label("E-mail").fill("lea@littlefern.example")
        page.get_by_role("button", name="Invite").click()
        found += faults(page, "invited")
        link = page.get_by_label("Link").input_value()
        page.goto(f"{address}/keys/new/")
        page.get_by_role("button", name="Make key").click()
        found += faults(page, "keys-new-wrong")
    with complaining(browser) as page:
        page.goto(link)
        found += faults(page, "join")
    assert found == []


def test_the_second_of_two_editors_of_settings_sees_the_difference_and_chooses(
    browser: Browser, console: Console, address: str
) -> None:
    imke = console.person((console.workspace(), "compliance_owner"), name="Imke Vos")
    with complaining(browser, color_scheme="dark") as page:
        sign_in(page, address, imke)
        other = page.context.new_page()
        for each in (page, other):
            each.goto(f"{address}/settings/opt-out/")
        other.get_by_label("Opt-out message").fill("Text STOP to end.")
        other.get_by_role("button", name="Save").click()
        expect(other.get_by_text("Opt-out message and terms saved.")).to_be_visible()
        page.get_by_label("Opt-out message").fill("STOP ends it.")
        page.get_by_label("Opt-out terms").fill("take me off")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("heading", name="Two of you edited this")).to_be_visible()
        assert faults(page, "settings-differs") == []
        page.get_by_role("group", name="Opt-out message").get_by_label("What stands").check()
        page.get_by_role("group", name="Opt-out terms").get_by_label("Yours, as below").check()
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("take me off")).to_be_visible()
        expect(page.get_by_text("Text STOP to end.")).to_be_visible()


def test_empty_pages_say_what_will_stand_there(page: Page, address: str, nora: Person) -> None:
    enter(page, address, nora)
    for path, said in (
        ("/numbers/", "No line yet"),
        ("/keys/", "No key yet"),
        ("/audit/", "Nothing was changed yet"),
        ("/settings/", "No category yet"),
    ):
        page.goto(address + path)
        expect(page.get_by_role("heading", name=said)).to_be_visible()
