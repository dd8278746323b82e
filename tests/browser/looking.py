"""What every page is looked at for: the browser's complaints, axe, sideways scroll."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

AXE = Path("node_modules/axe-core/axe.min.js")
WIDTHS = (320, 390, 768, 1024, 1440)
AXE_WIDTHS = (390, 1440)
# What axe runs: all of its rules, then those of colour, which is all that the stylesheet changes in the dark.
THEMES = {
    "light": "axe.run(document, {resultTypes: ['violations']})",
    "dark": (
        "axe.run(document, {resultTypes: ['violations'], runOnly: ['color-contrast', 'link-in-text-block']})"
    ),
}
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
    yield window
    context.close()
    # A page that answers 403, 404 or 422 is said so by the browser, and rightly.
    assert [line for line in said if "Failed to load resource" not in line] == []


def faults(page: Page, name: str) -> list[str]:
    """Sideways scroll at any width, and axe's violations at the widest and the narrowest, of an open page.

    In both themes: only the stylesheet tells them apart, so the page need not come again for the other one.
    """
    found = []
    for width, theme in product(WIDTHS, THEMES):
        page.set_viewport_size({"width": width, "height": 844})
        page.emulate_media(color_scheme=theme)
        if page.evaluate(SIDEWAYS):
            found.append(f"{name} scrolls sideways at {width}, {theme}")
        if width in AXE_WIDTHS:
            if not page.evaluate("'axe' in window"):  # once a document: reading it takes longer than looking
                page.evaluate(AXE.read_text())
            seen = page.evaluate(THEMES[theme])["violations"]
            found += [
                f"{name} at {width}, {theme}: {fault['id']} {fault['nodes'][0]['html']}" for fault in seen
            ]
    page.emulate_media(color_scheme="light")
    return found


def by_keyboard(page: Page, name: str, most: int = 60) -> None:
    """Go with Tab alone to the control whose accessible name or text this is; fails where Tab never comes."""
    wanted = "el => (el.labels?.[0]?.innerText ?? el.getAttribute('aria-label') ?? el.innerText ?? '').trim()"
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate(f"({wanted})(document.activeElement)") == name:
            return
    raise AssertionError(f"Tab never came to {name!r}")
