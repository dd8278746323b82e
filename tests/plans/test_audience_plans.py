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


def make_room(conn: psycopg.Connection, workspace: int, *, is_large: bool, hashes: bool = True) -> None:
    said = {"workspace_id": workspace, "many": audience.MANY, "hashes": "on" if hashes else "off"}
    assert conn.execute(SQL["room"], said).fetchone() == (int(is_large),)


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
        for tree in TREES:
            make_room(conn, 1, is_large=True, hashes=not audience.is_ordered(tree))
            told = plan(conn, whole("count", of(tree)))
            assert told.count(" on contacts c") == 1, told
            # What is read for each contact, or by each process that counts.
            for costly in ("SubPlan", "Nested Loop"):
                assert costly not in told, told


@pytest.mark.rule("R8.3")
def test_consent_is_counted_in_the_order_of_numbers_out_of_two_indexes(filled: Databases) -> None:
    consent = Condition("consent", "is", "offers", "yes")
    narrow: tuple[Tree, ...] = (
        consent,
        SEGMENTS[2],
        AllOf((consent, Condition("list", "on", id=1), Not(Condition("texted", "within", days=7)))),
    )
    with psycopg.connect(url_as(filled.url, APP)) as conn:
        conn.execute("SELECT set_config('sayso.workspace_id', '1', true)")
        for tree in narrow:
            assert audience.is_ordered(tree)
            make_room(conn, 1, is_large=True, hashes=False)
            told = plan(conn, whole("count", of(tree)))
            assert "Index Only Scan using contacts_phone on contacts c" in told, told
            for costly in ("Hash Left Join", "Sort Key: c.phone"):
                assert costly not in told, told
            # The words of contacts; those of numbers alone are few, with a narrow index. Of as few as here
            # PostgreSQL 15 holds it cheaper to sort one of the two.
            words = told.count("Index Only Scan using consent_states_pkey")
            if conn.info.server_version >= 18_00_00:
                assert words == 2, told
                assert "Seq Scan on consent_states" not in told, told
            else:
                assert words >= 1, told


@pytest.mark.rule("R8.3")
def test_an_attribute_is_looked_at_after_the_sets_that_all_must_be_in(filled: Databases) -> None:
    with psycopg.connect(url_as(filled.url, APP)) as conn:
        conn.execute("SELECT set_config('sayso.workspace_id', '1', true)")
        make_room(conn, 1, is_large=True)
        told = plan(conn, whole("count", of(SEGMENTS[4])))
        assert "CASE WHEN" in told and "born" in told, told
        read = told[told.index(" on contacts c") :].split("->")[0]
        assert "attributes" not in read, told
        counted = [conn.execute(*shape("count", of(SEGMENTS[4]))).fetchone() for shape in (whole, sliced)]
        assert counted[0] == counted[1] and counted[0] != (0, 0)


@pytest.mark.rule("R8.3")
def test_what_a_wide_row_says_is_not_counted_in_the_order_of_numbers() -> None:
    consent = Condition("consent", "is", "offers", "yes")
    for wide in (Condition("language", "is", value="de"), Condition("attribute", "known", "city")):
        assert not audience.is_ordered(AllOf((consent, wide)))
    assert not audience.is_ordered(Condition("block", "blocked"))


@pytest.mark.rule("R8.3")
def test_a_count_of_a_small_workspace_reads_no_table_of_everybody(filled: Databases) -> None:
    with psycopg.connect(url_as(filled.url, APP)) as conn:
        conn.execute("SELECT set_config('sayso.workspace_id', '2', true)")
        make_room(conn, 2, is_large=False)
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
