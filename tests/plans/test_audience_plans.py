"""How segments are asked: a count reads each table once, a slice of planning looks contacts up by index."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from bench.segments import SEGMENTS, fill

from sayso.core.audience import CHOICES, IDENTIFIED, NAMED, TESTS, AllOf, AnyOf, Condition, Not, Tree
from sayso.core.audience_plain import needs_days, needs_value
from sayso.storage import audience
from sayso.storage.audience_sql import SQL, Audience, sliced, whole
from sayso.storage.databases import Databases
from sayso.storage.pool import APP, ENGINE, url_as
from tests.audiences import FORMED, VALUES

SIZE = 20_000
CONDITIONS = [
    Condition(
        about,
        test,
        name="city" if about in NAMED else "",
        value=value,
        days=7 if needs_days(test) else 0,
        id=1 if about in IDENTIFIED else 0,
    )
    for about, tests in TESTS.items()
    for test in tests
    for value in (
        (FORMED.get(test) or CHOICES.get(about) or VALUES[about]) if needs_value(about, test) else ("",)
    )
]
TREES = [
    *SEGMENTS,
    *CONDITIONS,
    AnyOf(tuple(CONDITIONS[:50])),
    AnyOf(tuple(CONDITIONS[50:])),
    Not(AllOf(SEGMENTS)),
]


@pytest.fixture(scope="module")
def filled(cluster: Databases, template: str) -> Iterator[Databases]:
    from tests.database import clone, named

    with psycopg.connect(cluster.owner_url, autocommit=True) as admin:
        clone(admin, "audience_plans", template)
        databases = named(cluster, "audience_plans")
        fill(databases, SIZE)
        yield databases
        admin.execute("DROP DATABASE audience_plans WITH (FORCE)")


def plan(conn: psycopg.Connection, asked: tuple[bytes, dict[str, object]], **more: object) -> str:
    query, said = asked
    rows = conn.execute(b"EXPLAIN (COSTS OFF) " + query, said | more).fetchall()
    return "\n".join(str(row[0]) for row in rows)


def of(tree: Tree) -> Audience:
    return Audience(1, tree, datetime.now(UTC) + timedelta(minutes=1))


@pytest.mark.rule("R8.3")
def test_a_count_reads_each_table_once_whatever_its_conditions_stand_under(filled: Databases) -> None:
    with psycopg.connect(url_as(filled.url, APP)) as conn:
        conn.execute("SELECT set_config('sayso.workspace_id', '1', true)")
        row = conn.execute(SQL["room"], {"workspace_id": 1, "many": audience.MANY}).fetchone()
        assert row == (1,)
        for tree in TREES:
            told = plan(conn, whole("count", of(tree)))
            assert told.count(" on contacts c") == 1, told
            # What is read for each contact, or by each process that counts.
            for costly in ("SubPlan", "Nested Loop"):
                assert costly not in told, told


@pytest.mark.rule("R8.3")
def test_a_count_of_a_small_workspace_reads_no_table_of_everybody(filled: Databases) -> None:
    with psycopg.connect(url_as(filled.url, APP)) as conn:
        conn.execute("SELECT set_config('sayso.workspace_id', '2', true)")
        row = conn.execute(SQL["room"], {"workspace_id": 2, "many": audience.MANY}).fetchone()
        assert row == (0,)
        for tree in TREES:
            told = plan(conn, sliced("count", replace(of(tree), workspace_id=2)))
            for costly in ("hashed SubPlan", "Seq Scan on last_texted", "Seq Scan on consent_states"):
                assert costly not in told, told


@pytest.mark.rule("R8.3")
def test_a_slice_looks_its_contacts_up_in_the_order_of_their_numbers(filled: Databases) -> None:
    with psycopg.connect(url_as(filled.url, ENGINE)) as conn:
        for tree in TREES:
            told = plan(conn, sliced("recipients", of(tree)), after_phone=5, after_contact=5, limit=5_000)
            assert "Index Scan using contacts_phone on contacts c" in told, told
            for costly in ("hashed SubPlan", "Seq Scan", "Hash", "Sort Key: c."):
                assert costly not in told, told
