"""What became of a slice of a campaign, told once for all who are alike: thousands differ in name alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sayso.core.because import Because
from sayso.core.campaigns import Line, Planned


class Kind(NamedTuple):
    """What messages share that leave, or do not leave, alike; `line` None: there is none."""

    line: Line | None
    encoding: str
    parts: int
    status: str
    reason: str
    with_media: bool
    variant: int | None
    price: int | None
    counts_on: date | None


@dataclass(frozen=True, slots=True)
class Alike:
    """The kinds of a slice and its reasons; for each recipient in turn the place of theirs, from 1 on."""

    kinds: Sequence[Kind]
    at: Sequence[int]
    becauses: Sequence[Because]
    because_at: Sequence[int]

    def counted(self) -> list[tuple[Kind, int]]:
        """Each kind, and how many are of it."""
        times = Counter(self.at)
        return [(kind, times[place]) for place, kind in enumerate(self.kinds, 1)]


def alike(planned: Sequence[Planned]) -> Alike:
    """Tell recipients apart by what became of them."""
    kinds: dict[tuple[object, ...], tuple[int, Kind]] = {}
    reasons: dict[Because, int] = {}
    # The gate's answers are shared objects, and these are told apart more quickly than by what they hold.
    known: dict[int, int] = {}
    at, because_at = [], []
    for one in planned:
        line, taken, because = one.to.line, one.segments, one.because
        status, reason, media, variant = one.status, one.reason, one.media, one.variant
        price, day = one.price, one.counts_on
        key = id(line), taken.encoding, taken.parts, status, reason, media, variant, price, day
        found = kinds.get(key)
        if found is None:
            shared = line, taken.encoding, taken.parts, status, reason, bool(media), variant, price, day
            kind = Kind(*shared)
            found = kinds[key] = len(kinds) + 1, kind
        at.append(found[0])
        place = known.get(id(because))
        if place is None:
            place = known[id(because)] = reasons.setdefault(because, len(reasons) + 1)
        because_at.append(place)
    return Alike([kind for _, kind in kinds.values()], at, list(reasons), because_at)
