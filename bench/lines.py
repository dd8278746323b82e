"""The line of JSON that a benchmark prints."""

from __future__ import annotations

import json
import os

import psycopg

from bench.memory import largest_mb


def say(owner: psycopg.Connection, bench: str, value: float, unit: str, **more: object) -> None:
    """Print it, with the largest process of this tree and what the database promised meanwhile."""
    promised = {
        name: owner.execute(f"SHOW {name}").fetchone()[0]  # type: ignore[index]
        for name in ("fsync", "synchronous_commit", "full_page_writes")
    }
    line = {"bench": bench, "value": round(value, 1), "unit": unit, "rss_mb": largest_mb(os.getpid())}
    print(json.dumps({**line, "load": round(os.getloadavg()[0], 1), **promised, **more}), flush=True)
