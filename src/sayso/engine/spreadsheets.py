"""The spreadsheets stage: an XLSX becomes the rows of text that imports are read from (R8.2)."""

from __future__ import annotations

import asyncio
import logging
import os
import re
import sys
import tempfile
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import replace
from typing import IO

from sayso.core.import_shapes import SNIFFED_BYTES, Shape, Unreadable, sniff
from sayso.core.spreadsheets import NO_VALUE, TOO_LARGE
from sayso.engine.spreadsheet_child import NONSENSE, REFUSED
from sayso.engine.stage import TakenOverError
from sayso.engine.supervisor import Works
from sayso.engine.telling import Telling
from sayso.storage import audit, imports, spreadsheets
from sayso.storage.imports import CHUNK, Due
from sayso.storage.spreadsheets import Turned

PATIENCE = 180.0
# By which Python finds itself, and how it writes.
_NEEDED = re.compile("PATH|HOME|LANG|LC_ALL|TZ|TMPDIR|VIRTUAL_ENV|LD_LIBRARY_PATH|PYTHON[A-Z0-9]+")
MOST_ROWS_BYTES = 300 * 1024 * 1024
TOPICS = ("contacts",)
# Said before what is sniffed, so that a comma within a cell is never taken for what parts the cells.
_SEPARATOR = b"sep=,\n"

log = logging.getLogger(__name__)


class _UnreadableError(Exception):
    """The spreadsheet is refused; the message is for a person."""


class Spreadsheets:
    """Turns the spreadsheets that wait, one at a time, each in a process of its own with bounded memory.

    Rows are stored as they come, in short transactions, behind the spreadsheet; one transaction puts them in
    its place. A crash begins the one in hand anew.
    """

    name = "spreadsheets"
    channel = None
    full = 1
    rest = 0.0

    def __init__(self, works: Works) -> None:
        self._works = works
        self._telling = Telling(works.pool, TOPICS)

    async def step(self) -> int:
        """Turn one spreadsheet; 1, or 0 where none waits."""
        async with self._works.pool.connection() as conn:
            found = {due.import_id: due for due in await spreadsheets.due(conn)}
        held = await self._works.leases.hold("spreadsheet", found)
        if not held:
            return 0
        due = found[min(map(int, held))]
        try:
            turned = await self._turn(due)
        except _UnreadableError as refused:
            await self._fail(due, str(refused))
        else:
            if turned is not None:
                await self._store(due, turned)
        await self._works.leases.release(f"spreadsheet:{due.import_id}")
        self._telling.moved([due.workspace_id])
        return 1

    async def close(self) -> None:
        """Nothing is held between steps but what pages are told."""
        await self._telling.close()

    async def _turn(self, due: Due) -> Turned | None:
        """What it became; None where the engine ends meanwhile: the next one begins it anew."""
        async with self._works.pool.connection() as conn:
            await imports.work_in(conn, due.workspace_id)
            await spreadsheets.begin_anew(conn, due.import_id)
        # Without a name: whatever ends this process, nothing of it is left behind.
        with tempfile.TemporaryFile() as file:
            await self._fetch(due, file)
            child = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "sayso.engine.spreadsheet_child",
                stdin=file, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
                env=_environ(),
            )  # fmt: skip
            try:
                async with asyncio.timeout(PATIENCE):
                    return await self._unless_ending(self._rows(due, child))
            except TimeoutError:
                raise _UnreadableError(TOO_LARGE) from None
            finally:
                with suppress(ProcessLookupError):
                    child.kill()
                await child.wait()

    async def _unless_ending(self, rows: Coroutine[None, None, Turned]) -> Turned | None:
        """An engine that is told to end waits for no stranger's file."""
        work = asyncio.create_task(rows)
        ending = asyncio.create_task(self._works.stopping.wait())
        try:
            await asyncio.wait([work, ending], return_when=asyncio.FIRST_COMPLETED)
            return work.result() if work.done() else None
        finally:
            for task in (work, ending):
                task.cancel()
            await asyncio.gather(work, ending, return_exceptions=True)

    async def _fetch(self, due: Due, file: IO[bytes]) -> None:
        at = 0
        while data := await self._stretch(due, at):
            file.write(data)
            at += len(data)
        file.flush()
        file.seek(0)

    async def _stretch(self, due: Due, at: int) -> bytes:
        async with self._works.pool.connection() as conn:
            await imports.work_in(conn, due.workspace_id)
            return await imports.stretch(conn, due.import_id, at, CHUNK)

    async def _rows(self, due: Due, child: asyncio.subprocess.Process) -> Turned:
        assert child.stdout is not None and child.stderr is not None  # noqa: S101 - both are pipes
        beginning, size = b"", 0
        while data := await _piece(child.stdout):
            beginning = beginning or data[:SNIFFED_BYTES]
            async with self._works.pool.connection() as conn:
                await imports.work_in(conn, due.workspace_id)
                await spreadsheets.add(conn, due.import_id, size, data)
            size += len(data)
            if size > MOST_ROWS_BYTES:
                raise _UnreadableError(TOO_LARGE)
        said = (await child.stderr.read(10_000)).decode("utf-8", "replace")
        code = await child.wait()
        if code not in (0, REFUSED):
            # By a value, its bounds, the kernel, or a fault of ours; not all its words are ours, its kind is.
            kind = (said.strip().splitlines() or [""])[-1].partition(":")[0][:80]
            log.warning("spreadsheet %s: reading it ended with %s %s", due.import_id, code, kind)
        if code:
            raise _UnreadableError({REFUSED: said, NONSENSE: NO_VALUE}.get(code, TOO_LARGE))
        return Turned(size, _shape(beginning), said)

    async def _store(self, due: Due, turned: Turned) -> None:
        ways, name = self._works.leases, str(due.import_id)
        epoch = ways.epoch(f"spreadsheet:{name}")
        async with self._works.pool.connection() as conn:
            if epoch is None or not await ways.fence(conn, "spreadsheet", {name: epoch}):
                raise TakenOverError(f"spreadsheet {name} is another engine's now")
            await imports.work_in(conn, due.workspace_id)
            await spreadsheets.turned(conn, due.import_id, turned)

    async def _fail(self, due: Due, because: str) -> None:
        async with self._works.pool.connection() as conn:
            await imports.work_in(conn, due.workspace_id)
            found = await imports.get(conn, due.import_id)
            if found is None or not await spreadsheets.fail(
                conn, due.import_id, because, self._works.clock()
            ):
                return
            after = {"file_name": found.file_name, "failure": because}
            change = audit.Change("failed", "contact_import", str(due.import_id), None, after)
            await audit.append(conn, audit.Who(due.workspace_id, found.user_id, found.key_id), [change])


def _environ() -> dict[str, str]:
    """No setting, and no secret of whoever runs us, is any business of what reads a stranger's file."""
    needed = {name: value for name, value in os.environ.items() if _NEEDED.fullmatch(name)}
    return needed | {"RUST_BACKTRACE": "0"}


async def _piece(stream: asyncio.StreamReader) -> bytes:
    try:
        return await stream.readexactly(CHUNK)
    except asyncio.IncompleteReadError as rest:
        return rest.partial


def _shape(beginning: bytes) -> Shape:
    shape = sniff(_SEPARATOR + beginning)
    if isinstance(shape, Unreadable):
        raise _UnreadableError(shape.because)
    return replace(shape, encoding="utf-8", begins=0, lines_before=0, plain=False)
