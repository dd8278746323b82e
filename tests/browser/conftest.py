"""One browser and one served console for all tests in a real browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.looking import complaining
from tests.browser.serving import chromium, served
from tests.consoles import PASSWORD, Console
from tests.running import Sayso, serving


# Of the package, not of the run: beside a browser stands a loop, which tests elsewhere have of their own.
@pytest.fixture(scope="package")
def browser(console: Console) -> Iterator[Browser]:
    """Debian's browser. Beside its loop no console could be migrated: it is before, whoever asks first."""
    assert console.databases
    with chromium() as found:
        yield found


@pytest.fixture(scope="package")
def address(console: Console) -> Iterator[str]:
    """Where the console answers."""
    with served(console) as url:
        yield url


@pytest.fixture(scope="package")
def sayso() -> Iterator[Sayso]:
    """All of Sayso, its engine too, for the stories that are told last."""
    with serving(SAYSO_PASSWORD=PASSWORD) as running:
        yield running


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh window that fails the test when the browser complains."""
    with complaining(browser) as opened:
        yield opened
