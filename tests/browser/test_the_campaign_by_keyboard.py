"""The way of a campaign with keys alone, against an engine that sends: from the draft to its copy."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.looking import by_keyboard, complaining
from tests.browser.people import sign_in
from tests.browser.stages import Stage, opened
from tests.running import Sayso, until

PAUSED = "INSERT INTO pauses (resource, why) VALUES (%s, 'the line of this story')"


@pytest.fixture(scope="module")
def stage(sayso: Sayso) -> Stage:
    """A shop with an opt-out message; what is launched begins at once."""
    made = opened(sayso, "Keys & Co")
    made.shop.client.put("/api/v1/opt-out", {"message": "STOP ends it.", "terms": []})
    sayso.rows("UPDATE workspaces SET launch_delay_seconds = 0 WHERE id = %s", made.workspace)
    return made


@pytest.mark.timeout(180)
@pytest.mark.rule("R9.1", "R9.2", "R9.5", "R9.6", "R13.2")
def test_a_campaign_is_written_rehearsed_launched_paused_cancelled_and_copied_with_keys_alone(
    browser: Browser, stage: Stage
) -> None:
    phones = [stage.shop.customer() for _ in range(3)]
    line = f"connection:{stage.shop.connection['id']}"
    with complaining(browser) as page:
        sign_in(page, stage.sayso.url, stage.owner)
        page.goto(f"{stage.sayso.url}/campaigns/")
        _writes(page)
        _rehearses(page)
        _tries(page, phones[0])
        until("the test arrives", lambda: stage.shop.shown(phones[0]))
        _schedules_and_takes_it_back(page)
        stage.sayso.rows(PAUSED, line)
        try:
            _launches_pauses_resumes_and_cancels(page)
        finally:
            stage.sayso.rows("DELETE FROM pauses WHERE resource = %s", line)
        expect(page.locator("#report")).to_contain_text("Nothing more of it leaves.")
        assert [len(stage.shop.shown(phone)) for phone in phones] == [1, 0, 0]  # the test alone
        _presses(page, "Copy campaign")
        page.wait_for_url("**/edit/")
        expect(page.get_by_label("Name", exact=True)).to_have_value("Copy of Keys")


def _presses(page: Page, name: str) -> None:
    by_keyboard(page, name)
    page.keyboard.press("Enter")


def _answers(page: Page, question: str, verb: str) -> None:
    """A dialog opens with its safe button focused; the other one is a Tab away."""
    _presses(page, question)
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("[autofocus]")).to_be_focused()
    page.keyboard.press("Tab")
    expect(dialog.get_by_role("button", name=verb, exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()


def _writes(page: Page) -> None:
    _presses(page, "New campaign")
    page.wait_for_url("**/campaigns/new/")
    by_keyboard(page, "Name")
    page.keyboard.type("Keys")
    by_keyboard(page, "To")
    page.keyboard.type("Everybody")
    by_keyboard(page, "Category")
    page.keyboard.type("promotions")
    by_keyboard(page, "Message")
    page.keyboard.type("Prams are 20% off until Sunday.")
    expect(page.locator("#preview .said")).to_contain_text("until Sunday. STOP ends it.")
    _presses(page, "Save and review")
    page.wait_for_url("**/review/")


def _rehearses(page: Page) -> None:
    """The result has the focus, and keeps it while it counts."""
    _presses(page, "Rehearse")
    expect(page.locator("#rehearsal h2")).to_be_focused()
    expect(page.locator("#rehearsal")).to_contain_text("Counted to the end")
    expect(page.locator("#rehearsal h2")).to_be_focused()
    assert page.locator("#rehearsal h2").evaluate("at => at.getBoundingClientRect().top >= 52")


def _tries(page: Page, phone: str) -> None:
    page.keyboard.press("Tab")
    by_keyboard(page, "To")
    page.keyboard.type(phone)
    _presses(page, "Send the test")
    expect(page.get_by_text("A test is on its way to")).to_be_visible()


def _schedules_and_takes_it_back(page: Page) -> None:
    by_keyboard(page, "As soon as it can")
    page.keyboard.press("ArrowDown")
    by_keyboard(page, "Day and time")
    # Up sets each part of it, the year to that after next.
    for ups in (1, 1, 3, 1, 1, 1):
        for key in ("ArrowUp",) * ups + ("ArrowRight",):
            page.keyboard.press(key)
    _presses(page, "Launch")
    expect(page.locator("#report")).to_contain_text(re.compile(r"It begins on 01-01-\d{4} at 01:00"))
    _presses(page, "Undo the launch")
    page.wait_for_url("**/review/")


def _launches_pauses_resumes_and_cancels(page: Page) -> None:
    _presses(page, "Launch")
    expect(page.locator("#report")).to_contain_text("3 wait for their turn")
    _answers(page, "Pause", "Pause")
    expect(page.locator("#state")).to_have_text("Paused")
    _answers(page, "Resume", "Resume")
    expect(page.locator("#state")).to_have_text("Sending")
    _answers(page, "Cancel it", "Cancel it")
    expect(page.locator("#state")).to_have_text("Cancelled")
