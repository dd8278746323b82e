"""What a stage is, how it is kept going, and how one bad row is found among many."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol, TypeVar

from sayso.engine.failing import Failing
from sayso.observe.trouble import Said
from sayso.storage.faults import is_away, is_outage

POLL = 1.0
LONGEST_PAUSE = 30.0
# One try then costs a connection that is refused, and each second of it is a second that texts wait.
LONGEST_PAUSE_AWAY = 2.0

Row = TypeVar("Row")
log = logging.getLogger(__name__)


class Stage(Protocol):
    """Work that is done batch by batch: claim, load, decide, apply."""

    @property
    def name(self) -> str:
        """As logs and alarms call it."""

    @property
    def channel(self) -> str | None:
        """The signal that wakes it: inbound, outbox, receipts; None: it only looks each second."""

    @property
    def full(self) -> int:
        """A step that did fewer rows than this is followed by a rest."""

    @property
    def rest(self) -> float:
        """Seconds in which work may gather after a step that was not full: a batch of two costs nearly what
        one of twenty does."""

    async def step(self) -> int:
        """Do one bounded batch; how many rows were done, 0 when nothing waits."""

    async def close(self) -> None:
        """Finish what is in hand and give back what is not; called once, after the last step."""


class TakenOverError(Exception):
    """Somebody else holds the lease now: no row is at fault, and nothing more may be done under it."""


async def keep_stepping(
    stage: Stage,
    woken: asyncio.Event,
    stopping: asyncio.Event,
    alarm: Callable[[Stage, Exception | None], Awaitable[None]],
) -> None:
    """Step until told to stop: while there is work, resting after a small batch; else when woken, and each
    second as a net.

    A failing step backs off, is logged and rings an alarm (`None`: it is over); it never ends the stage.
    """
    failing, said = Failing(f"stage {stage.name}"), Said()
    failures, ringing = 0, True  # a process that died may have left one ringing
    try:
        while not stopping.is_set():
            woken.clear()
            try:
                done = await stage.step()
            except TakenOverError as error:
                if said.is_news(str(error)):
                    log.warning("stage %s stands back: %s", stage.name, error)
                done = 0
            except Exception as error:
                failures, ringing = failures + 1, True
                failing.note(error)
                await alarm(stage, error)
                longest = LONGEST_PAUSE_AWAY if is_away(error) else LONGEST_PAUSE
                await _first_of(stopping, patience=min(longest, 0.1 * 2**failures))
                continue
            failing.over()
            if ringing:
                await alarm(stage, None)
            failures, ringing = 0, False
            await _pause(stage, done, woken, stopping)
    finally:
        failing.ended()
        try:
            await stage.close()
        except Exception:
            log.exception("stage %s did not end cleanly; what it held lapses", stage.name)


async def _pause(stage: Stage, done: int, woken: asyncio.Event, stopping: asyncio.Event) -> None:
    if not done:
        await _first_of(woken, stopping, patience=POLL)
    elif done < stage.full and stage.rest:
        await _first_of(stopping, patience=stage.rest)


async def in_halves(
    rows: Sequence[Row],
    work: Callable[[Sequence[Row]], Awaitable[int]],
    on_poison: Callable[[Row, Exception], Awaitable[None]],
) -> int:
    """Do the work on all rows together; where that fails, on halves, until a bad row stands alone.

    `work` must do all or nothing, one transaction, and say how many it did. The row that fails alone goes to
    `on_poison` with its error and counts as done. What is no row's fault (the database is away, a statement
    cannot run, the lease was taken over) is raised as it is, with the halves before it done.
    """
    if not rows:
        return 0
    try:
        return await work(rows)
    except TakenOverError:
        raise
    except Exception as error:
        if is_outage(error):
            raise
        if len(rows) == 1:
            await on_poison(rows[0], error)
            return 1
    middle = len(rows) // 2
    return await in_halves(rows[:middle], work, on_poison) + await in_halves(rows[middle:], work, on_poison)


async def _first_of(*events: asyncio.Event, patience: float) -> None:
    """Wait until one of the events is set, but no longer than `patience` seconds."""
    waits = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait(waits, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
