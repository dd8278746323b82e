"""How segments are asked: a count reads each table once, a slice of planning looks contacts up by index."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from bench.segments import SEGMENTS, fill

from sayso.core.audience import CHOICES, IDENTIFIED, NAMED, TESTS, AllOf, AnyOf, Condition, Not, Tree
from sayso.core.audience_plain import needs_days, needs_value
from sayso.storage.audience import Audience, sliced, whole
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
# Under another tree nothing can be joined: there sub-plans stand.
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


def read_again_and_again(node: dict[str, Any], told: str, *, again: bool = False) -> list[str]:
    """Tables that are read whole for each contact: by a sub-plan that is not hashed."""
    name = node.get("Subplan Name", "")
    again = again or (name.startswith("SubPlan") and f"hashed {name})" not in told)
    here = [node["Relation Name"]] if again and node["Node Type"] == "Seq Scan" else []
    return here + [
        found for one in node.get("Plans", []) for found in read_again_and_again(one, told, again=again)
    ]


def of(tree: Tree) -> Audience:
    return Audience(1, tree, datetime.now(UTC) + timedelta(minutes=1))


@pytest.mark.rule("R8.3")
def test_a_count_never_reads_a_table_once_a_contact(filled: Databases) -> None:
    with psycopg.connect(url_as(filled.url, APP)) as conn:
        conn.execute(
            "SELECT set_config('sayso.workspace_id', '1', true), set_config('work_mem', '64MB', true)"
        )
        for tree in TREES:
            query, said = whole("count", of(tree))
            told = plan(conn, (query, said)).replace(").col1", ")")
            assert told.count(" on contacts c") == 1, told
            row = conn.execute(b"EXPLAIN (FORMAT JSON) " + query, said).fetchone()
            assert row is not None
            assert read_again_and_again(row[0][0]["Plan"], told) == [], told


@pytest.mark.rule("R8.3")
def test_a_slice_looks_its_contacts_up_in_the_order_of_their_numbers(filled: Databases) -> None:
    with psycopg.connect(url_as(filled.url, ENGINE)) as conn:
        for tree in TREES:
            told = plan(conn, sliced("recipients", of(tree)), after_phone=5, after_contact=5, limit=5_000)
            assert "Index Scan using contacts_phone on contacts c" in told, told
            for costly in ("hashed SubPlan", "Seq Scan", "Hash", "Sort Key: c."):
                assert costly not in told, told
