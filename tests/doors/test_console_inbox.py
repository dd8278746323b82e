"""The inbox without scripting: what an agent reads, answers and may not (R12.1 to R12.3)."""

from __future__ import annotations

import re
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest

from tests.console_visits import signed_in, text, visitor
from tests.consoles import Console
from tests.conversing import AMIRA, Shop

GREY = "Is the grey pram back before Christmas?"
SAID = "Yes, on 4 December."


@pytest.fixture
def shop(console: Console) -> Shop:
    return Shop(console)


def form_of(page: Any) -> dict[str, str]:
    """The hidden fields of the reply form, those outside it too."""
    html = page.content.decode()
    token = re.search(r'name="token" value="([^"]+)"', html)
    seen = re.search(r'name="seen" value="(\d+)" form="reply-form"', html)
    assert token
    assert seen
    return {"token": token[1], "seen": seen[1]}


@pytest.mark.rule("R12.1")
def test_an_agent_opens_the_inbox_and_sees_what_needs_an_answer(shop: Shop) -> None:
    asked = shop.texts(GREY)
    client = signed_in(shop.agent)
    page = client.get("/inbox/")
    assert text(page).count(GREY) >= 2  # in the list, and as a bubble beside it
    assert "Unsubscribed using STOP keyword" in text(page)
    assert "Inbound event setup" in text(page)
    client.post(f"/inbox/{asked}/", {"body": SAID, **form_of(page)})
    assert GREY not in text(client.get("/inbox/"))
    everything = text(client.get("/inbox/?show=all"))
    assert f"You: {SAID}" in everything


@pytest.mark.rule("R2.1")
def test_an_agent_sees_the_inbox_and_nothing_else(shop: Shop) -> None:
    client = signed_in(shop.agent)
    assert client.get("/", follow=True).redirect_chain[-1][0] == "/inbox/"
    rail = client.get("/inbox/").content.decode().partition('<nav class="rail"')[2].partition("</nav>")[0]
    menu = re.findall(r'href="(/[^"]*)"', rail)
    assert set(menu) <= {"/", "/inbox/", "/account/", "/sign-out/", "/workspaces/", "/keyboard/"}
    assert client.get("/opt-outs/").status_code == HTTPStatus.FORBIDDEN


@pytest.mark.rule("R12.2")
def test_a_question_stands_with_what_it_answers_who_may_be_texted_and_why_it_is_here(shop: Shop) -> None:
    shop.contact(int(AMIRA), name="Amira Haddad")
    shop.rows("INSERT INTO sayso.categories (workspace_id, name) VALUES (%s, 'promotions')", shop.workspace)
    ((message,),) = shop.rows(
        "INSERT INTO sayso.messages (workspace_id, phone, recipient, connection_id, line_id, sender, class, "
        "purpose, category, body, encoding, parts) VALUES (%s, %s, 'x', 1, %s, 'x', 'advertising', 'api', "
        "'promotions', 'Hi Amira, prams are 20%% off until Sunday', 'GSM-7', 1) RETURNING id",
        shop.workspace, int(AMIRA), shop.line,
    )  # fmt: skip
    shop.rows(
        "INSERT INTO sayso.last_texted VALUES (%s, %s, %s, NULL, %s, false, now())",
        shop.workspace, int(AMIRA), shop.line, message,
    )  # fmt: skip
    asked = shop.texts(GREY)
    page = text(signed_in(shop.agent).get(f"/inbox/{asked}/"))
    assert "Amira Haddad" in page
    assert "+44 7700 900318 on +44 7700 900118" in page
    assert (
        "answers “Hi Amira, prams are 20% off until Sunday” , sure: the last message from this line" in page
    )
    assert "promotions: yes" in page
    assert "waits in the inbox" in page


@pytest.mark.rule("R12.2")
def test_a_reply_is_sent_once_and_its_writer_named(shop: Shop) -> None:
    asked = shop.texts(GREY)
    client = signed_in(shop.agent)
    form = {"body": SAID, **form_of(client.get(f"/inbox/{asked}/"))}
    for _ in range(3):
        assert client.post(f"/inbox/{asked}/", form).status_code == HTTPStatus.SEE_OTHER
    assert shop.replies() == [SAID]
    page = client.get(f"/inbox/{asked}/")
    assert "Jo · sending" in text(page)
    assert form_of(page)["token"] != form["token"]


