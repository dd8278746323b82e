"""The page behind a personal link, as a recipient meets it on a telephone: no sign-in, one button."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looking import by_keyboard, faults
from tests.browser.recipients_scene import link
from tests.consoles import Console

PHONE = 447_700_900_318


@pytest.mark.rule("R9.4")
def test_one_button_stops_everything_and_a_reload_changes_nothing(
    page: Page, address: str, console: Console
) -> None:
    path = link(console, console.workspace(), PHONE)
    page.goto(address + path)
    expect(page.get_by_role("heading", level=1)).to_have_text("Stop texts from Little Fern?")
    expect(page.get_by_text("To the number ending in 318.")).to_be_visible()
    by_keyboard(page, "Yes, stop them")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Done. No more offers by text.")
    expect(page.get_by_text("Text START to 11221")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Done. No more offers by text.")


@pytest.mark.rule("R9.4")
def test_some_are_kept_by_keyboard_and_what_was_left_stays_left(
    page: Page, address: str, console: Console
) -> None:
    page.goto(address + link(console, console.workspace(), PHONE, "de"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Keine SMS mehr von Little Fern?")
    # As large for a thumb as the button above it.
    assert page.locator("summary").evaluate("one => one.offsetHeight") >= 44
    by_keyboard(page, "Nur einen Teil abbestellen")
    page.keyboard.press("Enter")
    assert faults(page, "some") == []
    by_keyboard(page, "promotions")
    page.keyboard.press("Space")
    by_keyboard(page, "Nur Angekreuztes behalten")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Erledigt. Nur noch, was Sie angekreuzt haben.")
    assert faults(page, "done in part") == []
    page.get_by_role("button", name="Auch den Rest abbestellen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Erledigt. Keine Angebote mehr per SMS.")


@pytest.mark.rule("R9.4")
def test_a_link_that_is_cut_says_what_always_works(page: Page, address: str, console: Console) -> None:
    page.goto(address + link(console, console.workspace(), PHONE)[:-1])
    expect(page.get_by_text("Or reply STOP to the text: that always works.")).to_be_visible()


@pytest.mark.rule("R9.4")
def test_a_link_that_runs_on_into_the_next_word_stops_all_the_same(
    page: Page, address: str, console: Console
) -> None:
    page.goto(address + link(console, console.workspace(), PHONE) + "まで。")
    page.get_by_role("button", name="Yes, stop them").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Done. No more offers by text.")
