"""Templates as a person meets them: languages, parts, approval by who may, two editors, where used."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import pytest

from tests.console_visits import signed_in, text
from tests.consoles import Console


class Scene:
    """A workspace with a marketer in it."""

    def __init__(self, console: Console, role: str = "marketer") -> None:
        self.console = console
        self.workspace = console.workspace()
        self.client = signed_in(console.person((self.workspace, role)))

    def filled(self, **more: Any) -> dict[str, Any]:
        return {
            "name": "Shipped",
            "message_class": "transactional",
            "languages": ["en"],
            "text_en": "It is on its way.",
            "once": "one",
            "save": "1",
        } | more

    def made(self, **more: Any) -> int:
        answer = self.client.post("/templates/new/", self.filled(**more))
        assert answer.status_code == HTTPStatus.SEE_OTHER, text(answer)
        query = "SELECT max(id) FROM sayso.templates WHERE workspace_id = %s"
        return int(self.console.execute(query, self.workspace)[0][0])

    def said(self, template_id: int) -> dict[str, str]:
        query = "SELECT language, body FROM sayso.template_texts WHERE template_id = %s"
        return {str(language): str(body) for language, body in self.console.execute(query, template_id)}


@pytest.fixture
def scene(console: Console) -> Scene:
    return Scene(console)


@pytest.mark.rule("R4.10")
def test_a_marketer_writes_a_template_in_two_languages(scene: Scene) -> None:
    page = text(scene.client.post("/templates/new/", scene.filled(speak="1", language="de")))
    assert "In German" in page
    template = scene.made(languages=["en", "de", "fr"], text_de="Es ist unterwegs.", text_fr=" ")
    assert scene.said(template) == {"en": "It is on its way.", "de": "Es ist unterwegs."}
    page = text(scene.client.get("/templates/"))
    for told in (
        "Shipped",
        "Transactional",
        "Not approved",
        "English, 1 part",
        "German, 1 part",
        "no process",
    ):
        assert told in page
    mailing_id = scene.console.execute("SELECT mailing_id FROM sayso.templates WHERE id = %s", template)[0][0]
    assert str(mailing_id) in page


def test_a_template_needs_a_text_and_says_so_beside_its_box(scene: Scene) -> None:
    answer = scene.client.post("/templates/new/", scene.filled(text_en="  "))
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "A template needs a text in at least one language." in text(answer)
    assert 'id="id_text_en-error"' in answer.content.decode()


def test_a_template_sent_twice_is_made_once(scene: Scene) -> None:
    first, second = scene.made(), scene.made()
    assert first == second


def test_where_a_template_is_used_is_told(scene: Scene) -> None:
    template = scene.made()
    line = scene.console.line(scene.workspace, "11221", "shared_short_code", "baby")
    scene.console.execute(
        "INSERT INTO sayso.processes (workspace_id, line_id, type, name, template_id)"
        " VALUES (%s, %s, 'help', 'Ask us', %s)",
        scene.workspace, line, template,
    )  # fmt: skip
    assert "Ask us" in text(scene.client.get("/templates/"))
    assert "Ask us" in text(scene.client.get(f"/templates/{template}/"))


def test_who_may_approves_and_a_change_ends_it(scene: Scene) -> None:
    template = scene.made()
    page = text(scene.client.get(f"/templates/{template}/"))
    assert "An owner, admin or compliance owner approves." in page
    assert scene.client.post(f"/templates/{template}/approve/").status_code == HTTPStatus.FORBIDDEN
    owner = signed_in(scene.console.person((scene.workspace, "compliance_owner")))
    assert "Approve “Shipped” as transactional?" in text(owner.get(f"/templates/{template}/approve/"))
    owner.post(f"/templates/{template}/approve/")
    page = text(scene.client.get(f"/templates/{template}/"))
    assert "Approved" in page
    assert "A change ends the approval." in page
    scene.client.post(f"/templates/{template}/", scene.filled(text_en="Sent."))
    assert "Not approved" in text(scene.client.get(f"/templates/{template}/"))


def test_of_two_people_the_second_sees_the_difference_and_chooses(scene: Scene) -> None:
    template = scene.made()
    page = scene.client.get(f"/templates/{template}/").content.decode()
    stands = page.split('name="stands" value="')[1].split('"')[0]
    theirs = scene.filled(stands=stands, text_en="Theirs.", name="Theirs")
    assert scene.client.post(f"/templates/{template}/", theirs).status_code == HTTPStatus.SEE_OTHER
    mine = scene.filled(stands=stands, text_en="Mine.", name="Mine")
    answer = scene.client.post(f"/templates/{template}/", mine)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    for told in ("Two of you edited this", "Theirs.", "Mine."):
        assert told in text(answer)
    assert scene.said(template) == {"en": "Theirs."}
    now = answer.content.decode().split('name="stands_now" value="')[1].split('"')[0]
    chosen = {
        "differs": ["name", "text_en"],
        "keep_name": "mine",
        "keep_text_en": "theirs",
        "stands_now": now,
    }
    answer = scene.client.post(f"/templates/{template}/", mine | chosen)
    assert answer.status_code == HTTPStatus.SEE_OTHER
    assert scene.said(template) == {"en": "Theirs."}
    assert "Mine" in text(scene.client.get(f"/templates/{template}/"))


@pytest.mark.rule("R2.1")
def test_an_analyst_looks_at_templates(console: Console) -> None:
    scene = Scene(console, "analyst")
    assert "New template" not in text(scene.client.get("/templates/"))
    assert scene.client.post("/templates/new/", scene.filled()).status_code == HTTPStatus.FORBIDDEN
    assert scene.client.get("/templates/999999/").status_code == HTTPStatus.NOT_FOUND
