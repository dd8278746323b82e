"""Campaigns and lists as a person meets them: written, tried, reviewed, launched, undone, watched."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.browser.pages import campaigns as rows
from tests.console_visits import signed_in, text
from tests.consoles import Console
from tests.core.test_pictures import with_a_place

TEXTS = {
    "tested": "30",
    "control": "10",
    "measure": "opt_outs",
    "hours": "6",
    "body_1": "First one",
    "share_1": "50",
    "body_2": "Second one",
    "share_2": "50",
}


class Scene:
    """A workspace with a marketer, a category, a line and a list of four people."""

    def __init__(self, console: Console, role: str = "marketer") -> None:
        self.console = console
        self.workspace = console.workspace()
        self.client = signed_in(console.person((self.workspace, role)))
        console.category(self.workspace, "promotions")
        console.line(self.workspace, "447700900118")
        query = "UPDATE sayso.workspaces SET opt_out_message = 'Reply STOP to end' WHERE id = %s"
        console.execute(query, self.workspace)
        self.list = rows.people(console, self.workspace)

    def filled(self, **more: Any) -> dict[str, Any]:
        return {
            "name": "Autumn box",
            "recipients": f"list-{self.list}",
            "body": rows.BODY,
            "reply_service": "on",
            "opt_out_message": "",
            "category": "promotions",
            "per": "number",
        } | more

    def made(self, **more: Any) -> int:
        return rows.campaign(self.console, self.workspace, more.pop("name", "Autumn box"), **more)

    def post(self, path: str, **said: Any) -> Any:
        return self.client.post(f"/campaigns/{path}", said)

    def page(self, path: str) -> str:
        return text(self.client.get(f"/campaigns/{path}", follow=True))

    def hidden(self, path: str) -> dict[str, str]:
        """What a form of a page carries unseen."""
        page = self.client.get(f"/campaigns/{path}").content.decode()
        found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
        return {name: value for name, value in found if name in ("once", "seen", "stands")}

    def stands(self, campaign_id: int, column: str = "state") -> Any:
        query = f"SELECT {column} FROM sayso.campaigns WHERE id = %s"
        return self.console.execute(query, campaign_id)[0][0]


@pytest.fixture
def scene(console: Console) -> Scene:
    return Scene(console)


@pytest.mark.rule("R9.1")
def test_the_list_tells_type_recipients_moment_and_what_a_draft_needs(scene: Scene) -> None:
    at = datetime(2026, 12, 24, 9, 30, tzinfo=UTC)
    to_list = {"audience": "list", "list_id": scene.list}
    scene.made(name="Stroll", state="scheduled", starts_at=at, **to_list)
    scene.made(name="Club", audience="none", category="")
    scene.made(name="Welcome", audience="automation")
    page = scene.page("")
    for told in (
        "Sent batch 24-12-2026 09:30",
        "Contact list: Vienna store – Stroll",
        "Draft batch",
        "Choose who gets it: a list, a segment, or everybody. Choose the category",
        "Automation center campaign",
        "For Automation Center",
        "Nothing goes out now, 1 is scheduled, 2 are drafts",
    ):
        assert told in " ".join(page.split()).replace(" ,", ","), told
    page = scene.page("?state=scheduled&q=stro")
    assert "Stroll" in page
    assert "Club" not in page
    assert "No campaign fits this filter" in scene.page("?q=nobody")


def test_an_empty_list_leads_on(scene: Scene) -> None:
    assert "Write the first" in scene.page("")


@pytest.mark.rule("R9.1")
def test_a_draft_is_written_changed_copied_and_deleted(scene: Scene) -> None:
    form = scene.filled(once="one")
    assert scene.client.post("/campaigns/new/", form).status_code == HTTPStatus.SEE_OTHER
    assert scene.client.post("/campaigns/new/", form).status_code == HTTPStatus.SEE_OTHER
    query = "SELECT id FROM sayso.campaigns WHERE workspace_id = %s"
    ((made,),) = scene.console.execute(query, scene.workspace)
    assert (scene.stands(made, "audience"), scene.stands(made, "list_id")) == ("list", scene.list)
    answer = scene.post(f"{made}/edit/", **scene.filled(name="Winter box", review="1"))
    assert answer.headers["Location"] == f"/campaigns/{made}/review/"
    assert scene.stands(made, "name") == "Winter box"
    answer = scene.post(f"{made}/copy/", once="two")
    copied = int(answer.headers["Location"].split("/")[2])
    assert scene.stands(copied, "name") == "Copy of Winter box"
    assert "Delete “Copy of Winter box”?" in scene.page(f"{copied}/delete/")
    scene.post(f"{copied}/delete/")
    assert scene.console.execute(query, scene.workspace) == [(made,)]


def test_a_campaign_that_was_cancelled_before_it_began_promises_nothing(scene: Scene) -> None:
    at = datetime(2026, 12, 24, 9, 30, tzinfo=UTC)
    made = scene.made(state="cancelled", starts_at=at, ended_at=at - timedelta(days=1))
    page = scene.page(f"{made}/")
    assert "It was cancelled before anybody was looked at" in page
    assert "Once it begins" not in page


@pytest.mark.rule("R9.4")
def test_links_are_short_in_the_preview_kept_with_the_draft_and_counted_in_the_report(scene: Scene) -> None:
    body = "Sale https://fern.example/sale https://fern.example/{{ external_id }}"
    form = scene.filled(body=body, link_tracking="on", once="one")
    shown = text(scene.client.post("/campaigns/preview/", form))
    assert "https://fern.example/sale" not in shown
    assert "/l/" in shown
    assert "Stays as it is written, and is not counted: https://fern.example/{{ external_id }}" in shown
    shown = text(scene.client.post("/campaigns/preview/", form | {"reply_service": "", "link_tracking": ""}))
    assert "https://fern.example/sale" in shown
    assert "Say how to stop. People cannot reply to this text. {{ unsubscribe_link }} gives" in shown
    scene.client.post("/campaigns/new/", form)
    query = "SELECT id FROM sayso.campaigns WHERE workspace_id = %s"
    ((made,),) = scene.console.execute(query, scene.workspace)
    kept = "SELECT written FROM sayso.campaign_links WHERE workspace_id = %s"
    assert scene.console.execute(kept, scene.workspace) == [("https://fern.example/sale",)]
    assert "Short links, counted https://fern.example/sale" in " ".join(scene.page(f"{made}/review/").split())
    query = (
        "UPDATE sayso.campaigns SET state = 'finished', starts_at = now(), launched_at = now() WHERE id = %s"
    )
    scene.console.execute(query, made)
    rows.clicks(scene.console, scene.workspace, made)
    told = " ".join(scene.page(f"{made}/").split())
    assert "2 people opened it" not in told
    assert "https://fern.example/sale 3 2 2" in told


@pytest.mark.rule("R9.4")
def test_a_text_that_leads_to_a_script_is_refused_beside_it(scene: Scene) -> None:
    answer = scene.client.post("/campaigns/new/", scene.filled(body="Go javascript:alert(1)"))
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "is no address of the web" in text(answer)


@pytest.mark.rule("R9.1")
def test_what_was_launched_stays_and_the_refusal_is_shown(scene: Scene) -> None:
    sent = scene.made(name="Sent", state="finished", starts_at=datetime.now(UTC))
    answer = scene.client.post(f"/campaigns/{sent}/delete/", follow=True)
    assert "“Sent” stays. It was launched, and its messages stay on record." in text(answer)
    answer = scene.post(f"{sent}/edit/", **scene.filled())
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Only a draft can be changed, and this one is finished." in text(answer)
    assert scene.client.get(f"/campaigns/{sent}/edit/").headers["Location"] == f"/campaigns/{sent}/"


@pytest.mark.rule("R9.2")
def test_a_name_that_is_not_understood_is_refused_beside_the_text(scene: Scene) -> None:
    answer = scene.client.post("/campaigns/new/", scene.filled(body="Hi {{ first_name }"))
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert 'id="id_body-error"' in answer.content.decode()
    assert "do not come in pairs" in text(answer)


@pytest.mark.rule("R9.2", "R9.3")
def test_the_telephone_shows_what_a_real_person_would_read(scene: Scene) -> None:
    form = scene.filled(body="Hi {{ first_name }} – {{ opt_out_message }}, bye")
    page = text(scene.client.post("/campaigns/preview/", form))
    assert "Amira Haddad, +44 7700 900318" in page
    shown = scene.client.post("/campaigns/preview/", form).content.decode()
    assert 'Hi Amira <mark class="uni">–</mark> Reply STOP to end, bye' in shown
    assert "+44 7700 900118" in page
    assert "– at 10 makes it Unicode" in " ".join(page.split())
    nobody = scene.client.post("/campaigns/preview/", form | {"as": "0"})
    assert "They get nothing: “first_name” is not known of them." in text(nobody)
    link = scene.client.post("/campaigns/preview/", form | {"body": "Stop: {{ unsubscribe_link }}"})
    assert f"{scene.console.url}/u/xxxxxxxxxxxxxxxxxxxxxx Reply STOP" in text(link)
    own = scene.client.post("/campaigns/preview/", form | {"opt_out_message": "STOP ends it"})
    assert "STOP ends it, bye" in text(own)
    # The French number's country has no line: with replies it gets nothing, without it may.
    people = shown.split("Léa Marchand")[0].rsplit('value="', 1)[1].split('"')[0]
    lea = form | {"as": people}
    assert "you have no number in their country" in text(scene.client.post("/campaigns/preview/", lea))
    lea.pop("reply_service")
    assert "you have no number" not in text(scene.client.post("/campaigns/preview/", lea))


@pytest.mark.rule("R9.2")
def test_buttons_of_the_form_change_it_and_save_nothing_without_scripting(scene: Scene) -> None:
    def pressed(what: str, **more: Any) -> str:
        answer = scene.client.post("/campaigns/new/", scene.filled(preview=what, **more))
        assert answer.status_code == HTTPStatus.OK
        return str(answer.content.decode())

    assert "{{ last_name | default: &quot;there&quot; }}</textarea>" in pressed("insert-last_name")
    assert "here - prams" in pressed("plain")
    page = pressed("as-0", body="Hi {{ first_name }}")
    assert "“first_name” is not known of them." in page
    assert 'value="plain"' in pressed("1")
    assert scene.console.execute("SELECT FROM sayso.campaigns WHERE workspace_id = %s", scene.workspace) == []


@pytest.mark.rule("R9.2")
def test_a_picture_is_brought_shown_kept_and_taken_away(scene: Scene) -> None:
    def file(data: bytes) -> SimpleUploadedFile:
        return SimpleUploadedFile("holiday.jpg", data, "image/jpeg")

    form = scene.filled(picture_about="A pram under a tree")
    bad = scene.client.post("/campaigns/new/", form | {"picture": file(b"%PDF-1.7")})
    assert "This is no JPEG, PNG or GIF, whatever its name says." in text(bad)
    none = scene.client.post("/campaigns/new/", form | {"preview": "picture"})
    assert "No file is chosen. Choose a picture, then bring it." in text(none)
    shown = scene.client.post(
        "/campaigns/new/", form | {"picture": file(with_a_place()), "preview": "picture"}
    )
    page = shown.content.decode()
    assert 'alt="A pram under a tree"' in page
    address = page.split('name="media_urls" value="')[1].split('"')[0]
    assert address.startswith("/m/")
    # The British number gets a text with the link in the picture's place.
    assert f"{scene.console.url}{address} Reply STOP to end" in text(shown)
    form |= {"media_urls": address, "without_mms": "skip", "once": "three"}
    assert "They get nothing: no picture is carried" in text(scene.client.post("/campaigns/preview/", form))
    assert scene.client.post("/campaigns/new/", form).status_code == HTTPStatus.SEE_OTHER
    query = "SELECT media_urls, without_mms FROM sayso.campaigns WHERE workspace_id = %s"
    assert scene.console.execute(query, scene.workspace) == [([address], "skip")]
    query = "SELECT id FROM sayso.campaigns WHERE workspace_id = %s"
    ((made,),) = scene.console.execute(query, scene.workspace)
    assert "Where no picture is carried, people get nothing." in scene.page(f"{made}/review/")
    scene.console.execute("UPDATE sayso.campaigns SET without_mms = 'text' WHERE id = %s", made)
    query = "UPDATE sayso.campaigns SET state = %s, starts_at = now() + interval '1 day' WHERE id = %s"
    for state in ("draft", "scheduled"):
        scene.console.execute(query, state, made)
        answer = scene.client.get(f"/campaigns/{made}/", follow=True)
        assert f'<img src="{address}" alt="A pram under a tree">' in answer.content.decode()
        assert "people get the words with a link to the first." in text(answer)
    gone = scene.client.post("/campaigns/new/", form | {"preview": "drop-1", "once": "four"})
    assert 'name="media_urls"' in gone.content.decode()
    assert f'value="{address}"' not in gone.content.decode()


@pytest.mark.rule("R9.5")
@pytest.mark.parametrize(("kind", "carried"), [("simulator", True), ("sinch", False)])
def test_no_page_shows_pictures_that_the_account_behind_the_line_does_not_carry(
    scene: Scene, kind: str, carried: bool
) -> None:
    """Sinch takes one a message; of two, people get the text with a link instead."""
    line = scene.console.line(scene.workspace, "12025550118")
    query = (
        "WITH here AS (UPDATE sayso.inbound_numbers n SET country = 'US' FROM sayso.lines l "
        "WHERE l.id = %s AND n.id = l.inbound_number_id RETURNING connection_id) "
        "UPDATE sayso.connections SET kind = %s FROM here WHERE id = connection_id"
    )
    scene.console.execute(query, line, kind)
    query = "UPDATE sayso.contacts SET phone = 12025550142 WHERE workspace_id = %s AND phone = %s"
    scene.console.execute(query, scene.workspace, rows.PEOPLE[0][0])
    made = scene.made(body="Hi", media_urls=["https://img.example/1.png", "https://img.example/2.png"])
    query = "SELECT id FROM sayso.contacts WHERE workspace_id = %s AND phone = 12025550142"
    as_read = str(scene.console.execute(query, scene.workspace)[0][0])
    told = text(scene.post(f"{made}/test/telephone/", to="+12025550142", **{"as": as_read}))
    form = scene.filled(body="Hi", media_urls="https://img.example/1.png https://img.example/2.png")
    preview = text(scene.client.post("/campaigns/preview/", form | {"as": as_read}))
    for page in (told, preview):
        assert ("1 MMS" in page) is carried
        assert ("Hi https://img.example/1.png Reply STOP to end" in page) is not carried


def test_a_list_that_went_while_the_form_was_open_is_told_in_words(scene: Scene) -> None:
    gone = scene.client.post("/campaigns/new/", scene.filled(recipients="list-999999"))
    assert gone.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "What was chosen here is gone. Choose again." in text(gone)
    assert "list-999999" not in text(gone)


def test_a_preview_without_scripting_is_the_form_again_with_nothing_saved(scene: Scene) -> None:
    answer = scene.client.post("/campaigns/new/", scene.filled(preview="1"))
    assert answer.status_code == HTTPStatus.OK
    assert "Hi Amira, the autumn box" in text(answer)
    assert (
        scene.console.execute("SELECT 1 FROM sayso.campaigns WHERE workspace_id = %s", scene.workspace) == []
    )


def test_of_two_who_edit_a_draft_the_second_sees_what_differs(scene: Scene) -> None:
    made = scene.made(audience="list", list_id=scene.list)
    seen = scene.client.get(f"/campaigns/{made}/edit/").content.decode()
    stands = seen.split('name="stands" value="')[1].split('"')[0]
    scene.post(f"{made}/edit/", **scene.filled(stands=stands, body="Theirs"))
    answer = scene.post(f"{made}/edit/", **scene.filled(stands=stands, body="Mine", recipients="everybody"))
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    page = text(answer)
    for told in ("Two of you edited this", "Theirs", "Mine", "Contact list: Vienna store (4)", "Everybody"):
        assert told in page
    now = answer.content.decode().split('name="stands_now" value="')[1].split('"')[0]
    chosen = {"differs": ["body", "recipients"], "keep_body": "theirs", "keep_recipients": "mine"}
    form = scene.filled(stands=stands, stands_now=now, body="Mine", recipients="everybody", **chosen)
    assert scene.client.post(f"/campaigns/{made}/edit/", form).status_code == HTTPStatus.SEE_OTHER
    assert (scene.stands(made, "body"), scene.stands(made, "audience")) == ("Theirs", "everybody")


@pytest.mark.rule("R9.6")
def test_a_rehearsal_is_begun_told_while_it_counts_and_forgotten_by_an_edit(scene: Scene) -> None:
    made = scene.made()
    assert "A rehearsal looks at every person as a launch does" in scene.page(f"{made}/review/")
    assert scene.post(f"{made}/rehearsal/").status_code == HTTPStatus.SEE_OTHER
    page = scene.page(f"{made}/review/")
    assert "Still counting." in page
    scene.console.execute("DELETE FROM sayso.campaign_plans WHERE campaign_id = %s", made)
    rows.tallies(scene.console, scene.workspace, made, rows.PLANNED, rehearsal=True)
    part = scene.client.get(f"/campaigns/{made}/rehearsal/", headers={"hx-request": "true"})
    told = " ".join(text(part).split())
    for line in (
        "Would be sent 17,135",
        "Not sent 1,277",
        "Blocked: they said stop 402",
        "No number 25",
        "Parts in all 34,270",
    ):
        assert line in told
    assert "every 2s" not in part.content.decode()
    # An edit forgets it: it was of another text.
    scene.post(f"{made}/edit/", **scene.filled())
    assert "A rehearsal looks at every person" in scene.page(f"{made}/review/")


@pytest.mark.rule("R9.6")
def test_who_would_not_get_it_stands_behind_each_reason_and_in_a_file(scene: Scene) -> None:
    made = scene.made()
    rows.tallies(scene.console, scene.workspace, made, rows.PLANNED, rehearsal=True)
    rows.behind(scene.console, scene.workspace, made)
    of_consent = f"{made}/rehearsal/people/?why=never-consent_unknown"
    assert f"/campaigns/{of_consent}" in scene.client.get(f"/campaigns/{made}/review/").content.decode()
    page = scene.page(of_consent)
    assert "688 people" in page
    assert "Amira Haddad No consent: nobody knows of a yes Nobody knows of a yes to promotions." in page
    assert "Léa" not in page
    assert "1,277 people" in scene.page(f"{made}/rehearsal/people/?why=nothing")
    address = f"/campaigns/{made}/rehearsal/people.csv"
    told = scene.client.get(f"{address}?why=never-blocked_by_keyword").content.decode("utf-8-sig")
    assert told.splitlines() == [
        "number,external id,when,reason,why,not before (UTC)",
        "33639981244,C-2210,never,blocked_by_keyword,Blocked since 21-11-2026: the text “baby stop pls”.,",
    ]
    assert len(scene.client.get(address).content.decode().splitlines()) == 5
    scene.post(f"{made}/edit/", **scene.filled())
    assert "Not rehearsed yet" in scene.page(f"{made}/rehearsal/people/")


def test_what_is_wanting_is_told_instead_of_a_launch(scene: Scene) -> None:
    made = scene.made(audience="none", category="", body="")
    page = scene.page(f"{made}/review/")
    assert "Not yet. Choose who gets it: a list, a segment, or everybody. Choose the category" in page
    assert "Launch" not in page
    answer = scene.client.post(f"/campaigns/{made}/rehearsal/", follow=True)
    assert "Nothing was rehearsed." in text(answer)


@pytest.mark.rule("R9.3")
def test_a_missing_opt_out_message_is_asked_for_where_it_can_be_written(scene: Scene) -> None:
    scene.console.execute(
        "UPDATE sayso.workspaces SET opt_out_message = '' WHERE id = %s RETURNING 1", scene.workspace
    )
    made = scene.made(reply_service=True)
    page = scene.page(f"{made}/review/")
    assert "There is no opt-out message. Write one for this campaign" in page
    assert " here" not in page.partition("There is no opt-out message.")[2].partition("Settings.")[0]
    assert "Finish it" in page
    assert "Opt-out message" in scene.page(f"{made}/edit/")


@pytest.mark.rule("R2.5")
def test_a_launch_says_in_how_many_seconds_it_begins_and_is_undone(scene: Scene) -> None:
    made = scene.made()
    assert "You can undo it for 60 seconds" in scene.page(f"{made}/review/")
    answer = scene.client.post(f"/campaigns/{made}/review/", {"when": "now", "once": "a"}, follow=True)
    assert "“Autumn box” is launched." in text(answer)
    assert "It begins in 5" in text(answer)
    again = scene.client.post(f"/campaigns/{made}/review/", {"when": "now", "once": "a"}, follow=True)
    assert "cannot be done" not in text(again)
    answer = scene.client.post(f"/campaigns/{made}/undo/", follow=True)
    assert "The launch is taken back" in text(answer)
    assert scene.stands(made) == "draft"


@pytest.mark.rule("R2.5")
@pytest.mark.parametrize("button", ["review", "approve"])
@pytest.mark.parametrize("change", ["draft", "texts"])
def test_nobody_launches_or_approves_what_a_colleague_changed_since_they_read_it(
    scene: Scene, button: str, change: str
) -> None:
    made = scene.made()
    scene.console.execute("UPDATE sayso.workspaces SET approve_above = 0 WHERE id = %s", scene.workspace)
    carried = scene.hidden(f"{made}/review/")
    if change == "draft":
        scene.post(f"{made}/edit/", **scene.filled(body="Theirs", **scene.hidden(f"{made}/edit/")))
    else:
        scene.post(f"{made}/texts/", **TEXTS, **scene.hidden(f"{made}/texts/"))
    launch = carried | {"when": "at", "at": "2031-06-01T10:00", "most": "70"}
    answer = scene.client.post(f"/campaigns/{made}/{button}/", launch, follow=True)
    page = " ".join(text(answer).split())
    assert "Somebody changed this campaign after you opened the page." in page
    assert ("Theirs" if change == "draft" else "Second one") in page
    assert scene.stands(made) == "draft"
    approvals = "SELECT count(*) FROM sayso.campaign_approvals WHERE campaign_id = %s"
    assert scene.console.execute(approvals, made) == [(0,)]
    if button == "review":
        assert 'value="70"' in answer.content.decode()  # what was chosen stands in the form still
    scene.client.post(f"/campaigns/{made}/approve/", scene.hidden(f"{made}/review/"))
    assert scene.console.execute(approvals, made) == [(1,)]


@pytest.mark.rule("R9.5")
def test_a_launch_for_a_moment_is_by_the_workspaces_clock(scene: Scene) -> None:
    made = scene.made()
    wrong = scene.post(f"{made}/review/", when="at", at="")
    assert "Say on which day, and at what time." in text(wrong)
    past = scene.post(f"{made}/review/", when="at", at="2020-06-01T10:00", once="b")
    assert past.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "This moment is over." in text(past)
    scene.post(f"{made}/review/", when="at", at="2031-06-01T10:00", once="b")
    assert scene.stands(made, "starts_at") == datetime(2031, 6, 1, 9, tzinfo=UTC)
    assert "It begins on 01-06-2031 at 10:00 , by the clock of Europe/London." in scene.page(f"{made}/")


@pytest.mark.rule("R9.5")
def test_an_hour_that_a_clock_skips_is_the_first_after_it_and_hours_of_ones_own_are_kept(
    scene: Scene,
) -> None:
    made = scene.made()
    scene.post(f"{made}/review/", when="at", at="2031-03-30T01:30", once="a")
    assert scene.stands(made, "starts_at") == datetime(2031, 3, 30, 1, tzinfo=UTC)
    scene.post(f"{made}/undo/")
    # A rehearsal is for the same hour, and the form keeps it.
    said = {"when": "local", "at": "2031-06-01T09:00", "most": "500", "per": "3600"}
    scene.post(f"{made}/rehearsal/", **said)
    page = scene.client.get(f"/campaigns/{made}/review/").content.decode()
    assert 'value="2031-06-01T09:00"' in page
    assert 'name="most" value="500"' in page
    scene.post(f"{made}/review/", **said, once="b")
    assert scene.stands(made, "starts_at") == datetime(2031, 5, 31, 19, tzinfo=UTC)
    query = "SELECT local_clock::text, most, window_seconds FROM sayso.campaign_paces WHERE NOT rehearsal"
    assert scene.console.execute(f"{query} AND campaign_id = %s", made) == [
        ("2031-06-01 09:00:00", 500, 3600)
    ]
    page = " ".join(scene.page(f"{made}/").split())
    assert "Each gets it on 01-06-2031 at 09:00 where they are" in page
    assert "It begins on 31-05-2031 at 20:00 , by the clock of Europe/London." in page


@pytest.mark.rule("R9.1")
def test_what_was_launched_stands_under_reporting_batch_or_automated(scene: Scene) -> None:
    scene.made(name="Draft one")
    now = datetime.now(UTC)
    sent = scene.made(name="Sent one", state="finished", starts_at=now)
    scene.made(name="Automatic one", state="sending", starts_at=now, audience="automation")
    query = (
        "INSERT INTO sayso.campaign_counts (workspace_id, campaign_id, departed, failed, opted_out,"
        " counted_from, counted_to) VALUES (%s, %s, 1234, 0, 6, now(), now())"
    )
    scene.console.execute(query, scene.workspace, sent)
    page = scene.page("reporting/")
    assert "Draft one" not in page
    assert "1,234" in page
    assert "0.49%" in page
    assert "Automatic one" not in scene.page("reporting/?kind=batch")
    assert "Sent one" not in scene.page("reporting/?kind=automated")
    assert "Draft one" in scene.page("?q=the autumn box is here&kind=batch")


@pytest.mark.rule("R9.5")
def test_several_texts_are_written_and_shown_and_left_again(scene: Scene) -> None:
    made = scene.made()
    wrong = scene.post(f"{made}/texts/", **TEXTS | {"share_2": "40"})
    assert "The shares of the texts add up to 90" in text(wrong)
    page = text(scene.client.post(f"/campaigns/{made}/texts/", TEXTS, follow=True))
    for told in ("The texts are saved.", "Second one", "on 30%, 10% get nothing"):
        assert told in " ".join(page.split()), told
    instead = "People get those; the message below is kept, and goes to nobody."
    assert instead in scene.page(f"{made}/edit/")
    assert "Everybody gets the campaign’s own text." in text(
        scene.client.post(f"/campaigns/{made}/texts/", {"one": "1"}, follow=True)
    )
    assert instead not in scene.page(f"{made}/edit/")


def test_of_two_who_write_several_texts_the_second_sees_what_differs(scene: Scene) -> None:
    made = scene.made()
    carried = scene.hidden(f"{made}/texts/")
    scene.post(f"{made}/texts/", **TEXTS, **carried)
    for mine in (TEXTS | {"body_2": "Mine"}, {"one": "1"}):
        answer = scene.post(f"{made}/texts/", **mine, **carried)
        assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert "Two of you edited this" in text(answer)
        assert "Second one" in text(answer)
    stored = "SELECT body FROM sayso.campaign_variants WHERE campaign_id = %s ORDER BY variant"
    assert scene.console.execute(stored, made) == [("First one",), ("Second one",)]


@pytest.mark.rule("R9.5")
def test_a_test_is_sent_from_the_review_and_told_number_by_number(scene: Scene) -> None:
    made = scene.made(audience="list", list_id=scene.list)
    query = (
        "INSERT INTO sayso.blocks (workspace_id, phone, written, scope, since, source, reason) "
        "VALUES (%s, 447700900733, 'x', 'channel', now(), 'keyword', 'They said stop.')"
    )
    scene.console.execute(query, scene.workspace)
    query = "INSERT INTO sayso.consent_states VALUES (%s, 447700900734, 5, '*', 'reject', now(), 'api')"
    scene.console.execute(query, scene.workspace)
    said = {"to": "07700 900641, 07700 900733, 07700 900734", "as": "0"}
    page = text(scene.client.post(f"/campaigns/{made}/test/", said, follow=True))
    assert "A test is on its way to +44 7700 900641." in page
    assert "No test went to +44 7700 900733. Blocked: they said stop." in page
    query = "SELECT purpose, campaign_id FROM sayso.messages WHERE workspace_id = %s"
    assert scene.console.execute(query, scene.workspace) == [("test", None)] * 3
    query = "SELECT reason FROM sayso.outcomes WHERE workspace_id = %s ORDER BY reason"
    told = scene.console.execute(query, scene.workspace)
    assert told == [("blocked_by_keyword",), ("consent_rejected",)]
    none = scene.client.post(f"/campaigns/{made}/test/", {"to": ""}, follow=True)
    assert "No test was sent. Name one to 5 numbers" in text(none)
    wrong = scene.client.post(f"/campaigns/{made}/test/", {"to": "07700 900641, 12"}, follow=True)
    assert "No test was sent. “12”: This is no phone number." in text(wrong)
    written = wrong.content.decode()
    assert 'value="07700 900641, 12"' in written
    assert 'aria-describedby="test_to-help test_to-error" aria-invalid="true" autofocus' in written
    assert "test_to-error" not in scene.client.get(f"/campaigns/{made}/review/").content.decode()


@pytest.mark.rule("R9.5")
def test_a_test_that_is_sent_again_from_the_same_page_leaves_once(scene: Scene) -> None:
    made = scene.made(body="Hi")
    once = scene.client.get(f"/campaigns/{made}/review/").content.decode()
    once = once.split('id="send-test"')[1].split('name="once" value="')[1].split('"')[0]
    test = {"once": once, "as": "0"}
    assert "No test was sent." in text(
        scene.client.post(f"/campaigns/{made}/test/", test | {"to": "12"}, follow=True)
    )
    pages = [
        text(scene.client.post(f"/campaigns/{made}/test/", test | {"to": "07700 900641"}, follow=True))
        for _ in range(2)
    ]
    assert "A test is on its way to +44 7700 900641." in pages[0]
    assert "This test was sent already, and is not sent twice." in pages[1]
    query = "SELECT count(*) FROM sayso.messages WHERE workspace_id = %s"
    assert scene.console.execute(query, scene.workspace) == [(1,)]


@pytest.mark.rule("R9.5")
def test_a_test_shows_before_it_is_sent_what_the_number_would_read_and_what_it_costs(scene: Scene) -> None:
    scene.console.execute("INSERT INTO sayso.credit_accounts VALUES (%s, 'EUR')", scene.workspace)
    query = "INSERT INTO sayso.prices VALUES (%s, 'GB', 'sms', now(), 41000)"
    scene.console.execute(query, scene.workspace)
    made, at = scene.made(body="Hi {{ first_name }}"), "test/telephone/"
    query = "SELECT id FROM sayso.contacts WHERE workspace_id = %s AND phone = %s"
    amira = scene.console.execute(query, scene.workspace, rows.PEOPLE[0][0])[0][0]
    told = " ".join(text(scene.post(f"{made}/{at}", to="07700 900641", **{"as": amira})).split())
    assert "on +44 7700 900641 Hi Amira Reply STOP to end 1 part · 26 of 160 characters · €0.041" in told
    told = text(scene.post(f"{made}/{at}", to="07700 900641, 07700 900642", **{"as": amira}))
    assert "€0.082 with 1 more" in told
    assert "“first_name” is not known of them" in text(scene.post(f"{made}/{at}", to="07700 900641"))
    told = text(scene.post(f"{made}/{at}", to="+33 6 39 98 12 44", **{"as": amira}))
    assert "You have no number in their country" in told
    assert "once a number does" in scene.page(f"{made}/review/")
    shown = scene.client.post(
        f"/campaigns/{made}/test/", {"to": "07700 900641", "as": amira, "show": "1"}, follow=True
    )
    assert "on +44 7700 900641" in text(shown)


@pytest.mark.rule("R2.5")
def test_a_campaign_that_waits_for_its_connection_says_so_and_not_that_it_goes_on(scene: Scene) -> None:
    made = scene.made(state="planning", starts_at=datetime.now(UTC))
    query = (
        "SELECT 'connection:' || n.connection_id FROM sayso.lines l "
        "JOIN sayso.inbound_numbers n ON n.id = l.inbound_number_id WHERE l.workspace_id = %s"
    )
    ((connection,),) = scene.console.execute(query, scene.workspace)
    assert "You may leave: it goes on." in scene.page(f"{made}/")
    ring = "INSERT INTO sayso.alarms VALUES (%s, %s, 'x', now(), now())"
    scene.console.execute(ring, "provider_silent", connection)
    silent = "Hardly anything leaves by +44 7700 900118. Its provider does not answer as it should."
    assert silent in scene.page(f"{made}/")
    scene.console.execute(ring, "connection_failed_over", connection)
    assert "Hardly anything leaves" not in scene.page(f"{made}/")
    scene.console.execute("INSERT INTO sayso.pauses (resource, why) VALUES (%s, 'spam')", connection)
    page = scene.page(f"{made}/")
    assert "Nothing leaves by +44 7700 900118. Whoever runs this server stopped its connection." in page
    assert "it goes on" not in page
    assert "spam" not in page  # what operators tell each other is theirs


@pytest.mark.rule("R9.5")
def test_what_stands_still_by_itself_says_why_in_the_list_and_on_its_page(scene: Scene) -> None:
    made = scene.made(state="paused", starts_at=datetime.now(UTC) - timedelta(hours=3))
    told = "It should have begun more than an hour ago."
    query = "INSERT INTO sayso.campaign_holds VALUES (%s, %s, 'overdue', %s, now())"
    scene.console.execute(query, scene.workspace, made, told)
    assert told in scene.page("")
    assert f"It stands still. {told}" in " ".join(scene.page(f"{made}/").split())
    scene.post(f"{made}/resume/")
    assert scene.stands(made) == "scheduled"
    assert told not in scene.page("")


@pytest.mark.rule("R9.5")
def test_a_campaign_is_paused_resumed_and_cancelled_once_that_was_asked(scene: Scene) -> None:
    made = scene.made(state="sending", starts_at=datetime.now(UTC) - timedelta(minutes=1))
    for verb, question, safe, state in (
        ("pause", "Pause “Autumn box”?", "Let it go on", "paused"),
        ("resume", "Resume “Autumn box”?", "Leave it paused", "planning"),
        ("pause", "Pause “Autumn box”?", "Let it go on", "paused"),
        ("cancel", "Cancel “Autumn box” for good?", "Leave it paused", "cancelled"),
    ):
        asked = scene.page(f"{made}/{verb}/")
        assert question in asked
        assert safe in asked
        assert scene.post(f"{made}/{verb}/").status_code == HTTPStatus.SEE_OTHER
        assert scene.stands(made) == state
    answer = scene.client.post(f"/campaigns/{made}/pause/", follow=True)
    assert "This cannot be done now: the campaign is cancelled." in text(answer)


@pytest.mark.rule("R13.2")
def test_the_report_adds_up_and_says_why_in_words(scene: Scene) -> None:
    made = scene.made(state="sending", starts_at=datetime.now(UTC))
    rows.tallies(scene.console, scene.workspace, made, (("queued", "", 8), ("skipped", "no_number", 1)))
    rows.messages(scene.console, scene.workspace, made, 3)
    told = " ".join(scene.page(f"{made}/").split())
    for line in (
        "7 of 9 are done. 2 wait for their turn.",
        "Planned 9 people",
        "Sent 5 55.6% of planned",
        "Delivered 3 60.0% of sent",
        "Not delivered 2 40.0% of sent",
        "Still to go 2 22.2% of planned",
        "Not sent 2 22.2% of planned",
        "They said stop before it left 1",
        "No number 1",
        "Number not in use 1",
        "Unconfirmed, not sent again 1",
        "By a text that answers it 0",
        "By its link 0",
    ):
        assert line in told, line


@pytest.mark.rule("R2.1")
def test_an_agent_sees_nothing_of_it_and_an_analyst_looks(console: Console) -> None:
    scene = Scene(console, "analyst")
    made = scene.made(audience="list", list_id=scene.list)
    assert "New campaign" not in scene.page("")
    page = scene.page(f"{made}/edit/")
    assert "You can look, not launch. Owners, admins and marketers launch campaigns." in page
    for path in (f"{made}/review/", f"{made}/copy/", f"{made}/delete/", "new/", f"{made}/rehearsal/"):
        assert scene.post(path, when="now").status_code == HTTPStatus.FORBIDDEN, path
    agent = signed_in(console.person((scene.workspace, "agent")))
    assert "Campaigns" not in text(agent.get("/inbox/"))
    for path in ("/campaigns/", f"/campaigns/{made}/", "/lists/", f"/lists/{scene.list}/"):
        assert agent.get(path).status_code == HTTPStatus.FORBIDDEN


@pytest.mark.rule("R8.3")
def test_a_list_is_made_and_people_are_put_on_it_by_id_and_by_number(scene: Scene) -> None:
    client, workspace = scene.client, scene.workspace
    answer = client.post("/lists/new/", {"name": "Bath", "once": "x"}, follow=True)
    assert "“Bath” is made." in text(answer)
    query = "SELECT id FROM sayso.lists WHERE workspace_id = %s AND name = 'Bath'"
    ((made,),) = scene.console.execute(query, workspace)
    taken = client.post("/lists/new/", {"name": "Bath", "once": "y"})
    assert "There is a list of this name already." in text(taken)
    said = "C-1041\r\n07700 900733\n\nnobody\n+33 6 39 98 12 44"
    page = text(client.post(f"/lists/{made}/", {"people": said, "on": "1"}, follow=True))
    for told in (
        "3 people put on the list.",
        "No contact here is or has “nobody”.",
        "Amira Haddad",
        "C-2210",
    ):
        assert told in page
    page = text(client.post(f"/lists/{made}/", {"people": "C-1041", "off": "1"}, follow=True))
    assert "1 person taken off the list." in page
    assert "2 people are on it." in " ".join(page.split())
    scene.made(audience="list", list_id=made)
    kept = client.post(f"/lists/{made}/delete/", follow=True)
    assert "“Bath” stays. A campaign" in text(kept)
    gone = client.post(f"/lists/{scene.list}/delete/", follow=True)
    assert "“Vienna store” is deleted." in text(gone)


@pytest.mark.rule("R2.4")
def test_the_trail_tells_of_campaigns_and_lists_in_words(console: Console) -> None:
    scene = Scene(console, "owner")
    made = scene.made()
    scene.client.post(f"/campaigns/{made}/review/", {"when": "now"})
    scene.client.post(f"/campaigns/{made}/undo/")
    scene.client.post(f"/lists/{scene.list}/", {"people": "C-1041", "off": "1"})
    page = text(scene.client.get("/audit/", follow=True))
    for told in (
        "Launched campaign “Autumn box”",
        "Took back the launch of “Autumn box”",
        "Changed list “Vienna store”",
    ):
        assert told in page, told


@pytest.mark.rule("R8.3")
def test_a_campaign_goes_to_a_segment_and_an_edit_keeps_it(scene: Scene) -> None:
    query = (
        "INSERT INTO sayso.segments (workspace_id, name, conditions) VALUES (%s, 'Club', '{}') RETURNING id"
    )
    ((segment,),) = scene.console.execute(query, scene.workspace)
    scene.client.post("/campaigns/new/", scene.filled(recipients=f"segment-{segment}"))
    query = "SELECT id, audience, segment_id FROM sayso.campaigns WHERE workspace_id = %s"
    ((made, *goes_to),) = scene.console.execute(query, scene.workspace)
    assert goes_to == ["segment", segment]
    assert "Segment: Club" in scene.page("")
    assert "Segment: Club" in scene.page(f"{made}/review/")
    page = scene.client.get(f"/campaigns/{made}/edit/").content.decode()
    assert f'<option value="segment-{segment}" selected>' in page
    scene.post(f"{made}/edit/", **scene.filled(recipients=f"segment-{segment}", name="Winter box"))
    assert scene.stands(made, "segment_id") == segment