@pytest.mark.rule("R12.2")
def test_what_is_refused_keeps_the_words(shop: Shop) -> None:
    asked = shop.texts(GREY)
    client = signed_in(shop.agent)
    form = form_of(client.get(f"/inbox/{asked}/"))
    long = "x" * 1601
    answer = client.post(f"/inbox/{asked}/", {"body": long, **form})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert long in answer.content.decode()
    assert "Take 1 out." in text(answer)
    assert (
        client.post(f"/inbox/{asked}/", {"body": " ", **form}).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    )
    assert shop.replies() == []


@pytest.mark.rule("R12.2")
def test_an_expired_session_in_the_middle_of_a_reply_keeps_the_words(shop: Shop) -> None:
    asked = shop.texts(GREY)
    client = signed_in(shop.agent)
    form = {"body": "Yes, we expect it’s on 4 December.", **form_of(client.get(f"/inbox/{asked}/"))}
    shop.rows("DELETE FROM console.django_session")
    answer = client.post(f"/inbox/{asked}/", form)
    assert answer.status_code == HTTPStatus.FOUND
    assert answer["Location"] == f"/sign-in/?next=/inbox/{asked}/"
    again = client.post(
        answer["Location"], {"login": shop.agent.email, "password": shop.agent.password}, follow=True
    )
    assert again.redirect_chain[-1][0] == f"/inbox/{asked}/"
    assert "we expect it’s on 4 December.</textarea>" in again.content.decode()
    assert "nothing was sent" in text(again)
    assert shop.replies() == []
    assert "4 December.</textarea>" not in client.get(f"/inbox/{asked}/").content.decode()
    lasts = "SELECT max(expire_date) > now() + interval '6 days' FROM console.django_session"
    assert shop.rows(lasts) == [(True,)]


@pytest.mark.rule("R12.3")
def test_who_is_blocked_has_no_box_until_they_write_again(shop: Shop) -> None:
    asked = shop.texts(GREY, "stop")
    client = signed_in(shop.agent)
    page = client.get(f"/inbox/{asked}/")
    assert "You can’t answer now." in text(page)
    assert "<textarea" not in page.content.decode()
    asked = shop.texts("But is it?")
    page = client.get(f"/inbox/{asked}/")
    assert "without links. Don’t advertise." in text(page)
    assert "Canned replies" not in text(page)
    answer = client.post(f"/inbox/{asked}/", {"body": "See fern.com/grey", **form_of(page)})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Take “fern.com/grey” out." in text(answer)
    client.post(f"/inbox/{asked}/", {"body": SAID, **form_of(answer)})
    assert shop.replies() == [SAID]


QUEUED = (
    "INSERT INTO sayso.messages (workspace_id, phone, recipient, connection_id, line_id, sender, class, "
    "purpose, category, body, encoding, parts) VALUES (%s, %s, 'x', 1, %s, 'x', 'advertising', 'api', "
    "'promotions', 'Prams', 'GSM-7', 1)"
)


@pytest.mark.rule("R5.4", "R12.2")
def test_a_stop_tells_how_many_waiting_messages_it_took_back(shop: Shop) -> None:
    other = shop.console.line(shop.workspace, "447700900119")
    for line in (shop.line, other):
        shop.rows(QUEUED, shop.workspace, int(AMIRA), line)
    asked = shop.texts(GREY, "stop")
    page = text(signed_in(shop.agent).get(f"/inbox/{asked}/"))
    assert "stopped by “stop” · 2 queued messages were cancelled" in page
    shop.texts("stop")
    assert text(signed_in(shop.agent).get(f"/inbox/{asked}/")).count("were cancelled") == 1


