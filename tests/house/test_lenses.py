"""The console's lenses against the catalogue, both ways: a column that changed is seen here first."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest

from tests.consoles import Console

FOLDER = Path(__file__).parents[2] / "src" / "sayso" / "console" / "lenses"
COLUMNS = """
SELECT a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull
FROM pg_attribute a WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped
"""
CHECKS = "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'c'"
KEYS = """
SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
WHERE i.indrelid = %s::regclass AND i.indisprimary
"""


@pytest.fixture
def lenses(console: Console) -> tuple[Any, ...]:
    from sayso.console.lenses.models import every_lens

    return every_lens()


def test_every_lens_is_looked_at(lenses: tuple[Any, ...]) -> None:
    """What stands in the folder is what Django found, and nothing of it can be written by migrations."""
    written = {
        node.name
        for path in FOLDER.glob("*.py")
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.ClassDef) and "models.Model" in map(ast.unparse, node.bases)
    }
    assert {lens.__name__ for lens in lenses} == written
    assert [lens for lens in lenses if lens._meta.managed] == []


def test_lenses_show_the_tables_as_they_are(console: Console, lenses: tuple[Any, ...]) -> None:
    from django.db import connection

    for lens in lenses:
        table = f"sayso.{lens._meta.db_table}"
        stored = {column: (kind, required) for column, kind, required in console.execute(COLUMNS, table)}
        shown = {
            field.column: (field.db_type(connection), not field.null)
            for field in lens._meta.local_concrete_fields
            if field.column
        }
        assert shown == stored, lens


def test_lenses_know_the_keys(console: Console, lenses: tuple[Any, ...]) -> None:
    for lens in lenses:
        key = {column for (column,) in console.execute(KEYS, f"sayso.{lens._meta.db_table}")}
        assert {field.column for field in lens._meta.pk_fields} == key, lens


def test_lenses_know_every_allowed_word(console: Console, lenses: tuple[Any, ...]) -> None:
    for lens in lenses:
        checks = [found for (found,) in console.execute(CHECKS, f"sayso.{lens._meta.db_table}")]
        for field in lens._meta.local_concrete_fields:
            if not field.choices:
                continue
            only = re.compile(rf"CHECK \(\({field.column} = ANY \(ARRAY\[([^\]]+)\]\)\)\)")
            allowed = next(found[1] for check in checks if (found := only.fullmatch(check)))
            assert {value for value, _ in field.choices} == set(re.findall(r"'([^']+)'::text", allowed)), (
                field
            )
