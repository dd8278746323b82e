"""Running a named query and reading its rows into the dataclass that they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import psycopg
from psycopg.rows import TupleRow

from sayso.storage.pool import Connection

Row = TypeVar("Row")
Cursor = psycopg.AsyncCursor[TupleRow]
"""What was asked: in a pipeline the answer comes with that to whatever was asked since."""
Parameters = Mapping[str, object]
# What a door answers 503 to: no connection to be had, or lost on the way.
UNREACHABLE: tuple[type[Exception], ...] = (psycopg.OperationalError,)
# One of those, with a remedy of its own.
FULL: tuple[type[Exception], ...] = (psycopg.errors.DiskFull,)


async def one(conn: Connection, row: type[Row], query: bytes, parameters: Parameters) -> Row | None:
    """The first row as `row`, whose fields are the columns' names; None where there is none."""
    async with conn.cursor() as cursor:
        await cursor.execute(query, parameters)
        values = await cursor.fetchone()
        return None if values is None else _maker(row, cursor)(values)


async def many(conn: Connection, row: type[Row], query: bytes, parameters: Parameters) -> list[Row]:
    """Every row as `row`, in the query's order."""
    return await every(row, await conn.execute(query, parameters))


async def every(row: type[Row], asked: Cursor) -> list[Row]:
    """Every row of what was asked as `row`, in the query's order."""
    found = await asked.fetchall()
    made = _maker(row, asked)
    return [made(values) for values in found]


async def run(conn: Connection, query: bytes, parameters: Parameters) -> int:
    """Run a write; how many rows it concerned."""
    return (await conn.execute(query, parameters)).rowcount


async def number(conn: Connection, query: bytes, parameters: Parameters) -> int | None:
    """The first column of the first row, an id; None where no row came back."""
    row = await (await conn.execute(query, parameters)).fetchone()
    return None if row is None else int(row[0])


def _maker(row: type[Row], cursor: Cursor) -> Callable[[Sequence[Any]], Row]:
    """What makes a row of its values: by place, which is quicker, where columns stand as the fields do."""
    columns = tuple(column.name for column in cursor.description or ())
    if columns == getattr(row, "__match_args__", ())[: len(columns)]:
        return lambda values: row(*values)
    return lambda values: row(**dict(zip(columns, values, strict=True)))
