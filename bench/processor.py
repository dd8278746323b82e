"""How much processor time processes took: what is left to compare where a machine has other work too."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from pathlib import Path

from bench.memory import tree

_TICKS = os.sysconf("SC_CLK_TCK")


def _below() -> float:
    """What ended meanwhile counts too: its parent was told."""
    return sum(_seconds(pid) for pid in tree(os.getpid())[1:])


def _seconds(pid: int) -> float:
    try:
        said = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, said[11:15])) / _TICKS


@dataclass(slots=True)
class Processor:
    """Seconds of this process, and of all below it, since it was made."""

    own: float = field(default_factory=time.process_time)
    below: float = field(default_factory=_below)

    def each_us(self, count: int) -> dict[str, float]:
        """Microseconds for each of `count`: ours, and what the database took, which runs below us."""
        return {
            "own_cpu_us_each": round((time.process_time() - self.own) / count * 1e6, 1),
            "database_cpu_us_each": round((_below() - self.below) / count * 1e6, 1),
        }
