"""While a provider is silent, what waits leaves by the connection that stands in for it (R9.10)."""

from __future__ import annotations

from sayso.engine.gateway import Way
from sayso.engine.sending_trouble import ACCOUNT, FAILED_OVER, SILENT, Trouble
from sayso.engine.supervisor import Works
from sayso.storage import failing_over
from sayso.storage.failing_over import Move
from sayso.storage.outbox import Grip

# As much of a lane as the other sends in so many seconds may wait there, its own included.
AHEAD = 5
# With one of these the other is no help.
IN_TROUBLE = (ACCOUNT, SILENT, "connection_locked")


class FailOver:
    """Measures the silence of one connection's provider, and moves what waits once it has lasted.

    Silence is counted anew by each holder: rather too late than while the provider may be well.
    """

    def __init__(self, works: Works, way: Way, grip: Grip, trouble: Trouble) -> None:
        self._works = works
        self._way = way
        self._grip = grip
        self._trouble = trouble
        self._since: float | None = None

    def heed(self, now: float) -> None:
        """Look at the trouble anew: any answer ends the silence, and with it all moving."""
        if not self._trouble.is_silent:
            self._since = None
        elif self._since is None:
            self._since = now

    @property
    def is_near(self) -> bool:
        """Whether silence is being measured, for another connection to stand in after it."""
        return self._way.stand_in is not None and self._since is not None

    def is_on(self, now: float) -> bool:
        """Whether what waits leaves by the other connection."""
        other, since = self._way.stand_in, self._since
        return other is not None and since is not None and now - since >= other.after

    async def move(self) -> int:
        """Move what the other can carry soon; how many."""
        other = self._way.stand_in
        if other is None:
            return 0
        way = self._way
        why = (
            f"Connection {way.id} ({way.name}) has not answered for {other.after} seconds or more. It leaves "
            f"by connection {other.id} ({other.name}), which has the same number."
        )
        room = max(1, other.parts_per_second * AHEAD)
        wanted = Move(other.id, room, other.kind == way.provider.kind, IN_TROUBLE, why)
        async with self._works.pool.connection() as conn:
            moved = await failing_over.move(conn, self._grip, wanted, self._works.clock())
        if moved:
            await self._trouble.ring(
                FAILED_OVER,
                f"Messages of connection {way.id} ({way.name}) leave by connection {other.id} ({other.name}) "
                "until its provider answers again. One at a time still asks whether it is back.",
            )
        return moved
