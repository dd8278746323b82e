"""Pictures of every page, 1440 and 390 wide, light and dark, in `.screens/`.

Run: `make screens`; `make screens AREAS="money segments"` takes those of some areas alone.
Areas add theirs in `tests/browser/pages/`.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
from django.conf import settings
from django.test import override_settings
from playwright.sync_api import Browser, Page

from sayso.console.open_id import OpenId
from sayso.console.providers import provider_settings
from tests.browser.pages import AREAS, Pages, area, brought
from tests.browser.people import add_app, confirm, sign_in
from tests.browser.serving import chromium, served
from tests.consoles import Console, Person

FOLDER = Path(".screens")
CHOSEN = "SAYSO_TEST_SCREENS"
"""Names of areas with blanks between; absent or empty: all of them, and what belongs to none."""
WIDTHS = {1440: 900, 390: 844}
SIGNED_IN = {
    "opt-outs": "/opt-outs/",
    "opt-outs-found": "/opt-outs/?number=%2B447700900227",
    "opt-outs-none-found": "/opt-outs/?number=%2B447700900999",
    "workspaces": "/workspaces/",
    "account": "/account/",
    "password": "/account/password/",
    "sign-out": "/sign-out/",
    "not-found": "/nowhere/",
    "confirm": "/account/app/add/",
}
OTHERS = (
    ("quiet", "/opt-outs/", "opt-outs-empty"),
    ("agent", "/", "start-agent"),
    ("agent", "/opt-outs/", "not-your-role"),
    ("nobody", "/", "no-workspace"),
)
SIGNED_OUT = {
    "sign-in": "/sign-in/",
    "forgotten": "/sign-in/forgotten/",
    "forgotten-sent": "/sign-in/forgotten/sent/",
    "forgotten-too-late": "/sign-in/forgotten/1/abc-123/",
    "not-signed-on": "/sign-in/company/",
}
CONFIRMED = {"app-add": "/account/app/add/", "passkey-add": "/account/passkeys/add/"}
BLOCKS = (
    (447700900227, "baby stop pls", {}),
    (491713920071, "BABY genug!!", {"reason": "“genug” is a word of the process “Stop” on 11221 / baby."}),
    (436765550142, "stopp bitte", {"scope": "line"}),
    (12025550143, "take me off this list", {"source": "term", "reason": "“take me off” is an opt-out term."}),
    (447700900502, "🛑", {"scope": "all", "source": "keyword"}),
    (33639981293, "Arrêt", {"scope": "category", "category": "promotions"}),
    (
        447700900733,
        "",
        {"source": "provider", "scope": "line", "reason": "Twilio says the number opted out (21610)."},
    ),
    (972525550188, "הסר אותי בבקשה, אני לא רוצה יותר הודעות מכם", {}),
)


def furnish(console: Console) -> dict[str, Person]:
    """Workspaces, people and opt-outs to look at."""
    little, empty = console.workspace(), console.workspace("Quiet Harbour")
    line = console.line(little, "11221", "shared_short_code", "baby")
    for phone, said, more in reversed(BLOCKS):
        line_id = {"line_id": line} if more.get("scope") == "line" else {}
        console.block(little, phone, said, **more, **line_id)
    console.person((empty, "admin"), name="Jo Brandt")
    return {
        "nora": console.person((little, "owner"), (empty, "admin")),
        "quiet": console.person((empty, "owner"), name="Ada Quist"),
        "agent": console.person((little, "agent"), name="Tom Reed"),
        "nobody": console.person(name=""),
    }


def take_all(console: Console) -> int:
    """Take every picture; answer how many."""
    chosen = os.environ.get(CHOSEN, "").split()
    people = {} if chosen else furnish(console)
    areas = [area(console, name) for name in chosen or AREAS]
    taken = 0
    with served(console) as url, offered():
        for (width, height), theme in product(WIDTHS.items(), ("light", "dark")):
            size, suffix = {"width": width, "height": height}, f"{width}-{theme}"
            # A browser each: after some hundred pictures one has refused to take another.
            with chromium() as browser:
                if people:
                    taken += _outside(browser, url, (suffix, size, theme))
                    taken += _walk(browser, url, people, suffix, size, theme)
                for found in areas:
                    console.forget_sign_ins()
                    taken += _area(browser, url, found, (suffix, size, theme))
    return taken


@contextmanager
def offered() -> Iterator[None]:
    """A company's provider, which nobody reaches, and a mail server: the entrance shows all that it can."""
    open_id = OpenId("http://localhost:9", "sayso", "a secret of two", "Fern ID")
    values = replace(settings.SAYSO_VALUES, open_id=open_id, smtp_url="smtp://127.0.0.1:9")
    with override_settings(SAYSO_VALUES=values, **provider_settings(open_id, None)):
        yield


