"""Keyword processes: what may be saved, what may be started, and what a second editor is told."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest

from sayso.actions import connections, ledgers, numbers, processes, templates, workspaces
from sayso.actions.actor import Actor, house
from sayso.actions.process_rules import Wanted
from sayso.actions.processes import Saved
from sayso.actions.refusal import Refused
from sayso.storage.databases import Databases
from sayso.storage.numbers import NumberDraft
from sayso.storage.pool import APP, ENGINE, Pool, open_pool

pytestmark = pytest.mark.anyio
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@dataclass
class Scene:
    """A workspace with a line and a template."""

    pool: Pool
    actor: Actor
    line_id: int
    template_id: int

    def stop(self, **said: object) -> Wanted:
        return replace(Wanted("unsubscribe", "Stop", self.line_id, template_id=self.template_id), **said)

    async def make(self, wanted: Wanted) -> Saved:
        return good(await processes.create_process(self.pool, self.actor, wanted, NOW))

    async def start(self, process_id: int) -> Saved:
        return good(await processes.start_process(self.pool, self.actor, process_id, NOW))


@pytest.fixture
async def scene(database: Databases) -> AsyncIterator[Scene]:
    async with open_pool(database.url, APP) as pool, open_pool(database.url, ENGINE) as engine_pool:
        made = await workspaces.create_workspace(engine_pool, "Bakery", "US")
        assert isinstance(made, int)
        actor = house(made)
        line_id = await line(pool, actor, "US", "+12025550100")
        words = templates.TemplateWanted("Words", "advertising", {"en": "Done."})
        told = good(await templates.create_template(pool, actor, words))
        yield Scene(pool, actor, line_id, told.template.id)


async def line(pool: Pool, actor: Actor, country: str, number: str) -> int:
    wanted = connections.Wanted("Simulator", "simulator", {"base_url": "http://127.0.0.1:9/"}, 10)
    made = good(await connections.create_connection(pool, actor, wanted, "key"))
    held = good(await numbers.create_number(pool, actor, NumberDraft(made.id, number, "long_code", country)))
    return good(await numbers.create_line(pool, actor, numbers.LineWanted(held.id))).id


def good(answer):  # type: ignore[no-untyped-def]
    assert not isinstance(answer, Refused), answer
    return answer


def codes(answer: object) -> set[str]:
    assert isinstance(answer, Refused), answer
    return {problem.code for problem in answer.problems}


@pytest.mark.rule("R4.2")
async def test_a_process_is_new_then_started_then_paused_and_back(scene: Scene) -> None:
    saved = await scene.make(scene.stop())
    assert saved.process.state == "new"
    assert codes(await processes.pause_process(scene.pool, scene.actor, saved.process.id, NOW)) == {
        "not_started"
    }
    assert (await scene.start(saved.process.id)).process.state == "started"
    paused = good(await processes.pause_process(scene.pool, scene.actor, saved.process.id, NOW))
    assert paused.process.state == "paused"
    assert (await scene.start(saved.process.id)).process.state == "started"


@pytest.mark.rule("R4.2")
async def test_deleting_is_for_good_and_history_stays(scene: Scene) -> None:
    saved = await scene.make(scene.stop())
    good(await processes.delete_process(scene.pool, scene.actor, saved.process.id, NOW))
    assert codes(await processes.show_process(scene.pool, scene.actor, saved.process.id)) == {"not_found"}
    trail = good(await ledgers.list_audit(scene.pool, scene.actor, (1 << 63) - 1, 10))
    assert [(entry.action, entry.object_type) for entry in trail[:2]] == [
        ("deleted", "process"),
        ("created", "process"),
    ]
    again = await scene.make(scene.stop())
    assert again.process.id != saved.process.id


@pytest.mark.rule("R4.2", "R4.3")
async def test_an_edit_that_would_make_a_started_process_incomplete_is_refused(scene: Scene) -> None:
    saved = await scene.make(scene.stop())
    started = await scene.start(saved.process.id)
    edit = (scene.stop(template_id=None), started.process.version)
    refused = await processes.change_process(scene.pool, scene.actor, saved.process.id, edit, NOW)
    assert codes(refused) == {"confirmation_required"}
    paused = good(await processes.pause_process(scene.pool, scene.actor, saved.process.id, NOW))
    edit = (scene.stop(template_id=None), paused.process.version)
    changed = good(await processes.change_process(scene.pool, scene.actor, saved.process.id, edit, NOW))
    assert changed.process.template_id is None


@pytest.mark.rule("R4.3")
async def test_an_incomplete_process_cannot_be_started_and_says_what_is_missing(scene: Scene) -> None:
    helping = await scene.make(Wanted("help", "Help", scene.line_id))
    assert [problem.field for problem in helping.missing] == ["template_id"]
    refused = await processes.start_process(scene.pool, scene.actor, helping.process.id, NOW)
    assert codes(refused) == {"message_required"}


@pytest.mark.rule("R4.3")
async def test_types_of_later_releases_are_kept_but_not_started(scene: Scene) -> None:
    saved = await scene.make(Wanted("join", "Club", scene.line_id, ("club",), template_id=scene.template_id))
    refused = await processes.start_process(scene.pool, scene.actor, saved.process.id, NOW)
    assert codes(refused) == {"comes_later"}


@pytest.mark.rule("R14.2", "R4.3")
async def test_the_lines_country_decides_whether_a_confirmation_is_needed(scene: Scene) -> None:
    saved = await scene.make(scene.stop(template_id=None))
    assert [problem.code for problem in saved.missing] == ["confirmation_required"]
    assert "the United States" in saved.missing[0].message
    german = await line(scene.pool, scene.actor, "DE", "+4915112345678")
    unsaid = await scene.make(replace(scene.stop(), line_id=german, template_id=None))
    assert unsaid.missing == ()


@pytest.mark.rule("R14.2")
async def test_an_unknown_confirmation_is_off_until_somebody_answers_for_it(scene: Scene) -> None:
    there = await line(scene.pool, scene.actor, "PT", "+351912345678")
    wanted = replace(scene.stop(), line_id=there)
    saved = await scene.make(wanted)
    assert "confirmation_unknown" in {problem.code for problem in saved.warnings}
    refused = await workspaces.permit_confirmation(scene.pool, scene.actor, "PT")
    assert codes(refused) == {"person_needed"}
    owner = Actor(scene.actor.workspace_id, user_id=7, role="compliance_owner")
    good(await workspaces.permit_confirmation(scene.pool, owner, "PT"))
    shown = good(await processes.show_process(scene.pool, scene.actor, saved.process.id))
    assert shown.warnings == ()
    trail = good(await ledgers.list_audit(scene.pool, scene.actor, (1 << 63) - 1, 1))
    assert (trail[0].action, trail[0].user_id, trail[0].object_id) == ("allowed", 7, "PT")


@pytest.mark.rule("R4.4")
async def test_the_overview_tells_line_keywords_and_mailing_id(scene: Scene) -> None:
    await scene.make(scene.stop(keywords=("genug", "basta")))
    rows = good(await processes.list_processes(scene.pool, scene.actor, 0, 50, NOW))
    assert [(row.type, row.line, row.keywords, row.state) for row in rows] == [
        ("unsubscribe", "+12025550100", ["basta", "genug"], "new")
    ]
    assert rows[0].mailing_id is not None
    assert (rows[0].last_match, rows[0].matches_in_7_days) == (None, 0)


@pytest.mark.rule("R4.6")
@pytest.mark.parametrize(
    ("process_type", "keyword", "code"),
    [
        ("unsubscribe", "stop2", "keyword_not_letters"),
        ("help", "two words", "keyword_not_letters"),
        ("unsubscribe", "a" * 21, "keyword_too_long"),
        ("join", "x", "keyword_too_short"),
    ],
)
async def test_keywords_of_the_wrong_form_are_refused(
    scene: Scene, process_type: str, keyword: str, code: str
) -> None:
    wanted = Wanted(process_type, "Process", scene.line_id, (keyword,), template_id=scene.template_id)
    assert codes(await processes.create_process(scene.pool, scene.actor, wanted, NOW)) == {code}


@pytest.mark.rule("R4.6")
async def test_a_hundred_and_one_keywords_are_too_many(scene: Scene) -> None:
    many = tuple("ab" + chr(97 + place // 26) + chr(97 + place % 26) for place in range(101))
    refused = await processes.create_process(scene.pool, scene.actor, scene.stop(keywords=many), NOW)
    assert codes(refused) == {"keywords_too_many"}


@pytest.mark.rule("R4.8")
async def test_a_keyword_of_another_started_process_is_refused_and_the_other_is_named(scene: Scene) -> None:
    saved = await scene.make(scene.stop(name="Farewell", keywords=("genug",)))
    await scene.start(saved.process.id)
    wanted = Wanted("help", "Help", scene.line_id, ("GENUG",), template_id=scene.template_id)
    refused = await processes.create_process(scene.pool, scene.actor, wanted, NOW)
    assert codes(refused) == {"keyword_taken"}
    assert "Farewell" in refused.problems[0].message


@pytest.mark.rule("R4.8")
async def test_a_keyword_is_looked_at_again_when_the_process_is_started(scene: Scene) -> None:
    first = await scene.make(scene.stop(keywords=("genug",)))
    wanted = Wanted("help", "Help", scene.line_id, ("genug",), template_id=scene.template_id)
    second = await scene.make(wanted)
    await scene.start(first.process.id)
    refused = await processes.start_process(scene.pool, scene.actor, second.process.id, NOW)
    assert codes(refused) == {"keyword_taken"}


@pytest.mark.rule("R4.8")
async def test_opt_out_words_cannot_be_taken_by_another_type(scene: Scene) -> None:
    wanted = Wanted("join", "Club", scene.line_id, ("stop",), template_id=scene.template_id)
    refused = await processes.create_process(scene.pool, scene.actor, wanted, NOW)
    assert codes(refused) == {"keyword_predefined"}


@pytest.mark.rule("R4.8")
async def test_saving_warns_of_a_shadowed_keyword(scene: Scene) -> None:
    first = await scene.make(
        Wanted("help", "Help", scene.line_id, ("foobar",), template_id=scene.template_id)
    )
    await scene.start(first.process.id)
    saved = await scene.make(scene.stop(keywords=("foo",), match_mode="prefix"))
    assert [problem.code for problem in saved.warnings] == ["keyword_shadowed"]
    assert "Help" in saved.warnings[0].message


@pytest.mark.rule("R4.5")
async def test_a_line_has_one_main_unsubscribe_and_one_help(scene: Scene) -> None:
    await scene.make(scene.stop(name="First"))
    refused = await processes.create_process(scene.pool, scene.actor, scene.stop(name="Second"), NOW)
    assert codes(refused) == {"one_per_line"}
    assert "First" in refused.problems[0].message


@pytest.mark.rule("R4.5")
async def test_the_second_editor_is_told_what_differs(scene: Scene) -> None:
    saved = await scene.make(scene.stop())
    seen = saved.process.version
    first = (scene.stop(name="Renamed", keywords=("genug",)), seen)
    good(await processes.change_process(scene.pool, scene.actor, saved.process.id, first, NOW))
    second = (scene.stop(match_mode="exact"), seen)
    refused = await processes.change_process(scene.pool, scene.actor, saved.process.id, second, NOW)
    assert isinstance(refused, Refused)
    assert refused.kind == "conflict"
    assert set(refused.difference) == {"version", "name", "keywords", "match_mode"}
    assert refused.difference["name"] == {"stands": "Renamed", "yours": "Stop"}


@pytest.mark.rule("R7.1", "R4.9")
async def test_opt_out_terms_are_kept_as_written_and_may_be_none(scene: Scene) -> None:
    wanted = workspaces.OptOut("You are out.", ("Leave me ALONE", "leave me alone", "genug!"))
    told = good(await workspaces.set_opt_out(scene.pool, scene.actor, wanted))
    assert told.terms == ("Leave me ALONE", "genug!")
    assert set(good(await workspaces.opt_out_settings(scene.pool, scene.actor)).terms) == set(told.terms)
    none = good(await workspaces.set_opt_out(scene.pool, scene.actor, workspaces.OptOut("", ())))
    assert none.terms == ()
    refused = await workspaces.set_opt_out(scene.pool, scene.actor, workspaces.OptOut("", ("...",)))
    assert codes(refused) == {"empty"}


@pytest.mark.rule("R2.1", "R4.2")
async def test_a_marketer_who_is_no_operator_makes_changes_and_starts_a_process(scene: Scene) -> None:
    """To lock the line's row would be to write it, and only the operator writes lines."""
    marketer = Actor(scene.actor.workspace_id, user_id=7, role="marketer")
    wanted = replace(scene.stop(template_id=None), texts={"en": "You are out."})
    saved = good(await processes.create_process(scene.pool, marketer, wanted, NOW))
    edit = (replace(wanted, keywords=("genug",), texts={"en": "Out."}), saved.process.version)
    changed = good(await processes.change_process(scene.pool, marketer, saved.process.id, edit, NOW))
    assert changed.keywords == ("genug",)
    started = good(await processes.start_process(scene.pool, marketer, saved.process.id, NOW))
    told = good(await templates.show_template(scene.pool, marketer, started.process.template_id or 0))
    assert told.texts == {"en": "Out."}
    # An answer for a country of unknown rule stays the compliance owner's to allow.
    assert codes(await workspaces.permit_confirmation(scene.pool, marketer, "PT")) == {"forbidden"}


