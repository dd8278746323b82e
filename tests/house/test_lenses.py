"""The console's lenses against the catalogue, both ways: a column that changed is seen here first."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.consoles import Console

COLUMNS = """
SELECT a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull
FROM pg_attribute a WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped
"""
CHECKS = "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'c'"
KEYS = """
SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
WHERE i.indrelid = %s::regclass AND i.indisprimary
"""
NAMES = ("Workspace", "Membership", "InboundNumber", "Line", "Block")


def test_every_lens_is_looked_at(console: Console) -> None:
    from sayso.console.lenses.models import LENSES

    assert tuple(lens.__name__ for lens in LENSES) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_lens_shows_the_table_as_it_is(console: Console, name: str) -> None:
    from django.db import connection

    lens = _lens(name)
    table = f"sayso.{lens._meta.db_table}"
    stored = {column: (kind, required) for column, kind, required in console.execute(COLUMNS, table)}
    shown = {
        field.column: (field.db_type(connection), not field.null)
        for field in lens._meta.local_concrete_fields
        if field.column
    }
    assert shown == stored


@pytest.mark.parametrize("name", NAMES)
def test_a_lens_knows_the_key(console: Console, name: str) -> None:
    lens = _lens(name)
    key = {column for (column,) in console.execute(KEYS, f"sayso.{lens._meta.db_table}")}
    assert {field.column for field in lens._meta.pk_fields} == key


@pytest.mark.parametrize("name", NAMES)
def test_a_lens_knows_every_allowed_word(console: Console, name: str) -> None:
    lens = _lens(name)
    checks = [definition for (definition,) in console.execute(CHECKS, f"sayso.{lens._meta.db_table}")]
    for field in lens._meta.local_concrete_fields:
        if not field.choices:
            continue
        only = re.compile(rf"CHECK \(\({field.column} = ANY \(ARRAY\[([^\]]+)\]\)\)\)")
        allowed = next(found[1] for check in checks if (found := only.fullmatch(check)))
        assert {value for value, _ in field.choices} == set(re.findall(r"'([^']+)'::text", allowed)), field


def _lens(name: str) -> Any:
    from sayso.console.lenses import models

    return getattr(models, name)