def _outside(browser: Browser, url: str, look: tuple[str, dict[str, int], str]) -> int:
    """What nobody has to sign in for."""
    suffix, size, theme = look
    page = browser.new_context(viewport=size, color_scheme=theme, has_touch=False).new_page()  # type: ignore[arg-type]
    for name, path in SIGNED_OUT.items():
        page.goto(url + path)
        page.screenshot(path=FOLDER / f"{name}-{suffix}.png")
    page.context.close()
    return len(SIGNED_OUT)


def _area(
    browser: Browser, url: str, area: tuple[Person, Pages], look: tuple[str, dict[str, int], str]
) -> int:
    """The pages of one area, as its owner sees them."""
    (owner, pages), (suffix, size, theme) = area, look
    page = browser.new_context(viewport=size, color_scheme=theme, has_touch=False).new_page()  # type: ignore[arg-type]
    sign_in(page, url, owner)
    for name, path in pages:
        brought(page, url + path, name)
        page.screenshot(path=FOLDER / f"{name}-{suffix}.png")
    page.context.close()
    return len(pages)


def _walk(
    browser: Browser, url: str, people: dict[str, Person], suffix: str, size: dict[str, int], theme: str
) -> int:
    def page() -> Page:
        return browser.new_context(viewport=size, color_scheme=theme, has_touch=False).new_page()  # type: ignore[arg-type]

    taken = []

    def take(at: Page, name: str) -> None:
        at.screenshot(path=FOLDER / f"{name}-{suffix}.png")
        taken.append(name)

    nora = page()
    sign_in(nora, url, people["nora"], "wrong")
    take(nora, "sign-in-wrong")
    sign_in(nora, url, people["nora"])
    for name, path in SIGNED_IN.items():  # the page that asks for the password stands last
        nora.goto(url + path)
        take(nora, name)
    confirm(nora, people["nora"])
    for name, path in CONFIRMED.items():
        nora.goto(url + path)
        take(nora, name)
    if size["width"] < 861:
        nora.goto(f"{url}/opt-outs/")
        nora.get_by_role("button", name="Menu", exact=True).click()
        take(nora, "menu")
    for who, path, name in OTHERS:
        other = page()
        sign_in(other, url, people[who])
        other.goto(url + path)
        take(other, name)
        other.context.close()
    nora.context.close()
    return len(taken)


def with_app(console: Console, browser: Browser, person: Person) -> None:
    """The two pages that only a person with an app sees."""
    with served(console) as url:
        page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
        sign_in(page, url, person)
        add_app(page, url, person)
        page.screenshot(path=FOLDER / "recovery-codes.png")
        page.goto(f"{url}/account/")
        page.screenshot(path=FOLDER / "account-safe.png")
        page.context.clear_cookies()
        sign_in(page, url, person)
        page.screenshot(path=FOLDER / "second-factor.png")


def test_pictures(console: Console) -> None:
    """Not in the suite: run by the command above, for eyes."""
    FOLDER.mkdir(exist_ok=True)
    taken = take_all(console)
    if not os.environ.get(CHOSEN):
        with chromium() as browser:
            with_app(console, browser, console.person((console.workspace(), "owner"), name="Imke Vos"))
        taken += 3
    sys.stdout.write(f"{taken} pictures in {FOLDER}/\n")


if __name__ == "__main__":
    asked = argparse.ArgumentParser("python -m tests.browser.screens", description=__doc__)
    asked.add_argument("areas", nargs="*", metavar="AREA", help=f"one of {', '.join(AREAS)}; none: all")
    os.environ[CHOSEN] = " ".join(asked.parse_args().areas)
    sys.exit(pytest.main([__file__, "-s", "-o", "timeout=900"]))
