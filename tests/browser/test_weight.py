"""Pages are light and stand still: our own assets under 150 kB as they are sent, and nothing shifts."""

from __future__ import annotations

import re
from importlib import import_module

import pytest
from playwright.sync_api import Browser

from sayso import console as room
from tests.browser.looking import complaining
from tests.browser.pages import Pages, furnished
from tests.browser.people import enter
from tests.console_visits import signed_in, visitor
from tests.consoles import Console, Person

MOST_BYTES = 150_000
MOST_SHIFT = 0.01  # of the window: less than a line of a table
SHIFTS = """() => new Promise(done => {
  let sum = 0
  new PerformanceObserver(list => { for (const each of list.getEntries()) sum += each.value })
    .observe({type: 'layout-shift', buffered: true})
  requestAnimationFrame(() => requestAnimationFrame(() => done(sum)))
})"""


def test_our_assets_weigh_less_than_150_kb_on_every_page(console: Console) -> None:
    from sayso.console.urls import AREAS

    files = room.static_files()
    client = signed_in(console.person((console.workspace(), "owner")))
    paths = ["/account/", "/account/password/", "/workspaces/", "/nowhere/"]
    for area in AREAS:
        for pattern in import_module(f"sayso.console.{area}.urls").urlpatterns:
            route = str(pattern.pattern)
            paths += [f"/{route}"] if not set(route) & set("<^") else []
    pages = {path: client.get(path) for path in paths} | {"/sign-in/": visitor().get("/sign-in/")}
    weighed = {path: _weight(answer.content.decode(), files) for path, answer in pages.items()}
    assert len([weight for weight in weighed.values() if weight]) > 20
    assert {path: weight for path, weight in weighed.items() if weight >= MOST_BYTES} == {}


def _weight(markup: str, files: object) -> int:
    named = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', markup))
    return sum(len(files[name].gzipped) for name in named)  # type: ignore[index]


@pytest.fixture(scope="module")
def areas(console: Console) -> list[tuple[Person, Pages]]:
    """Every area, furnished once."""
    return list(furnished(console))


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
def test_nothing_shifts_while_a_page_is_loaded(
    browser: Browser, address: str, areas: list[tuple[Person, Pages]], width: int, height: int
) -> None:
    shifted = []
    # A third of all pages, other ones at each width: all of them take a minute and a half, and stood still.
    for owner, pages in areas:
        with complaining(browser, viewport={"width": width, "height": height}) as page:
            enter(page, address, owner)
            for name, path in pages[width % 4 :: 3]:
                page.goto(address + path, wait_until="load")
                moved = page.evaluate(SHIFTS)
                shifted += [f"{name}: {moved:.3f}"] if moved > MOST_SHIFT else []
    assert shifted == []
