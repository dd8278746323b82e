"""What the command line tells an operator at three in the morning."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import psycopg
import pytest

from sayso.engine.inbound import hear
from sayso.providers.catalogue import provider_answers
from sayso.storage import setup
from sayso.storage.databases import Databases
from sayso.storage.pool import ENGINE, open_pool
from sayso.storage.refusals import in_words
from tests.test_cli import environ, sayso
from tests.world import AMIRA, NOON, World, build

__all__ = ["environ"]


@pytest.fixture
def world(database: Databases) -> World:
    return build(database)


def doctor(environ: dict[str, str]) -> dict[str, dict[str, Any]]:
    told = json.loads(sayso("doctor", "--json", environ=environ).stdout)
    return {check["name"]: check for check in told["checks"]}


def set_aside(world: World, id_: int, kind: str = "unrouted", why: str = "No line has it.") -> None:
    world.rows(
        "INSERT INTO unrouted (id, connection_id, kind, sender, recipient, body, why, at)"
        " VALUES (%s, %s, %s, %s, '12025550100', 'STOP', %s, now())",
        id_, world.connection, kind, f"+{AMIRA}", why,
    )  # fmt: skip


def keep_callback(world: World, id_: int) -> None:
    """The raw callback of a text to a number that is nobody's yet."""
    body = {"message_id": "a", "from": f"+{AMIRA}", "to": "12025550199", "body": "STOP"}
    world.rows(
        "INSERT INTO callbacks (id, connection_id, kind, headers, body)"
        " VALUES (%s, %s, 'inbound', 'POST /hooks/t/inbound HTTP/1.1', %s)",
        id_, world.connection, json.dumps(body).encode(),
    )  # fmt: skip


async def decide(environ: dict[str, str]) -> None:
    """One batch of the inbound stage."""
    async with (
        open_pool(environ["SAYSO_DATABASE_URL"], ENGINE) as pool,
        pool.connection() as conn,
        conn.transaction(),
    ):
        await hear(conn, range(16), await setup.read(conn, provider_answers), NOON)


def test_doctor_fails_where_something_waits_and_no_engine_runs(environ: dict[str, str], world: World) -> None:
    assert doctor(environ)["engine"]["state"] == "warn"
    world.rows(
        "INSERT INTO outbox (connection_id, lane, due, workspace_id, message_id)"
        " VALUES (%s, 1, now() - interval '5 min', %s, 1)",
        world.connection, world.workspace,
    )  # fmt: skip
    found = doctor(environ)
    assert found["engine"]["state"] == "fail"
    assert "Run `sayso serve`" in found["engine"]["sentence"]
    assert re.search(r"1 message; the oldest message for 3\d\d s", found["queues"]["sentence"])
    world.rows("INSERT INTO leases VALUES ('inbound:lane:1', 'h', 1, now() - interval '1 h')")
    assert "last heard of at" in doctor(environ)["engine"]["sentence"]
    world.rows("UPDATE leases SET until = '-infinity'")
    assert doctor(environ)["engine"]["state"] == "fail"
    world.rows("UPDATE leases SET until = now() + interval '1 h'")
    assert doctor(environ)["engine"]["state"] == "ok"


def test_doctor_fails_where_a_receipt_waits_long(environ: dict[str, str], world: World) -> None:
    world.rows(
        "INSERT INTO receipt_queue (id, connection_id, provider_ref, status, received_at)"
        " VALUES (1, %s, 'a', 'delivered', now() - interval '5 min')",
        world.connection,
    )
    found = doctor(environ)["queues"]
    assert found["state"] == "fail"
    assert re.search(r"the oldest receipt for 3\d\d s", found["sentence"])


def test_doctor_counts_what_was_set_aside_by_kind_with_its_reason(
    environ: dict[str, str], world: World
) -> None:
    set_aside(world, 1)
    set_aside(world, 2, "poison", "It divides by nought.")
    found = doctor(environ)
    assert found["unrouted"]["sentence"].startswith("1 text with no line")
    assert "It divides by nought. See `sayso unrouted`" in found["poison"]["sentence"]
    assert "unreadable" not in found


