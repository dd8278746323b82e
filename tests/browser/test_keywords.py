"""What a marketer does with keywords, in a real browser: made, tried, started, edited, paused."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import APIResponse, Browser, Page, Route, expect

from tests.browser.looking import by_keyboard, complaining, faults
from tests.browser.pages import keywords as furnished
from tests.browser.people import enter, sign_in
from tests.consoles import Console, Person
from tests.running import until


class Shop:
    """A workspace with one line on a shared code, and a marketer."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.id = console.workspace()
        self.line = console.line(self.id, "11221", "shared_short_code", "baby")
        self.marketer: Person = console.person((self.id, "marketer"))

    def process(self, **more: Any) -> int:
        row = {"type": "unsubscribe", "name": "Stop", "state": "started"} | more
        query = (
            "INSERT INTO sayso.processes (workspace_id, line_id, type, name, state)"
            " VALUES (%s, %s, %s, %s, %s) RETURNING id"
        )
        return int(self.console.execute(query, self.id, self.line, *row.values())[0][0])

    def keyword(self, process_id: int, word: str) -> None:
        query = "INSERT INTO sayso.process_keywords VALUES (%s, %s, %s, %s)"
        self.console.execute(query, self.id, process_id, word, word)


@pytest.fixture
def shop(console: Console) -> Shop:
    return Shop(console)


@pytest.mark.rule("R4.2", "R4.5", "R4.6", "R4.8", "R4.9", "R4.12")
def test_a_marketer_makes_tries_starts_edits_and_pauses_a_process(
    page: Page, address: str, shop: Shop
) -> None:
    shop.keyword(shop.process(type="help", name="Ask us"), "frage")
    sign_in(page, address, shop.marketer)
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Keywords").click()
    page.get_by_role("link", name="New process").click()
    page.get_by_label("Name", exact=True).fill("Stop")
    expect(page.get_by_label("Does").get_by_role("option", name="Join (comes later)")).to_be_disabled()

    word = page.get_by_label("Your keywords")
    for typed, said in (("stop2", "“stop2” has more than letters."), ("frage", "belongs to Ask us (help)")):
        word.fill(typed)
        word.press("Enter")
        expect(page.locator("#word-error")).to_contain_text(said)
        expect(word).to_be_focused()
        expect(word).to_have_attribute("aria-invalid", "true")
    for typed in ("genug", "basta"):
        word.fill(typed)
        page.get_by_role("button", name="Add", exact=True).click()
        expect(page.get_by_role("button", name=f"Remove {typed}")).to_be_visible()
        expect(word).to_have_value("")
        expect(word).to_be_focused()
    expect(page.locator("#say")).to_have_text("basta added")

    page.get_by_label("In English").press_sequentially("You’re out.")
    expect(page.locator(".parts")).to_contain_text("11 of 70 characters, Unicode because of ’ at 4")
    expect(page.locator("#message")).to_contain_text(
        "the United Kingdom wants an opt-out confirmed is not known"
    )

    decision = page.locator("#decision")
    for text, told, why in (
        ("baby šťóp", "Opts the sender out", "“stop” begins the text"),
        ("baby stopwatches", "Stops nobody", "No process on 11221 / baby takes it"),
        ("baby please cancel my order", "Stops nobody", "waits in the inbox"),
    ):
        page.get_by_role("button", name=text, exact=True).click()
        expect(decision).to_contain_text(told)
        expect(decision).to_contain_text(why)
    page.get_by_label("Text", exact=True).press_sequentially("baby genug jetzt")
    expect(decision).to_contain_text("“genug” begins the text")
    page.get_by_label("it is only the keyword").check()
    page.get_by_role("button", name="Try", exact=True).click()
    expect(decision).to_contain_text("Stops nobody")
    page.get_by_label("it begins with the word").check()

    page.get_by_role("button", name="Save and start").click()
    expect(page.get_by_role("status").filter(has_text="“Stop” is saved and started.")).to_be_visible()
    row = page.get_by_role("row").filter(has=page.get_by_role("link", name="Stop", exact=True))
    expect(row).to_contain_text("Started")

    row.get_by_role("link", name="Stop", exact=True).click()
    page.get_by_role("button", name="Remove basta").click()
    expect(page.get_by_role("button", name="Remove basta")).to_have_count(0)
    page.get_by_role("button", name="Save and close").click()
    expect(page.get_by_role("status").filter(has_text="The change applies now.")).to_be_visible()

    row.get_by_role("link", name="Pause Stop").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("“genug” will no longer stop anyone. “stop” goes on working on this line")
    expect(dialog.get_by_role("button", name="Keep it running")).to_be_focused()
    dialog.get_by_role("button", name="Pause", exact=True).click()
    expect(row).to_contain_text("Paused")
    page.get_by_role("button", name="Undo").click()
    expect(row).to_contain_text("Started")


