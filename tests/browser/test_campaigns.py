"""What a marketer does with a campaign, in a real browser: written, tried, rehearsed, launched, watched."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.looking import by_keyboard, complaining
from tests.browser.pages import campaigns as rows
from tests.browser.people import enter, sign_in
from tests.consoles import Console, Person


class Shop:
    """A workspace with a category, a line and a list of four people, and a marketer."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.id = console.workspace()
        console.category(self.id, "promotions")
        console.line(self.id, "447700900118")
        query = "UPDATE sayso.workspaces SET opt_out_message = 'STOP ends it' WHERE id = %s"
        console.execute(query, self.id)
        self.list = rows.people(console, self.id)
        self.marketer: Person = console.person((self.id, "marketer"))

    def campaign(self, **more: object) -> int:
        return rows.campaign(self.console, self.id, "Autumn box", **more)

    def stands(self, campaign_id: int) -> str:
        query = "SELECT state FROM sayso.campaigns WHERE id = %s"
        return str(self.console.execute(query, campaign_id)[0][0])


@pytest.fixture
def shop(console: Console) -> Shop:
    return Shop(console)


@pytest.mark.rule("R9.1", "R9.2", "R2.5")
def test_a_marketer_writes_launches_and_undoes_a_campaign_by_keyboard(
    page: Page, address: str, shop: Shop
) -> None:
    sign_in(page, address, shop.marketer)
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Campaigns").click()
    page.get_by_role("link", name="New campaign").press("Enter")
    page.wait_for_url("**/campaigns/new/")
    by_keyboard(page, "Name")
    page.keyboard.type("Autumn box")
    by_keyboard(page, "To")
    page.keyboard.type("Contact list: V")
    by_keyboard(page, "Category")
    page.keyboard.type("promotions")
    by_keyboard(page, "Message")
    page.keyboard.type('Hi {{ first_name | default: "friend" }} – prams')
    seen = page.locator("#preview")
    expect(seen.locator(".said")).to_have_text("Hi Amira – prams STOP ends it")
    expect(seen.locator("mark")).to_have_text("–")
    expect(page.locator("#parts-id_body")).to_contain_text("29 of 70 characters")
    expect(page.locator("#letters")).to_contain_text("– at 10 makes it Unicode")
    expect(page.get_by_label("Message", exact=True)).to_be_focused()
    by_keyboard(page, "Save and review")
    page.keyboard.press("Enter")
    page.wait_for_url("**/review/")
    by_keyboard(page, "Launch")
    page.keyboard.press("Enter")
    expect(page.get_by_text("“Autumn box” is launched.")).to_be_visible()
    expect(page.locator("#report")).to_contain_text("Until then the launch can be undone.")
    by_keyboard(page, "Undo the launch")
    # The part asks for itself every two seconds meanwhile, and the button keeps the focus.
    with page.expect_response(lambda answer: answer.request.headers.get("hx-request") == "true"):
        pass
    expect(page.get_by_role("button", name="Undo the launch")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/review/")
    expect(page.get_by_text("The launch is taken back")).to_be_visible()


def test_the_preview_follows_whom_and_what_is_chosen(page: Page, address: str, shop: Shop) -> None:
    made = shop.campaign(body="Hi {{ first_name }}")
    enter(page, address, shop.marketer)
    page.goto(f"{address}/campaigns/{made}/edit/")
    seen = page.locator("#preview")
    expect(seen.locator(".said")).to_have_text("Hi Amira STOP ends it")
    page.get_by_label("Preview as").select_option("Somebody of whom nothing is known")
    expect(seen).to_contain_text("They get nothing: “first_name” is not known of them.")
    page.get_by_label("Preview as").select_option(label="Léa Marchand, +33 6 39 98 12 44")
    expect(seen).to_contain_text("you have no number in their country")
    page.get_by_label("Let people reply").uncheck()
    expect(seen).not_to_contain_text("you have no number in their country")
    page.get_by_role("button", name="The next one").click()
    expect(seen.locator("header")).to_contain_text("seen by Amira Haddad")
    page.get_by_label("Message", exact=True).fill("Don’t miss it, ")
    page.locator("#personalise summary").click()
    page.get_by_role("button", name="last_name").click()
    expect(page.get_by_label("Message", exact=True)).to_be_focused()
    page.get_by_role("button", name="Replace it").click()
    wanted = 'Don\'t miss it, {{ last_name | default: "there" }}'
    expect(page.get_by_label("Message", exact=True)).to_have_value(wanted)
    expect(page.locator("#letters")).to_be_empty()
    page.get_by_label("Message", exact=True).fill("Hi {{ first_name }")
    expect(seen).to_contain_text("do not come in pairs")
    page.get_by_role("button", name="Save draft").click()
    expect(page.locator("#id_body-error")).to_contain_text("do not come in pairs")
    expect(page.get_by_label("Message", exact=True)).to_be_focused()


def test_the_menu_of_a_row_closes_with_escape_and_when_somebody_looks_elsewhere(
    page: Page, address: str, shop: Shop
) -> None:
    shop.campaign()
    enter(page, address, shop.marketer)
    page.goto(f"{address}/campaigns/")
    menu = page.locator("details.menu-more")
    button = menu.locator("summary")
    button.press("Enter")
    expect(page.get_by_role("button", name="Copy Autumn box")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(button).to_be_focused()
    expect(page.get_by_role("button", name="Copy Autumn box")).to_be_hidden()
    button.press("Enter")
    page.get_by_role("heading", level=1).click()
    expect(page.get_by_role("button", name="Copy Autumn box")).to_be_hidden()


def test_on_a_telephone_no_field_that_has_the_focus_lies_under_the_foot_of_the_form(
    page: Page, address: str, shop: Shop
) -> None:
    covered = """() => {
      const at = document.activeElement, foot = document.querySelector("footer.stay")
      return !foot.contains(at) && at.getBoundingClientRect().bottom > foot.getBoundingClientRect().top
    }"""
    page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(reduced_motion="reduce")  # else the page is still on its way there
    enter(page, address, shop.marketer)
    page.goto(f"{address}/campaigns/new/")
    page.get_by_label("Name", exact=True).focus()
    for name in ("Message", "Opt-out message", "One text for each"):
        by_keyboard(page, name)
        assert not page.evaluate(covered), name


@pytest.mark.rule("R9.5", "R13.2")
def test_who_watches_sees_it_move_and_a_colleague_pause_it(page: Page, address: str, shop: Shop) -> None:
    made = shop.campaign(state="sending", starts_at=datetime.now(UTC))
    rows.tallies(shop.console, shop.id, made, (("queued", "", 8),))
    enter(page, address, shop.marketer)
    page.goto(f"{address}/campaigns/{made}/")
    expect(page.locator("#report")).to_contain_text("8 of 8 are done.")
    rows.messages(shop.console, shop.id, made, 1)
    expect(page.locator("#report")).to_contain_text("4 of 8 are done. 4 wait for their turn.")
    other = page.context.new_page()
    other.goto(f"{address}/campaigns/{made}/")
    other.get_by_role("link", name="Pause").click()
    expect(other.get_by_role("dialog")).to_contain_text("Pause “Autumn box”?")
    other.get_by_role("button", name="Pause").click()
    expect(other.get_by_text("“Autumn box” is paused.")).to_be_visible()
    expect(page.locator("#report")).to_contain_text("Paused. 4 wait")
    expect(page.locator("#state")).to_have_text("Paused")
    expect(page.get_by_role("link", name="Resume")).to_be_visible()


def test_a_campaign_and_its_list_without_scripting(browser: Browser, address: str, shop: Shop) -> None:
    with complaining(browser, java_script_enabled=False) as page:
        enter(page, address, shop.marketer)
        page.goto(f"{address}/lists/new/")
        page.get_by_label("Name").fill("Bath")
        page.get_by_role("button", name="Make it").click()
        page.get_by_role("textbox", name="People").fill("C-1041\n+447700900733")
        page.get_by_role("button", name="Put on the list").click()
        expect(page.get_by_text("2 people put on the list.")).to_be_visible()
        page.goto(f"{address}/campaigns/new/")
        page.get_by_label("Name").fill("Autumn box")
        page.get_by_label("To", exact=True).select_option(label="Contact list: Bath (2)")
        page.get_by_label("Message", exact=True).fill("Hi {{ first_name }}")
        page.get_by_label("Category").select_option("promotions")
        page.get_by_role("button", name="Show it as they read it").click()
        expect(page.locator("#preview .said")).to_have_text("Hi Amira STOP ends it")
        page.get_by_role("button", name="Save and review").click()
        page.get_by_role("button", name="Rehearse").click()
        page.get_by_role("link", name="Look again").click()
        page.get_by_label("At a moment").check()
        page.get_by_label("Day and time").fill("2031-06-01T10:00")
        page.get_by_role("button", name="Launch").click()
        expect(page.locator("#report")).to_contain_text("It begins on 01-06-2031 at 10:00")
        page.get_by_role("link", name="Cancel it").click()
        page.get_by_role("button", name="Cancel it").click()
        expect(page.locator("#report")).to_contain_text("Nothing more of it leaves.")


@pytest.mark.rule("R2.5")
def test_a_page_that_is_open_when_the_launch_is_taken_back_says_so(
    page: Page, address: str, shop: Shop
) -> None:
    made = shop.campaign(state="scheduled", starts_at=datetime.now(UTC) + timedelta(hours=1))
    enter(page, address, shop.marketer)
    page.goto(f"{address}/campaigns/{made}/")
    other = page.context.new_page()
    other.goto(f"{address}/campaigns/{made}/")
    other.get_by_role("button", name="Undo the launch").click()
    other.wait_for_url("**/review/")
    expect(page.locator("#report")).to_contain_text("The launch was taken back. It is a draft again")
    expect(page.locator("#state")).to_have_text("Draft")
    page.get_by_role("link", name="review it").click()
    page.wait_for_url("**/review/")
