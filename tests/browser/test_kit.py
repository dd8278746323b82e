"""Every part of the kit in a real browser: with scripting and without, by keyboard, live."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.looking import by_keyboard, complaining
from tests.browser.people import enter
from tests.consoles import Console, Person


@pytest.fixture
def nora(console: Console) -> Person:
    """An owner with three blocks to look at."""
    workspace = console.workspace()
    for number in range(3):
        console.block(workspace, 447700900227 + number)
    return console.person((workspace, "owner"))


def test_a_form_is_completed_by_keyboard(page: Page, address: str, nora: Person) -> None:
    enter(page, address, nora)
    page.goto(f"{address}/kit/form/")
    by_keyboard(page, "Number")
    page.keyboard.type("+44 7700 900555")
    by_keyboard(page, "Block")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="Number blocked.")).to_be_visible()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()


def test_what_an_action_refuses_stands_beside_its_field(page: Page, address: str, nora: Person) -> None:
    enter(page, address, nora)
    page.goto(f"{address}/kit/form/")
    page.get_by_label("Number", exact=True).fill("abc")
    page.get_by_label("Stops").select_option("none")
    page.get_by_role("button", name="Block", exact=True).click()
    wrong = page.locator("[aria-invalid=true]").first
    expect(wrong).to_be_focused()
    expect(wrong).to_have_attribute("aria-describedby", f"{wrong.get_attribute('id')}-error")


def test_parts_are_counted_while_typing(page: Page, address: str, nora: Person) -> None:
    enter(page, address, nora)
    page.goto(f"{address}/kit/form/")
    page.get_by_label("Answer").press_sequentially("You’re out")
    expect(page.locator(".parts")).to_contain_text("1 part")
    expect(page.locator(".parts")).to_contain_text("10 of 70 characters, Unicode because of ’ at 4")
    expect(page.get_by_label("Answer")).to_be_focused()


def test_parts_are_counted_without_scripting(browser: Browser, address: str, nora: Person) -> None:
    with complaining(browser, java_script_enabled=False) as page:
        enter(page, address, nora)
        page.goto(f"{address}/kit/form/")
        page.get_by_label("Answer").fill("Hello")
        page.get_by_role("button", name="Count the parts").click()
        expect(page.locator(".parts")).to_contain_text("5 of 160 characters")
        expect(page.get_by_label("Answer")).to_have_value("Hello")


def test_a_question_is_a_dialog_and_escape_leaves_it(page: Page, address: str, nora: Person) -> None:
    enter(page, address, nora)
    page.goto(f"{address}/kit/")
    page.get_by_role("link", name="Pause").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    expect(page.get_by_role("button", name="Keep it running")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("link", name="Pause").click()
    page.get_by_role("dialog").get_by_role("button", name="Pause").click()
    expect(page.get_by_role("status").filter(has_text="Paused.")).to_be_visible()


def test_a_question_is_a_page_without_scripting(browser: Browser, address: str, nora: Person) -> None:
    with complaining(browser, java_script_enabled=False) as page:
        enter(page, address, nora)
        page.goto(f"{address}/kit/")
        page.get_by_role("link", name="Pause").click()
        page.get_by_role("button", name="Pause").click()
        expect(page.get_by_role("status").filter(has_text="Paused.")).to_be_visible()


def test_a_page_hears_of_a_change_and_asks_again(page: Page, address: str, nora: Person) -> None:
    """One person blocks a number; another's page shows it without a reload."""
    with page.expect_response(lambda answer: "/live/" in answer.url) as heard:
        enter(page, address, nora)
        page.goto(f"{address}/kit/")
    assert heard.value.headers["content-type"].startswith("text/event-stream")
    expect(page.locator("#live-count")).to_have_text("3 blocks")
    other = page.context.new_page()
    other.goto(f"{address}/kit/form/")
    other.get_by_label("Number", exact=True).fill("+44 7700 900600")
    other.get_by_role("button", name="Block", exact=True).click()
    other.wait_for_url("**/kit/")
    expect(page.locator("#live-count")).to_have_text("4 blocks")
