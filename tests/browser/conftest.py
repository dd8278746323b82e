"""One browser and one served console for every test in a real browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.looking import complaining
from tests.browser.serving import chromium, served
from tests.consoles import Console


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's browser."""
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def address(console: Console) -> Iterator[str]:
    """Where the console answers."""
    with served(console) as url:
        yield url


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh window that fails the test when the browser complains."""
    with complaining(browser) as opened:
        yield opened