@pytest.mark.rule("R12.3")
def test_words_to_somebody_who_stopped_meanwhile_are_not_lost(shop: Shop) -> None:
    asked = shop.texts(GREY)
    client = signed_in(shop.agent)
    form = form_of(client.get(f"/inbox/{asked}/"))
    shop.texts("stop")
    answer = client.post(f"/inbox/{asked}/", {"body": SAID, **form})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert SAID in text(answer)
    assert shop.replies() == []


@pytest.mark.rule("R12.2", "R2.4")
def test_assign_label_close_and_undo(shop: Shop) -> None:
    asked = shop.texts(GREY)
    client = signed_in(shop.agent)
    client.post(f"/inbox/{asked}/assign/", {"to": shop.agent.id})
    assert GREY in text(client.get("/inbox/?show=mine"))
    client.post(f"/inbox/{asked}/label/", {"label": "Prams"})
    assert "Prams" in text(client.get(f"/inbox/{asked}/about/"))
    seen = form_of(client.get(f"/inbox/{asked}/"))["seen"]
    closed = client.post(f"/inbox/{asked}/close/", {"seen": seen}, follow=True)
    assert "Conversation closed." in text(closed)
    assert f'action="/inbox/{asked}/reopen/"' in closed.content.decode()
    assert GREY not in text(client.get("/inbox/"))
    client.post(f"/inbox/{asked}/reopen/")
    assert GREY in text(client.get("/inbox/"))
    told = shop.rows(
        "SELECT action FROM sayso.audit WHERE workspace_id = %s AND user_id = %s ORDER BY id",
        shop.workspace,
        shop.agent.id,
    )
    assert [action for (action,) in told] == ["assigned", "labelled", "closed", "reopened"]


@pytest.mark.rule("R12.2")
def test_closing_over_a_text_nobody_has_read_is_refused(shop: Shop) -> None:
    asked = shop.texts(GREY)
    client = signed_in(shop.agent)
    seen = form_of(client.get(f"/inbox/{asked}/"))["seen"]
    shop.texts("And in blue?")
    answer = client.post(f"/inbox/{asked}/close/", {"seen": seen})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Something new came in before you closed it." in text(answer)
    assert "And in blue?" in text(answer)


@pytest.mark.rule("R12.2")
def test_a_reply_that_did_not_arrive_stands_with_its_reason_until_it_is_answered_anew(shop: Shop) -> None:
    asked = shop.texts(GREY)
    client = signed_in(shop.agent)
    client.post(f"/inbox/{asked}/", {"body": SAID, "close": "1", **form_of(client.get(f"/inbox/{asked}/"))})
    seen = form_of(client.get(f"/inbox/{asked}/"))
    query = "SELECT id FROM sayso.messages WHERE purpose = 'reply' AND workspace_id = %s"
    ((reply,),) = shop.rows(query, shop.workspace)
    shop.came_back(reply, "The number does not exist.")
    assert "Did not arrive: The number does not exist." in text(client.get("/inbox/"))
    client.post(f"/inbox/{asked}/", {"body": "Sent before that was seen.", **seen})
    page = client.get(f"/inbox/{asked}/")
    assert "A reply did not arrive. The number does not exist." in text(page)
    client.post(f"/inbox/{asked}/", {"body": "In other words.", **form_of(page)})
    assert "did not arrive" not in text(client.get(f"/inbox/{asked}/?show=all"))


@pytest.mark.rule("R12.2")
def test_a_canned_reply_is_written_picked_and_joins_what_is_in_the_box(shop: Shop) -> None:
    asked = shop.texts(GREY)
    client = signed_in(shop.agent)
    made = client.post("/inbox/canned/new/", {"name": "Open", "body": "We are open till 18:00."}, follow=True)
    assert "“Open” saved." in text(made)
    ((canned,),) = shop.rows("SELECT id FROM sayso.canned_replies WHERE workspace_id = %s", shop.workspace)
    form = form_of(client.get(f"/inbox/{asked}/"))
    picked = client.post(f"/inbox/{asked}/", {"body": "Hello!", "use": canned, **form})
    assert "Hello!\nWe are open till 18:00.</textarea>" in picked.content.decode()
    client.post(f"/inbox/canned/{canned}/", {"name": "Hours", "body": "Till 19:00."})
    assert "Till 19:00." in text(client.get("/inbox/canned/"))
    assert "Delete “Hours”?" in text(client.get(f"/inbox/canned/{canned}/delete/"))
    client.post(f"/inbox/canned/{canned}/delete/")
    assert "No canned replies yet" in text(client.get("/inbox/canned/"))
    assert shop.replies() == []