@pytest.mark.rule("R4.5")
async def test_own_words_of_a_process_leave_a_shared_template_as_it_is(scene: Scene) -> None:
    saved = await scene.make(scene.stop())
    await scene.make(Wanted("help", "Help", scene.line_id, template_id=scene.template_id))
    wanted = replace(scene.stop(template_id=None), texts={"en": "Only mine."})
    edit = (wanted, saved.process.version)
    changed = good(await processes.change_process(scene.pool, scene.actor, saved.process.id, edit, NOW))
    assert changed.process.template_id not in (None, scene.template_id)
    shared = good(await templates.show_template(scene.pool, scene.actor, scene.template_id))
    assert shared.texts == {"en": "Done."}


@pytest.mark.rule("R4.5")
async def test_own_words_leave_a_template_that_a_person_wrote_as_it_is(scene: Scene) -> None:
    saved = await scene.make(scene.stop())  # the template's only user
    wanted = replace(scene.stop(template_id=None), texts={"en": "Only mine."})
    edit = (wanted, saved.process.version)
    changed = good(await processes.change_process(scene.pool, scene.actor, saved.process.id, edit, NOW))
    written = good(await templates.show_template(scene.pool, scene.actor, scene.template_id))
    assert written.texts == {"en": "Done."}
    edit = (replace(wanted, texts={"en": "Mine, reworded."}), changed.process.version)
    again = good(await processes.change_process(scene.pool, scene.actor, saved.process.id, edit, NOW))
    assert again.process.template_id == changed.process.template_id


