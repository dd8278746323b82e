"""The inbox in a real browser: live while writing, by keyboard, without scripting, on a telephone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.looking import by_keyboard, complaining, faults
from tests.browser.people import enter, sign_in
from tests.consoles import Console
from tests.conversing import AMIRA, Shop

GREY = "Is the grey pram back before Christmas?"
SAID = "Yes, on 4 December."
WITHIN = 1_000  # milliseconds: an inbound text is on the agent's screen


@pytest.fixture
def shop(console: Console) -> Shop:
    return Shop(console)


def test_a_word_without_end_fits_the_page(page: Page, address: str, shop: Shop) -> None:
    asked = shop.texts(GREY, "x" * 300)
    enter(page, address, shop.agent)
    page.goto(f"{address}/inbox/{asked}/")
    assert faults(page, "a long word") == []


@pytest.mark.rule("R12.2")
def test_a_text_that_arrives_while_writing_is_seen_within_a_second_and_the_draft_stays(
    page: Page, address: str, shop: Shop
) -> None:
    asked = shop.texts(GREY)
    enter(page, address, shop.agent)
    with page.expect_response(lambda answer: "/live/" in answer.url):
        page.goto(f"{address}/inbox/{asked}/")
    box = page.get_by_label("Reply to")
    box.fill("Yes, we expect it on ")
    shop.texts("And in blue?")
    expect(page.locator("#talk")).to_contain_text("And in blue?", timeout=WITHIN)
    expect(page.locator("#convos .last")).to_have_text("And in blue?", timeout=WITHIN)
    expect(box).to_have_value("Yes, we expect it on ")
    expect(box).to_be_focused()
    page.keyboard.type("4 December.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".said.ours")).to_have_text("Yes, we expect it on 4 December.")
    assert shop.replies() == ["Yes, we expect it on 4 December."]
    assert shop.rows("SELECT unanswered FROM sayso.conversations WHERE line_id = %s", shop.line) == [(0,)]


@pytest.mark.rule("R12.2")
def test_a_text_that_arrives_while_reading_further_up_moves_nothing_and_is_told(
    page: Page, address: str, shop: Shop
) -> None:
    asked = shop.texts(*(f"Question {number}: {GREY}" for number in range(30)))
    enter(page, address, shop.agent)
    with page.expect_response(lambda answer: "/live/" in answer.url):
        page.goto(f"{address}/inbox/{asked}/")
    box = page.get_by_label("Reply to")
    box.fill("Yes, we expect it on ")
    first = page.locator("#talk .said").filter(has_text="Question 12:")
    first.evaluate("said => said.scrollIntoView({block: 'start'})")
    stood = first.bounding_box()
    seen = page.locator("#talk input[form=reply-form]")
    before = seen.input_value()
    shop.texts("And in blue?")
    newer = page.get_by_role("button", name="1 new text ↓")
    expect(newer).to_be_visible(timeout=WITHIN)
    now = first.bounding_box()
    assert stood
    assert now
    assert abs(now["y"] - stood["y"]) < 4  # rounded, not jumped
    assert seen.input_value() == before  # what was not on the screen is not answered
    shop.texts("Or in green?")
    expect(page.get_by_role("button", name="2 new texts ↓")).to_be_visible()
    page.get_by_role("button", name="2 new texts ↓").click()
    expect(newer).to_be_hidden()
    expect(page.get_by_text("Or in green?").last).to_be_in_viewport()
    expect(box).to_be_focused()
    expect(box).to_have_value("Yes, we expect it on ")
    assert seen.input_value() != before


@pytest.mark.rule("R12.2")
def test_the_list_is_filtered_by_label(page: Page, address: str, shop: Shop) -> None:
    asked = shop.texts(GREY)
    shop.texts("Do you deliver?", sender="+447700900641")
    label = "INSERT INTO sayso.conversation_labels VALUES (%s, %s, %s, 'due january', 'Due January')"
    shop.rows(label, shop.workspace, int(AMIRA), shop.line)
    enter(page, address, shop.agent)
    page.goto(f"{address}/inbox/{asked}/")
    page.get_by_label("Reply to").fill(SAID)
    expect(page.locator("#convos li")).to_have_count(2)
    page.get_by_label("Label", exact=True).select_option("Due January")
    expect(page.locator("#convos li")).to_have_count(1)
    expect(page).to_have_url(re.compile(r"label=due\+january"))
    expect(page.get_by_label("Reply to")).to_have_value(SAID)
    page.get_by_label("Show").select_option("mine")
    expect(
        page.get_by_role("heading", name="Nothing labelled “Due January” is assigned to you")
    ).to_be_visible()
    page.get_by_role("link", name="Any label").click()
    expect(page.get_by_role("heading", name="Nothing is assigned to you")).to_be_visible()


@pytest.mark.rule("R12.2")
def test_a_double_click_sends_one_reply(page: Page, address: str, shop: Shop) -> None:
    asked = shop.texts(GREY)
    enter(page, address, shop.agent)
    page.goto(f"{address}/inbox/{asked}/")
    page.get_by_label("Reply to").fill(SAID)
    page.get_by_role("button", name="Send reply").dblclick()
    expect(page.locator(".said.ours")).to_have_text(SAID)
    assert shop.replies() == [SAID]
    page.go_back()
    expect(page.get_by_label("Reply to")).to_have_value("")  # what was sent is not offered again


@pytest.mark.rule("R12.2")
def test_words_outlive_a_reload_and_a_session_that_ended(page: Page, address: str, shop: Shop) -> None:
    asked = shop.texts(GREY)
    enter(page, address, shop.agent)
    page.goto(f"{address}/inbox/{asked}/")
    page.get_by_label("Reply to").fill(SAID)
    page.reload()
    expect(page.get_by_label("Reply to")).to_have_value(SAID)
    shop.rows("DELETE FROM console.django_session")
    page.get_by_role("button", name="Send reply").click()
    page.get_by_label("E-mail").fill(shop.agent.email)
    page.get_by_label("Password").fill(shop.agent.password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_label("Reply to")).to_have_value(SAID)
    assert shop.replies() == []
    page.get_by_role("button", name="Send reply").click()
    expect(page.locator(".said.ours")).to_have_text(SAID)
    expect(page.get_by_label("Reply to")).to_have_value("")


@pytest.mark.rule("R12.2")
def test_a_conversation_is_answered_and_closed_by_keyboard(page: Page, address: str, shop: Shop) -> None:
    shop.texts("Do you deliver?", sender="+447700900641")
    asked = shop.texts(GREY)
    enter(page, address, shop.agent)
    page.goto(f"{address}/inbox/")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/inbox/{asked}/")
    page.keyboard.press("r")
    page.keyboard.type(SAID)
    by_keyboard(page, "Send and close")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="Reply sent, conversation closed.")).to_be_visible()
    expect(page.locator("#convos li")).to_have_count(1)


@pytest.mark.rule("R12.2")
def test_assigning_and_labelling_leave_the_draft_alone(page: Page, address: str, shop: Shop) -> None:
    asked = shop.texts(GREY)
    enter(page, address, shop.agent)
    page.goto(f"{address}/inbox/{asked}/")
    page.get_by_label("Reply to").fill(SAID)
    page.get_by_label("Assigned to").select_option("Jo Brandt (you)")
    expect(page.locator("#convos .tags")).to_contain_text("you")
    page.get_by_label("New label").fill("Prams")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Remove label Prams")).to_be_visible()
    page.get_by_role("button", name="Remove label Prams").click()
    expect(page.get_by_role("button", name="Remove label Prams")).to_have_count(0)
    expect(page.get_by_label("Reply to")).to_have_value(SAID)


@pytest.mark.rule("R12.1")
def test_a_stop_appears_on_the_first_tab_without_a_reload(page: Page, address: str, shop: Shop) -> None:
    enter(page, address, shop.agent)
    with page.expect_response(lambda answer: "/live/" in answer.url):
        page.goto(f"{address}/inbox/stopped/")
    expect(page.get_by_role("heading", name="Nobody has asked to stop.")).to_be_visible()
    shop.texts("Stop pls!!")
    expect(page.get_by_role("row").filter(has_text="Stop pls!!")).to_be_visible(timeout=WITHIN)


@pytest.mark.rule("R12.2")
def test_everything_works_without_scripting(browser: Browser, address: str, shop: Shop) -> None:
    asked = shop.texts(GREY)
    with complaining(browser, java_script_enabled=False) as page:
        sign_in(page, address, shop.agent)
        page.get_by_label("Show").select_option("all")
        page.get_by_role("button", name="Filter").click()
        page.get_by_role("link", name=GREY).click()
        page.get_by_label("Assigned to").select_option("Jo Brandt (you)")
        page.get_by_role("button", name="Assign").click()
        page.goto(f"{address}/inbox/{asked}/")
        page.get_by_label("Reply to").fill("Straße")
        page.get_by_role("button", name="Count the parts").click()
        expect(page.locator(".parts")).to_contain_text("6 of 160 characters")
        page.get_by_role("button", name="Send reply").click()
        expect(page.locator(".said.ours")).to_have_text("Straße")
        page.get_by_role("button", name="Close", exact=True).click()
        page.get_by_role("button", name="Undo").click()
        expect(page.get_by_role("button", name="Close", exact=True)).to_be_visible()


def test_on_a_telephone_list_and_conversation_are_two_pages(
    browser: Browser, address: str, shop: Shop
) -> None:
    shop.texts(GREY)
    with complaining(browser, viewport={"width": 390, "height": 844}) as page:
        sign_in(page, address, shop.agent)
        expect(page.get_by_label("Reply to")).to_be_hidden()
        page.get_by_role("link", name=GREY).click()
        expect(page.locator("#convos")).to_be_hidden()
        expect(page.get_by_label("Reply to")).to_be_visible()
        page.get_by_role("link", name="About", exact=True).click()
        expect(page.get_by_role("heading", name="Why this text is here")).to_be_visible()
        page.get_by_role("link", name="+44 7700 900318").click()
        page.get_by_role("link", name="Back to all conversations").click()
        expect(page.locator("#convos")).to_be_visible()