@pytest.mark.rule("R12.1")
def test_the_first_tab_is_the_record_of_stops(shop: Shop) -> None:
    shop.contact(int(AMIRA), name="Amira Haddad")
    stop = shop.texts("Stop pls!!")
    client = signed_in(shop.agent)
    page = text(client.get("/inbox/stopped/"))
    for words in ("Amira Haddad", "+44 7700 900318", "Stop pls!!", "+44 7700 900118", "matched stop",
                  "silent", "so there is no message to send"):  # fmt: skip
        assert words in page
    why = text(client.get(f"/inbox/stopped/{stop}/"))
    assert "It is an opt-out word." in why
    assert "Stop pls!!" not in text(client.get("/inbox/?show=all"))


@pytest.mark.rule("R12.1", "R5.6")
def test_the_third_tab_shows_which_event_a_text_raises(shop: Shop) -> None:
    shop.rows(
        "UPDATE sayso.workspaces SET event_name = 'sms_in', event_properties = %s WHERE id = %s",
        '{"message": "words"}',
        shop.workspace,
    )
    page = text(signed_in(shop.agent).get("/inbox/event/"))
    assert "sms_in" in page
    assert "message words" in page


@pytest.mark.rule("R2.1")
@pytest.mark.parametrize("path", ["", "talk/", "facts/", "about/"])
def test_another_workspaces_conversation_is_not_found(shop: Shop, console: Console, path: str) -> None:
    asked = shop.texts(GREY)
    stranger = signed_in(console.person((console.workspace("Elsewhere"), "owner")))
    assert stranger.get(f"/inbox/{asked}/{path}").status_code == HTTPStatus.NOT_FOUND


@pytest.mark.rule("R2.1")
@pytest.mark.parametrize("verb", ["", "assign/", "close/", "reopen/", "label/"])
def test_another_workspaces_conversation_is_not_changed(shop: Shop, console: Console, verb: str) -> None:
    asked = shop.texts(GREY)
    stranger = signed_in(console.person((console.workspace("Elsewhere"), "owner")))
    said = {"body": SAID, "token": "0" * 32, "seen": asked, "label": "x"}
    assert stranger.post(f"/inbox/{asked}/{verb}", said).status_code == HTTPStatus.NOT_FOUND
    assert shop.replies() == []


@pytest.mark.rule("R2.1")
def test_an_analyst_reads_and_cannot_answer(shop: Shop, console: Console) -> None:
    asked = shop.texts(GREY)
    client = signed_in(console.person((shop.workspace, "analyst")))
    page = client.get(f"/inbox/{asked}/")
    assert "Owners, admins, marketers and agents answer." in text(page)
    assert "<textarea" not in page.content.decode()
    said = {"body": SAID, "token": "0" * 32, "seen": asked}
    assert client.post(f"/inbox/{asked}/", said).status_code == HTTPStatus.FORBIDDEN
    assert client.post(f"/inbox/{asked}/label/", {"label": "x"}).status_code == HTTPStatus.FORBIDDEN


def test_a_withdrawn_line_is_said_where_the_box_would_be(shop: Shop) -> None:
    asked = shop.texts(GREY)
    shop.rows("UPDATE sayso.lines SET withdrawn_at = now() WHERE id = %s", shop.line)
    assert "was withdrawn" in text(signed_in(shop.agent).get(f"/inbox/{asked}/"))


@pytest.mark.rule("R12.2")
def test_texts_are_shown_word_for_word_and_pictures_are_linked(shop: Shop) -> None:
    media = '[{"url": "https://pics.example/1.jpg", "content_type": "image/jpeg"}, {"url": "javascript:x"}]'
    asked = shop.texts("<script>alert('x')</script>\n&amp; שלום", media=media)
    html = signed_in(shop.agent).get(f"/inbox/{asked}/").content.decode()
    assert "&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt;\n&amp;amp; שלום" in html
    assert "<script>alert" not in html
    assert 'href="https://pics.example/1.jpg"' in html
    assert "javascript:x" not in html


