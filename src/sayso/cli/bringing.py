"""Files that the command line brings in. Where no engine works on an import, this process does."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from sayso.actions import imports, opt_out_lists
from sayso.actions.actor import Actor, house
from sayso.actions.changed_hands import Said, end_consents
from sayso.actions.list_files import Cells, as_report, as_row, read
from sayso.actions.opt_out_lists import MOST, Taken
from sayso.cli.errors import CommandError
from sayso.cli.house import ask, demand_workspace, granted, over
from sayso.cli.house import house as opened
from sayso.core.import_shapes import Unreadable
from sayso.core.importing import suggest
from sayso.engine.importing import Importing
from sayso.engine.spreadsheets import Spreadsheets
from sayso.engine.supervisor import open_works
from sayso.storage.imports import CHUNK, File, Import
from sayso.storage.pool import APP, Pool

WORKING = frozenset({"reading", "waiting", "running"})
LOOK_EVERY = 0.5
MOST_TOLD = 10_000


@dataclass(frozen=True, slots=True)
class Brought:
    """What became of a list: `wrong` rows in all, of which `refused` tells the first by line."""

    new: int
    stood: int
    wrong: int
    refused: Sequence[tuple[int, str]]


def contacts(file: Path, workspace: int, mapping: Sequence[str], country: str | None) -> Import:
    """Bring a file of contacts in, to its end. Raises CommandError where it cannot be read."""
    with opened() as (_, databases):
        who, said, url = house(workspace), _Columns(mapping, country), databases.url
        return asyncio.run(over(url, APP, lambda pool: _contacts(pool, url, who, file, said)))


def blocks(file: Path, workspace: int) -> Brought:
    """Block the numbers of a list: how many are new, how many stood, and what is wrong by line."""

    async def some(pool: Pool, rows: Sequence[Cells]) -> Taken:
        wanted = [as_row(row) for row in rows]
        return granted(await opt_out_lists.import_blocks(pool, house(workspace), wanted, datetime.now(UTC)))

    return _taken(file, workspace, some)


def deactivated(file: Path, workspace: int, as_of: datetime | None) -> Brought:
    """End consent for the numbers of a list, each since its own date, else since `as_of`."""
    said = Said("deactivated", file.name)

    async def some(pool: Pool, rows: Sequence[Cells]) -> Taken:
        wanted = [as_report(row, as_of) for row in rows]
        return granted(await end_consents(pool, house(workspace), wanted, said, datetime.now(UTC)))

    return _taken(file, workspace, some)


def _taken(file: Path, workspace: int, some: Callable[[Pool, Sequence[Cells]], Awaitable[Taken]]) -> Brought:
    async def whole(pool: Pool) -> Brought:
        await demand_workspace(pool, workspace)
        new, stood, wrong, refused = 0, 0, 0, list[tuple[int, str]]()
        with file.open("rb") as opened_file:
            rows = read(opened_file)
            if isinstance(rows, Unreadable):
                raise CommandError(rows.because)
            while part := list(islice(rows, MOST)):
                done = await some(pool, part)
                new, stood = new + done.new, stood + done.stood
                wrong += len(done.refused)
                refused += done.refused[: MOST_TOLD - len(refused)]
        return Brought(new, stood, wrong, refused)

    return ask(APP, whole)


class _Columns:
    """What the command says of the columns."""

    def __init__(self, mapping: Sequence[str], country: str | None) -> None:
        self.country = country
        self._pairs = [pair.rpartition("=") for pair in mapping]
        if any(not mark for _, mark, _ in self._pairs):
            raise CommandError("Write --map as COLUMN=FIELD, such as --map Handy=phone.")

    def over(self, columns: Sequence[str], suggested: Sequence[str]) -> tuple[str, ...]:
        """What each column becomes: as suggested, but for those that were named."""
        named = {column.strip(): target.strip() for column, _, target in self._pairs}
        strange = [name for name in named if name not in columns]
        if strange:
            raise CommandError(f"The file has no column {strange[0]!r}. It has: {', '.join(columns)}.")
        # A field that was named belongs to no other column.
        left = ["" if target in named.values() else target for target in suggested]
        return tuple(named.get(column, target) for column, target in zip(columns, left, strict=True))


async def _contacts(pool: Pool, url: str, who: Actor, file: Path, said: _Columns) -> Import:
    await demand_workspace(pool, who.workspace_id)
    made = await _brought(pool, who, file)
    await _worked(pool, url, who, made.id)
    seen = granted(await imports.preview_import(pool, who, made.id, imports.Wanted(country=said.country)))
    wanted = imports.Wanted(said.over(seen.shape.columns, suggest(seen.shape.columns)), said.country)
    granted(await imports.start_import(pool, who, made.id, wanted, datetime.now(UTC)))
    done = await _worked(pool, url, who, made.id)
    if done.state != "finished":
        raise CommandError(done.failure or f"The import is {done.state}.")
    return done


async def _brought(pool: Pool, who: Actor, file: Path) -> Import:
    with file.open("rb") as opened_file:
        size = os.fstat(opened_file.fileno()).st_size
        made = granted(await imports.begin_import(pool, who, File(file.name, size), datetime.now(UTC)))
        at = 0
        while data := opened_file.read(CHUNK):
            made = granted(await imports.add_piece(pool, who, made.id, at, data))
            at += len(data)
    return made


async def _worked(pool: Pool, url: str, who: Actor, import_id: int) -> Import:
    """The import once nobody works on it any more; leases say who does, an engine that runs or we."""
    async with open_works(url) as works:
        stages = (Spreadsheets(works), Importing(works))
        while (found := granted(await imports.show_import(pool, who, import_id))).state in WORKING:
            if not sum([await stage.step() for stage in stages]):
                await asyncio.sleep(LOOK_EVERY)
        for stage in stages:
            await stage.close()
    return found
