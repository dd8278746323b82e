"""The whole way of a campaign in the console, from a file of people to the copy for next month.

Told at two widths, against an engine that plans and sends and a carrier with telephones.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.browser.looking import complaining, faults
from tests.browser.people import sign_in
from tests.browser.stages import Stage, opened
from tests.doors.served import get
from tests.journeys.shop import telephone
from tests.running import Sayso, until

BODY = 'Hi {{ first_name | default: "friend" }} – prams: littlefern.example/autumn {{ unsubscribe_link }}'
NO = "They said no to this category"
NAMES = ("Ada", "Ben", "Cy", "Dee", "Eve")
SIZES = {"desktop": (1440, 900), "phone": (390, 844)}
PAUSED = "INSERT INTO pauses (resource, why) VALUES (%s, 'the line of this story')"


@pytest.fixture(scope="module")
def stage(sayso: Sayso) -> Stage:
    """A shop that knows what a text costs; what is launched begins at once."""
    made = opened(sayso, "Autumn & Co")
    made.shop.client.put("/api/v1/opt-out", {"message": "STOP ends it.", "terms": []})
    sayso.rows("UPDATE workspaces SET launch_delay_seconds = 0 WHERE id = %s", made.workspace)
    sayso.rows("INSERT INTO credit_accounts (workspace_id, currency) VALUES (%s, 'USD')", made.workspace)
    for kind, price in (("sms", 7_500), ("mms", 20_000)):
        row = (made.workspace, kind, price)
        sayso.rows("INSERT INTO prices VALUES (%s, 'US', %s, now() - interval '1 day', %s)", *row)
    return made


@dataclass(frozen=True)
class Story:
    """One telling: at a width, with people of its own, who have its club in common."""

    stage: Stage
    page: Page
    club: str
    phones: tuple[str, ...]

    def goes(self, path: str) -> None:
        self.page.goto(self.stage.sayso.url + path)

    def presses(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def says(self, where: str, what: str) -> None:
        expect(self.page.locator(where)).to_contain_text(what)

    def file(self) -> bytes:
        """Five people, of whom one said no, and a row that is refused."""
        rows = ["id;mobile;first_name;club;consent"]
        said = ("yes", "yes", "yes", "yes", "no")
        for place, (phone, consent) in enumerate(zip(self.phones, said, strict=True)):
            rows.append(f"{self.club}-{place};{phone};{NAMES[place]};{self.club};{consent}")
        return "\n".join([*rows, f"{self.club}-9;nothing;Zoë;{self.club};yes"]).encode()

    @contextmanager
    def line_stands_still(self) -> Iterator[None]:
        """So that a campaign can be stopped before anything has left."""
        line = f"connection:{self.stage.shop.connection['id']}"
        self.stage.sayso.rows(PAUSED, line)
        try:
            yield
        finally:
            self.stage.sayso.rows("DELETE FROM pauses WHERE resource = %s", line)

    def got(self, phone: str) -> list[str]:
        """What a telephone got of this campaign."""
        return [one["body"] for one in self.stage.shop.shown(phone) if "prams" in one["body"]]


@pytest.mark.timeout(300)
@pytest.mark.rule("R8.2", "R8.3", "R9.1", "R9.2", "R9.4", "R9.5", "R9.6", "R13.2")
@pytest.mark.parametrize("size", SIZES)
def test_a_campaign_from_the_file_of_people_to_the_copy_for_next_month(
    browser: Browser, stage: Stage, size: str
) -> None:
    width, height = SIZES[size]
    with complaining(browser, viewport={"width": width, "height": height}) as page:
        story = Story(stage, page, size, tuple(telephone() for _ in range(5)))
        sign_in(page, stage.sayso.url, stage.owner)
        people_come_in(story)
        those_of_a_club_are_a_segment(story)
        it_is_written_and_seen_on_a_telephone(story)
        it_is_rehearsed_and_says_who_would_not_get_it(story)
        it_is_tried_on_a_telephone(story)
        it_is_scheduled_and_the_launch_taken_back(story)
        it_goes_out_and_nobody_who_stopped_gets_it(story)
        its_report_adds_up(story)
        its_copy_is_launched_and_cancelled(story)


def people_come_in(story: Story) -> None:
    story.goes("/contacts/import/")
    file = {"name": f"{story.club}.csv", "mimeType": "text/csv", "buffer": story.file()}
    story.page.get_by_label("File", exact=True).set_input_files(files=[file])  # type: ignore[list-item]
    story.presses("Look at it")
    for column, meaning in (("id", "external_id"), ("mobile", "phone"), ("consent", "sms_consent")):
        story.page.get_by_label(f"What {column} becomes", exact=True).select_option(meaning)
    story.presses("Start import")
    finished = story.page.get_by_role("status").filter(has_text="Import finished")
    expect(finished).to_contain_text("of 6 rows, 5 became new contacts and 1 was refused")
    expect(story.page.get_by_role("region", name="Refused rows")).to_contain_text("nothing;Zoë")


def those_of_a_club_are_a_segment(story: Story) -> None:
    story.goes("/lists/segments/new/")
    story.page.get_by_label("Name", exact=True).fill(f"Club {story.club}")
    story.page.get_by_label("About", exact=True).select_option("attribute")
    story.page.get_by_label("Which attribute").fill("club")
    story.page.get_by_label("Value").fill(story.club)
    story.says("#counted", "5 people, 5 of them with a number.")
    story.presses("Save")
    expect(story.page.get_by_text(f"“Club {story.club}” is saved.")).to_be_visible()


def it_is_written_and_seen_on_a_telephone(story: Story) -> None:
    page = story.page
    story.goes("/campaigns/new/")
    page.get_by_label("Name", exact=True).fill(f"Autumn {story.club}")
    page.get_by_label("To", exact=True).select_option(label=f"Segment: Club {story.club}")
    page.get_by_label("Category", exact=True).select_option("promotions")
    page.get_by_label("Message", exact=True).fill(BODY)
    choice = page.get_by_label("Preview as").locator("option").filter(has_text="Ada").first
    page.get_by_label("Preview as").select_option(choice.get_attribute("value"))
    said = page.locator("#preview .said")
    expect(said).to_contain_text("Hi Ada – prams: ")
    expect(said).to_contain_text("STOP ends it.")
    expect(said).to_contain_text("/l/")
    expect(said.locator("mark")).to_have_text("–")
    story.says("#letters", "– at 8 makes it Unicode")
    expect(page.locator("#parts-id_body")).to_contain_text(re.compile(r"\d parts.*Unicode.*\$0\.0"))
    page.locator("#letters").get_by_role("button", name="Replace it").click()
    expect(page.locator("#letters")).to_be_empty()
    picture = BytesIO()
    Image.new("RGB", (320, 240), "#8c1d5e").save(picture, "JPEG")
    page.locator("#bring").click()
    file = {"name": "pram.jpg", "mimeType": "image/jpeg", "buffer": picture.getvalue()}
    page.get_by_label("Picture", exact=True).set_input_files(files=[file])  # type: ignore[list-item]
    page.get_by_label("What is on it").fill("A pram")
    story.presses("Bring it")
    expect(page.locator("#preview").get_by_role("img", name="A pram")).to_be_visible()
    story.says("#parts-id_body", "1 MMS")
    story.says("#parts-id_body", "$0.02")
    story.presses("Save and review")
    page.wait_for_url("**/review/")


def it_is_rehearsed_and_says_who_would_not_get_it(story: Story) -> None:
    story.presses("Rehearse")
    story.says("#rehearsal", "Counted to the end")
    story.says("#would", "4 would get it now, 1 not at all: 4 parts for $0.08")
    story.page.locator("#rehearsal").get_by_role("link", name=NO).click()
    expect(story.page.get_by_role("row").filter(has_text="Eve")).to_contain_text(NO)
    with story.page.expect_download() as saving:
        story.page.get_by_role("link", name="CSV of these people").click()
    assert story.phones[4].removeprefix("+") in saving.value.path().read_text("utf-8")
    story.page.get_by_role("link", name=f"Review Autumn {story.club}").click()


def it_is_tried_on_a_telephone(story: Story) -> None:
    story.page.get_by_role("combobox", name="To", exact=True).fill(story.phones[1])
    story.presses("Send the test")
    expect(story.page.get_by_text("A test is on its way to")).to_be_visible()
    until("the test arrives", lambda: story.got(story.phones[1]))


def it_is_scheduled_and_the_launch_taken_back(story: Story) -> None:
    story.page.get_by_label("At a moment").check()
    story.page.get_by_label("Day and time").fill("2031-06-01T10:00")
    story.presses("Launch")
    story.says("#report", "It begins on 01-06-2031 at 10:00")
    story.says("#state", "Scheduled")
    story.presses("Undo the launch")
    story.page.wait_for_url("**/review/")


def it_goes_out_and_nobody_who_stopped_gets_it(story: Story) -> None:
    page, (ada, ben, cy, dee, eve) = story.page, story.phones
    with story.line_stands_still():
        page.get_by_label("As soon as").check()
        story.presses("Launch")
        story.says("#report", "4 wait for their turn")
        page.get_by_role("link", name="Pause").click()
        page.get_by_role("dialog").get_by_role("button", name="Pause").click()
        story.says("#state", "Paused")
        story.stage.shop.texted(ada, "stop")
        story.stage.shop.blocked(ada)
        (link,) = re.findall(r"http\S+/u/\S+", story.got(ben)[0])
        stopping = page.context.new_page()
        stopping.goto(link)
        stopping.get_by_role("button", name="Yes, stop them").click()
        expect(stopping.get_by_role("heading", level=1)).to_have_text("Done. No more offers by text.")
        stopping.close()
    page.get_by_role("link", name="Resume").click()
    page.get_by_role("dialog").get_by_role("button", name="Resume").click()
    expect(page.locator("#state")).to_have_text("Sent")
    assert [len(story.got(phone)) for phone in (ada, ben, cy, dee, eve)] == [0, 1, 1, 1, 0]
    (short,) = re.findall(r"http\S+/l/\S+", story.got(cy)[0])
    led = get(short, **{"user-agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X)"})
    assert led.headers["location"] == "https://littlefern.example/autumn"


def its_report_adds_up(story: Story) -> None:
    report = story.page.locator("#report")
    became = report.get_by_role("table", name="People and messages of this campaign")
    for name, figure in (("Planned", 5), ("Sent", 2), ("Delivered", 2), ("Not sent", 3)):
        expect(became.get_by_role("row").filter(has_text=name).first).to_contain_text(f"{figure}")
    expect(report.locator("#timeline").get_by_role("img").first).to_be_visible()
    expect(report).to_contain_text("They said stop before it left")
    expect(report).to_contain_text(NO)
    with story.page.expect_download() as saving:
        story.page.get_by_role("link", name="Recipients as CSV").click()
    assert len(saving.value.path().read_text("utf-8").splitlines()) == 6
    assert faults(story.page, f"the report at {story.club}") == []
    width, height = SIZES[story.club]
    story.page.set_viewport_size({"width": width, "height": height})


def its_copy_is_launched_and_cancelled(story: Story) -> None:
    story.presses("Copy campaign")
    story.page.wait_for_url("**/edit/")
    expect(story.page.get_by_label("Name", exact=True)).to_have_value(f"Copy of Autumn {story.club}")
    story.presses("Save and review")
    with story.line_stands_still():
        story.presses("Launch")
        story.says("#report", "2 wait for their turn")
        story.page.get_by_role("link", name="Cancel it").click()
        story.page.get_by_role("dialog").get_by_role("button", name="Cancel it").click()
        story.says("#state", "Cancelled")
    story.says("#report", "Nothing more of it leaves.")
    assert len(story.got(story.phones[2])) == 1