def test_a_process_is_made_by_keyboard_alone(page: Page, address: str, shop: Shop) -> None:
    enter(page, address, shop.marketer)
    page.goto(f"{address}/keywords/new/")
    by_keyboard(page, "Your keywords")
    page.keyboard.type("genug")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Remove genug")).to_be_visible()
    by_keyboard(page, "In English")
    page.keyboard.type("You are out.")
    by_keyboard(page, "Save and start")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="is saved and started")).to_be_visible()


def test_a_process_is_made_without_scripting(browser: Browser, address: str, shop: Shop) -> None:
    with complaining(browser, java_script_enabled=False) as page:
        enter(page, address, shop.marketer)
        page.goto(f"{address}/keywords/new/")
        page.get_by_label("Your keywords").fill("genug")
        page.get_by_label("Your keywords").press("Enter")
        expect(page.get_by_role("button", name="Remove genug")).to_be_visible()
        page.get_by_label("Text", exact=True).fill("baby genug")
        page.get_by_label("Text", exact=True).press("Enter")
        expect(page.locator("#decision")).to_contain_text("Opts the sender out")
        page.get_by_label("Another language").select_option("de")
        page.get_by_role("button", name="Add a language").click()
        page.get_by_label("In German").fill("Sie sind abgemeldet.")
        page.get_by_label("In English").fill("You are out.")
        page.get_by_role("button", name="Save and start").click()
        expect(page.get_by_role("status").filter(has_text="is saved and started")).to_be_visible()
        page.get_by_role("link", name="Pause Stop").click()
        page.get_by_role("button", name="Pause", exact=True).click()
        expect(page.get_by_role("row").filter(has_text="Paused")).to_be_visible()
        page.get_by_label("Text", exact=True).fill("baby stop")
        page.get_by_role("button", name="Try", exact=True).click()
        expect(page.locator("#decision")).to_contain_text("Opts the sender out")


def test_a_template_is_written_by_keyboard_alone(page: Page, address: str, shop: Shop) -> None:
    enter(page, address, shop.marketer)
    page.goto(f"{address}/templates/new/")
    by_keyboard(page, "Name")
    page.keyboard.type("Shipped")
    by_keyboard(page, "In English")
    page.keyboard.type("It is on its way.")
    by_keyboard(page, "Another language")
    page.keyboard.type("Ger")
    by_keyboard(page, "Add a language")
    page.keyboard.press("Enter")
    expect(page.get_by_label("In German")).to_be_visible()
    expect(page.get_by_label("In English")).to_have_value("It is on its way.")
    by_keyboard(page, "Save and close")
    page.keyboard.press("Enter")
    expect(page.get_by_role("row").filter(has_text="It is on its way.")).to_be_visible()


@pytest.mark.rule("R4.2")
def test_the_second_of_two_editors_chooses_field_by_field(page: Page, address: str, shop: Shop) -> None:
    process = shop.process()
    enter(page, address, shop.marketer)
    page.goto(f"{address}/keywords/{process}/")
    other = page.context.new_page()
    other.goto(f"{address}/keywords/{process}/")
    other.get_by_label("Name", exact=True).fill("Theirs")
    other.get_by_role("button", name="Save and close").click()
    other.wait_for_url("**/keywords/")
    page.get_by_label("Name", exact=True).fill("Mine")
    page.get_by_role("button", name="Save and close").click()
    expect(page.get_by_role("alert", name="Two of you edited this")).to_be_visible()
    assert faults(page, "conflict") == []
    page.get_by_label("What stands").check()
    page.get_by_role("button", name="Save and close").click()
    expect(page.get_by_role("link", name="Theirs", exact=True)).to_be_visible()


def test_type_and_line_decide_what_stands_around_them(page: Page, address: str, shop: Shop) -> None:
    enter(page, address, shop.marketer)
    page.goto(f"{address}/keywords/new/")
    page.get_by_label("Name", exact=True).fill("Ask us")
    page.get_by_label("Does").select_option("help")
    expect(page.get_by_text("May it be confirmed?")).to_have_count(0)
    expect(page.get_by_text("Then stop")).to_have_count(0)
    expect(page.get_by_label("Name", exact=True)).to_have_value("Ask us")
    expect(page.get_by_label("In English")).to_be_visible()
    page.get_by_label("And answer").select_option("")
    expect(page.get_by_label("In English")).to_be_hidden()
    page.get_by_role("button", name="Save and start").click()
    expect(page.get_by_text("Needs a message: this type answers")).to_be_visible()
    expect(page.get_by_label("And answer")).to_be_focused()


