"""The sentence before the figures: how many said stop by text, and how quickly they were stopped.

Read from the ledgers, at most a thousand rows: the record of STOPs, and the blocks that they made.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from sayso.console.lenses.blocks import Block
from sayso.console.lenses.conversations import InboxEntry
from sayso.core.ids import first_id, made_at

DAYS = 30
MOST_READ = 1_000


@dataclass(frozen=True, slots=True)
class Stops:
    """People who said stop in the last 30 days, how many of them were blocked, the median time between.

    `capped`: there are more, and these are the newest. `typically` is empty where no block tells.
    """

    said: int
    stopped: int
    typically: str
    capped: bool
    days: int = DAYS


def stops(now: datetime) -> Stops:
    """The people of the newest thousand STOPs of the last 30 days."""
    since = first_id(now - timedelta(days=DAYS))
    found = InboxEntry.objects.filter(inbound_id__gte=since)
    rows = list(found.order_by("-inbound_id").values_list("inbound_id", "phone")[: MOST_READ + 1])
    newest = rows[:MOST_READ]
    phones = {phone for _, phone in newest}
    texts = {inbound_id for inbound_id, _ in newest}
    blocks = list(Block.objects.filter(phone__in=phones).values_list("id", "inbound_id", "phone"))
    times = [
        (made_at(block_id) - made_at(inbound_id)).total_seconds()
        for block_id, inbound_id, _ in blocks
        if inbound_id in texts
    ]
    stopped = {phone for _, _, phone in blocks}
    return Stops(len(phones), len(stopped), _time(median(times)) if times else "", len(rows) > MOST_READ)


def _time(seconds: float) -> str:
    """`38 ms`, `2.4 s`, `3 min`; what is less than a millisecond is one."""
    if seconds < 1:
        return f"{max(1, round(seconds * 1000))} ms"
    return f"{seconds:.1f} s" if seconds < 60 else f"{round(seconds / 60)} min"
