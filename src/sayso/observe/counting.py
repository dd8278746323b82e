"""Where the processes of one home count together, and counting only what was committed."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

# The library reads this when it is first imported; `serve` sets it for its children, `work` for itself.
DIRECTORY = "PROMETHEUS_MULTIPROC_DIR"

_waiting: ContextVar[list[Callable[[], None]] | None] = ContextVar("waiting", default=None)


def counters(home: Path) -> Path:
    """Where every process of this home counts; made where it is not there."""
    found = home / "metrics"
    found.mkdir(parents=True, exist_ok=True, mode=0o700)
    return found


def clear(directory: Path) -> None:
    """Forget what the processes of the last run counted; what one counts that still runs stays."""
    for old in directory.glob("*.db"):
        pid = old.stem.rpartition("_")[2]
        if not (pid.isdecimal() and Path(f"/proc/{pid}").exists()):
            old.unlink(missing_ok=True)


def count_in(home: Path) -> None:
    """Have this process count where the others of its home do; before anything of `metrics` is imported.

    Later it does nothing: then the library counts in memory for good.
    """
    if "prometheus_client" not in sys.modules:
        os.environ.setdefault(DIRECTORY, str(counters(home)))


@contextmanager
def committed() -> Iterator[None]:
    """Put around a transaction: what is counted inside counts once the block has ended well, else not."""
    counts: list[Callable[[], None]] = []
    before = _waiting.set(counts)
    try:
        yield
    finally:
        _waiting.reset(before)
    for count in counts:
        count()


def once_committed(count: Callable[[], None]) -> None:
    """Count after the commit that `committed` stands around; at once where nothing does."""
    waiting = _waiting.get()
    if waiting is None:
        count()
    else:
        waiting.append(count)
