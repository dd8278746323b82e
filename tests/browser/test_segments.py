"""A segment put together in a real browser, by keyboard; and the pages of figures."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.looking import by_keyboard
from tests.browser.pages import segments as rows
from tests.browser.people import enter
from tests.consoles import Console
from tests.running import until

WRITTEN = (
    "(field, words) => { field.value = words; field.dispatchEvent(new Event('input', {bubbles: true})) }"
)

LOST = """() => {
  window.lost = []
  window.addEventListener('htmx:before:settle', () => lost.push(document.activeElement == document.body))
}"""


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


def test_what_comes_late_takes_neither_the_focus_nor_what_was_typed_meanwhile(
    page: Page, address: str, console: Console
) -> None:
    workspace = console.workspace()
    rows.furnish(console, workspace)
    enter(page, address, console.person((workspace, "marketer")))
    page.goto(f"{address}/lists/segments/new/")
    page.get_by_label("About", exact=True).select_option("attribute")
    held: list[Route] = []
    page.get_by_label("Which attribute").fill("first_name")
    page.route("**/new/?rows=1", lambda route: held.append(route))  # noqa: PLW0108 - it asks for a function
    page.get_by_label("How").select_option("contains")
    value = page.get_by_label("Value")
    value.press_sequentially("ami")
    until("the rows are asked for", lambda: page.evaluate("1") and bool(held))
    with page.expect_response("**/new/?rows=1"):
        held[0].continue_()
    value.press_sequentially("ra")
    expect(page.locator("#counted")).to_contain_text("1 person")
    expect(value).to_have_value("amira")
    expect(value).to_be_focused()
    # The link is of a person: who is counted again keeps it, and of who is gone the focus stays before it;
    # at once, for a key pressed while the focus is nowhere would go nowhere.
    page.evaluate(LOST)
    page.locator("#count a").focus()
    for words, told, kept in (("amir", "1 person", "Open"), ("nobody", "0 people", "Cancel")):
        with page.expect_response("**/new/?count=1"):
            value.evaluate(WRITTEN, words)
        expect(page.locator("#counted")).to_contain_text(told)
        assert page.evaluate("document.activeElement.innerText").startswith(kept)
    assert page.evaluate("lost") == [False, False]