def test_unrouted_lists_and_settles(environ: dict[str, str], world: World) -> None:
    assert sayso("unrouted", environ=environ).stdout == "Nothing is unrouted.\n"
    set_aside(world, 7)
    (row,) = json.loads(sayso("unrouted", "--json", environ=environ).stdout)
    assert (row["id"], row["kind"], row["sender"], row["why"]) == (
        7,
        "unrouted",
        f"+{AMIRA}",
        "No line has it.",
    )
    assert "No line has it." in sayso("unrouted", environ=environ).stdout
    assert sayso("unrouted", "--settle", "7", environ=environ).exit_code == 0
    twice = sayso("unrouted", "--settle", "7", environ=environ)
    assert (twice.exit_code, "7 is not on the list" in twice.stderr) == (2, True)
    assert sayso("unrouted", "--json", environ=environ).stdout == "[]\n"


def test_an_unrouted_text_is_decided_again_and_comes_back_if_nobody_has_it(
    environ: dict[str, str], world: World
) -> None:
    (id_,) = world.rows("SELECT new_id()")[0]
    set_aside(world, int(str(id_)))
    text = str(id_)
    alone = sayso("unrouted", "--again", text, environ=environ)
    assert (alone.exit_code, "no longer kept" in alone.stderr) == (2, True)
    keep_callback(world, int(text))
    assert sayso("unrouted", "--again", text, environ=environ).exit_code == 0
    assert world.rows("SELECT id, phone, recipient, body FROM inbound_queue") == [
        (id_, AMIRA, "12025550199", "STOP")
    ]
    assert sayso("unrouted", "--json", environ=environ).stdout == "[]\n"
    asyncio.run(decide(environ))
    (row,) = json.loads(sayso("unrouted", "--json", environ=environ).stdout)
    assert row["why"] == "No line of any workspace belongs to 12025550199."
    world.rows("UPDATE inbound_numbers SET number = '12025550199' WHERE number = '12025550100'")
    assert sayso("unrouted", "--again", text, environ=environ).exit_code == 0
    asyncio.run(decide(environ))
    assert world.rows("SELECT phone FROM blocks") == [(AMIRA,)]


def test_doctor_says_in_words_that_a_home_cannot_be_opened() -> None:
    home = "/nowhere" + f"/{'n' * 250}" * 16
    home += "/" + "n" * (4_089 - len(home))  # itself just short enough, and nothing in it is
    result = sayso("doctor", environ={"SAYSO_HOME": home})
    assert (result.exit_code, "point SAYSO_HOME elsewhere" in result.stdout) == (1, True)


@pytest.mark.parametrize(
    "command",
    [
        ("workspace", "create", "Acme", "--country", "GB"),
        ("work",),
        ("unrouted",),
        ("recover",),
        ("backup", "/tmp/never"),
    ],
    ids=" ".join,
)
def test_a_command_beside_serve_makes_no_home(tmp_path: Path, command: tuple[str, ...]) -> None:
    home = tmp_path / "mistyped"
    result = sayso(*command, environ={"SAYSO_HOME": str(home)})
    assert result.exit_code == 2, result.output
    assert f"There is no Sayso in {home} yet: run `sayso serve`" in result.stderr
    assert not home.exists()


@pytest.mark.parametrize("command", [("migrate",), ("backup",)], ids=" ".join)
def test_without_the_owners_rights_the_remedy_is_named(
    environ: dict[str, str], tmp_path: Path, command: tuple[str, ...]
) -> None:
    file = (str(tmp_path / "sayso.backup"),) if command == ("backup",) else ()
    poor = {name: value for name, value in environ.items() if name != "SAYSO_DATABASE_OWNER_URL"}
    result = sayso(*command, *file, environ=poor)
    assert result.exit_code == 2, result.output
    assert "may not do this: set SAYSO_DATABASE_OWNER_URL, see docs/database.md." in result.stderr
    assert not list(tmp_path.glob("*.backup*"))


def test_a_full_disk_and_a_lost_database_are_told_in_words_and_our_own_faults_are_not() -> None:
    assert in_words(psycopg.errors.DiskFull("could not extend file"), "").startswith(
        "The database's disk is full"
    )
    assert "broke off" in in_words(psycopg.OperationalError("server closed the connection"), "")
    assert in_words(psycopg.errors.UndefinedColumn("no such column"), "") == ""
