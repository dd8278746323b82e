"""The importing stage: files of contacts, a slice at a time, each stored once and whole (R8.2)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sayso.core import contact_record, import_noes
from sayso.core.contact_record import Merged, Read
from sayso.core.problems import Problem
from sayso.engine.importing_ahead import AT_ONCE, Ahead, Row, Slice
from sayso.engine.stage import TakenOverError, in_halves
from sayso.engine.supervisor import Works
from sayso.engine.telling import Telling
from sayso.storage import audit, contact_records, imports
from sayso.storage.contact_records import Known, Said
from sayso.storage.faults import is_outage
from sayso.storage.imports import Advance, Due, refusal
from sayso.storage.pool import Connection

SOURCE = "import"
TOPICS = ("contacts",)
TWICE = Problem("external_id", "twice", "An earlier row of this file is about the same contact.")
FIGURES = ("rows_read", "created", "changed", "unchanged", "refused")
GONE = "The rest of the file is not here any more. Import it again."
BROKEN = "It met an error that is none of the file’s rows; the log has the whole story. Let it go on, or ask."

log = logging.getLogger(__name__)
Bad = tuple[Row, tuple[Problem, ...]]
"""A row that is refused, and why."""


class Importing:
    """Takes the imports that wait in turn, a slice of each: a large file never keeps a small one waiting.

    A slice is one transaction: contacts, consent, refused rows and the checkpoint, which moves only from
    where the slice began. So a crash stores nothing twice, and a stop holds from the next slice on.
    """

    name = "importing"
    channel = None
    full = 1
    rest = 0.0

    def __init__(self, works: Works) -> None:
        self._works = works
        self._telling = Telling(works.pool, TOPICS)
        self._last = 0
        self._ahead = Ahead(works)

    async def step(self) -> int:
        """Store one slice of one import; how many rows."""
        async with self._works.pool.connection() as conn:
            found = {due.import_id: due for due in await imports.due(conn)}
        held = await self._works.leases.hold("import", found)
        ours = sorted(int(name) for name in held)
        if not ours:
            return 0
        self._last = next((each for each in ours if each > self._last), ours[0])
        due = found[self._last]
        try:
            done = await self._one(due)
        except TakenOverError:
            raise
        except Exception as error:
            if is_outage(error):
                raise
            # A file that nobody can read must not keep the others from their turn.
            log.exception("import %s cannot go on", due.import_id)
            await self._end(due, BROKEN)
            done = 1
        self._telling.moved([due.workspace_id])
        return done

    async def close(self) -> None:
        """Nothing is held between steps but rows that were read ahead, and what pages are told."""
        await self._ahead.drop()
        await self._telling.close()

    async def _one(self, due: Due) -> int:
        part = await self._read(due)
        return 0 if part is None else await self._do(part)

    async def _read(self, due: Due) -> Slice | None:
        async with self._works.pool.connection() as conn:
            await imports.work_in(conn, due.workspace_id)
            found = await imports.get(conn, due.import_id)
        if found is None or found.state not in {"waiting", "running"}:
            return None
        return await self._ahead.take(due, found)

    async def _do(self, part: Slice) -> int:
        if not part.rows:
            await self._end(part.due, GONE if part.gone else "")
            return 1
        self._ahead.begin(part.due, part.of, part.rows[-1].record.end)
        ways = self._works.leases
        epoch = ways.epoch(f"import:{part.due.import_id}")

        async def store(some: Sequence[Row]) -> int:
            async with self._works.counted() as conn:
                name = str(part.due.import_id)
                if epoch is None or not await ways.fence(conn, "import", {name: epoch}):
                    raise TakenOverError(f"import {name} is another engine's now")
                await imports.work_in(conn, part.due.workspace_id)
                await _Storing(conn, part, self._ahead, self._works.clock()).store(some)
                return len(some)

        async def refuse(row: Row, error: Exception) -> None:
            log.warning("import %s: row %s cannot be stored: %r", part.due.import_id, row.record.line, error)
            bad = Row(row.record, row.read.faulty(import_noes.UNSTORABLE), row.begin)
            try:
                await store([bad])
            except Exception as again:
                if isinstance(again, TakenOverError) or is_outage(again) or bad.read.sms_consent != "no":
                    raise
                log.warning("import %s: nor can its no alone: %r", part.due.import_id, again)
                await store([Row(bad.record, bad.read.faulty(import_noes.LOST), bad.begin)])

        return await in_halves(part.rows, store, refuse)

    async def _end(self, due: Due, failure: str) -> None:
        """The file is read to its end, or cannot be read on: both are said once, with the figures."""
        now = self._works.clock()
        async with self._works.pool.connection() as conn:
            await imports.work_in(conn, due.workspace_id)
            found = await imports.get(conn, due.import_id)
            if found is None or not await imports.end(conn, due.import_id, failure, now):
                return
            figures = {name: getattr(found, name) for name in FIGURES}
            after = {"file_name": found.file_name, **figures}
            word = "failed" if failure else "finished"
            change = audit.Change(word, "contact_import", str(due.import_id), None, after)
            who = audit.Who(due.workspace_id, found.user_id, found.key_id)
            await audit.append(conn, who, [change])
        await self._works.leases.release(f"import:{due.import_id}")


class _Storing:
    """One slice, or a half of it, in one transaction."""

    def __init__(self, conn: Connection, part: Slice, ahead: Ahead, now: datetime) -> None:
        self._conn, self._part, self._ahead, self._now = conn, part, ahead, now
        self._id = part.due.import_id

    async def store(self, some: Sequence[Row]) -> None:
        """Write it all, or nothing."""
        rows = [row for row in some if row.record.fault or row.record.cells]
        good, bad = _parted(rows)
        noes = [row.read for row, why in bad if import_noes.says_no(row.read, why)]
        asked = [*(row.read for row in good), *noes]
        known = await contact_records.known(self._conn, self._part.due.workspace_id, asked)
        fresh, twice = _not_twice(good, known, self._id)
        bad += twice
        noes += [row.read for row, why in twice if import_noes.says_no(row.read, why)]
        left = import_noes.noes(noes, known.contacts, {row.read.wanted.external_id for row in fresh})
        with self._ahead.paused():
            merged = await _merged(_with_noes(fresh, left), known)
        stored = {row.read.wanted.external_id for row in fresh}
        alone = {name: merged[name] for name in _alone(left, stored, known, self._id)}
        moved = {
            name: one for name, one in merged.items() if name not in alone and (one.moved or one.word.action)
        }
        # Who alone meets a contact that is brought meanwhile takes it as it is: nothing is left to be halved.
        store = contact_records.store_again if len(some) > 1 else contact_records.store
        said = Said(SOURCE, self._id, self._part.of.file_name)
        await store(self._conn, moved, said, self._now)
        await store(self._conn, alone, replace(said, whole=False), self._now)
        await imports.refuse(self._conn, self._id, _refused(bad, left))
        created = sum(one.stood is None for name, one in moved.items() if name in stored)
        changed = sum(one.stood is not None for name, one in moved.items() if name in stored)
        done = Advance(
            some[0].begin,
            some[-1].record.end,
            rows_read=len(rows),
            created=created,
            changed=changed,
            unchanged=len(stored) - created - changed,
            refused=len(bad),
        )
        if not await imports.advance(self._conn, self._id, done):
            raise TakenOverError(f"import {self._id} was stopped, or went on without this engine")


def _parted(rows: Sequence[Row]) -> tuple[list[Row], list[Bad]]:
    """What can be stored, each contact once, and what cannot."""
    seen: set[str] = set()
    good: list[Row] = []
    bad: list[Bad] = []
    for row in rows:
        problems = row.read.problems
        if not problems and row.read.wanted.external_id in seen:
            problems = (TWICE,)
        if problems:
            bad.append((row, problems))
        else:
            seen.add(row.read.wanted.external_id)
            good.append(row)
    return good, bad


def _not_twice(rows: Sequence[Row], known: Known, import_id: int) -> tuple[list[Row], list[Bad]]:
    """Those that no earlier slice of this file has stored; one that took over a no alone is heeded."""
    fresh: list[Row] = []
    twice: list[Bad] = []
    for row in rows:
        stood = known.contacts.get(row.read.wanted.external_id)
        if stood is not None and stood.import_id == import_id:
            twice.append((row, (TWICE,)))
        elif stood is not None and stood.import_id == -import_id:
            fresh.append(Row(row.record, import_noes.heeding(row.read, stood), row.begin))
        else:
            fresh.append(row)
    return fresh, twice


def _with_noes(fresh: Sequence[Row], left: Mapping[str, Read]) -> list[Read]:
    """What is stored: good rows, each with the no of a refused one about the same contact; other noes."""
    if not left:
        return [row.read for row in fresh]
    reads = {row.read.wanted.external_id: import_noes.outdone(row.read, left) for row in fresh}
    return list({**left, **reads}.values())


def _alone(left: Collection[str], stored: Collection[str], known: Known, import_id: int) -> Collection[str]:
    """Of whom the file has brought a no alone: stored even where it stood, so that later rows meet it."""
    stands = {name for name, stood in known.contacts.items() if stood.import_id == import_id}
    return [name for name in left if name not in stored and name not in stands]


def _refused(bad: Sequence[Bad], left: Mapping[str, Read]) -> list[imports.Refusal]:
    """Refused rows in the order of the file; one that says no says whether that holds."""
    return [
        refusal(row.record.line, row.record.written, import_noes.told(row.read, problems, left))
        for row, problems in sorted(bad, key=lambda each: each[0].record.line)
    ]


async def _merged(reads: Sequence[Read], known: Known) -> Mapping[str, Merged]:
    merged: dict[str, Merged] = {}
    for place, read in enumerate(reads):
        if place % AT_ONCE == 0:
            await asyncio.sleep(0)
        name = read.wanted.external_id
        merged[name] = contact_record.merge(read, known.contacts.get(name), known.around(read))
    return merged
