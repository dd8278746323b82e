"""What is explained is what the engine would do: the same facts, line by line."""

from typing import cast

import pytest

from sayso.actions.actor import house
from sayso.actions.explanation import Explained, Question, explain
from sayso.core.gate import Defer, Skip
from sayso.core.phones import address_key, lane
from sayso.storage.databases import Databases
from sayso.storage.pool import APP, open_pool
from tests.world import AMIRA, NOON, World, build

pytestmark = pytest.mark.anyio


@pytest.fixture
def world(database: Databases) -> World:
    made = build(database)
    made.contact()
    return made


def blocked(world: World, scope: str, line: int) -> None:
    world.rows(
        "INSERT INTO blocks (workspace_id, phone, written, scope, line_id, since, source, reason)"
        " VALUES (%s, %s, 'x', %s, %s, %s, 'keyword', 'Said stop.')",
        world.workspace, AMIRA, scope, line, NOON,
    )  # fmt: skip


async def told(
    database: Databases, world: World, message_class: str = "advertising", phone: int = AMIRA
) -> Explained:
    async with open_pool(database.url, APP) as pool:
        found = await explain(
            pool, house(world.workspace), Question(f"+{phone}", message_class, "promotions"), NOON
        )
    assert isinstance(found, Explained), found
    return found


def by_line(found: Explained) -> dict[int, str]:
    return {one.line.id: type(one.answer).__name__ for one in found.lines if one.line}


@pytest.mark.rule("R6.1")
async def test_a_block_of_one_line_is_told_for_that_line(database: Databases, world: World) -> None:
    blocked(world, "line", world.line)
    found = await told(database, world)
    assert by_line(found) == {world.line: "Skip", world.baby: "Send"}
    assert found.strictest.line is not None
    assert found.strictest.line.id == world.line
    assert by_line(await told(database, world, "transactional")) == {world.line: "Send", world.baby: "Send"}


@pytest.mark.rule("R6.2")
async def test_a_transactional_block_of_one_line_is_told_for_that_line(
    database: Databases, world: World
) -> None:
    blocked(world, "line_transactional", world.line)
    assert by_line(await told(database, world, "transactional")) == {world.line: "Skip", world.baby: "Send"}
    assert by_line(await told(database, world)) == {world.line: "Send", world.baby: "Send"}


@pytest.mark.rule("R3.3")
async def test_a_stop_on_a_shared_code_is_told_for_its_lines(database: Databases, world: World) -> None:
    world.rows(
        "INSERT INTO code_blocks SELECT inbound_number_id, %s, %s, 1 FROM lines WHERE id = %s",
        AMIRA, NOON, world.baby,
    )  # fmt: skip
    found = await told(database, world)
    assert by_line(found) == {world.line: "Send", world.baby: "Skip"}
    assert cast("Skip", found.strictest.answer).because[0].rule == "R3.3"


@pytest.mark.rule("R9.7")
async def test_a_text_that_waits_is_told(database: Databases, world: World) -> None:
    world.text("hello")
    found = await told(database, world)
    assert by_line(found) == {world.line: "Defer", world.baby: "Defer"}
    answer = cast("Defer", found.strictest.answer)
    assert (answer.reason, answer.because[0].rule) == ("undecided_text", "R9.7")
    assert by_line(await told(database, world, "transactional")) == {world.line: "Send", world.baby: "Send"}


@pytest.mark.rule("R9.7", "R3.4")
async def test_a_text_that_waits_is_found_by_a_sender_in_national_spelling(
    database: Databases, world: World
) -> None:
    written, key = "07700 900143", 447700900143
    world.contact(key)
    assert set(by_line(await told(database, world, phone=key)).values()) == {"Send"}
    world.text("stop", sender=written)
    unread = address_key(written, world.connection, None)
    world.rows("UPDATE inbound_queue SET phone = %s, lane = %s", unread, lane(unread))
    assert unread < 0
    assert set(by_line(await told(database, world, phone=key)).values()) == {"Defer"}
    assert set(by_line(await told(database, world)).values()) == {"Send"}


@pytest.mark.rule("R9.7", "R3.1")
async def test_a_text_to_another_workspaces_number_holds_nothing(database: Databases, world: World) -> None:
    world.rows(
        "WITH n AS (INSERT INTO inbound_numbers (connection_id, number, kind, country)"
        " VALUES (%s, '12025550199', 'long_code', 'US') RETURNING id)"
        " INSERT INTO lines (workspace_id, inbound_number_id) SELECT %s, id FROM n",
        world.connection, world.other_workspace,
    )  # fmt: skip
    world.text("stop", to="+12025550199")
    assert set(by_line(await told(database, world)).values()) == {"Send"}
    world.text("stop", to="a number in no list")
    assert set(by_line(await told(database, world)).values()) == {"Defer"}


async def test_validity_that_nobody_stored_is_computed(database: Databases, world: World) -> None:
    fixed_line = "+442079460123"
    async with open_pool(database.url, APP) as pool:
        found = await explain(
            pool, house(world.workspace), Question(fixed_line, "advertising", "promotions"), NOON
        )
    assert isinstance(found, Explained)
    assert cast("Skip", found.strictest.answer).reason == "number_invalid"


async def test_a_workspace_without_a_line_gets_an_answer_too(database: Databases, world: World) -> None:
    world.rows("UPDATE lines SET withdrawn_at = now()")
    found = await told(database, world)
    assert (found.strictest.line, type(found.strictest.answer).__name__) == (None, "Send")


@pytest.mark.rule("R9.10")
async def test_while_another_connection_stands_in_explain_says_so(database: Databases, world: World) -> None:
    sentence = "Messages of connection 1 (Main) leave by connection 2 (Spare)."
    world.rows(
        "INSERT INTO alarms (code, subject, sentence, first_at, last_at) SELECT 'connection_failed_over',"
        " 'connection:' || n.connection_id, %s, %s, %s"
        " FROM lines l JOIN inbound_numbers n ON n.id = l.inbound_number_id WHERE l.id = %s",
        sentence, NOON, NOON, world.line,
    )  # fmt: skip
    found = await told(database, world, "transactional")
    steps = {one.line.id: one.answer.because for one in found.lines if one.line}
    assert by_line(found)[world.line] == "Send"
    assert [(step.rule, step.since) for step in steps[world.line] if step.fact == sentence] == [
        ("R9.10", NOON)
    ]
    assert steps[world.line][-1].fact != sentence
