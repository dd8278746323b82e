"""What the command line tells an operator at three in the morning."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sayso.storage.databases import Databases
from tests.test_cli import environ, sayso
from tests.world import AMIRA, World, build

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
    assert "1 message; the oldest message for 30" in found["queues"]["sentence"]
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
    assert (found["state"], "the oldest receipt for 30" in found["sentence"]) == ("fail", True)


def test_doctor_counts_what_was_set_aside_by_kind_with_its_reason(
    environ: dict[str, str], world: World
) -> None:
    set_aside(world, 1)
    set_aside(world, 2, "poison", "It divides by nought.")
    found = doctor(environ)
    assert found["unrouted"]["sentence"].startswith("1 text with no line")
    assert "It divides by nought. See `sayso unrouted`" in found["poison"]["sentence"]
    assert "unreadable" not in found
