"""Files that the command line hands out: written piece by piece, to a file or to standard output."""

import sys
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from sayso.actions import export_files, exporting
from sayso.actions.actor import house
from sayso.actions.exporting import FORMATS, ExportWanted
from sayso.actions.opt_out_lists import LISTS, begin_list
from sayso.cli.errors import CommandError
from sayso.cli.house import ask, demand_workspace, granted
from sayso.core.contact_columns import EVERYTHING
from sayso.storage.pool import APP, Pool


def contacts(workspace: int, to: Path | None, form: str, columns: str) -> None:
    """Every contact, in these columns."""
    chosen = tuple(name.strip() for name in columns.split(",")) if columns else EVERYTHING

    async def whole(pool: Pool) -> None:
        await demand_workspace(pool, workspace)
        who = house(workspace)
        wanted = ExportWanted(chosen, form)
        begun = granted(await exporting.begin_export(pool, who, wanted, datetime.now(UTC)))
        await _write(to, form, exporting.rows(pool, who, begun))

    ask(APP, whole)


def rows(workspace: int, to: Path | None, form: str, which: str) -> None:
    """One of the lists that go out in slices."""
    if form not in FORMATS:
        raise CommandError(f"--format is {form!r}. Choose {' or '.join(FORMATS)}.")

    async def whole(pool: Pool) -> None:
        await demand_workspace(pool, workspace)
        who = house(workspace)
        granted(await begin_list(pool, who, which))
        await _write(to, form, LISTS[which](pool, who))

    ask(APP, whole)


async def _write(to: Path | None, form: str, found: AsyncIterator[list[list[str]]]) -> None:
    with _opened(to) as file:
        async for piece in export_files.written(form, found):
            file.write(piece)
        file.flush()


def _opened(to: Path | None) -> AbstractContextManager[IO[bytes]]:
    try:
        return to.open("wb") if to else nullcontext(sys.stdout.buffer)
    except OSError as error:
        raise CommandError(f"{to} can't be written ({error.strerror}).") from error
