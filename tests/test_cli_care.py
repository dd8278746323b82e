"""What the command line tells an operator at three in the morning."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
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
from sayso.storage.vault import seal
from tests.running import free_port
from tests.test_cli import environ, sayso
from tests.world import AMIRA, NOON, World, build

__all__ = ["environ"]


@pytest.fixture
def world(database: Databases) -> World:
    return build(database)


def doctor(environ: dict[str, str]) -> dict[str, dict[str, Any]]:
    result = sayso("doctor", "--json", environ=environ)
    assert result.stdout, result.stderr or repr(result.exception)
    told = json.loads(result.stdout)
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


def test_doctor_names_who_holds_a_transaction_open_and_how_to_end_it(
    environ: dict[str, str], world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert doctor(environ)["oldest transaction"]["state"] == "ok"
    monkeypatch.setattr("sayso.cli.checkup.OLD_SECONDS", 0)
    with psycopg.connect(environ["SAYSO_DATABASE_OWNER_URL"], application_name="a long report") as idle:
        idle.execute("SELECT 1")
        found = doctor(environ)["oldest transaction"]
        pid = idle.info.backend_pid
    assert found["state"] == "fail"
    assert found["sentence"].startswith(f"a long report (pid {pid}) has one open for")
    assert f"`SELECT pg_terminate_backend({pid})`" in found["sentence"]


def sealed(world: World, key: str) -> None:
    """The connection of this world has secrets sealed with this key."""
    world.rows("UPDATE connections SET name = 'Main', secrets = %s", seal(key, {"webhook_secret": "x"}))


def test_where_secrets_are_sealed_no_new_key_is_made_and_the_remedy_is_named(
    environ: dict[str, str], world: World
) -> None:
    sealed(world, "k" * 32)
    home = Path(environ["SAYSO_HOME"])
    found = doctor(environ)["secret key"]
    assert (found["state"], (home / "secret.key").exists()) == ("fail", False)
    assert found["sentence"].startswith(
        f"There is no {home / 'secret.key'}, but the database holds secrets of"
    )
    for words in ("connection “Main”", "Put the key back", "SAYSO_SECRET_KEY", "openssl rand -hex 32"):
        assert words in found["sentence"]
    refused = sayso("work", environ=environ)
    assert (refused.exit_code, (home / "secret.key").exists()) == (2, False), refused.output
    assert "SAYSO_SECRET_KEY is not set, and there is no" in refused.stderr
    assert "Put the key back" in refused.stderr
    migrated = subprocess.run(
        [sys.executable, "-m", "sayso.cli.main", "migrate"], env={**os.environ, **environ}, check=False
    )
    assert (migrated.returncode, (home / "secret.key").exists()) == (0, False)


def test_a_key_that_is_another_one_is_told_and_the_right_one_is_fine(
    environ: dict[str, str], world: World
) -> None:
    sealed(world, "k" * 32)
    other = doctor(environ | {"SAYSO_SECRET_KEY": "o" * 32})["secret key"]
    assert (other["state"], "sealed with another key" in other["sentence"]) == ("fail", True)
    assert doctor(environ | {"SAYSO_SECRET_KEY": "k" * 32})["secret key"]["state"] == "ok"


def test_serve_does_not_start_with_a_new_key_over_sealed_secrets(
    environ: dict[str, str], world: World
) -> None:
    sealed(world, "k" * 32)
    ports = {"SAYSO_BIND": f"127.0.0.1:{free_port()}", "SAYSO_CARRIER_BIND": f"127.0.0.1:{free_port()}"}
    done = subprocess.run(
        [sys.executable, "-m", "sayso.cli.main", "serve"],
        env={**os.environ, **environ, **ports},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2, done.stdout
    assert "Put the key back that belongs to this database" in done.stderr
    assert not (Path(environ["SAYSO_HOME"]) / "secret.key").exists()


def test_an_authenticator_app_is_sealed_too(environ: dict[str, str], world: World) -> None:
    assert doctor(environ)["secret key"]["state"] == "ok"
    run = [sys.executable, "-m", "sayso.cli.main", "migrate"]
    subprocess.run(run, env={**os.environ, **environ, "SAYSO_SECRET_KEY": "k" * 32}, check=True)
    world.rows(
        "WITH made AS (INSERT INTO console.accounts_user (password, email, name, theme, is_active, "
        "created_at, is_operator, joined_by_link) "
        "VALUES ('', 'a@example.com', '', '', true, now(), false, false) RETURNING id)"
        " INSERT INTO console.mfa_authenticator (type, data, user_id, created_at)"
        " SELECT 'totp', '{}', id, now() FROM made"
    )
    found = doctor(environ)["secret key"]
    assert (found["state"], "second factors of 1 account" in found["sentence"]) == ("fail", True)


def test_doctor_says_why_a_campaign_does_not_come_on(environ: dict[str, str], world: World) -> None:
    plain = doctor(environ)
    assert ("campaign" in plain, plain["size"]["state"]) == (False, "ok")
    world.rows(
        "INSERT INTO campaigns (workspace_id, name, audience, category, body, state, starts_at, launched_at)"
        " VALUES (%s, 'Spring', 'everybody', 'promotions', 'Hello', 'planning', now(), now())",
        world.workspace,
    )
    world.rows(
        "INSERT INTO campaign_plans (workspace_id, campaign_id, rehearsal, began_at)"
        " SELECT workspace_id, id, false, now() - interval '5 min' FROM campaigns"
    )
    world.rows(
        "INSERT INTO click_queue VALUES (now() - interval '5 min', 1, 0, 1, 'GET', 'agent', '', 'navigate')"
    )
    found = doctor(environ)
    assert found["campaign"]["state"] == "fail"
    assert "does not come on since 3" in found["campaign"]["sentence"]
    assert "nothing plans it" in found["campaign"]["sentence"]
    assert "1 opening of a link waiting" in found["clicks"]["sentence"]
    world.rows("INSERT INTO halts (workspace_id, why) VALUES (%s, 'The wrong price.')", world.workspace)
    found = doctor(environ)
    assert "stopped all sending of Little Fern" in found["halt"]["sentence"]
    assert "The wrong price." in found["halt"]["sentence"]
    assert "its workspace stopped all sending" in found["campaign"]["sentence"]
