"""Which connection may stand in for another, and what is said where it may not (R9.10)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from sayso.actions import connections, numbers
from sayso.actions.actor import Actor
from sayso.actions.connections import Wanted
from sayso.actions.fallback import Fallback
from sayso.actions.freeing import free_number
from sayso.actions.refusal import Refused
from sayso.actions.warning import warnings
from sayso.storage.connections import ProviderConnection
from sayso.storage.databases import Databases
from sayso.storage.numbers import NumberDraft
from sayso.storage.pool import Pool
from tests.actions.test_connections import KEY, SINCH, TWILIO, actor, good, made, pool

__all__ = ["actor", "pool"]
pytestmark = [pytest.mark.anyio, pytest.mark.rule("R9.10")]
SETTINGS = {"sinch": SINCH, "twilio": TWILIO, "simulator": {}}


async def fall_back(
    pool: Pool, actor: Actor, found: int, other: int | None, kind: str = "sinch", after: int = 30
) -> ProviderConnection | Refused:
    wanted = Wanted(kind, kind, SETTINGS[kind], 10, Fallback(other, after))
    return await connections.change_connection(pool, actor, found, wanted, KEY)


async def number(pool: Pool, actor: Actor, connection: int, digits: str) -> int:
    draft = NumberDraft(connection, digits, "long_code", "US")
    return good(await numbers.create_number(pool, actor, draft)).id


def why(answer: object) -> str:
    assert isinstance(answer, Refused), answer
    return answer.problems[0].code


async def test_a_connection_falls_back_to_another_account_that_has_its_number(
    pool: Pool, actor: Actor
) -> None:
    first, second = await made(pool, actor, "sinch", SINCH), await made(pool, actor, "twilio", TWILIO)
    await number(pool, actor, first, "+12025550100")
    await number(pool, actor, first, "+12025550101")
    assert why(await fall_back(pool, actor, first, second)) == "no_number"
    theirs = await number(pool, actor, second, "+12025550100")
    stored = good(await fall_back(pool, actor, first, second))
    assert (stored.fallback_connection_id, stored.fallback_after) == (second, 30)
    told = (await warnings(pool, actor, [first], KEY))[first]  # type: ignore[index]
    assert any("12025550101" in sentence and "12025550100" not in sentence for sentence in told)
    # While it stands in, its answers are for the number it stands in for; then for whoever has a line.
    theirs_wanted = numbers.LineWanted(theirs, "", "en")
    assert why(await numbers.create_line(pool, actor, theirs_wanted)) == "stands_in"
    assert good(await fall_back(pool, actor, first, None)).fallback_connection_id is None
    good(await numbers.create_line(pool, actor, theirs_wanted))
    assert why(await fall_back(pool, actor, first, second)) == "no_number"


async def test_a_number_stands_in_for_one_connection_alone_and_gets_no_line_after_it_did(
    pool: Pool, actor: Actor, database: Databases
) -> None:
    first, second = await made(pool, actor, "sinch", SINCH), await made(pool, actor, "twilio", TWILIO)
    third = await made(pool, actor, "sinch", {**SINCH, "service_plan_id": "other"})
    mine = await number(pool, actor, first, "+12025550100")
    theirs = await number(pool, actor, second, "+12025550100")
    await number(pool, actor, third, "+12025550100")
    good(await fall_back(pool, actor, first, second))
    good(await fall_back(pool, actor, first, second))
    wanted = Wanted("sinch", "sinch", {**SINCH, "service_plan_id": "other"}, 10, Fallback(second, 30))
    assert why(await connections.change_connection(pool, actor, third, wanted, KEY)) == "number_taken"
    good(await fall_back(pool, actor, first, None))
    with psycopg.connect(database.owner_url, autocommit=True) as conn:
        conn.execute("INSERT INTO sayso.stood_in VALUES (%s, %s)", (theirs, mine))
    assert why(await connections.change_connection(pool, actor, third, wanted, KEY)) == "number_taken"
    refused = await numbers.create_line(pool, actor, numbers.LineWanted(theirs, "", "en"))
    assert why(refused) == "stands_in"
    good(await numbers.create_line(pool, actor, numbers.LineWanted(mine, "", "en")))


async def test_a_number_registered_later_stands_in_for_one_connection_alone_too(
    pool: Pool, actor: Actor, database: Databases
) -> None:
    """Two fall back to one: the number is registered there last, or by the second of them."""
    second = await made(pool, actor, "twilio", TWILIO)
    first, third = [
        await made(pool, actor, "sinch", {**SINCH, "service_plan_id": plan}) for plan in ("plan", "other")
    ]
    wanted = Wanted("other", "sinch", {**SINCH, "service_plan_id": "other"}, 10, Fallback(second, 30))
    for connection, digits in ((first, "00"), (third, "00"), (first, "01"), (third, "02"), (second, "01")):
        await number(pool, actor, connection, f"+120255501{digits}")
    late = NumberDraft(second, "+12025550102", "long_code", "US")
    good(await numbers.create_number(pool, actor, late))
    good(await fall_back(pool, actor, first, second))
    good(await connections.change_connection(pool, actor, third, wanted, KEY))
    both = await numbers.create_number(pool, actor, NumberDraft(second, "+12025550100", "long_code", "US"))
    assert why(both) == "stands_in_twice"
    theirs = NumberDraft(third, "+12025550101", "long_code", "US")
    assert why(await numbers.create_number(pool, actor, theirs)) == "stands_in_twice"
    with psycopg.connect(database.owner_url, autocommit=True) as conn:
        conn.execute(
            "INSERT INTO sayso.stood_in SELECT o.id, n.id "
            "FROM sayso.inbound_numbers o, sayso.inbound_numbers n "
            "WHERE o.number = '12025550101' AND n.number = o.number AND (o.connection_id, n.connection_id) = "
            "(%s, %s)",
            (second, first),
        )
    good(await fall_back(pool, actor, first, None))
    assert why(await numbers.create_number(pool, actor, theirs)) == "stands_in_twice"
    good(await numbers.create_number(pool, actor, NumberDraft(second, "+12025550100", "long_code", "US")))


@pytest.mark.rule("R2.4")
async def test_a_number_that_stood_in_is_freed_once_nobody_can_answer_what_left_by_it(
    pool: Pool, actor: Actor, database: Databases
) -> None:
    first, second = await made(pool, actor, "sinch", SINCH), await made(pool, actor, "twilio", TWILIO)
    mine = await number(pool, actor, first, "+12025550100")
    theirs = await number(pool, actor, second, "+12025550100")
    line = good(await numbers.create_line(pool, actor, numbers.LineWanted(mine, "", "en")))
    now = datetime.now(UTC)
    assert why(await free_number(pool, actor, theirs, now)) == "never_stood_in"
    good(await fall_back(pool, actor, first, second))
    with psycopg.connect(database.owner_url, autocommit=True) as conn:
        conn.execute("INSERT INTO sayso.stood_in VALUES (%s, %s)", (theirs, mine))
        message = moved(conn, actor.workspace_id, line.id, first, second)
        assert why(await free_number(pool, actor, theirs, now)) == "stands_in"
        good(await fall_back(pool, actor, first, None))
        assert why(await free_number(pool, actor, theirs, now)) == "waits"
        conn.execute(
            "INSERT INTO sayso.outcomes (workspace_id, message_id, status, rank, at) "
            "VALUES (%s, %s, 'sent', 20, %s)",
            (actor.workspace_id, message, now - timedelta(hours=71)),
        )
        assert why(await free_number(pool, actor, theirs, now)) == "may_be_answered"
        wanted = numbers.LineWanted(theirs, "", "en")
        assert why(await numbers.create_line(pool, actor, wanted)) == "stands_in"
        freed = good(await free_number(pool, actor, theirs, now + timedelta(hours=1, minutes=1)))
        assert freed.id == theirs
        good(await free_number(pool, actor, theirs, now + timedelta(hours=2)))
        good(await numbers.create_line(pool, actor, wanted))
        told = conn.execute("SELECT after FROM sayso.audit WHERE action = 'freed'").fetchall()
        assert told == [({"number": "12025550100", "stood_in_for": ["sinch"]},)]
    assert why(await free_number(pool, actor, 999, now)) == "not_found"


def moved(conn: psycopg.Connection, workspace: int, line: int, connection: int, other: int) -> int:
    """A message of the line that left its connection for the other, four days ago."""
    row = conn.execute(
        "INSERT INTO sayso.messages (workspace_id, phone, recipient, class, purpose, line_id, connection_id, "
        "sender, body, parts, encoding) VALUES (%s, 12025550199, '+12025550199', 'advertising', 'api', "
        "%s, %s, '12025550100', 'Bread', 1, 'GSM-7') RETURNING id",
        (workspace, line, connection),
    ).fetchone()
    assert row is not None
    conn.execute(
        "INSERT INTO sayso.failed_over VALUES (%s, %s, %s, now() - interval '4 days')",
        (workspace, row[0], other),
    )
    return int(row[0])


async def test_no_chain_no_mixture_no_twin_and_no_hurry(pool: Pool, actor: Actor) -> None:
    first, second = await made(pool, actor, "sinch", SINCH), await made(pool, actor, "twilio", TWILIO)
    twin, simulated = await made(pool, actor, "sinch", SINCH), await made(pool, actor, "simulator", {})
    assert why(await fall_back(pool, actor, first, first)) == "itself"
    assert why(await fall_back(pool, actor, first, 999)) == "unknown"
    assert why(await fall_back(pool, actor, first, twin)) == "same_account"
    assert why(await fall_back(pool, actor, first, simulated)) == "simulated"
    assert why(await fall_back(pool, actor, simulated, first, "simulator")) == "simulated"
    assert why(await fall_back(pool, actor, first, second, after=9)) == "range"
    good(await fall_back(pool, actor, first, second))
    assert why(await fall_back(pool, actor, second, twin, "twilio")) == "chain"
    third = await made(pool, actor, "sinch", {**SINCH, "service_plan_id": "other"})
    assert why(await fall_back(pool, actor, second, third, "twilio")) == "chain"
    assert (
        why(
            await connections.create_connection(
                pool,
                actor,
                Wanted("New", "sinch", {**SINCH, "service_plan_id": "new"}, 10, Fallback(first)),
                KEY,
            )
        )
        == "chain"
    )
