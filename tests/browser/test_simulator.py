"""Telephones in the browser, on a real `sayso serve`: what they send, what comes back, and why."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect

from sayso.core.fiction import telephones
from tests.browser.looking import by_keyboard, complaining, faults
from tests.browser.people import sign_in
from tests.browser.stages import Stage, opened
from tests.journeys.shop import GOODBYE, HELP
from tests.running import Sayso, until

# The engine decides, the carrier delivers, the receipt comes back and the page asks again.
SOON = 15_000


@pytest.fixture(scope="module")
def stage(sayso: Sayso) -> Stage:
    """A workspace with its shop and its owner; each test has a telephone of its own."""
    return opened(sayso, "Fern & Co")


def at_the_telephones(page: Page, stage: Stage) -> None:
    sign_in(page, stage.sayso.url, stage.owner)
    page.goto(f"{stage.sayso.url}/simulator/")
    expect(page.get_by_role("heading", name="Simulator")).to_be_visible()


def text(page: Page, who: str, body: str) -> None:
    page.get_by_label(f"Text from {who}").fill(body)
    page.get_by_role("button", name=f"Send from {who}").click()


def unloaded(page: Page) -> None:
    """The page is still the one that was opened."""
    expect(page.locator("h1")).to_have_attribute("data-kept", "yes")


@pytest.mark.rule("R15.1", "R6.1")
def test_stop_from_a_telephone_is_seen_at_once_everywhere(browser: Browser, stage: Stage) -> None:
    """The confirmation on the telephone, the decision with its reasons, the block under Opt-outs."""
    with complaining(browser) as page:
        at_the_telephones(page, stage)
        page.locator("h1").evaluate("heading => heading.dataset.kept = 'yes'")
        other = page.context.new_page()
        other.goto(f"{stage.sayso.url}/opt-outs/")
        expect(other.get_by_text("Nobody has asked to stop.")).to_be_visible()
        stopped = page.context.new_page()
        stopped.goto(f"{stage.sayso.url}/inbox/stopped/")
        page.bring_to_front()
        text(page, "Ada", "šťóp")
        ada = page.get_by_role("log", name="Texts on Ada’s telephone")
        expect(ada.locator(".said.ours")).to_have_text("šťóp", timeout=SOON)
        expect(ada.locator(".said").last).to_have_text(GOODBYE, timeout=SOON)
        expect(ada.locator(".said-meta").first).to_contain_text("blocked after", timeout=SOON)
        scene = page.locator("#scenes li").first
        expect(scene).to_contain_text("Opt-out")
        expect(scene).to_contain_text("Ada is blocked for all advertising")
        expect(scene).to_contain_text("The confirmation was delivered.", timeout=SOON)
        expect(scene.locator(".why")).to_contain_text("stop")
        expect(page.get_by_label("Text from Ada")).to_be_focused()
        expect(page.get_by_label("Text from Ada")).to_have_value("")
        unloaded(page)
        row = stopped.get_by_role("row").filter(has_text="šťóp")
        expect(row).to_contain_text("matched stop", timeout=SOON)
        expect(row).to_contain_text("answered", timeout=SOON)
        other.reload()
        expect(other.get_by_role("rowheader")).to_have_count(1)
        expect(other.get_by_role("main")).to_contain_text("šťóp")
    (ada, *_) = telephones(stage.workspace, "US")
    (entry, *_) = stage.shop.client.get(f"/api/v1/consents?phone={quote(ada.number)}")["items"]
    assert (entry["action"], entry["source"]) == ("reject", "sms_reply")


@pytest.mark.rule("R15.1")
def test_help_is_asked_for_by_keyboard_while_words_wait_in_another_box(
    browser: Browser, stage: Stage
) -> None:
    with complaining(browser) as page:
        at_the_telephones(page, stage)
        page.get_by_label("Text from Chloé").fill("half a sentence")
        page.locator("#main").focus()
        by_keyboard(page, "Text from Bruno")
        page.keyboard.type("help")
        page.keyboard.press("Enter")
        bruno = page.get_by_role("log", name="Texts on Bruno’s telephone")
        expect(bruno.locator(".said").last).to_have_text(HELP, timeout=SOON)
        expect(page.locator("#scenes")).to_contain_text("The help answer was delivered.", timeout=SOON)
        expect(page.get_by_label("Text from Bruno")).to_be_focused()
        # What came in meanwhile has taken nothing away.
        expect(page.get_by_label("Text from Chloé")).to_have_value("half a sentence")


@pytest.mark.rule("R15.1")
def test_a_telephone_that_is_off_gets_nothing_and_its_message_fails(browser: Browser, stage: Stage) -> None:
    with complaining(browser) as page:
        at_the_telephones(page, stage)
        page.get_by_label("Chloé: Telephone").select_option("off")
        expect(page.get_by_text("Off. Turn it on below to text from it.")).to_be_visible()
        expect(page.get_by_label("Text from Chloé")).to_have_count(0)
        chloe = telephones(stage.workspace, "US")[2].number
        stage.shop.client.put("/api/v1/contacts", {"external_id": chloe, "phone": chloe, "sms_consent": True})
        stage.shop.reaches(stage.shop.advertise(chloe)["id"], "failed")
        expect(page.locator("#scenes")).to_contain_text("Receipt failed", timeout=SOON)
        expect(page.get_by_role("log", name="Texts on Chloé’s telephone")).not_to_contain_text("prams")
        page.get_by_label("Chloé: Telephone").select_option("on")
        expect(page.get_by_label("Text from Chloé")).to_be_visible()


@pytest.mark.rule("R15.1")
def test_without_scripting_a_telephone_texts_and_the_page_is_asked_again(
    browser: Browser, stage: Stage
) -> None:
    with complaining(browser, java_script_enabled=False) as page:
        at_the_telephones(page, stage)
        page.get_by_label("Chloé: Delay").select_option("3000")
        page.get_by_role("button", name="Set Chloé’s telephone").click()
        expect(page.get_by_label("Chloé: Delay")).to_have_value("3000")
        # Asked again while the answer is under way, a browser may find no page to ask for.
        with page.expect_navigation():
            text(page, "Chloé", "Où est mon colis ?")
        until_shown(page, "Où est mon colis ?")
        until_shown(page, "it waits in the inbox")


def until_shown(page: Page, words: str) -> None:
    """Reload, as one does without scripting, until the page says so."""
    until(f"the page says {words!r}", lambda: page.reload() and page.get_by_text(words).count())


def test_telephones_with_texts_are_accessible_and_fit(browser: Browser, stage: Stage) -> None:
    with complaining(browser) as page:
        at_the_telephones(page, stage)
        assert faults(page, "/simulator/") == []
        page.goto(f"{stage.sayso.url}/home/")
        assert faults(page, "/home/") == []
