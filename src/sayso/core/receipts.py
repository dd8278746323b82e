"""Where a message stands: which report counts, whatever order reports come in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType

from msgspec import Struct

RANKS: Mapping[str, int] = MappingProxyType(
    {
        "queued": 0,
        "deferred": 10,
        "sending": 20,
        # It never left. Where it did all the same (the cancel met the fence in the same instant), what
        # became of it on the wire outranks these: the true outcome is shown.
        "cancelled": 90,
        "skipped": 90,
        "enqueue_failed": 90,
        "unconfirmed": 100,
        "unknown": 110,
        "sent": 120,
        # The last four differ, so that the same reports in any order end in the same state; proof that it
        # arrived beats a network's word that it gave up.
        "expired": 130,
        "rejected": 131,
        "failed": 132,
        "delivered": 133,
    }
)
NEVER_LEFT = frozenset({"queued", "deferred", "cancelled", "skipped", "enqueue_failed"})
FINAL = frozenset({"cancelled", "skipped", "enqueue_failed", "expired", "rejected", "failed", "delivered"})

# Nobody received it: what it was to answer is not answered.
NOT_RECEIVED = FINAL - {"delivered"}


class Standing(Struct, frozen=True, gc=False):
    """A message's status with its reason (a stable code, or empty) and since when."""

    status: str
    reason: str
    at: datetime

    @property
    def rank(self) -> int:
        """How far the message has come; a standing gives way to a higher rank alone."""
        return RANKS[self.status]


def forward(now: Standing | None, reported: Standing) -> Standing:
    """Give the later of two standings: one of lower or the same rank changes nothing."""
    return reported if now is None or reported.rank > now.rank else now


def fold(reports: Iterable[Standing]) -> Standing | None:
    """Give the standing that all reports together mean; None without any."""
    standing: Standing | None = None
    for reported in reports:
        standing = forward(standing, reported)
    return standing


def may_still_leave(status: str | None) -> bool:
    """Say whether a message that stands so may be sent: only one that never left nor was taken back."""
    return status is None or RANKS[status] < RANKS["sending"]
