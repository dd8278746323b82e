"""Segments as a person puts them together, with and without a script."""

from __future__ import annotations

import html
from typing import Any

import pytest

from tests.browser.pages import segments as rows
from tests.console_visits import signed_in, text
from tests.consoles import Console

GERMAN = {"version": 1, "all": [{"about": "language", "test": "is", "value": "de"}]}
ROW = {"kind-0": "all", "about-0.0": "language", "test-0.0": "is", "value-0.0": "de"}


class Scene:
    """A workspace with four people, a list, and a marketer."""

    def __init__(self, console: Console, role: str = "marketer") -> None:
        self.console = console
        self.workspace = console.workspace()
        self.client = signed_in(console.person((self.workspace, role)))
        self.made = rows.furnish(console, self.workspace)

    def segment(self, conditions: object = GERMAN) -> int:
        return rows.segment(self.console, self.workspace, "Ours", conditions)

    def post(self, path: str, **said: Any) -> Any:
        return self.client.post(f"/lists/segments/{path}", said)

    def page(self, path: str) -> str:
        return markup(self.client.get(f"/lists/segments/{path}", follow=True))

    def stands(self, segment_id: int, column: str = "conditions") -> Any:
        found = self.console.execute(f"SELECT {column} FROM sayso.segments WHERE id = %s", segment_id)
        return found[0][0] if found else None


def markup(answer: Any) -> str:
    return html.unescape(answer.content.decode())


@pytest.fixture
def scene(console: Console) -> Scene:
    return Scene(console)


@pytest.mark.rule("R8.3")
def test_a_segment_is_built_with_buttons_alone_and_counted_before_it_is_saved(scene: Scene) -> None:
    shown = markup(scene.post("new/", **ROW, do="add 0"))
    assert 'name="about-0.1"' in shown
    shown = markup(scene.post("new/", **ROW, do="group 0"))
    assert 'name="kind-0.1"' in shown
    assert 'name="about-0.1.0"' in shown
    listed = {"kind-0.1": "none", "about-0.1.0": "list", "test-0.1.0": "on", "id-0.1.0": scene.made["list"]}
    whole = ROW | listed | {"test-0.0": "unknown", "value-0.0": ""}
    counted = markup(scene.post("new/", **whole, do="count"))
    assert "Language is not known and not (on the list Vienna store)" in counted
    assert ">0</b> people" in counted
    shown = markup(scene.post("new/", **whole, do="remove 0.1.0"))
    assert "about-0.1.0" not in shown
    assert ">4</b> people" in shown
    answer = scene.post("new/", **whole, name="Unknown", save="1", once="a" * 22)
    assert answer.status_code == 303
    query = "SELECT conditions FROM sayso.segments WHERE workspace_id = %s AND name = 'Unknown'"
    assert scene.console.execute(query, scene.workspace)[0][0] == {
        "version": 1,
        "all": [
            {"about": "language", "test": "unknown"},
            {"not": {"about": "list", "test": "on", "id": scene.made["list"]}},
        ],
    }


def test_what_is_wanting_stands_beside_its_row(scene: Scene) -> None:
    days = {"about-0.1": "wrote", "test-0.1": "within", "days-0.1": "many"}
    answer = scene.post("new/", **(ROW | days), name="Ours", save="1", once="b" * 22)
    assert answer.status_code == 422
    shown = markup(answer)
    assert 'aria-describedby="faults-0.1"' in shown
    assert "Say how many days: a whole number from 1 to 3,650." in shown
    assert 'id="faults-0.0"' not in shown


def test_a_segment_opens_as_it_stands_and_an_unchanged_save_changes_nothing(scene: Scene) -> None:
    from sayso.console.segments.building import of_tree, plain
    from sayso.core.audience_plain import read

    stood = scene.stands(scene.made["nested"])
    assert plain(of_tree(read(stood))) == stood
    shown = scene.page(f"{scene.made['nested']}/")
    assert ">4</b> people, 4 of them with a number" in shown
    assert "Counted exactly, in" in shown
    assert "Autumn box" in shown
    assert "+44 7700 900318" in shown


def test_of_two_people_who_change_a_segment_the_second_sees_what_differs(scene: Scene) -> None:
    from sayso.actions.meanwhile import stamp
    from sayso.storage.segments import SegmentDraft

    made = scene.segment()
    seen = stamp(SegmentDraft("Ours", GERMAN))
    assert scene.post(f"{made}/", **ROW, name="Theirs", save="1", stands=seen).status_code == 303
    mine = ROW | {"value-0.0": "fr"}
    answer = scene.post(f"{made}/", **mine, name="Mine", save="1", stands=seen)
    assert answer.status_code == 422
    shown = html.unescape(text(answer))
    assert "language is German" in shown
    assert "language is French" in shown
    now = stamp(SegmentDraft("Theirs", GERMAN))
    kept = {"keep_name": "yours", "keep_conditions": "theirs", "differs": ["name", "conditions"]}
    answer = scene.post(f"{made}/", **mine, name="Mine", save="1", stands=seen, stands_now=now, **kept)
    assert answer.status_code == 303
    assert (scene.stands(made, "name"), scene.stands(made)) == ("Mine", GERMAN)


def test_what_a_campaign_goes_to_stays_and_says_why(scene: Scene) -> None:
    made, used = scene.segment(), scene.made["nested"]
    assert scene.post(f"{made}/delete/").status_code == 303
    assert scene.stands(made) is None
    shown = text(scene.client.post(f"/lists/segments/{used}/delete/", follow=True))
    assert "stays. A campaign goes to this segment." in shown
    assert scene.stands(used) is not None


def test_an_analyst_looks_and_changes_nothing(console: Console) -> None:
    scene = Scene(console, "analyst")
    made = scene.segment()
    shown = scene.page(f"{made}/")
    assert "You can look, not change." in shown
    assert 'name="save"' not in shown
    assert scene.client.get("/lists/segments/new/").status_code == 403
    scene.post(f"{made}/", **ROW, name="Theirs", save="1")
    assert scene.stands(made, "name") == "Ours"


def test_the_builder_has_words_for_every_condition_that_there_is() -> None:
    from sayso.console.segments import words
    from sayso.core.audience import CHOICES, TESTS

    assert {about for abouts in words.ABOUTS.values() for about in abouts} == set(TESTS)
    assert set(words.TESTS) == {test for tests in TESTS.values() for test in tests}
    assert {about: tuple(value for value, _ in known) for about, known in words.STANDINGS.items()} == CHOICES
