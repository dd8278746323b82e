"""Stopping everything, in a browser: the switch, the bar on every page, and how it ends."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.looking import complaining, faults
from tests.browser.pages import area
from tests.browser.people import enter
from tests.consoles import Console


@pytest.mark.rule("R2.5")
def test_a_standstill_is_seen_on_every_page_ends_and_begins_again(
    browser: Browser, address: str, console: Console
) -> None:
    owner, pages = area(console, "sending")
    with complaining(browser) as page:
        enter(page, address, owner)
        for _, path in pages:
            page.goto(address + path)
            expect(page.get_by_text("All sending stands still")).to_be_visible()
        page.get_by_role("link", name="Let it go on").click()
        page.get_by_role("button", name="Go on").click()
        expect(page.get_by_text("Sending goes on.")).to_be_visible()
        page.goto(f"{address}/campaigns/")
        page.get_by_role("link", name="Stop all sending").click()
        assert faults(page, "settings-stop") == []
        page.get_by_label("Why").fill("Wrong price")
        page.get_by_role("button", name="Stop all sending").click()
        expect(page.get_by_text("Wrong price")).to_be_visible()
