"""Trouble that goes on: said when it begins, once a minute while it lasts, and when it is over."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

AGAIN_SECONDS = 60.0

log = logging.getLogger(__name__)


class Trouble:
    """One thing that is wrong, however many notice it.

    It lasts until everybody who noticed it is well again; those who ended meanwhile are forgotten.
    """

    def __init__(self, what: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._what = what
        self._clock = clock
        self._noticed: set[str] = set()
        self._since = 0.0
        self._said_at = 0.0

    def note(self, who: str, error: Exception, *, trace: bool = False) -> None:
        """Somebody fails for it; `trace` adds the stack to what is said."""
        now, begins = self._clock(), not self._noticed
        self._noticed.add(who)
        if begins:
            self._since = now
        elif now - self._said_at < AGAIN_SECONDS:
            return
        self._said_at = now
        lasts = "" if begins else f", since {now - self._since:.0f} s"
        log.error("%s%s (%s): %s", self._what, lasts, who, _told(error), exc_info=error if trace else None)

    def over(self, who: str) -> None:
        """Somebody is well again."""
        if who in self._noticed:
            self._noticed.discard(who)
            if not self._noticed:
                log.warning("over: %s; it lasted %.0f s", self._what, self._clock() - self._since)

    def forget(self, who: str) -> None:
        """Somebody ended, well or not."""
        self._noticed.discard(who)


def _told(error: Exception) -> str:
    said = " ".join(str(error).split())[:300]
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


database = Trouble("the database cannot be reached")
"""The one of this process: whoever cannot reach the database notes it here."""


class Said:
    """Remembers what was said, so that it is said once a minute."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._at: dict[str, float] = {}

    def is_news(self, what: str) -> bool:
        """Whether it was not said within the minute; from now on it was."""
        now = self._clock()
        self._at = {said: at for said, at in self._at.items() if now - at < AGAIN_SECONDS}
        return self._at.setdefault(what, now) == now


class Seldom(logging.Filter):
    """Lets a line through once a minute, whatever is filled into it, and says how many it held back."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._told: dict[object, tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether this line is told."""
        at, held_back = self._told.get(record.msg, (float("-inf"), 0))
        if self._clock() - at < AGAIN_SECONDS:
            self._told[record.msg] = (at, held_back + 1)
            return False
        self._told[record.msg] = (self._clock(), 0)
        if held_back:
            record.msg = f"{record.msg} (and {held_back} more like this since the last time)"
        return True