def test_a_second_click_makes_no_second_process(page: Page, address: str, shop: Shop) -> None:
    """It comes while the first is done already and its answer is on the way; that one is never read."""
    first: list[APIResponse] = []

    def answer_late(route: Route) -> None:
        if first:
            route.continue_()
        else:
            first.append(route.fetch(max_redirects=0))

    enter(page, address, shop.marketer)
    page.goto(f"{address}/keywords/new/")
    page.get_by_label("In English").fill("You are out.")
    page.route("**/keywords/new/", answer_late)
    save = page.get_by_role("button", name="Save and close")
    save.scroll_into_view_if_needed()
    place = save.bounding_box()
    assert place
    # By the mouse alone: a locator would wait for the answer before it clicks again.
    page.mouse.click(place["x"] + 9, place["y"] + 9)
    until("the first is done", lambda: page.title() and first)
    page.mouse.click(place["x"] + 9, place["y"] + 9)
    expect(page.get_by_role("row").filter(has_text="Unsubscribe")).to_have_count(1)
    made = shop.console.execute("SELECT count(*) FROM sayso.processes WHERE workspace_id = %s", shop.id)
    assert made == [(1,)]


def test_the_overview_hears_of_a_match_without_a_reload(page: Page, address: str, shop: Shop) -> None:
    process = shop.process()
    with page.expect_response(lambda answer: "/live/" in answer.url):
        enter(page, address, shop.marketer)
        page.goto(f"{address}/keywords/")
    expect(page.get_by_role("row").filter(has_text="Stop")).to_contain_text("never")
    query = "INSERT INTO sayso.process_matches VALUES (%s, %s, current_date, 7, now())"
    shop.console.execute(query, shop.id, process)
    shop.console.execute("SELECT pg_notify('live', %s)", f"keywords {shop.id}")
    expect(page.get_by_role("row").filter(has_text="Stop")).to_contain_text("just now")
    expect(page.get_by_role("row").filter(has_text="Stop")).to_contain_text("7")


def test_a_decision_and_what_is_folded_are_accessible_and_fit(page: Page, address: str, shop: Shop) -> None:
    made = furnished.furnish(shop.console, shop.id)
    shop.keyword(made["process"], "w" * 20)
    enter(page, address, shop.marketer)
    page.goto(f"{address}/keywords/{made['process']}/")
    page.get_by_label("Text", exact=True).fill("baby STOP")
    expect(page.locator("#decision")).to_contain_text("Opts the sender out")
    page.locator("#given summary").click()
    assert faults(page, "keywords-edit") == []


@pytest.mark.rule("R4.2", "R4.4", "R4.9")
def test_starting_and_pausing_swap_the_row_alone(page: Page, address: str, shop: Shop) -> None:
    shop.process(type="unsubscribe")
    enter(page, address, shop.marketer)
    page.goto(f"{address}/keywords/")
    page.get_by_label("Text", exact=True).fill("half a tho")
    page.get_by_role("link", name="Pause Stop").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Keep it running").click()
    expect(dialog).to_have_count(0)
    page.get_by_role("link", name="Pause Stop").click()
    dialog.get_by_role("button", name="Pause", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="“Stop” is paused.")).to_be_visible()
    expect(dialog).to_have_count(0)
    start = page.get_by_role("button", name="Start Stop")
    expect(start).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="“Stop” is started.")).to_be_visible()
    expect(page.get_by_role("link", name="Pause Stop")).to_be_focused()
    expect(page.get_by_label("Text", exact=True)).to_have_value("half a tho")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="Start Stop")).to_be_visible()


@pytest.mark.rule("R4.13")
def test_the_modes_in_the_form_are_replayed_before_they_are_saved(
    page: Page, address: str, shop: Shop
) -> None:
    process = shop.process()
    enter(page, address, shop.marketer)
    page.goto(f"{address}/keywords/{process}/")
    page.get_by_label("The words that come with it").select_option("contains")
    with page.expect_popup() as beside:
        page.get_by_role("button", name="what it would have done").click()
    replay = beside.value
    expect(replay.get_by_label("Mode of the predefined words")).to_have_value("contains")
    expect(replay.get_by_label("Line", exact=True)).to_have_value(str(shop.line))
    expect(page.get_by_label("The words that come with it")).to_have_value("contains")


@pytest.mark.rule("R4.2")
def test_starting_what_somebody_deleted_meanwhile_is_told(page: Page, address: str, shop: Shop) -> None:
    process = shop.process(state="paused")
    enter(page, address, shop.marketer)
    page.goto(f"{address}/keywords/")
    page.wait_for_load_state()
    shop.console.execute("UPDATE sayso.processes SET deleted_at = now() WHERE id = %s", process)
    page.get_by_role("button", name="Start Stop").click()
    expect(
        page.get_by_role("alert").filter(has_text="Somebody deleted this process meanwhile.")
    ).to_be_visible()
    expect(page.get_by_role("heading", name="No process yet")).to_be_visible()
