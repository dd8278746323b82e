"""One connection's messages from the outbox to the wire: claim, look, send, record (R9.10)."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress
from itertools import islice

from sayso.core import pacing
from sayso.core.receipts import RANKS
from sayso.engine.coming_back import not_received
from sayso.engine.gateway import HttpGateway, Opening, Result, Way
from sayso.engine.sending_delivery import Delivery
from sayso.engine.sending_failover import FailOver
from sayso.engine.sending_look import CrowdedError, last_look, look_at_once, verdict
from sayso.engine.sending_recorder import Recorder
from sayso.engine.sending_trouble import Trouble
from sayso.engine.stage import TakenOverError, in_halves
from sayso.engine.supervisor import Works
from sayso.storage import conversations, outbox, sending_rules, windows
from sayso.storage.faults import is_outage
from sayso.storage.outbox import Again, Claimed, Grip

# R9.10: the bytes follow the last look within this, or are looked at anew.
LOOK_HOLDS = 1.0
# What is claimed waits this long for the pace; longer, and it goes back for urgent messages to overtake it.
PATIENCE = 5.0
# Room in the window is waited for so long before messages are claimed that wait for it.
SOON = 0.1

log = logging.getLogger(__name__)


class Link:
    """Sends one connection's messages, as long as its lease is held in this epoch.

    Never more messages than its window are fenced and not yet recorded: that is all a kill can leave
    unconfirmed.
    """

    channel = "outbox"
    full = 32
    rest = 0.03

    def __init__(self, works: Works, way: Way, grip: Grip, opening: Opening = HttpGateway) -> None:
        self.way = way
        self.grip = grip
        self._works = works
        self._gateway = opening(way, pacing.window(way.parts_per_second))
        self._recorder = Recorder(works, grip, simulated=way.provider.kind == "simulator")
        self._pace = pacing.start(way.parts_per_second, _now())
        self._recovered = False
        self._unclean = False
        self._doubtful: list[Claimed] = []
        self._trouble = Trouble(works, way, self.name)
        self._fail_over = FailOver(works, way, grip, self._trouble)
        self._delivery = Delivery(self._gateway, self._recorder, self._trouble, self._heed, (works, way))

    @property
    def name(self) -> str:
        """The lease's name."""
        return self.grip.resource

    async def step(self) -> int:
        """Take some messages and send them; the next are taken while results are recorded."""
        self._refuse_if_taken_over()
        await self._clear_up()
        is_failing_over, pause = self._fail_over.is_on(_now()), self._wait(1)
        if is_failing_over and (self._recorder.open or pause > 0):
            # While one asks, and until the next may.
            return await self._fail_over.move()
        if pause > LOOK_HOLDS:
            return 0
        # Until the step has ended well: even a claim that failed may have been committed.
        self._unclean = True
        done = await self._send_at_once(await self._free())
        if done is not None:
            self._unclean = False
            return done
        waiting = deque(await self._claim(1 if is_failing_over else pacing.chunk(self.way.parts_per_second)))
        done = 0
        while waiting and (chosen := await self._next_slice(waiting)):
            done += await in_halves(chosen, self._send, self._poison)
        if waiting:
            await self._give_back()
        self._unclean = False
        return done

    async def close(self, patience: float = 10.0) -> None:
        """Let what is on the wire come in, give back the rest, and let go of the lease.

        What cannot be recorded within `patience` seconds is unconfirmed for the next holder.
        """
        await self._delivery.ended(patience=35)
        await self._recorder.close(patience)
        async with AsyncExitStack() as afterwards:
            afterwards.push_async_callback(self._gateway.close)
            # Let go in any case, so that the next holder, this process too, takes it in a new epoch: that
            # finds what could not be given back now, and what the recorder gave up.
            afterwards.push_async_callback(self._works.leases.release, self.name)
            if self._works.leases.epoch(self.name) == self.grip.epoch:
                await self._give_back()

    async def _claim(self, limit: int) -> list[Claimed]:
        async with self._works.pool.connection() as conn:
            return await outbox.claim(conn, self.grip, limit, self._works.clock())

    async def _next_slice(self, waiting: deque[Claimed]) -> list[Claimed]:
        """As much as window and pace admit now, waiting for both; nothing when it is time to give back."""
        while True:
            self._refuse_if_taken_over()
            pause = self._wait(max(waiting[0].parts, self._gathered(waiting)))
            # Where another may stand in, what is claimed goes back at once, for that one to be given it.
            patience = LOOK_HOLDS if self._fail_over.is_near else PATIENCE
            if self._works.stopping.is_set() or pause > patience:
                return []
            window = 1 if self._trouble.is_asking else self._gateway.window
            room = window - self._recorder.open
            if pause > 0:
                await asyncio.sleep(pause)
            elif room < min(len(waiting), max(1, window // 4)):
                await self._recorder.progress()
            else:
                return self._take(waiting, room)

    def _gathered(self, waiting: Sequence[Claimed]) -> int:
        """Parts worth a look of their own: a twentieth of a second's, or all that wait."""
        if self._trouble.is_asking:
            return waiting[0].parts
        return min(sum(row.parts for row in waiting), self.way.parts_per_second // 20)

    def _take(self, waiting: deque[Claimed], room: int) -> list[Claimed]:
        first = islice(waiting, room)
        count = pacing.admitted(self._pace, (row.parts for row in first), _now())
        chosen = [waiting.popleft() for _ in range(count)]
        self._pace = pacing.spent(self._pace, sum(row.parts for row in chosen))
        return chosen

    async def _free(self) -> int:
        """How many messages window and pace would let go right now; 0: some would have to wait, claimed."""
        least = max(1, self._gateway.window // 4)
        if self._gateway.window - self._recorder.open < least and not self._trouble.is_asking:
            with suppress(TimeoutError):
                async with asyncio.timeout(SOON):
                    await self._recorder.progress()
            self._refuse_if_taken_over()
        room = self._gateway.window - self._recorder.open
        chunk = pacing.chunk(self.way.parts_per_second)
        if room < least or self._trouble.is_asking or self._wait(chunk) > 0:
            return 0
        return min(room, chunk)

    async def _send_at_once(self, limit: int) -> int | None:
        """Take, look and fence in one transaction, and then the bytes: where nothing has to wait.

        None: something has to, or cannot be looked at beside the others; nothing was done.
        """
        if not limit or self._works.stopping.is_set():
            return None
        looked_at, window = _now(), None
        try:
            async with self._works.counted() as conn:
                now = self._works.clock()
                window = await windows.take(conn, self.grip, limit, now)
                self._pace = pacing.refilled(self._pace, _now())
                admitted = pacing.admitted(self._pace, (row.parts for row in window.rows), _now())
                leaving = await look_at_once(conn, self.grip, window, admitted, now)
        except CrowdedError:
            return None
        except Exception as error:
            if is_outage(error):
                # As in `_send`.
                self._doubtful.extend(window.rows if window else ())
                raise
            log.info("%s: a window cannot be looked at as a whole: %r", self.name, error)
            return None
        self._pace = pacing.spent(self._pace, sum(row.parts for row in leaving))
        self._deliver_all(window.rows, leaving, looked_at)
        return None if window.rows and not admitted else len(window.rows)

    async def _send(self, rows: Sequence[Claimed]) -> int:
        """The last look, its commit, and then the bytes."""
        looked_at = _now()
        try:
            async with self._works.counted() as conn:
                leaving = await last_look(conn, self.grip, rows, self._works.clock())
        except Exception as error:
            if is_outage(error):
                # The commit may have come through: these may have intents, and surely no bytes.
                self._doubtful.extend(rows)
            raise
        unspent = sum(row.parts for row in rows) - sum(row.parts for row in leaving)
        self._pace = pacing.spent(self._pace, -unspent)
        self._deliver_all(rows, leaving, looked_at)
        return len(rows)

    def _deliver_all(self, rows: Sequence[Claimed], leaving: Sequence[Claimed], looked_at: float) -> None:
        self._recorder.expect(len(leaving))
        if len(leaving) < len(rows):
            staying = {row.message_id for row in rows} - {row.message_id for row in leaving}
            self._recorder.skipped(row for row in rows if row.message_id in staying)
        self._delivery.start(leaving, looked_at + LOOK_HOLDS)

    def _heed(self, result: Result) -> None:
        """Send slower, or pause, when the provider asks for it or is in trouble."""
        now = _now()
        pause = self._trouble.pause(result, resting=now < self._pace.closed_until)
        if pause > 0:
            self._pace = pacing.throttled(self._pace, now, pause)
        self._fail_over.heed(now)

    async def _poison(self, row: Claimed, error: Exception) -> None:
        """Take a message that can never be looked at out of its neighbours' way (STYLE: halve, isolate)."""
        why = f"{type(error).__name__}: {error}"[:500]
        log.error("message %s cannot be sent and is set aside: %s", row.message_id, why)
        async with self._works.counted() as conn:
            looked = await outbox.look(conn, self.grip, [row])
            if not looked.held:
                raise TakenOverError(f"{self.name} is held by somebody else")
            if row.message_id in looked.ours:
                failed = [verdict(row, ("failed", "poison", why), self._works.clock())]
                await conversations.come_back(conn, not_received(failed, {row.message_id: row.purpose}))
                await outbox.conclude(conn, failed)
        await self._works.ring(
            "poison_message", self.name, f"Message {row.message_id} could not be sent: {why}. It has failed."
        )

    async def _clear_up(self) -> None:
        """Recover after former holders, once; and after a step of our own that failed."""
        if not self._recovered:
            async with self._works.counted() as conn:
                left = await outbox.recover(conn, self.grip, RANKS["unconfirmed"], self._works.clock())
            self._recovered = True
            if left.back or left.unconfirmed:
                log.warning("%s: took over %s", self.name, left)
        if self._unclean or self._doubtful:
            await self._recorder.settled()
            await self._give_back()

    async def _give_back(self) -> None:
        async with self._works.pool.connection() as conn:
            # A look's commit may still be on its way in the server: only after it is it certain whether there
            # are intents.
            await outbox.still(conn, self.grip)
            await outbox.give_back(conn, self.grip)
            again = [Again(row, row.due, row.attempt) for row in self._doubtful]
            await outbox.withdraw(conn, self.grip, again)
            now = self._works.clock()
            unsent = [(row, now) for row in self._doubtful if row.message_class == "advertising"]
            await sending_rules.not_taken(conn, unsent)
        self._doubtful.clear()
        self._unclean = False

    def _wait(self, parts: int) -> float:
        self._pace = pacing.refilled(self._pace, _now())
        return pacing.wait(self._pace, parts, _now())

    def _refuse_if_taken_over(self) -> None:
        if self._works.leases.epoch(self.name) != self.grip.epoch:
            raise TakenOverError(f"the lease of {self.name} is lost")


def _now() -> float:
    return asyncio.get_running_loop().time()
