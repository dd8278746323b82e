"""What waits at a silent connection, moved to the one that stands in for it (R9.10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sayso.storage.outbox import Grip
from sayso.storage.pool import Connection
from sayso.storage.queries import load
from sayso.storage.statements import number

SQL = load("failing_over")
# More than this of one lane is not looked through at once.
WALKED = 5_000


@dataclass(frozen=True, slots=True)
class Move:
    """To which connection, with how many of a lane at most waiting there, and what their history says.

    `pictures`: it carries whatever the first one does. `in_trouble`: alarms that tell of its own trouble.
    """

    other: int
    room: int
    pictures: bool
    in_trouble: Sequence[str]
    why: str


async def move(conn: Connection, grip: Grip, wanted: Move, now: datetime) -> int:
    """Move due messages that have no intent, urgent ones first, lane and moment kept; how many.

    None where the lease is lost, sending is paused, the other is in trouble, or nobody wants it any more.
    """
    said = {
        "connection_id": grip.connection_id,
        "holder": grip.holder,
        "epoch": grip.epoch,
        "resource": grip.resource,
        "other": wanted.other,
        "other_resource": f"connection:{wanted.other}",
        "room": wanted.room,
        "pictures": wanted.pictures,
        "in_trouble": list(wanted.in_trouble),
        "why": wanted.why,
        "walked": WALKED,
        "now": now,
    }
    return await number(conn, SQL["move"], said) or 0