@pytest.mark.rule("R4.5")
async def test_another_process_answers_with_nobody_elses_own_words(scene: Scene) -> None:
    saved = await scene.make(replace(scene.stop(template_id=None), texts={"en": "Only mine."}))
    own = saved.process.template_id
    wanted = Wanted("help", "Help", scene.line_id, template_id=own)
    assert codes(await processes.create_process(scene.pool, scene.actor, wanted, NOW)) == {"anothers"}
    # Approved it is for everybody, and the process rewords a template of its own instead.
    good(await templates.approve_template(scene.pool, scene.actor, own or 0, NOW))
    good(await processes.create_process(scene.pool, scene.actor, wanted, NOW))
    edit = (replace(scene.stop(template_id=None), texts={"en": "Other."}), saved.process.version)
    changed = good(await processes.change_process(scene.pool, scene.actor, saved.process.id, edit, NOW))
    assert changed.process.template_id != own
    gone = await processes.delete_process(scene.pool, scene.actor, saved.process.id, NOW)
    assert gone is None
    left = good(await templates.show_template(scene.pool, scene.actor, changed.process.template_id or 0))
    assert left.template.process_id is None


@pytest.mark.rule("R4.2")
async def test_words_that_changed_under_an_open_form_are_not_overwritten(scene: Scene) -> None:
    wanted = replace(scene.stop(template_id=None), texts={"en": "First."})
    saved = await scene.make(wanted)
    reworded = templates.TemplateWanted("Stop", "transactional", {"en": "Reworded."})
    template_id = saved.process.template_id or 0
    good(await templates.change_template(scene.pool, scene.actor, template_id, reworded))
    edit = (
        replace(wanted, texts={"en": "Second."}, texts_from=templates.stamp({"en": "First."})),
        saved.process.version,
    )
    refused = await processes.change_process(scene.pool, scene.actor, saved.process.id, edit, NOW)
    assert codes(refused) == {"changed_meanwhile"}
    assert isinstance(refused, Refused)
    assert refused.difference["texts"] == {"stands": {"en": "Reworded."}, "yours": {"en": "Second."}}
