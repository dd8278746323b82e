"""Prices and credit in a real browser."""

from __future__ import annotations

from playwright.sync_api import Browser

from tests.browser.looking import complaining, faults
from tests.browser.pages import area
from tests.browser.people import enter
from tests.consoles import Console


def test_every_page_is_accessible_and_fits(browser: Browser, address: str, console: Console) -> None:
    owner, pages = area(console, "money")
    found: list[str] = []
    with complaining(browser) as page:
        enter(page, address, owner)
        for name, path in pages:
            page.goto(address + path)
            found += faults(page, name)
    assert found == []
