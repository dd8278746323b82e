"""What stands around every page: finding, counts in the menu, the keys of the keyboard."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.looking import complaining, faults
from tests.browser.people import enter, sign_in
from tests.consoles import Console, Person
from tests.conversing import AMIRA, Shop

GREY = "Is the grey pram back before Christmas?"


@pytest.fixture
def shop(console: Console) -> Shop:
    return Shop(console)


@pytest.fixture
def nora(shop: Shop) -> Person:
    return shop.console.person((shop.workspace, "owner"))


def test_a_number_is_found_from_any_page_by_keyboard(
    page: Page, address: str, shop: Shop, nora: Person
) -> None:
    shop.contact(int(AMIRA), name="Amira Haddad")
    asked = shop.texts(GREY)
    enter(page, address, nora)
    page.goto(f"{address}/settings/")
    page.wait_for_load_state()
    page.keyboard.press("/")
    expect(page.get_by_label("Find a number or a keyword")).to_be_focused()
    page.keyboard.type("07700 900318")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="+44 7700 900318")).to_be_visible()
    expect(page.locator("main")).to_contain_text("Amira Haddad")
    expect(page.get_by_role("link", name="Proof of +44 7700 900318")).to_be_visible()
    page.get_by_role("link", name="Conversation on +44 7700 900118").press("Enter")
    page.wait_for_url(f"**/inbox/{asked}/")


def test_an_agent_who_finds_a_number_lands_in_its_conversation_without_scripting(
    browser: Browser, address: str, shop: Shop
) -> None:
    asked = shop.texts(GREY)
    with complaining(browser, java_script_enabled=False) as page:
        sign_in(page, address, shop.agent)
        page.get_by_label("Find a number").fill("+447700900318")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/inbox/{asked}/")
        page.get_by_label("Find a number").fill("+447700900319")
        page.keyboard.press("Enter")
        expect(page.get_by_text("No conversation with this number")).to_be_visible()


def test_the_menu_counts_who_waits_and_hears_of_more(page: Page, address: str, shop: Shop) -> None:
    shop.texts(GREY)
    enter(page, address, shop.agent)
    with page.expect_response(lambda answer: "/live/" in answer.url):
        page.goto(f"{address}/inbox/")
    counts = [page.locator(f"#waiting-{where}") for where in ("rail", "tab")]
    for count in counts:
        expect(count).to_have_text(re.compile("^1"))
    shop.texts("Do you deliver?", sender="+447700900641")
    for count in counts:
        expect(count).to_have_text(re.compile("^2"))


def test_finding_and_keys_are_accessible_and_fit(
    browser: Browser, address: str, shop: Shop, nora: Person
) -> None:
    shop.texts(GREY)
    found: list[str] = []
    with complaining(browser) as page:
        enter(page, address, nora)
        page.goto(f"{address}/find/?q=" + "x" * 99)
        found += faults(page, "a long word is looked for")
        page.goto(f"{address}/keywords/")
        page.wait_for_load_state()
        page.keyboard.press("?")
        expect(page.get_by_role("dialog", name="Keys of the keyboard")).to_be_visible()
        found += faults(page, "keys in a dialog")
    assert found == []


def test_single_keys_can_be_switched_off(page: Page, address: str, shop: Shop, nora: Person) -> None:
    enter(page, address, nora)
    page.goto(f"{address}/keyboard/")
    page.get_by_label("Single keys act").uncheck()
    page.goto(f"{address}/keywords/")
    page.wait_for_load_state()
    page.keyboard.press("?")
    page.keyboard.press("/")
    expect(page.get_by_label("Find a number or a keyword")).not_to_be_focused()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("link", name="Keys", exact=True).click()
    dialog = page.get_by_role("dialog", name="Keys of the keyboard")
    expect(dialog.get_by_label("Single keys act")).not_to_be_checked()
    dialog.get_by_label("Single keys act").check()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    page.keyboard.press("/")
    expect(page.get_by_label("Find a number or a keyword")).to_be_focused()


@pytest.mark.rule("R2.2")
def test_signed_out_under_an_open_form_nothing_is_lost(
    page: Page, address: str, shop: Shop, nora: Person
) -> None:
    enter(page, address, nora)
    page.goto(f"{address}/keywords/new/")
    page.get_by_label("In English").fill("You are out.")
    shop.rows("DELETE FROM console.django_session")
    word = page.get_by_label("Your keywords")
    word.fill("genug")
    word.press("Enter")
    told = page.get_by_role("alert").filter(has_text="You are signed out.")
    expect(told).to_be_visible()
    expect(page.get_by_label("Password")).to_have_count(0)
    with page.expect_popup() as beside:
        told.get_by_role("link").click()
    sign_in(beside.value, address, nora)
    expect(beside.value.get_by_role("navigation", name="Main")).to_be_visible()
    beside.value.close()
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(told).to_have_count(0)
    expect(page.get_by_label("In English")).to_have_value("You are out.")
    word.press("Enter")
    expect(page.get_by_role("button", name="Remove genug")).to_be_visible()
    page.get_by_role("button", name="Save and close").click()
    expect(page.get_by_role("status").filter(has_text="is saved.")).to_be_visible()
