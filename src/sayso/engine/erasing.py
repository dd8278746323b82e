"""The erasing stage: the words of whoever was erased go out of every ledger, a slice at a time (R8.4)."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from sayso.engine.supervisor import Works
from sayso.storage import alarms, erasures
from sayso.storage.erasures import Erasure
from sayso.storage.faults import is_outage
from sayso.storage.pool import Connection

SLICE = 2_000
# What is on its way to them must still find its words: it is looked for again once it may have arrived.
AGAIN_IN = timedelta(minutes=5)
BY_NUMBER = ("texts", "messages")
LEDGERS = ("audit", "events", "refusals", "callbacks")
# Whoever looks by number finds a message once it has come to its end, so this step comes last.
ORDER = ("texts", *LEDGERS, "messages")
ALARM = "erasure_failing"
FAILS = (
    "Words of a person who was erased cannot be taken out of a ledger. It is tried again every five minutes; "
    "the log has the whole story. Report the fault: the person was promised it."
)

log = logging.getLogger(__name__)


class Erasing:
    """Works the erasures off. A slice and its checkpoint are one transaction, so a crash repeats nothing."""

    name = "erasing"
    channel = None
    full = 1
    rest = 0.0

    def __init__(self, works: Works) -> None:
        self._works = works

    async def step(self) -> int:
        """Do one slice of one erasure; 1, or 0 where none is due."""
        now = self._works.clock()
        async with self._works.pool.connection() as conn:
            found = await erasures.due(conn, now)
            if found is None:
                return 0
            try:
                async with conn.transaction():
                    await _go_on(conn, found, now)
            except Exception as error:
                if is_outage(error):
                    raise
                await _put_off(conn, found, now)
        return 1

    async def close(self) -> None:
        """Nothing is held between steps."""


async def _put_off(conn: Connection, of: Erasure, now: datetime) -> None:
    """One that fails keeps no other person's words here."""
    log.exception("erasure %s fails at %s and is tried again", of.id, of.step)
    await erasures.move(conn, of, of.step, of.after, now + AGAIN_IN)
    await alarms.ring(conn, ALARM, f"erasure:{of.id}", FAILS, now)


async def _go_on(conn: Connection, of: Erasure, now: datetime) -> None:
    if of.step in BY_NUMBER and of.phone is None:
        await _next(conn, of, now)
        return
    reached = await erasures.erase(conn, of, SLICE)
    if of.step in LEDGERS and reached is not None:
        await erasures.move(conn, of, of.step, reached, now)
    elif of.step in BY_NUMBER and reached:
        await erasures.move(conn, of, of.step, 0, now)
    elif of.step == "messages" and await erasures.messages_left(conn, of):
        await erasures.move(conn, of, of.step, 0, now + AGAIN_IN)
    else:
        await _next(conn, of, now)


async def _next(conn: Connection, of: Erasure, now: datetime) -> None:
    place = ORDER.index(of.step) + 1
    if place == len(ORDER):
        await erasures.end(conn, of, now)
        await alarms.settle(conn, ALARM, f"erasure:{of.id}")
    else:
        await erasures.move(conn, of, ORDER[place], 0, now)
