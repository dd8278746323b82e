"""The quarantine at the command line (R5.11)."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import pytest
from anyio import to_thread
from psycopg.conninfo import conninfo_to_dict
from typer.testing import CliRunner

from sayso.cli.main import app
from sayso.storage.databases import Databases
from tests.engine.sending_scene import world
from tests.engine.test_quarantine import KEY, NEW, refused, released, secret

pytestmark = [pytest.mark.anyio, pytest.mark.rule("R5.11")]


async def test_operators_see_release_and_empty_it_at_the_command_line(
    cluster: Databases, database: Databases, tmp_path: Path
) -> None:
    named = cluster.named(str(conninfo_to_dict(database.url)["dbname"]))
    environ = {
        "SAYSO_HOME": str(tmp_path),
        "SAYSO_DATABASE_URL": named.url,
        "SAYSO_DATABASE_OWNER_URL": named.owner_url,
        "SAYSO_SECRET_KEY": KEY,
        "SAYSO_PUBLIC_URL": "http://x",
    }

    async def sayso(*arguments: str) -> list[dict[str, object]]:
        # In a thread: the command runs a loop of its own.
        run = partial(CliRunner().invoke, app, ["quarantine", *arguments, "--json"], env=environ)
        result = await to_thread.run_sync(run)
        assert result.exit_code == 0, result.output
        return [json.loads(line) for line in result.stdout.splitlines()]

    async with world(database) as here:
        secret(here, NEW)
        refused(here, "proven", NEW, times=2)
        refused(here, "forged", "a guess")
        assert ["STOP" in str(row["beginning"]) for row in await sayso("list")] == [True] * 3
        connection = ("--connection", str(here.connection))
        assert await sayso("release", *connection) == [{"released": 2, "waiting": 1}]
        assert here.rows("SELECT body FROM inbound_queue") == [("STOP",)]
        assert await sayso("empty", *connection, "--before", "2020-01-01") == [{"thrown_away": 0}]
        assert await sayso("empty", *connection) == [{"thrown_away": 1}]
        assert await sayso("list") == []
        read = partial(CliRunner().invoke, app, ["quarantine", "list"], env=environ)
        assert (await to_thread.run_sync(read)).stdout == "Nothing waits.\n"
        assert released(here) == 2


async def test_doctor_names_connections_whose_callbacks_prove_nothing(
    cluster: Databases, database: Databases, tmp_path: Path
) -> None:
    named = cluster.named(str(conninfo_to_dict(database.url)["dbname"]))
    environ = {
        "SAYSO_HOME": str(tmp_path),
        "SAYSO_DATABASE_URL": named.url,
        "SAYSO_DATABASE_OWNER_URL": named.owner_url,
        "SAYSO_SECRET_KEY": KEY,
    }
    async with world(database) as here:
        for settings, warned in (("{}", True), ('{"callback_auth": "none"}', False)):
            here.conn.execute("UPDATE connections SET kind = 'twilio', settings = %s", (settings,))
            run = partial(CliRunner().invoke, app, ["doctor", "--json"], env=environ)
            checks = json.loads((await to_thread.run_sync(run)).stdout)["checks"]
            assert ("callbacks" in {check["name"] for check in checks}) == warned
