"""Contacts are found among many by an index, under row-level security; imports read what they need alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from sayso.storage.databases import Databases
from sayso.storage.pool import APP, ENGINE, url_as
from sayso.storage.queries import load
from tests.consoles import Console

ROWS = 30_000
_FILL = (
    "INSERT INTO workspaces (name, country) VALUES ('Bakery', 'US'), ('Butcher', 'US')",
    """INSERT INTO contacts (workspace_id, external_id, phone, email, attributes)
       SELECT 1 + n %% 2, 'fern-' || n, 447700000000 + n, 'ada' || n || '@mail.example',
           jsonb_build_object('first_name', 'Ada ' || n, 'last_name', 'Quist')
       FROM generate_series(1, %(rows)s) n""",
    """INSERT INTO contact_imports (workspace_id, id, file_name, whole_size)
       SELECT 1 + n %% 2, n, 'list.csv', 1 FROM generate_series(1, 3000) n""",
    """INSERT INTO contact_import_progress (workspace_id, import_id, state)
       SELECT workspace_id, id, 'finished' FROM contact_imports""",
    """INSERT INTO contact_import_refusals SELECT 1, 2, n, 'x', '[]' FROM generate_series(1, %(rows)s) n""",
)


@pytest.fixture
def filled(database: Databases) -> Iterator[Databases]:
    with psycopg.connect(database.owner_url, autocommit=True, options="-c search_path=sayso") as owner:
        for statement in _FILL:
            owner.execute(statement, {"rows": ROWS})
        owner.execute("VACUUM ANALYZE")
        yield database


def plan(databases: Databases, query: bytes, said: Any, role: str = APP) -> str:
    with psycopg.connect(url_as(databases.url, role)) as conn:
        conn.execute("SELECT set_config('sayso.workspace_id', '1', true)")
        rows = conn.execute(b"EXPLAIN (COSTS OFF) " + query, said).fetchall()
        return "\n".join(str(row[0]) for row in rows)


@pytest.mark.parametrize(
    ("field", "word", "index"),
    [
        ("external_id", "fern-20", "contacts_external_id"),
        ("name_key", "ada 20", "contacts_name_key"),
        ("email_key", "ada20", "contacts_email_key"),
    ],
)
def test_the_console_finds_a_beginning_by_its_index(
    console: Console, filled: Databases, field: str, word: str, index: str
) -> None:
    from sayso.console.contacts.reading import beginning

    query, said = beginning(field, word).query.sql_with_params()
    told = plan(filled, query.encode(), said)
    assert f"using {index}" in told, told
    assert "Sort" not in told, told
    assert f"{field} >=" in told.partition("Index Cond:")[2].partition("\n")[0], told


def test_rows_of_an_import_are_found_by_their_external_id(filled: Databases) -> None:
    ids = [f"fern-{n}" for n in range(1, 400)]
    told = plan(filled, load("contacts")["lock_by_external_ids"], {"external_ids": ids})
    assert "contacts_external_id" in told, told
    assert "Seq Scan on contacts" not in told, told


def test_the_engine_sees_what_is_due_and_nothing_else(filled: Databases) -> None:
    told = plan(filled, load("imports")["due"], {}, ENGINE)
    assert "contact_import_progress_due" in told, told


def test_refused_rows_are_read_on_from_a_line(filled: Databases) -> None:
    said: dict[str, object] = {"import_id": 2, "after": 20_000, "limit": 50}
    told = plan(filled, load("imports")["refusals"], said)
    assert "contact_import_refusals_pkey" in told, told
    assert "Sort" not in told, told
