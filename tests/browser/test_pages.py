"""Every page of every area, each opened once: accessible, fitting, still, and done by keyboard alone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.keys import FORMS, Form, unsent, untabbed
from tests.browser.looking import complaining, faults, shifted, still
from tests.browser.pages import AREAS, area, brought
from tests.browser.people import enter
from tests.consoles import Console

LOADED_AT = (1440, 390)
LAST = ("remove/", "revoke/", "empty/")  # what takes something away comes last


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", AREAS)
def test_every_page_is_accessible_fits_stands_still_and_is_done_by_keyboard(
    browser: Browser, address: str, console: Console, name: str
) -> None:
    owner, pages = area(console, name)
    found: list[str] = []
    forms: list[Form] = []
    with complaining(browser) as page:
        enter(page, address, owner)
        for place, (title, path) in enumerate(sorted(pages, key=lambda named: named[1].endswith(LAST))):
            page.set_viewport_size({"width": LOADED_AT[place % 2], "height": 844})
            brought(page, address + path, title)
            found += shifted(page, title)
            with still(page):
                found += faults(page, title)
                found += untabbed(page, path)
            forms += [(path, *form) for form in page.evaluate(FORMS)]
        assert forms
        # Only now, for what is sent changes what other pages show; in a window that may complain of what it
        # was asking for as the next page was opened.
        beside = page.context.new_page()
        with still(beside):
            found += unsent(beside, address, forms)
    assert found == []
