"""What is explained is what the engine would do: the same facts, line by line."""

from typing import cast

import pytest

from sayso.actions.actor import house
from sayso.actions.explanation import Explained, Question, explain
from sayso.core.gate import Skip
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


async def told(database: Databases, world: World, message_class: str = "advertising") -> Explained:
    async with open_pool(database.url, APP) as pool:
        found = await explain(
            pool, house(world.workspace), Question(f"+{AMIRA}", message_class, "promotions")
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


async def test_validity_that_nobody_stored_is_computed(database: Databases, world: World) -> None:
    fixed_line = "+442079460123"
    async with open_pool(database.url, APP) as pool:
        found = await explain(pool, house(world.workspace), Question(fixed_line, "advertising", "promotions"))
    assert isinstance(found, Explained)
    assert cast("Skip", found.strictest.answer).reason == "number_invalid"


async def test_a_workspace_without_a_line_gets_an_answer_too(database: Databases, world: World) -> None:
    world.rows("UPDATE lines SET withdrawn_at = now()")
    found = await told(database, world)
    assert (found.strictest.line, type(found.strictest.answer).__name__) == (None, "Send")
