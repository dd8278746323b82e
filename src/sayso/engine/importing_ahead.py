"""The slice behind the one that is being stored: it is understood while the database works (R8.2)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice

import msgspec

from sayso.core import importing
from sayso.core.contact_record import Read
from sayso.core.import_files import Place, Record, in_midst, rows
from sayso.core.import_shapes import Shape
from sayso.core.importing import Columns
from sayso.engine.supervisor import Works
from sayso.storage import imports
from sayso.storage.imports import Due, Import

SLICE_ROWS = 4_000
STRETCH_BYTES = 1_000_000
_BEFORE = 4
"""Bytes before a stretch that tell whether it begins with a line."""
AT_ONCE = 50
"""So many rows are understood before others of this process have their turn. A thread would keep each of them
waiting for as long as the interpreter lets one thread run, five milliseconds, and the database with them."""


class Row(msgspec.Struct, frozen=True, gc=False):
    """One row of the file and what it was understood as; `begin` is where the one before it ended."""

    record: Record
    read: Read
    begin: Place


@dataclass(frozen=True, slots=True)
class Slice:
    """Rows that follow on each other, of an import as it stood; `gone`: the file is not there any more."""

    due: Due
    of: Import
    rows: Sequence[Row]
    gone: bool


class Ahead:
    """Reads on behind the slice that is in hand while the database is busy with that; nothing rests on it."""

    def __init__(self, works: Works) -> None:
        self._works = works
        self._gate = asyncio.Event()
        self._gate.set()
        self._task: asyncio.Task[Slice] | None = None
        self._of: Import | None = None
        self._stretch: _Stretch | None = None

    def begin(self, due: Due, of: Import, place: Place) -> None:
        """Read on from a place."""
        self._of = replace(of, at_byte=place.byte, at_line=place.line)
        self._task = asyncio.create_task(self._slice(due, self._of))

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Read nothing meanwhile: the slice in hand is decided on, and the database waits for that."""
        self._gate.clear()
        try:
            yield
        finally:
            self._gate.set()

    async def take(self, due: Due, of: Import) -> Slice:
        """The rows from where the import stands now."""
        if self._task is not None and self._of is not None and _is_same(self._of, of):
            task, self._task = self._task, None
            part = await task
            return replace(part, of=of)
        await self.drop()
        return await self._slice(due, of)

    async def drop(self) -> None:
        """Forget what was read ahead."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._task = self._stretch = None

    async def _slice(self, due: Due, of: Import) -> Slice:
        """What is left of the stretch that was read last, or else of a new one."""
        stretch, self._stretch = self._stretch, None
        read = await stretch.next(self._gate) if stretch is not None and stretch.goes_on(of) else []
        gone = False
        if not read:
            async with self._works.pool.connection() as conn:
                await imports.work_in(conn, due.workspace_id)
                begins = max(of.at_byte - _BEFORE, 0)
                data = await imports.stretch(conn, due.import_id, begins, STRETCH_BYTES)
            before, data = data[: of.at_byte - begins], data[of.at_byte - begins :]
            gone = not data and of.at_byte < of.size
            stretch = _Stretch(of, data, before)
            read = await stretch.next(self._gate)
        self._stretch = stretch
        return Slice(due, of, read, gone)


class _Stretch:
    """A stretch of a file, of which the first rows may have been read."""

    def __init__(self, of: Import, data: bytes, before: bytes) -> None:
        whole = of.at_byte + len(data) >= of.size
        shape = msgspec.convert(of.shape, Shape)
        self._id = of.id
        self._columns = Columns(tuple(of.mapping or ()), of.country or "")
        midst = of.at_byte > shape.begins and in_midst(before, shape)
        self._rows = rows(data, shape, of.place, whole=whole, midst=midst) if data else iter(())
        self._place = of.place

    def goes_on(self, of: Import) -> bool:
        """Whether the next row in it is the one at which an import stands."""
        return self._id == of.id and self._place == of.place

    async def next(self, gate: asyncio.Event) -> list[Row]:
        """The next rows, as many as a slice has; fewer where the stretch ends, none where it has ended."""
        told: list[Row] = []
        for record in islice(self._rows, SLICE_ROWS):
            told.append(Row(record, importing.understood(record, self._columns), self._place))
            self._place = record.end
            # A broken row is looked for through a quarter of a million letters.
            if record.fault or len(told) % AT_ONCE == 0:
                await asyncio.sleep(0)
                await gate.wait()
        return told


def _is_same(one: Import, other: Import) -> bool:
    """Whether both stand at one place of one file; how it is read is settled before its first row."""
    return one.id == other.id and one.place == other.place
