"""How fast a provider is handed parts: a bucket of one second, slower after it asked for that (R9.10)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

SLOWEST = 1 / 64
# From the last look to the record of an answer takes about 25 ms at best: so much leaves while so much is
# recorded. In windows of 64 a message took the engine and the database two to three times the processor time.
WINDOW, LARGEST_WINDOW, WINDOW_SECONDS = 64, 1024, 0.05
# An urgent message waits for what was claimed before it: no more than leaves in a twentieth of a second.
CHUNK, CHUNK_SECONDS = 500, 0.05
# A share of the rate that comes back each second after throttling: full speed again within 20 s.
RECOVERY = 0.05


@dataclass(frozen=True, slots=True)
class Pace:
    """What may leave now. Times are seconds of a steady clock, `rate` is parts per second.

    A message larger than the bucket waits for a full one and leaves a debt, so that over any stretch of t
    seconds no more than `rate` × (t + 1) parts leave, and one message's.
    """

    rate: float
    tokens: float
    at: float
    share: float = 1.0
    closed_until: float = 0.0

    @property
    def size(self) -> float:
        """How many parts may leave at once: a second's worth, at least one."""
        return max(1.0, self.rate * self.share)


def window(parts_per_second: int) -> int:
    """How many messages may be fenced and not yet recorded: all that a kill leaves unconfirmed."""
    return max(WINDOW, min(LARGEST_WINDOW, int(parts_per_second * WINDOW_SECONDS)))


def chunk(parts_per_second: int) -> int:
    """How many messages of a connection are claimed at once."""
    return max(1, min(CHUNK, int(parts_per_second * CHUNK_SECONDS)))


def start(rate: float, now: float) -> Pace:
    """A full bucket."""
    return Pace(rate, max(1.0, rate), now)


def refilled(pace: Pace, now: float) -> Pace:
    """What has flowed in until `now`; a clock that stands still adds nothing."""
    passed = max(0.0, now - pace.at)
    share = min(1.0, pace.share + RECOVERY * passed)
    grown = replace(pace, share=share, at=max(now, pace.at))
    return replace(grown, tokens=min(grown.size, pace.tokens + passed * pace.rate * pace.share))


def admits(pace: Pace, parts: int, now: float) -> bool:
    """Say whether a message of so many parts may leave now, of a bucket refilled until now."""
    return now >= pace.closed_until and pace.tokens >= min(float(parts), pace.size)


def admitted(pace: Pace, parts: Iterable[int], now: float) -> int:
    """How many messages of so many parts each may leave now one after the other, in this order."""
    count = 0
    if now < pace.closed_until:
        return count
    tokens, size = pace.tokens, pace.size
    for wanted in parts:
        if tokens < min(float(wanted), size):
            break
        tokens -= wanted
        count += 1
    return count


def spent(pace: Pace, parts: int) -> Pace:
    """The bucket after so many parts left."""
    return replace(pace, tokens=pace.tokens - parts)


def wait(pace: Pace, parts: int, now: float) -> float:
    """Seconds until a message of so many parts may leave, if nothing else does; 0 is now."""
    missing = min(float(parts), pace.size) - pace.tokens
    flow = max(0.0, missing) / (pace.rate * pace.share)
    return max(flow, pace.closed_until - now, 0.0)


def throttled(pace: Pace, now: float, delay: float) -> Pace:
    """The bucket after the provider asked to come back in `delay` seconds: closed till then, then slower.

    Several answers of one slice ask for the same thing, so while it is closed the rate is cut no further.
    """
    if now < pace.closed_until:
        return replace(pace, closed_until=max(pace.closed_until, now + delay))
    return replace(
        pace, share=max(SLOWEST, pace.share / 2), tokens=min(pace.tokens, 1.0), closed_until=now + delay
    )
