"""Lists reach PostgreSQL as they are, whatever they hold."""

from __future__ import annotations

from datetime import UTC, datetime

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sayso.storage.arrays import PlainList, Shared
from sayso.storage.databases import Databases

TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)
TIMES = st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001
COLUMNS = [
    ("bigint", st.integers(-(2**63), 2**63 - 1)),
    ("text", TEXTS | st.sampled_from(["NULL", "", '"', "\\", "{}", ","])),
    ("boolean", st.booleans()),
    ("float8", st.floats(allow_nan=False)),
    ("timestamptz", TIMES),
    ("bytea", st.binary(max_size=8)),
]


@pytest.fixture(scope="module")
def conn(cluster: Databases) -> psycopg.Connection:
    conn = psycopg.connect(cluster.owner_url, autocommit=True)
    conn.adapters.register_dumper(list, PlainList)
    conn.adapters.register_dumper(Shared, PlainList)
    return conn


def test_a_list_that_several_parameters_say_comes_out_of_each(conn: psycopg.Connection) -> None:
    numbers, nobody = Shared([3, 1, 2]), Shared([])
    said = {"numbers": numbers, "again": numbers, "nobody": nobody}
    row = conn.execute("SELECT %(numbers)s::bigint[], %(again)s::int[], %(nobody)s::text[]", said).fetchone()
    assert row == ([3, 1, 2], [3, 1, 2], [])


@pytest.mark.parametrize(("kind", "values"), COLUMNS, ids=[kind for kind, _ in COLUMNS])
def test_what_goes_in_comes_out(
    conn: psycopg.Connection, kind: str, values: st.SearchStrategy[object]
) -> None:
    @settings(max_examples=60)
    @given(st.lists(st.none() | values, max_size=6))
    def check(column: list[object]) -> None:
        row = conn.execute(f"SELECT %s::{kind}[]", [column]).fetchone()  # type: ignore[arg-type]
        assert row == (column,)

    check()