@pytest.mark.parametrize(
    "query", ["show=x", "line=x", "before=x", "before=9999999999999999999", "line=99999999999"]
)
def test_a_broken_address_shows_the_inbox(shop: Shop, query: str) -> None:
    shop.texts(GREY)
    assert GREY in text(signed_in(shop.agent).get(f"/inbox/?{query}"))


def test_long_lists_and_long_talks_go_on_by_cursor(shop: Shop) -> None:
    first = shop.texts("part 0.")
    for number in range(52):
        shop.rows(
            "INSERT INTO sayso.conversations (workspace_id, phone, line_id, id, written, unanswered, "
            "last_id, last_inbound_id, wrote_at, last_words) "
            "VALUES (%s, %s, %s, %s, '', 1, %s, 1, now(), %s)",
            shop.workspace, 447700901000 + number, shop.line, first, 1000 + number, f"text {number}.",
        )  # fmt: skip
    asked = shop.texts(*[f"part {number}." for number in range(1, 45)])
    client = signed_in(shop.agent)
    page = client.get(f"/inbox/{asked}/")
    assert "part 44." in text(page)
    assert "part 3." not in text(page)
    older = re.search(r'href="(\?before=\d+)">Older', page.content.decode())
    assert older
    assert "text 0." in text(client.get(f"/inbox/{older[1]}"))
    earlier = re.search(r'href="(/inbox/\d+/\?until=\d+)">Earlier', page.content.decode())
    assert earlier
    assert "part 3." in text(client.get(earlier[1]))


def test_a_page_asks_the_database_the_same_however_many_rows(shop: Shop) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = signed_in(shop.agent)
    asked = shop.texts("one")

    def questions(path: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == HTTPStatus.OK
        return len(queries)

    paths = ("/inbox/", f"/inbox/{asked}/", "/inbox/stopped/")
    shop.texts("stop", sender="+447700900319")
    few = [questions(path) for path in paths]
    for number in range(5):
        shop.texts("two", "three", "stop", sender=f"+44770090{4000 + number}")
    shop.texts("two", "three")
    assert [questions(path) for path in paths] == few


def test_live_parts_are_fragments_and_survive_an_expired_session(shop: Shop) -> None:
    asked = shop.texts(GREY)
    client = signed_in(shop.agent)
    htmx = {"HX-Request": "true"}
    for path in ("/inbox/", f"/inbox/{asked}/", f"/inbox/{asked}/talk/", f"/inbox/{asked}/facts/"):
        answer = client.get(path, headers=htmx)
        assert "<html" not in answer.content.decode()
        assert 'data-live="inbox"' in answer.content.decode()
    shop.rows("DELETE FROM console.django_session")
    assert client.get(f"/inbox/{asked}/talk/", headers=htmx).status_code == HTTPStatus.NO_CONTENT


def test_words_of_a_stranger_are_not_kept(shop: Shop) -> None:
    shop.rows("DELETE FROM console.django_session")
    stranger = visitor()
    for _ in range(3):
        answer = stranger.post("/inbox/1/", {"body": "x" * 1_600})
        assert answer["Location"] == "/sign-in/?next=/inbox/1/"
    assert shop.rows("SELECT count(*) FROM console.django_session") == [(0,)]
    for number in range(30):
        forged = visitor()
        forged.cookies["sayso_session"] = f"{number:032}"
        forged.post("/inbox/1/", {"body": "x" * 1_600})
    query = "SELECT count(*), max(expire_date) < now() + interval '61 minutes' FROM console.django_session"
    assert shop.rows(query) == [(20, True)]


@pytest.mark.rule("R12.3")
def test_a_day_after_their_last_text_the_blocked_are_left_alone(shop: Shop) -> None:
    asked = shop.texts("stop", "One more thing", ago=timedelta(hours=25))
    assert "more than 24 hours ago" in text(signed_in(shop.agent).get(f"/inbox/{asked}/"))
