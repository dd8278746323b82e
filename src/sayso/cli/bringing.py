"""Files that the command line brings in. Where no engine works on an import, this process does."""

import asyncio
import csv
import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from sayso.actions import imports, opt_out_lists
from sayso.actions.actor import Actor, house
from sayso.actions.opt_out_lists import MOST, Row
from sayso.cli.errors import CommandError
from sayso.cli.house import ask, granted, over
from sayso.cli.house import house as opened
from sayso.core.import_shapes import SNIFFED_BYTES, Shape, Unreadable, sniff
from sayso.core.importing import suggest
from sayso.engine.importing import Importing
from sayso.engine.spreadsheets import Spreadsheets
from sayso.engine.supervisor import open_works
from sayso.storage.imports import CHUNK, File, Import
from sayso.storage.pool import APP, Pool

WORKING = frozenset({"reading", "waiting", "running"})
LOOK_EVERY = 0.5


def contacts(file: Path, workspace: int, mapping: Sequence[str], country: str | None) -> Import:
    """Bring a file of contacts in, to its end. Raises CommandError where it cannot be read."""
    with opened() as (_, databases):
        who, said, url = house(workspace), _Said(mapping, country), databases.url
        return asyncio.run(over(url, APP, lambda pool: _contacts(pool, url, who, file, said)))


def blocks(file: Path, workspace: int) -> tuple[int, int, list[tuple[int, str]]]:
    """Block the numbers of a list: how many are new, how many stood, and what is wrong by line."""
    rows = _blocks(file)

    async def whole(pool: Pool) -> tuple[int, int, list[tuple[int, str]]]:
        new, stood = 0, 0
        refused: list[tuple[int, str]] = []
        while some := list(islice(rows, MOST)):
            who, now = house(workspace), datetime.now(UTC)
            done = granted(await opt_out_lists.import_blocks(pool, who, some, now))
            new, stood, refused = new + done.new, stood + done.stood, [*refused, *done.refused]
        return new, stood, refused

    return ask(APP, whole)


class _Said:
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


async def _contacts(pool: Pool, url: str, who: Actor, file: Path, said: _Said) -> Import:
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


def _blocks(file: Path) -> Iterator[Row]:
    with file.open("rb") as opened_file:
        shape = sniff(opened_file.read(SNIFFED_BYTES))
    if isinstance(shape, Unreadable):
        raise CommandError(shape.because)
    places = _places(shape)
    encoding = "utf-8-sig" if shape.encoding == "utf-8" else shape.encoding
    with file.open(encoding=encoding, errors="replace", newline="") as lines:
        reader = csv.reader(lines, delimiter=shape.delimiter)
        for row in islice(reader, shape.lines_before + shape.header, None):
            cells = {name: row[place].strip() for name, place in places.items() if place < len(row)}
            if cells.get("phone"):
                scope, reason = cells.get("scope") or "channel", cells.get("reason", "")
                yield Row(reader.line_num, cells["phone"], scope, reason)


def _places(shape: Shape) -> dict[str, int]:
    names = [name.strip().lower() for name in shape.columns]
    targets = suggest(shape.columns)
    if "phone" not in targets and len(names) > 1:
        raise CommandError("No column looks like the number. Name it `phone` in the first row.")
    places = {name: names.index(name) for name in ("scope", "reason") if name in names}
    return places | {"phone": targets.index("phone") if "phone" in targets else 0}
