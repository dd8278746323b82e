"""Keywords as a person meets them: the overview, the form, the tester; what is refused, and how."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import pytest

from tests.console_visits import signed_in, text
from tests.consoles import Console

SAID = "You’re out. Text START to come back."


class Scene:
    """A workspace with a line, and a marketer in it."""

    def __init__(self, console: Console, role: str = "marketer") -> None:
        self.console = console
        self.workspace = console.workspace()
        self.line = console.line(self.workspace, "11221", "shared_short_code", "baby")
        self.client = signed_in(console.person((self.workspace, role)))

    def filled(self, **more: Any) -> dict[str, Any]:
        return {
            "name": "Stop",
            "type": "unsubscribe",
            "line": str(self.line),
            "match_mode": "word",
            "predefined_mode": "",
            "scope": "channel",
            "message": "own",
            "languages": ["en"],
            "text_en": SAID,
            "once": "token-one",
        } | more

    def made(self, **more: Any) -> int:
        answer = self.client.post("/keywords/new/", self.filled(close="1", **more))
        assert answer.status_code == HTTPStatus.SEE_OTHER, text(answer)
        return int(self.rows("SELECT max(id) FROM sayso.processes WHERE workspace_id = %s")[0][0])

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.console.execute(query, self.workspace)

    def state(self, process_id: int) -> str:
        return str(self.console.execute("SELECT state FROM sayso.processes WHERE id = %s", process_id)[0][0])

    def version(self, process_id: int) -> str:
        return str(
            self.console.execute("SELECT version FROM sayso.processes WHERE id = %s", process_id)[0][0]
        )


@pytest.fixture
def scene(console: Console) -> Scene:
    return Scene(console)


@pytest.mark.rule("R4.4", "R4.5")
def test_a_marketer_makes_and_starts_a_process_and_the_overview_tells_it(scene: Scene) -> None:
    answer = scene.client.post("/keywords/new/", scene.filled(start="1", keywords=["genug", "basta"]))
    assert (answer.status_code, answer["Location"]) == (HTTPStatus.SEE_OTHER, "/keywords/")
    page = text(scene.client.get("/keywords/"))
    for told in (
        "“Stop” is saved and started.",
        "11221 / baby",
        "genug",
        "basta",
        "Started",
        "Mailing ID",
        SAID,
    ):
        assert told in page
    assert "+ " in page and "more" in page
    assert "1 process on 1 line" in page


@pytest.mark.rule("R4.6")
def test_a_digit_in_a_keyword_is_refused_beside_the_field(scene: Scene) -> None:
    answer = scene.client.post("/keywords/new/", scene.filled(add="1", word="stop2", keywords=["genug"]))
    page = answer.content.decode()
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "“stop2” has more than letters." in page
    assert 'aria-describedby="word-error word-help" aria-invalid="true"' in page
    # What was there already, and what is typed, stays.
    assert 'name="keywords" value="genug"' in page
    assert 'value="stop2"' in page


@pytest.mark.rule("R4.5")
def test_keywords_are_added_and_removed_one_by_one_without_scripting(scene: Scene) -> None:
    page = scene.client.post("/keywords/new/", scene.filled(add="1", word="genug")).content.decode()
    assert 'name="keywords" value="genug"' in page
    page = scene.client.post(
        "/keywords/new/", scene.filled(keywords=["genug", "basta"], remove="genug")
    ).content.decode()
    assert 'name="keywords" value="genug"' not in page
    assert 'name="keywords" value="basta"' in page
    assert scene.rows("SELECT 1 FROM sayso.processes WHERE workspace_id = %s") == []


@pytest.mark.rule("R4.8")
def test_a_keyword_taken_elsewhere_names_its_owner(scene: Scene) -> None:
    scene.client.post(
        "/keywords/new/",
        scene.filled(type="help", name="Ask us", keywords=["frage"], start="1"),
    )
    for button in ({"add": "1"}, {"close": "1"}):
        answer = scene.client.post("/keywords/new/", scene.filled(word="frage", once="two", **button))
        assert "“frage” already belongs to Ask us (help) on this line." in text(answer)
        assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY


@pytest.mark.rule("R4.3")
def test_an_incomplete_process_says_what_is_missing_where_the_action_would_be(scene: Scene) -> None:
    help_without = {"type": "help", "name": "Help", "message": "", "text_en": ""}
    answer = scene.client.post("/keywords/new/", scene.filled(start="1", **help_without))
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Needs a message: this type answers" in text(answer)
    scene.made(**help_without)
    page = text(scene.client.get("/keywords/"))
    assert "Needs a message: this type answers" in page
    assert "Finish Help" in page
    assert "Start Help" not in page


@pytest.mark.rule("R4.9")
def test_pausing_says_what_stops_and_what_goes_on(scene: Scene) -> None:
    process = scene.made(keywords=["genug", "basta"])
    scene.client.post(f"/keywords/{process}/start/")
    page = text(scene.client.get(f"/keywords/{process}/pause/"))
    assert "Pause “Stop” on 11221 / baby?" in page
    assert "“basta” and “genug” will no longer stop anyone. “stop” goes on working" in page
    assert scene.state(process) == "started"
    for _ in range(2):
        assert scene.client.post(f"/keywords/{process}/pause/").status_code == HTTPStatus.SEE_OTHER
    assert scene.state(process) == "paused"


@pytest.mark.rule("R4.2")
def test_deleting_is_asked_for_and_a_second_click_does_no_harm(scene: Scene) -> None:
    process = scene.made()
    assert "for good?" in text(scene.client.get(f"/keywords/{process}/delete/"))
    for _ in range(2):
        assert scene.client.post(f"/keywords/{process}/delete/").status_code == HTTPStatus.SEE_OTHER
    assert "No process yet" in text(scene.client.get("/keywords/"))


@pytest.mark.rule("R4.12", "R5.3")
@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("baby šťóp", "Opts the sender out"),
        ("baby stopwatches", "Stops nobody"),
        ("baby please cancel my order", "Stops nobody"),
    ],
)
def test_a_text_is_tried_and_the_decision_says_why(scene: Scene, said: str, told: str) -> None:
    page = text(scene.client.post("/keywords/try/", {"line": str(scene.line), "text": said}))
    assert told in page
    assert "The text names 11221 / baby." in page


@pytest.mark.rule("R4.12")
def test_the_tester_works_with_keywords_that_are_not_saved(scene: Scene) -> None:
    typed = scene.filled(text="baby genug jetzt", tried="", keywords=["genug"])
    page = text(scene.client.post("/keywords/new/", {**typed, "try": "1"}))
    assert "Opts the sender out" in page
    assert "“genug” begins the text" in page
    # Enter in its field, without scripting, tries and does not save.
    assert "Opts the sender out" in text(scene.client.post("/keywords/new/", {**typed, "enter": "1"}))
    assert "Stops nobody" in text(
        scene.client.post("/keywords/new/", {**typed, "try": "1", "match_mode": "exact"})
    )
    assert scene.rows("SELECT 1 FROM sayso.processes WHERE workspace_id = %s") == []


@pytest.mark.rule("R4.2")
def test_of_two_people_the_second_sees_the_difference_and_chooses(scene: Scene) -> None:
    process = scene.made(keywords=["genug"])
    scene.client.post(f"/keywords/{process}/start/")
    old = scene.version(process)
    mine = scene.filled(close="1", version=old, keywords=["genug", "schluss"], name="Mine")
    theirs = scene.filled(close="1", version=old, keywords=["genug", "basta"], name="Theirs", text_en="Out.")
    assert scene.client.post(f"/keywords/{process}/", theirs).status_code == HTTPStatus.SEE_OTHER
    answer = scene.client.post(f"/keywords/{process}/", mine)
    page = text(answer)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    for told in ("Two of you edited this", "Theirs", "basta, genug", "genug, schluss", "English: Out."):
        assert told in page
    differs = {"differs": ["name", "keywords", "message"], "version_seen": scene.version(process)}
    # Undecided fields are asked about again; nothing is overwritten meanwhile.
    undecided = scene.client.post(f"/keywords/{process}/", mine | differs | {"keep_name": "mine"})
    assert "Two of you edited this" in text(undecided)
    chosen = {"keep_name": "mine", "keep_keywords": "theirs", "keep_message": "theirs"}
    assert (
        scene.client.post(f"/keywords/{process}/", mine | differs | chosen).status_code
        == HTTPStatus.SEE_OTHER
    )
    assert scene.rows("SELECT name FROM sayso.processes WHERE workspace_id = %s") == [("Mine",)]
    words = "SELECT written FROM sayso.process_keywords WHERE workspace_id = %s ORDER BY 1"
    assert scene.rows(words) == [("basta",), ("genug",)]
    assert scene.rows("SELECT body FROM sayso.template_texts WHERE workspace_id = %s") == [("Out.",)]


def test_a_form_sent_twice_makes_one_process_and_one_template(scene: Scene) -> None:
    for _ in range(2):
        answer = scene.client.post("/keywords/new/", scene.filled(close="1"))
        assert answer.status_code == HTTPStatus.SEE_OTHER
    assert scene.rows("SELECT count(*) FROM sayso.processes WHERE workspace_id = %s") == [(1,)]
    assert scene.rows("SELECT count(*) FROM sayso.templates WHERE workspace_id = %s") == [(1,)]
    # Another form for the same is another matter, and is told who stands there.
    answer = scene.client.post("/keywords/new/", scene.filled(close="1", once="two"))
    assert "has its unsubscribe process already: Stop" in text(answer)


def test_a_line_withdrawn_while_its_form_is_open_keeps_the_words(scene: Scene) -> None:
    process = scene.made()
    scene.rows("UPDATE sayso.lines SET withdrawn_at = now() WHERE workspace_id = %s")
    answer = scene.client.post("/keywords/new/", scene.filled(close="1", once="two", type="help"))
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "This line was withdrawn from your workspace while this form was open" in text(answer)
    assert SAID in text(answer)
    edited = scene.filled(start="1", version=scene.version(process))
    assert "The line was withdrawn from this workspace" in text(
        scene.client.post(f"/keywords/{process}/", edited)
    )
    assert scene.state(process) == "new"


@pytest.mark.rule("R14.2")
def test_the_lines_country_rule_stands_beside_the_message(scene: Scene) -> None:
    page = text(scene.client.get("/keywords/new/"))
    assert "United Kingdom the line’s not known stay silent" in page
    assert "United States must be sent answer" in page
    assert "Your compliance owner can allow a confirmation." in page


def test_what_people_type_is_shown_as_they_typed_it(scene: Scene) -> None:
    name = "<script>alert(1)</script> עצור 🛑"
    process = scene.made(name=name, text_en="<b>" + "é" * 800, keywords=["די"])
    for path in ("/keywords/", f"/keywords/{process}/", f"/keywords/{process}/pause/"):
        page = scene.client.get(path).content.decode()
        assert "<script>alert" not in page
        assert "<b>é" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt; עצור 🛑" in page
    answer = scene.client.post("/keywords/new/", scene.filled(close="1", once="two", text_en="x" * 2_000))
    assert "at most 1600" in text(answer)
    assert "x" * 2_000 in text(answer)


@pytest.mark.rule("R2.1")
def test_an_analyst_looks_and_an_agent_does_not(console: Console) -> None:
    scene = Scene(console, "analyst")
    page = text(scene.client.get("/keywords/"))
    assert "New process" not in page
    assert "You can look, not change." in text(scene.client.get("/keywords/new/"))
    assert scene.client.post("/keywords/new/", scene.filled(close="1")).status_code == HTTPStatus.FORBIDDEN
    agent = Scene(console, "agent")
    assert agent.client.get("/keywords/").status_code == HTTPStatus.FORBIDDEN


def test_a_process_of_another_workspace_does_not_exist(scene: Scene, console: Console) -> None:
    theirs = Scene(console).made()
    for path in ("", "start/", "pause/", "delete/"):
        assert scene.client.post(f"/keywords/{theirs}/{path}").status_code == HTTPStatus.NOT_FOUND


def test_the_overview_is_filtered_and_says_when_nothing_fits(scene: Scene) -> None:
    scene.made(keywords=["genug"])
    assert "1 process" in text(scene.client.get("/keywords/?q=genu&type=unsubscribe&state=new"))
    page = text(scene.client.get("/keywords/?q=nothing"))
    assert "No process fits this filter" in page
    assert "Clear filter" in page
    assert "No process fits this filter" in text(scene.client.get("/keywords/?line=%D9%A3&state=paused"))


def test_without_a_line_there_is_nothing_to_make(console: Console) -> None:
    client = signed_in(console.person((console.workspace(), "owner")))
    page = text(client.get("/keywords/"))
    assert "No line yet" in page
    assert "New process" not in page


def test_what_nobody_typed_in_a_form_breaks_no_page(scene: Scene) -> None:
    """Addresses and fields as a script would bend them: refused or ignored, never an error of ours."""
    process = scene.made(keywords=["genug"])
    for path in ("?line=x&type=join", "?line=99999999999999999999&before=x&state=nothing", "?q=%00"):
        assert scene.client.get(f"/keywords/{path}").status_code == HTTPStatus.OK
        assert scene.client.get(f"/keywords/new/{path}").status_code == HTTPStatus.OK
    assert scene.client.get("/keywords/99999999999999999999/").status_code == HTTPStatus.NOT_FOUND
    bent = {
        "text": "baby genug\x00",
        "try": "1",
        "scope": "everything",
        "match_mode": "fuzzy",
        "message": "99999999999999999999",
        "line": "x",
        "languages": ["en", "x\x00y"],
        "keywords": ["", "a\x00b", "genug"],
        "sender": "+\x00",
        "version": "x",
    }
    answer = scene.client.post(f"/keywords/{process}/", scene.filled(**bent))
    assert answer.status_code == HTTPStatus.OK
    del bent["try"]
    saved = scene.client.post(f"/keywords/{process}/", scene.filled(close="1", **bent))
    assert saved.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert scene.client.post("/keywords/try/", {"line": "x", "text": "stop"}).status_code == HTTPStatus.OK


@pytest.mark.rule("R4.8")
def test_a_keyword_that_is_never_reached_is_warned_of(scene: Scene) -> None:
    asking = scene.made(type="help", name="Ask us", keywords=["genugtuung"])
    scene.client.post(f"/keywords/{asking}/start/")
    form = scene.filled(start="1", once="two", keywords=["genug"], match_mode="prefix")
    answer = scene.client.post("/keywords/new/", form)
    assert answer.status_code == HTTPStatus.SEE_OTHER
    page = text(scene.client.get(answer["Location"]))
    assert "“genugtuung” of Ask us is never reached: “genug” of Stop takes it first." in page
