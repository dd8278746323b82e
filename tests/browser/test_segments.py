"""A segment put together in a real browser, by keyboard; and the pages of figures."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.looking import by_keyboard, complaining, faults
from tests.browser.pages import area
from tests.browser.pages import segments as rows
from tests.browser.people import enter
from tests.consoles import Console


@pytest.mark.parametrize("name", ["segments", "reports"])
def test_every_page_is_accessible_and_fits(
    browser: Browser, address: str, console: Console, name: str
) -> None:
    owner, pages = area(console, name)
    found: list[str] = []
    with complaining(browser) as page:
        enter(page, address, owner)
        for title, path in pages:
            page.goto(address + path)
            found += faults(page, title)
    assert found == []


@pytest.mark.rule("R8.3")
def test_a_segment_is_built_by_keyboard_and_its_count_follows(
    page: Page, address: str, console: Console
) -> None:
    workspace = console.workspace()
    rows.furnish(console, workspace)
    enter(page, address, console.person((workspace, "marketer")))
    page.goto(f"{address}/lists/segments/new/")
    by_keyboard(page, "Name")
    page.keyboard.type("On the list")
    about = page.get_by_label("About", exact=True)
    by_keyboard(page, "About")
    page.keyboard.type("List")
    expect(page.get_by_label("Which list")).to_be_visible()
    expect(about.first).to_be_focused()
    by_keyboard(page, "Which list")
    page.keyboard.type("Vienna")
    expect(page.locator("#counted")).to_contain_text("4 people, 4 of them with a number.")
    page.get_by_role("button", name="Condition into the whole").press("Enter")
    expect(about).to_have_count(2)
    expect(page.locator("#counted")).to_contain_text("Not counted.")
    about.nth(1).select_option("attribute")
    page.get_by_label("Which attribute").fill("first_name")
    expect(page.locator("#counted")).not_to_contain_text("Name the attribute")
    page.get_by_label("Value").fill("amira")
    expect(page.locator("#counted")).to_contain_text("1 person")
    expect(page.get_by_label("Value")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Name", exact=True)).to_have_value("On the list")
    by_keyboard(page, "Save")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="On the list", exact=True)).to_be_visible()
