"""What every page is looked at for: the browser's complaints, axe, sideways scroll."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

AXE = Path("node_modules/axe-core/axe.min.js")
WIDTHS = (320, 390, 768, 1024, 1440)
AXE_WIDTHS = (390, 1440)
# What axe runs: all of its rules, then those of colour, which is all that the stylesheet changes in the dark.
# Only what is wrong is brought back: to hand over all that is right takes longer than to look. No
# selector is made for whatever was looked at; the element's own markup says as much.
AXE_RUNS = """only => axe.run(document, {
    resultTypes: ['violations'], selectors: false, ...only && {runOnly: only}})
  .then(found => found.violations.map(({id, nodes}) => [id, nodes[0].html]))"""
THEMES = {"light": None, "dark": ["color-contrast", "link-in-text-block"]}
MOST_SHIFT = 0.01  # of the window: less than a line of a table
SHIFTS = """() => new Promise(done => {
  let sum = 0
  new PerformanceObserver(list => { for (const each of list.getEntries()) sum += each.value })
    .observe({type: 'layout-shift', buffered: true})
  requestAnimationFrame(() => requestAnimationFrame(() => done(sum)))
})"""
LOUD = ("error", "warning")
# A button fades into its colours of the other theme: what counts are those it ends with.
SETTLE = "document.getAnimations().forEach(one => one instanceof CSSTransition && one.finish())"
SIDEWAYS = f"{SETTLE}, document.documentElement.scrollWidth > innerWidth"


@contextmanager
def complaining(browser: Browser, **options: Any) -> Iterator[Page]:
    """A window; on leaving, anything the browser said (the policy's refusals too) is a failure."""
    context = browser.new_context(**options)
    window = context.new_page()
    said: list[str] = []
    window.on("console", lambda message: said.append(message.text) if message.type in LOUD else None)
    window.on("pageerror", lambda error: said.append(str(error)))
    try:
        yield window
    finally:
        context.close()
    # A page that answers 403, 404 or 422 is said so by the browser, and rightly.
    complaints = [line for line in said if "Failed to load resource" not in line]
    assert complaints == [], complaints


@contextmanager
def still(page: Page) -> Iterator[None]:
    """An open page without its fades, as for whoever asked for less motion: their end is there at once.

    Tab from control to control was seen to take a third less of the processor so, and the look a sixth less.
    """
    page.emulate_media(reduced_motion="reduce")
    yield
    page.emulate_media(reduced_motion="no-preference")


def faults(page: Page, name: str) -> list[str]:
    """Sideways scroll at any width, and axe's violations at the widest and the narrowest, of an open page.

    In both themes: only the stylesheet tells them apart, so the page need not come again for the other one,
    and nothing is wider in the dark.
    """
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 844})
        if page.evaluate(SIDEWAYS):
            found.append(f"{name} scrolls sideways at {width}")
        if width in AXE_WIDTHS:
            found += [f"{name} at {width}, {wrong}" for wrong in _violations(page)]
    return found


def _violations(page: Page) -> list[str]:
    found = []
    if not page.evaluate("'axe' in window"):  # once a document: reading it takes longer than looking
        page.evaluate(AXE.read_text())
    for theme, only in THEMES.items():
        page.emulate_media(color_scheme=theme)
        page.evaluate(SETTLE)
        found += [f"{theme}: {rule} at {target}" for rule, target in page.evaluate(AXE_RUNS, only)]
    page.emulate_media(color_scheme="light")
    return found


def shifted(page: Page, name: str) -> list[str]:
    """What moved by itself on a page that was just loaded."""
    moved = page.evaluate(SHIFTS)
    return [f"{name}: {moved:.3f} of the window moved"] if moved > MOST_SHIFT else []


def by_keyboard(page: Page, name: str, most: int = 60) -> None:
    """Go with Tab alone to the control whose accessible name or text this is; fails where Tab never comes."""
    wanted = "el => (el.labels?.[0]?.innerText ?? el.getAttribute('aria-label') ?? el.innerText ?? '').trim()"
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate(f"({wanted})(document.activeElement)") == name:
            return
    raise AssertionError(f"Tab never came to {name!r}")
