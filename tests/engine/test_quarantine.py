"""A STOP is never lost to a rotated secret (R5.11)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sayso.engine.quarantine import quarantine
from sayso.providers.contract import Inbound
from sayso.providers.simulator.carrier_side import callback, write_inbound
from sayso.storage.databases import Databases
from sayso.storage.vault import seal
from tests.engine.sending_scene import World, engine, until, world

pytestmark = [pytest.mark.anyio, pytest.mark.rule("R5.11")]
KEY = "k" * 32
OLD, NEW = "the secret before", "the secret after"


def secret(here: World, said: str) -> None:
    here.conn.execute(
        "UPDATE connections SET secrets = %s", (seal(KEY, {"webhook_secret": said}) if said else b"",)
    )


def refused(here: World, ref: str, signed_with: str, times: int = 1) -> None:
    """A STOP as the door keeps it when it cannot believe it."""
    now = datetime.now(UTC)
    body = write_inbound(
        Inbound(ref=ref, sender="+15557770000", recipient="15550001111", body="STOP", at=now)
    )
    request = callback("http://x/hooks/t/inbound", body, signed_with, now)
    lines = ["POST /hooks/t/inbound HTTP/1.1", "Authorization: Basic bm90-kept"]
    lines += [f"{name}: {value}" for name, value in request.headers.items()]
    for _ in range(times):
        here.conn.execute(
            "INSERT INTO quarantine (connection_id, kind, headers, body, why) "
            "VALUES (%s, 'inbound', %s, %s, 'x')",
            (here.connection, "\r\n".join(lines).encode(), body),
        )


def released(here: World) -> int:
    return here.value("SELECT count(*) FROM quarantine WHERE released_at IS NOT NULL")


async def test_a_mended_secret_lets_in_what_it_proves_and_nothing_else(database: Databases) -> None:
    async with world(database) as here:
        secret(here, OLD)
        refused(here, "one", NEW, times=3)
        refused(here, "two", NEW)
        refused(here, "forged", "a guess")
        stage = quarantine(database.url, vault_key=KEY, public_url="http://x")
        async with engine(database.url, stage):
            await until(
                lambda: here.value("SELECT count(*) FROM leases WHERE resource = 'quarantine:all'") == 1
            )
            secret(here, NEW)
            await until(lambda: released(here) == 4)
        assert here.rows("SELECT body, stale FROM inbound_queue") == [("STOP", False), ("STOP", False)]
        (headers,) = here.rows("SELECT headers FROM callbacks LIMIT 1")[0]
        assert b"bm90-kept" not in bytes(headers)  # type: ignore[arg-type]


async def test_a_connection_that_lost_its_secret_releases_nothing(database: Databases) -> None:
    async with world(database) as here:
        secret(here, OLD)
        refused(here, "forged", "a guess")
        stage = quarantine(database.url, vault_key=KEY, public_url="http://x")
        async with engine(database.url, stage):
            secret(here, "")
            second = here.value(
                "INSERT INTO connections "
                "(name, kind, hook_token, parts_per_second, secrets) "
                "VALUES ('Other', 'simulator', repeat('u', 32), 1, %s) RETURNING id",
                seal(KEY, {"webhook_secret": NEW}),
            )
            refused(World(here.databases, here.conn, here.workspace, second), "proven", NEW)
            here.conn.execute("UPDATE connections SET name = 'Other one' WHERE id = %s", (second,))
            await until(lambda: released(here) == 1)
        assert here.value("SELECT count(*) FROM inbound_queue") == 1
