"""A marketer brings a list of contacts in, watches it, reads why rows were refused, and finds a person."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from sayso.engine.importing import Importing
from sayso.engine.supervisor import open_works
from tests.browser.contacts_scene import LIST
from tests.browser.looking import by_keyboard, complaining
from tests.browser.people import enter
from tests.consoles import Console, Person


@pytest.fixture
def mara(console: Console) -> Person:
    """A marketer of a workspace without contacts."""
    return console.person((console.workspace(), "marketer"), name="Mara Lind")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "club-november.csv"
    made.write_text(LIST, encoding="utf-8", newline="")
    return made


def worked(console: Console) -> None:
    """An engine reads whatever waits; in a thread, for the browser's has a loop."""

    async def work() -> None:
        async with open_works(console.databases.url) as works:
            stage = Importing(works)
            while await stage.step():
                continue
            await works_told(stage)

    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: asyncio.run(work())).result()


async def works_told(stage: Any) -> None:
    """Wait for what pages are told after the last slice."""
    task = stage._telling._task
    if task is not None:
        await asyncio.wait([task])
    await stage.close()


@pytest.mark.rule("R8.2")
def test_a_list_comes_in_by_keyboard_and_the_page_tells_when_it_is_done(
    page: Page, console: Console, address: str, mara: Person, file: Path
) -> None:
    enter(page, address, mara)
    page.goto(f"{address}/contacts/")
    by_keyboard(page, "Import contacts")
    page.keyboard.press("Enter")
    page.wait_for_url("**/contacts/import/")
    page.get_by_label("File", exact=True).set_input_files(file)
    by_keyboard(page, "Look at it")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="The first 4 rows")).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="1 of 4 would be refused")).to_be_visible()
    expect(page.get_by_text("A landline: it takes no texts.")).to_be_visible()
    by_keyboard(page, "What Shop becomes")
    page.keyboard.type("Leave")
    expect(page.locator("#preview").get_by_text("Bristol")).to_have_count(0)
    by_keyboard(page, "Start import")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Waiting for its turn")).to_be_visible()
    worked(console)
    expect(page.get_by_role("status").filter(has_text="Import finished")).to_contain_text(
        "of 4 rows, 3 became new contacts and 1 was refused"
    )
    expect(page.get_by_role("region", name="Refused rows")).to_contain_text("fern-3;nothing;Zoë;;no")
    page.get_by_role("link", name="Contacts", exact=True).last.click()
    page.get_by_label("Number, or the beginning of a name").fill("ada")
    page.get_by_role("button", name="Find", exact=True).click()
    expect(page.locator("#count")).to_have_text("1 contact found")
    page.get_by_role("link", name="Ada", exact=True).click()
    expect(page.get_by_role("complementary")).to_contain_text("fern-1")
    expect(page.get_by_role("region", name="Consent ledger")).to_contain_text("club-november.csv, line 2")


@pytest.mark.rule("R8.2")
def test_the_same_without_scripting(
    browser: Browser, console: Console, address: str, mara: Person, file: Path
) -> None:
    with complaining(browser, java_script_enabled=False) as page:
        enter(page, address, mara)
        page.goto(f"{address}/contacts/import/")
        page.get_by_label("File", exact=True).set_input_files(file)
        page.get_by_role("button", name="Look at it").click()
        page.get_by_label("What Shop becomes").select_option("")
        page.get_by_role("button", name="Look again").click()
        expect(page.locator("#preview").get_by_text("Bristol")).to_have_count(0)
        page.get_by_role("button", name="Start import").click()
        worked(console)
        page.get_by_role("link", name="Look again").click()
        expect(page.get_by_text("Import finished")).to_be_visible()


@pytest.mark.rule("R8.2")
def test_a_running_import_is_stopped_and_goes_on(
    page: Page, console: Console, address: str, mara: Person, file: Path
) -> None:
    enter(page, address, mara)
    page.goto(f"{address}/contacts/import/")
    page.get_by_label("File", exact=True).set_input_files(file)
    page.get_by_role("button", name="Look at it").click()
    page.get_by_role("button", name="Start import").click()
    page.get_by_role("link", name="Stop import").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Stop importing club-november.csv?")
    dialog.get_by_role("button", name="Stop import").click()
    expect(page.get_by_text("Import stopped")).to_be_visible()
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", name="Waiting for its turn")).to_be_visible()
    worked(console)
    expect(page.get_by_role("status").filter(has_text="Import finished")).to_be_visible()


def test_a_file_that_cannot_be_taken_says_so_beside_the_button(
    page: Page, address: str, mara: Person, tmp_path: Path
) -> None:
    empty = tmp_path / "empty.csv"
    empty.write_bytes(b"")
    enter(page, address, mara)
    page.goto(f"{address}/contacts/import/")
    page.get_by_label("File", exact=True).set_input_files(empty)
    page.get_by_role("button", name="Look at it").click()
    expect(page.get_by_role("alert").filter(has_text="The file is empty.")).to_be_visible()
    expect(page.get_by_role("button", name="Look at it")).to_be_enabled()
