"""How fast a list of contacts comes in, from the file to the last committed row.

    python -m bench.contacts [--size 1000000] [--consent]

`import.contacts`: rows a second, of a CSV of `--size` rows with external id, mobile number, e-mail, names and
shop, one in a hundred of them faulty, all new.
`--consent`: each row says yes too, which writes two ledger rows more.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from bench.lines import say
from bench.memory import largest_mb
from bench.processor import Processor
from sayso.actions.actor import house
from sayso.actions.imports import Wanted, add_piece, begin_import, show_import, start_import
from sayso.actions.workspaces import create_workspace
from sayso.engine.importing import Importing
from sayso.engine.supervisor import open_works
from sayso.serve.garbage import keep_what_is_there
from sayso.storage.databases import Databases
from sayso.storage.embedded import Embedded
from sayso.storage.imports import File, Import
from sayso.storage.migrate import migrate
from sayso.storage.pool import APP, ENGINE, open_pool

GOAL_SECONDS_A_MILLION, GOAL_MB = 60, 400
PIECE = 1_000_000


def main() -> int:
    """Measure, print a line; 1 where the goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=1_000_000)
    parser.add_argument("--consent", action="store_true")
    told = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sayso-bench-") as home, Embedded(Path(home)) as databases:
        migrate(databases.owner_url, login_role=databases.login)
        file = written(told.size, consent=told.consent)
        processor = Processor()
        seconds, found = asyncio.run(measure(databases, file))
        rate, megabytes = found.rows_read / seconds, largest_mb(os.getpid())
        goal = 1_000_000 / GOAL_SECONDS_A_MILLION
        with psycopg.connect(databases.owner_url) as owner:
            row = owner.execute("SELECT count(*) FROM sayso.contacts").fetchone()
            more = {
                "goal": round(goal), "rows": found.rows_read, "seconds": round(seconds, 1),
                "created": found.created, "refused": found.refused, "stored": row[0] if row else 0,
                **processor.each_us(found.rows_read),
            }  # fmt: skip
            say(owner, "import.contacts", rate, "rows/s", **more)
    return 0 if rate >= goal and megabytes <= GOAL_MB else 1


def written(rows: int, *, consent: bool) -> bytes:
    """The file."""
    more = (",SMS consent", ",yes") if consent else ("", "")
    lines = [f"Customer id,Mobile,E-mail,First name,Last name,Shop{more[0]}\n"]
    for row in range(rows):
        number = f"+4477{row:08}" if row % 100 else "unknown"
        lines.append(f"fern-{row},{number},ada{row}@mail.example,Ada,Number {row},Bath{more[1]}\n")
    return "".join(lines).encode()


async def measure(databases: Databases, data: bytes) -> tuple[float, Import]:
    """Seconds from the start to the end, and what the import says of itself.

    As in the stage's own process, nobody looks for garbage in what is there.
    """
    keep_what_is_there()
    now = datetime.now(UTC)
    async with (
        open_pool(databases.url, APP) as pool,
        open_pool(databases.url, ENGINE, size=1) as engine_pool,
        open_works(databases.url) as works,
    ):
        actor = house(int(str(await create_workspace(engine_pool, "Little Fern", "GB"))))
        made = await begin_import(pool, actor, File("list.csv", len(data)), now)
        for start in range(0, len(data), PIECE):
            await add_piece(pool, actor, made.id, start, data[start : start + PIECE])
        del data
        await start_import(pool, actor, made.id, Wanted(), now)
        stage, began = Importing(works), time.monotonic()
        found = await show_import(pool, actor, made.id)
        while found.state in {"waiting", "running"}:
            for _ in range(10):
                await stage.step()
            found = await show_import(pool, actor, made.id)
        return time.monotonic() - began, found


if __name__ == "__main__":
    sys.exit(main())
