"""Two people edit one thing, and one person sends a form twice: settings, people, numbers, connections."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import pytest

from sayso import console as room
from tests.console_visits import signed_in, text
from tests.consoles import Console, apart

ACCOUNT = {
    "name": "Twilio",
    "parts_per_second": "7",
    "account_sid": "AC" + "1" * 32,
    "auth_token": "hush hush",
    "callback_auth": "signature",
    "fallback_after": "60",
}
FORMS = ("canned", "opt-out", "event", "zone", "category", "role", "help", "connection")


@dataclass(frozen=True)
class Scene:
    """A workspace with somebody to edit everything in it."""

    console: Console
    workspace: int
    client: Any

    def fields(self, path: str) -> dict[str, str]:
        """What an opened form carries unseen."""
        return _hidden(self.client.get(path))

    def audited(self, thing: str) -> int:
        """How many changes of a kind the trail holds."""
        query = "SELECT count(*) FROM sayso.audit WHERE workspace_id = %s AND object_type = %s"
        return int(self.console.execute(query, self.workspace, thing)[0][0])


@pytest.fixture
def scene(console: Console) -> Scene:
    """An owner who runs the server too."""
    workspace = console.workspace()
    person = console.person((workspace, "owner"))
    apart(lambda: room.set_operator(person.email, True))
    return Scene(console, workspace, signed_in(person))


def _hidden(answer: Any) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', answer.content.decode())
    return {name: value for name, value in found if name != "csrfmiddlewaretoken"}


def _kept(answer: Any, whose: str) -> dict[str, Any]:
    """The answer to every question of a page that shows what differs."""
    named = re.findall(r'name="differs" value="([^"]+)"', answer.content.decode())
    return {**_hidden(answer), "differs": named, **{f"keep_{name}": whose for name in named}}


def _paths(scene: Scene) -> Mapping[str, tuple[str, dict[str, str], dict[str, str], str]]:
    """Each form over what stands: address, what the first saves, what the second wants, how that reads."""
    ours, colleague = scene.workspace, scene.console.person((scene.workspace, "agent"))
    line = scene.console.line(ours, "11331", "shared_short_code", "baby")
    ((number,),) = scene.console.execute("SELECT inbound_number_id FROM sayso.lines WHERE id = %s", line)
    scene.console.category(ours, "prams")
    connection = scene.client.post("/numbers/connections/new/twilio/", ACCOUNT)["location"]
    canned = (
        "INSERT INTO sayso.canned_replies (workspace_id, name, body) VALUES (%s, 'Open', 'x') RETURNING id"
    )
    ((reply,),) = scene.console.execute(canned, ours)
    return {
        "canned": (
            f"/inbox/canned/{reply}/",
            {"name": "Hours", "body": "Till 18:00.\r\nTheirs"},
            {"name": "Open", "body": "Till 19:00."},
            "Till 18:00. Theirs",
        ),
        "opt-out": (
            "/settings/opt-out/",
            {"message": "Theirs", "terms": "take me off"},
            {"message": "Mine", "terms": ""},
            "Theirs",
        ),
        "event": ("/settings/event/", {"name": "theirs"}, {"name": "mine", "sender": "from"}, "theirs"),
        "zone": (
            "/settings/time-zone/",
            {"time_zone": "Asia/Tokyo"},
            {"time_zone": "Africa/Lagos"},
            "Asia/Tokyo",
        ),
        "category": (
            "/settings/categories/prams/",
            {"legal_basis": "legitimate_interest"},
            {"legal_basis": "consent", "rejected_by_stop": "on"},
            "Legitimate interest",
        ),
        "role": (f"/people/{colleague.id}/", {"role": "analyst"}, {"role": "marketer"}, "Analyst"),
        "help": (
            f"/numbers/all/{number}/",
            {"help_answer": "Theirs"},
            {"help_answer": "Mine\r\ntoo"},
            "Theirs",
        ),
        "connection": (
            connection,
            {**ACCOUNT, "auth_token": "", "parts_per_second": "9"},
            {**ACCOUNT, "auth_token": "", "name": "Mine"},
            "9",
        ),
    }


@pytest.mark.parametrize("what", FORMS)
def test_of_two_editors_the_second_sees_what_differs_and_chooses(scene: Scene, what: str) -> None:
    path, first, second, reads = _paths(scene)[what]
    opened = scene.fields(path)
    assert scene.client.post(path, {**first, **scene.fields(path)}).status_code == HTTPStatus.SEE_OTHER
    answer = scene.client.post(path, {**second, **opened})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Two of you edited this" in text(answer)
    assert reads in text(answer)
    stands = scene.fields(path)["stands"]
    undecided = scene.client.post(path, {**second, **_hidden(answer)})
    assert undecided.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert scene.fields(path)["stands"] == stands, "nothing was overwritten"
    theirs = scene.client.post(path, {**second, **_kept(answer, "theirs")})
    assert theirs.status_code == HTTPStatus.SEE_OTHER, text(theirs)
    assert scene.fields(path)["stands"] == stands, "what the first saved stands"
    mine = scene.client.post(path, {**second, **_kept(answer, "mine")})
    assert mine.status_code == HTTPStatus.SEE_OTHER, text(mine)
    assert scene.fields(path)["stands"] != stands


@pytest.mark.parametrize("what", FORMS)
def test_a_form_sent_twice_is_saved_once_and_is_no_conflict_with_itself(scene: Scene, what: str) -> None:
    path, wanted, _, _ = _paths(scene)[what]
    wanted = {**wanted, **scene.fields(path)}
    assert scene.client.post(path, wanted).status_code == HTTPStatus.SEE_OTHER
    count = "SELECT count(*) FROM sayso.audit WHERE workspace_id = %s"
    before = scene.console.execute(count, scene.workspace)
    assert scene.client.post(path, wanted).status_code == HTTPStatus.SEE_OTHER
    assert scene.console.execute(count, scene.workspace) == before


def test_a_secret_that_changed_meanwhile_is_told_and_never_shown(scene: Scene) -> None:
    path = scene.client.post("/numbers/connections/new/twilio/", ACCOUNT)["location"]
    opened = scene.fields(path)
    anew = {**ACCOUNT, "auth_token": "another one", **scene.fields(path)}
    assert scene.client.post(path, anew).status_code == HTTPStatus.SEE_OTHER
    assert scene.client.post(path, anew).status_code == HTTPStatus.SEE_OTHER, "a second click"
    answer = scene.client.post(path, {**ACCOUNT, "auth_token": "a third", **opened})
    assert "It changed meanwhile" in text(answer)
    assert "another one" not in answer.content.decode()
    again = scene.client.post(path, {**ACCOUNT, "auth_token": "a third", **_hidden(answer)})
    assert again.status_code == HTTPStatus.SEE_OTHER


def test_what_is_made_is_made_once_however_often_the_form_is_sent(scene: Scene) -> None:
    path = "/settings/categories/"
    filled = {"name": "toys", "legal_basis": "consent", **scene.fields(path)}
    answers = [scene.client.post(path, filled) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [HTTPStatus.SEE_OTHER] * 2
    assert scene.audited("category") == 1
    connection = scene.client.post("/numbers/connections/new/twilio/", ACCOUNT)["location"]
    id_ = connection.rstrip("/").rpartition("/")[2]
    path = "/numbers/all/new/"
    filled = {"number": "+44 7700 900781", "kind": "long_code", "country": "GB", "connection": id_}
    filled |= scene.fields(path)
    answers = [scene.client.post(path, filled) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [HTTPStatus.SEE_OTHER] * 2
    assert scene.audited("inbound_number") == 1
    path = f"{answers[0]['location']}give/"
    filled = {"workspace": str(scene.workspace), "language": "en", **scene.fields(path)}
    answers = [scene.client.post(path, filled) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [HTTPStatus.SEE_OTHER] * 2
    assert scene.audited("line") == 1


def test_a_category_that_somebody_else_made_meanwhile_is_not_replaced(scene: Scene) -> None:
    opened = scene.fields("/settings/categories/")
    scene.console.category(scene.workspace, "toys", "legitimate_interest")
    answer = scene.client.post("/settings/categories/", {"name": "toys", "legal_basis": "consent", **opened})
    assert "There is a category “toys” already." in text(answer)
    query = "SELECT legal_basis FROM sayso.categories WHERE workspace_id = %s"
    assert scene.console.execute(query, scene.workspace) == [("legitimate_interest",)]


def test_a_line_withdrawn_while_its_form_is_open_is_said_and_the_words_are_kept(scene: Scene) -> None:
    line = scene.console.line(scene.workspace, "447700900791")
    scene.console.line(scene.workspace, "447700900792")
    for path in ("/replay/", "/simulator/", f"/numbers/lines/{line}/take/"):
        assert scene.client.get(path).status_code == HTTPStatus.OK
    scene.console.execute("UPDATE sayso.lines SET withdrawn_at = now() WHERE id = %s", line)
    asked = {"line": line, "match_mode": "now", "predefined_mode": "now", "keywords": "basta <b>"}
    replay = scene.client.post("/replay/", {**asked, "source": "month"})
    assert replay.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert 'id="id_line-error"' in replay.content.decode()
    assert "basta &lt;b&gt;" in replay.content.decode()
    texted = scene.client.post("/simulator/0/text/", {"line": line, "body": "stop <b>"})
    assert texted.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert 'value="stop &lt;b&gt;"' in texted.content.decode()
    taken = scene.client.post(f"/numbers/lines/{line}/take/", {})
    assert taken.status_code == HTTPStatus.NOT_FOUND
    assert scene.audited("line") == 0
