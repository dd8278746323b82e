"""The telephones' page: who may use it, whose texts it shows, what it says when something is wrong."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from urllib.parse import quote

import pytest

from sayso.core.fiction import telephones
from tests.browser.pages.simulator import STOP, Scene
from tests.console_visits import signed_in, text
from tests.consoles import Console

NUMBER = "4477009001%02d"


def scene(console: Console, workspace: int, number: str) -> Scene:
    """A line of the workspace, and what is written about it."""
    line = console.line(workspace, number)
    query = "SELECT n.connection_id FROM sayso.inbound_numbers n WHERE n.number = %s"
    return Scene(console, workspace, line, int(console.execute(query, number)[0][0]))


@pytest.mark.rule("R2.1", "R15.1")
@pytest.mark.parametrize("role", ["agent", "analyst"])
def test_agents_and_analysts_have_no_telephones(console: Console, role: str) -> None:
    client = signed_in(console.person((console.workspace(), role)))
    for answer in (
        client.get("/simulator/"),
        client.get("/simulator/heard/"),
        client.post("/simulator/0/text/", {"body": "STOP"}),
        client.post("/simulator/0/set/", {"on": "off"}),
    ):
        assert answer.status_code == HTTPStatus.FORBIDDEN


@pytest.mark.rule("R15.1")
def test_a_telephone_shows_what_arrived_and_what_became_of_its_texts(console: Console) -> None:
    workspace = console.workspace()
    ada = telephones(workspace, "GB")[0]
    written = scene(console, workspace, NUMBER % 1)
    stop = written.text(ada.key, "STOP now", "unsubscribe", "stop", STOP)
    console.block(workspace, ada.key, "STOP now", inbound_id=stop, since=datetime.now(UTC))
    written.message(ada.key, "You’re out.", "delivered", inbound_id=stop, purpose="confirmation")
    written.message(ada.key, "Never arrived.", "skipped", arrives=False)
    page = signed_in(console.person((workspace, "marketer"))).get("/simulator/").content.decode()
    assert "STOP now" in page
    assert "You’re out." in page
    assert "blocked after" in page
    assert "The confirmation was delivered." in page
    assert "First word is “stop”, an opt-out word everywhere." in page
    assert "Never arrived." not in page
    assert "The message to Ada was not sent." in page


@pytest.mark.rule("R3.2", "R15.1")
def test_a_telephone_says_that_a_shared_code_wants_its_keyword(console: Console) -> None:
    workspace = console.workspace()
    console.line(workspace, "11441", "shared_short_code", "baby")
    page = signed_in(console.person((workspace, "marketer"))).get("/simulator/").content.decode()
    assert 'placeholder="Text, baby STOP for instance"' in page


def test_telephones_show_nothing_of_another_workspace(console: Console) -> None:
    """Even where the same number got texts of both."""
    ours, theirs = console.workspace(), console.workspace("Kids Corner")
    ada = telephones(ours, "GB")[0]
    written = scene(console, theirs, NUMBER % 2)
    written.text(ada.key, "their customer’s words", "inbox", None, [])
    written.message(ada.key, "their message", "delivered")
    page = text(signed_in(console.person((ours, "owner"))).get("/simulator/"))
    assert "their" not in page
    assert "Nothing on this telephone yet." in page


def test_a_line_of_another_workspace_cannot_be_texted(console: Console) -> None:
    ours, theirs = console.workspace(), console.workspace("Kids Corner")
    console.line(ours, NUMBER % 3)
    line = console.line(theirs, NUMBER % 4)
    client = signed_in(console.person((ours, "owner")))
    answer = client.post("/simulator/0/text/", {"line": line, "body": "STOP"})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert not _texted(console, ours)


def test_only_lines_on_the_simulator_can_be_texted(console: Console) -> None:
    workspace = console.workspace()
    real = console.line(workspace, NUMBER % 5)
    console.execute(
        "UPDATE sayso.connections SET kind = 'twilio' WHERE id = (SELECT n.connection_id FROM sayso.lines l "
        "JOIN sayso.inbound_numbers n ON n.id = l.inbound_number_id WHERE l.id = %s)",
        real,
    )
    client = signed_in(console.person((workspace, "owner")))
    assert "No line to text yet." in text(client.get("/simulator/"))
    answer = client.post("/simulator/0/text/", {"line": real, "body": "STOP"})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY


def test_a_text_that_no_door_takes_is_said_and_its_words_are_kept(console: Console) -> None:
    """Nobody listens where this carrier calls back."""
    workspace = console.workspace()
    line = console.line(workspace, NUMBER % 6)
    client = signed_in(console.person((workspace, "owner")))
    answer = client.post("/simulator/0/text/", {"line": line, "body": "<b>stop</b>"})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    page = answer.content.decode()
    assert "The text did not come in" in page
    assert 'value="&lt;b&gt;stop&lt;/b&gt;"' in page
    assert "did not come in" in page
    assert not _audited(console, workspace, "texted")


@pytest.mark.parametrize("body", ["", "   ", "x" * 2_001])
def test_a_text_needs_words_and_not_too_many(console: Console, body: str) -> None:
    workspace = console.workspace()
    line = console.line(workspace, f"44770{workspace:07d}")
    client = signed_in(console.person((workspace, "owner")))
    answer = client.post("/simulator/0/text/", {"line": line, "body": body})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert not _texted(console, workspace)


@pytest.mark.rule("R15.1", "R2.4")
def test_a_telephone_is_set_audited_and_texts_no_more_once_it_is_off(console: Console) -> None:
    workspace = console.workspace()
    line = console.line(workspace, NUMBER % 7)
    ada = telephones(workspace, "GB")[0]
    client = signed_in(console.person((workspace, "owner")))
    told = {"on": "on", "receipts": "failed", "delay": "3000", "loss": "0.2"}
    answer = client.post("/simulator/0/set/", told)
    assert (answer.status_code, answer["location"]) == (HTTPStatus.SEE_OTHER, "/simulator/#phone-0")
    stands = console.carrier.get(f"/telephones/{quote(ada.number)}")["behaviour"]
    assert (stands["delay_ms"], stands["loss"], stands["receipts"]) == (3000, 0.2, "failed")
    assert client.post("/simulator/0/set/", told | {"on": "off"}).status_code == HTTPStatus.SEE_OTHER
    assert "Off. Turn it on below" in text(client.get("/simulator/"))
    refused = client.post("/simulator/0/text/", {"line": line, "body": "STOP"})
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "off" in text(refused)
    (first, second) = _audited(console, workspace, "set")
    assert first["receipts"] == "failed"
    assert second["on"] is False


@pytest.mark.parametrize("told", [{"on": "maybe"}, {"delay": "1e9"}, {"loss": "2"}, {"receipts": "<b>"}])
def test_a_setting_that_cannot_be_changes_nothing(console: Console, told: dict[str, str]) -> None:
    workspace = console.workspace()
    client = signed_in(console.person((workspace, "owner")))
    good = {"on": "on", "receipts": "on", "delay": "0", "loss": "0.0"}
    assert client.post("/simulator/0/set/", good | told).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert not _audited(console, workspace, "set")


def test_there_are_three_telephones_and_no_fourth(console: Console) -> None:
    client = signed_in(console.person((console.workspace(), "owner")))
    assert client.post("/simulator/3/text/", {"body": "STOP"}).status_code == HTTPStatus.NOT_FOUND
    assert client.post("/simulator/3/set/", {"on": "off"}).status_code == HTTPStatus.NOT_FOUND


def test_pictures_of_ours_are_shown_others_named_and_only_web_addresses_are_links(console: Console) -> None:
    workspace = console.workspace()
    ada = telephones(workspace, "GB")[0]
    ours = f"{console.url}/m/{'a' * 22}"
    media = (
        '[{"url": "https://mms.example/a%20label.jpg"}, {"url": "javascript:alert(1)"}, '
        '{"url": "http://[::1"}, {"url": "' + ours + '"}]'
    )
    scene(console, workspace, NUMBER % 8).text(ada.key, "", "inbox", None, [], media)
    page = signed_in(console.person((workspace, "owner"))).get("/simulator/").content.decode()
    assert ">a label.jpg</a>" in page
    assert 'href="javascript:' not in page
    assert ">http://[::1</a>" in page
    assert f'<img src="/m/{"a" * 22}"' in page


def test_what_is_heard_asks_the_database_the_same_however_much_there_is(console: Console) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    workspace = console.workspace()
    ada, bruno, _ = telephones(workspace, "GB")
    written = scene(console, workspace, NUMBER % 9)
    client = signed_in(console.person((workspace, "owner")))

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/simulator/heard/").status_code == HTTPStatus.OK
        return len(queries)

    written.text(ada.key, "one", "inbox", None, [])
    few = asked()
    for number in range(30):
        written.text((ada if number % 2 else bruno).key, f"text {number}", "inbox", None, [])
    assert asked() == few


def _audited(console: Console, workspace: int, action: str) -> list[dict[str, object]]:
    query = "SELECT after FROM sayso.audit WHERE workspace_id = %s AND action = %s ORDER BY id"
    return [after for (after,) in console.execute(query, workspace, action)]


def _texted(console: Console, workspace: int) -> list[object]:
    ada = telephones(workspace, "GB")[0]
    told = console.carrier.get(f"/telephones/{quote(ada.number)}")["messages"]
    return [each for each in told if each["direction"] == "texted"]
